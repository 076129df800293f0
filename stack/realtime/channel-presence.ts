import type { Channel } from './channel.ts'
import { type ClientMessage, isJsonObject, type JsonObject } from './codec.ts'
import { textDelivery } from './hub.ts'
import { maxPayloadBytes } from './limits.ts'
import type { Parts } from './parts.ts'
import type { PresenceDiff } from './presence.ts'

const CALL_WINDOW_MS = 30_000

/** A channel's part in presence: what its client tracks, and the state it is sent. */
export class ChannelPresence {
  readonly #channel: Channel
  readonly #parts: Parts
  #enabled: boolean
  #calls: number[] = []

  constructor(channel: Channel, parts: Parts) {
    this.#channel = channel
    this.#parts = parts
    this.#enabled = channel.config.presence.enabled
  }

  /** Takes a `presence` message of the client; it is always answered. */
  async receive(message: ClientMessage): Promise<void> {
    const { ref } = message
    const value = message.payload.kind === 'json' ? message.payload.value : undefined
    if (this.#overLimit()) return
    const event = isJsonObject(value) && typeof value.event === 'string' ? value.event.toLowerCase() : ''
    const payload = isJsonObject(value) ? (value.payload ?? {}) : {}
    if (event === 'untrack') {
      this.leave()
      return this.#channel.reply(ref, 'ok', {})
    }
    if (event !== 'track' || !(await this.#mayTrack())) return this.#channel.reply(ref, 'error', {})
    if (!isJsonObject(payload))
      return this.#channel.reply(ref, 'error', { reason: 'Presence track payload must be a map' })
    if (Buffer.byteLength(JSON.stringify(payload)) > maxPayloadBytes(this.#parts.limits))
      return this.#channel.end('Track message size exceeded')
    await this.#track(ref, payload)
  }

  /** Sends the client who is present, if it may know. */
  pushState(): void {
    const { topic, access } = this.#channel
    if (!topic || !access.mayRead('presence')) return
    this.#parts.rates.presence.add()
    this.#channel.push('presence_state', topic.presence.state())
  }

  /** Withdraws what the channel tracked. */
  leave(): void {
    this.#publish(this.#channel.topic?.presence.untrack(this.#channel))
  }

  async #track(ref: string | null, payload: JsonObject): Promise<void> {
    const { topic, config } = this.#channel
    const mayRead = await this.#channel.access.askToReadPresence()
    const diff = topic?.presence.track(this.#channel, config.presence.key, payload)
    this.#parts.rates.presence.add()
    this.#channel.reply(ref, 'ok', {})
    this.#publish(diff)
    if (!this.#enabled && mayRead) this.pushState()
    this.#enabled = true
  }

  async #mayTrack(): Promise<boolean> {
    try {
      return await this.#channel.access.mayWrite('presence')
    } catch {
      return false
    }
  }

  #publish(diff: PresenceDiff | undefined): void {
    if (!diff) return
    const { wireTopic, address } = this.#channel
    const message = { topic: wireTopic, event: 'presence_diff', payload: { ...diff } }
    this.#parts.rates.presence.add(this.#parts.hub.publish(address, textDelivery('presence', message)))
  }

  #overLimit(): boolean {
    const { limits, rates } = this.#parts
    const now = Date.now()
    this.#calls = this.#calls.filter((at) => now - at < CALL_WINDOW_MS)
    this.#calls.push(now)
    if (rates.presence.exceeded) this.#channel.end('Too many presence messages per second')
    else if (this.#calls.length > limits.presenceCallsPer30Seconds)
      this.#channel.end('Client presence rate limit exceeded')
    return this.#channel.ended
  }
}
