import type { Channel } from './channel.ts'
import { type ClientMessage, isJsonObject, type JsonObject, type UserBroadcast } from './codec.ts'
import { broadcastDelivery, type Delivery, textDelivery } from './hub.ts'
import { maxPayloadBytes } from './limits.ts'
import { type Keeping, readKeeping } from './message-store.ts'
import type { Parts } from './parts.ts'

/** A channel's sending: broadcasts of its client to everyone else on the topic. */
export class ChannelSender {
  readonly #channel: Channel
  readonly #parts: Parts

  constructor(channel: Channel, parts: Parts) {
    this.#channel = channel
    this.#parts = parts
  }

  /** Takes a `broadcast` message of the client. One that may not be sent is passed over in silence, as on hosted. */
  async receive(message: ClientMessage): Promise<void> {
    const { rates, hub } = this.#parts
    const { address, config } = this.#channel
    if (rates.messages.exceeded) return this.#channel.end('Too many messages per second')
    rates.messages.add()
    if (!(await this.#maySend())) return
    const { size, delivery, broadcast } = this.#read(message)
    if (size > maxPayloadBytes(this.#parts.limits)) {
      if (config.broadcast.ack) this.#channel.reply(message.ref, 'error', { error: 'payload_size_exceeded' })
      return
    }
    hub.publish(address, delivery, config.broadcast.self ? undefined : this.#channel)
    const keeping = address.private ? readKeeping(broadcast?.metadata?.persist) : undefined
    const kept = broadcast && keeping ? this.#keep(broadcast, keeping) : undefined
    if (config.broadcast.ack) this.#channel.reply(message.ref, 'ok', (await kept) ?? {})
  }

  async #maySend(): Promise<boolean> {
    try {
      return await this.#channel.access.mayWrite('broadcast')
    } catch (cause) {
      this.#parts.log.warn('the write policy failed', { topic: this.#channel.wireTopic, cause: String(cause) })
      return false
    }
  }

  #read(message: ClientMessage): { size: number; delivery: Delivery; broadcast?: UserBroadcast } {
    const { wireTopic, address } = this.#channel
    if (message.payload.kind === 'broadcast') {
      const { metadata: _, ...plain } = message.payload.broadcast
      return {
        size: plain.body.length,
        delivery: broadcastDelivery(address, plain),
        broadcast: message.payload.broadcast,
      }
    }
    const payload = isJsonObject(message.payload.value) ? message.payload.value : {}
    const delivery = textDelivery('broadcast', { topic: wireTopic, event: 'broadcast', payload })
    return { size: Buffer.byteLength(JSON.stringify(payload)), delivery }
  }

  // Resolves with what the acknowledgement says; a row that could not be stored is not the sender's failure.
  async #keep(broadcast: UserBroadcast, keeping: Keeping): Promise<JsonObject> {
    try {
      if (!(await this.#channel.access.mayWrite('persistence'))) return {}
      return { id: await this.#parts.messages.keep(this.#channel.address.topic, broadcast, keeping) }
    } catch (cause) {
      this.#parts.log.warn('a broadcast could not be kept', { cause: String(cause) })
      return {}
    }
  }
}
