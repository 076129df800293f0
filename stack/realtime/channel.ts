import { ChannelAccess } from './access.ts'
import { ChannelChanges } from './channel-changes.ts'
import { ChannelPresence } from './channel-presence.ts'
import { ChannelSender } from './channel-sender.ts'
import { ChannelToken } from './channel-token.ts'
import { type ClientMessage, encodeBroadcast, encodeBroadcastText, type JsonObject } from './codec.ts'
import { frame } from './frame.ts'
import type { Address, Delivery, Member, Topic } from './hub.ts'
import { type JoinConfig, readJoin } from './join-config.ts'
import type { StoredBroadcast } from './message-store.ts'
import type { Parts } from './parts.ts'
import { JoinRefused, joinRefusal, unauthorised } from './refusal.ts'
import type { Session } from './session.ts'

const READY_POLL_MS = 500
const READY_TIMEOUT_MS = 60_000

/** One joining of one topic by one socket. */
export class Channel implements Member {
  readonly wireTopic: string
  readonly joinRef: string | null
  readonly address: Address
  readonly access: ChannelAccess
  readonly config: JoinConfig
  readonly #session: Session
  readonly #parts: Parts
  readonly #sender: ChannelSender
  readonly #presence: ChannelPresence
  readonly #token: ChannelToken
  readonly #changes: ChannelChanges
  readonly #replayed = new Set<string>()
  #readyTimer: NodeJS.Timeout | undefined
  /** What arrives while it is being checked whether it may. */
  #held: Delivery[] | undefined
  #topic: Topic | undefined
  #ended = false
  #tail: Promise<void> = Promise.resolve()

  constructor(session: Session, parts: Parts, message: ClientMessage, topic: string) {
    this.#session = session
    this.#parts = parts
    this.wireTopic = message.topic
    this.joinRef = message.joinRef
    this.config = readJoin(topic, message.payload.kind === 'json' ? message.payload.value : undefined)
    this.address = { topic, private: this.config.private }
    this.access = new ChannelAccess(parts, {
      ...this.address,
      headers: session.headers,
      connection: session.identity,
    })
    this.#sender = new ChannelSender(this, parts)
    this.#presence = new ChannelPresence(this, parts)
    this.#changes = new ChannelChanges(this, parts)
    this.#token = new ChannelToken(this, this.#changes)
  }

  get ended(): boolean {
    return this.#ended
  }

  /** The topic, once joined. */
  get topic(): Topic | undefined {
    return this.#topic
  }

  /** Runs `task` after all that came before it on this channel; a failure ends the channel with `phx_error`. */
  enqueue(task: () => void | Promise<void>): Promise<void> {
    this.#tail = this.#tail
      .then(() => (this.#ended ? undefined : task()))
      .catch((cause: unknown) => {
        this.#parts.log.error('a channel failed', { topic: this.wireTopic, cause: String(cause) })
        this.crash()
      })
    return this.#tail
  }

  /** Joins, and replies. Says whether that succeeded; nothing is left behind when not. */
  async join(ref: string | null): Promise<boolean> {
    try {
      await this.access.adopt(this.config.accessToken)
      await this.#authorise()
      const past = await this.#fetchPast()
      const subscribed = await this.#changes.subscribeBeforeReply()
      if (this.#ended) return false
      this.#topic = this.#parts.hub.join(this.address, this)
      this.reply(ref, 'ok', { postgres_changes: this.#changes.described })
      this.#token.armExpiry()
      this.#afterJoin(past)
      if (subscribed) this.#changes.announce()
      else void this.#changes.subscribe()
      return true
    } catch (cause) {
      await this.#session.refuse(ref, this, joinRefusal(this.address.topic, cause))
      return false
    }
  }

  /** Takes a message of the client, in order. */
  async receive(message: ClientMessage): Promise<void> {
    if (message.event === 'broadcast') await this.#sender.receive(message)
    else if (message.event === 'presence') await this.#presence.receive(message)
    else if (message.event === 'access_token' && message.payload.kind === 'json')
      await this.#token.receive(message.payload.value)
  }

  deliver(delivery: Delivery): void {
    if (this.#held) {
      this.#held.push(delivery)
      return
    }
    // Changes of tables have policies of their own.
    if (delivery.kind !== 'postgres_changes' && !this.access.mayRead(delivery.kind)) return
    if (this.#replayed.size > 0 && delivery.parts) {
      for (const part of delivery.parts) this.deliver(part)
      return
    }
    if (delivery.id !== undefined && this.#replayed.has(delivery.id)) return
    const { messages } = this.#parts.rates
    if (messages.exceeded) {
      this.end('Too many messages per second')
      return
    }
    messages.add(delivery.parts?.length ?? 1)
    const bytes = delivery.framed(this.#session.version)
    if (bytes) this.#session.connection.write(bytes)
  }

  /** Checks again what may be read; what arrives meanwhile waits for the answer. */
  recheck(): void {
    if (!this.address.private || this.#ended) return
    this.#held ??= []
    void this.enqueue(async () => {
      await this.#token.checkAccess()
      const held = this.#held ?? []
      this.#held = undefined
      if (!this.#ended) for (const delivery of held) this.deliver(delivery)
    })
  }

  /** Sends an event for this joining alone. */
  push(event: string, payload: JsonObject): void {
    this.#session.send({ joinRef: this.joinRef, topic: this.wireTopic, event, payload })
  }

  reply(ref: string | null, status: 'ok' | 'error', response: JsonObject): void {
    this.#session.reply({ joinRef: this.joinRef, ref, topic: this.wireTopic }, status, response)
  }

  system(extension: 'system' | 'postgres_changes', status: 'ok' | 'error', message: string): void {
    this.push('system', { extension, status, message, channel: this.address.topic })
  }

  /** Ends the channel for a reason that the client is told; it does not join again by itself. */
  end(reason: string): void {
    if (this.#ended) return
    this.system('system', 'error', reason)
    this.close()
  }

  /** Ends the channel with `phx_close`. */
  close(): void {
    if (this.#ended) return
    this.discard()
    this.#session.send({
      joinRef: this.joinRef,
      ref: this.joinRef,
      topic: this.wireTopic,
      event: 'phx_close',
      payload: {},
    })
  }

  /** Ends the channel with `phx_error`, upon which the client joins again. */
  crash(): void {
    if (this.#ended) return
    this.discard()
    this.#session.send({
      joinRef: this.joinRef,
      ref: this.joinRef,
      topic: this.wireTopic,
      event: 'phx_error',
      payload: {},
    })
  }

  /** Ends the channel without a word, for instance because its socket is gone. */
  discard(): void {
    if (this.#ended) return
    this.#ended = true
    this.#token.stop()
    this.#changes.stop()
    clearTimeout(this.#readyTimer)
    this.#session.forget(this)
    if (!this.#topic) return
    this.#presence.leave()
    this.#parts.hub.leave(this.#topic, this)
  }

  async #authorise(): Promise<void> {
    const allowed = await this.access.askToRead(this.config.presence.enabled)
    if (!allowed) throw new JoinRefused(unauthorised(this.address.topic))
  }

  async #fetchPast(): Promise<StoredBroadcast[]> {
    const { replay } = this.config.broadcast
    if (replay === undefined) return []
    if (!this.address.private)
      throw new JoinRefused('UnableToReplayMessages: Replay is not allowed for public channels')
    if (!this.access.mayRead('broadcast')) throw new JoinRefused(unauthorised(this.address.topic))
    if (replay === 'invalid') throw new JoinRefused('UnableToReplayMessages: Replay params are not valid')
    try {
      return await this.#parts.messages.past(this.address.topic, replay)
    } catch {
      throw new JoinRefused('UnableToReplayMessages: Realtime was unable to replay messages')
    }
  }

  #afterJoin(past: readonly StoredBroadcast[]): void {
    if (this.config.presence.enabled) this.#presence.pushState()
    for (const { id, broadcast } of past) {
      this.#replayed.add(id)
      const { version } = this.#session
      const encoded =
        broadcast.encoding === 'json'
          ? encodeBroadcastText(version, this.wireTopic, broadcast, this.joinRef)
          : encodeBroadcast(version, this.wireTopic, broadcast)
      if (encoded !== undefined) this.#session.connection.write(frame(encoded))
    }
    if (this.config.broadcast.replicationReady) this.#announceReplication(Date.now() + READY_TIMEOUT_MS)
  }

  #announceReplication(deadline: number): void {
    if (this.#parts.replicationConnected()) this.system('system', 'ok', 'Replication connection established')
    else if (Date.now() > deadline) this.end('Replication connection was not established in time')
    else this.#readyTimer = setTimeout(() => this.#announceReplication(deadline), READY_POLL_MS)
  }
}
