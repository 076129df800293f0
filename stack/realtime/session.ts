import { Channel } from './channel.ts'
import {
  type ClientMessage,
  decode,
  encode,
  type JsonObject,
  MalformedFrame,
  type ProtocolVersion,
  type ServerMessage,
} from './codec.ts'
import { CLOSE, type Connection } from './connection.ts'
import type { Identity } from './credentials.ts'
import { frame } from './frame.ts'
import type { Parts } from './parts.ts'
import { JoinRefused, joinRefusal } from './refusal.ts'

const TOPIC_PREFIX = 'realtime:'

/** What the sessions of one server know of each other. */
export interface Sessions {
  /** Sockets with at least one channel. */
  readonly users: Set<Session>
  shuttingDown(): boolean
}

/** One socket's conversation: heartbeats, joins and leaves, and its channels. */
export class Session {
  readonly connection: Connection
  readonly identity: Identity
  /** The `x-` headers of the upgrade request, which policies may ask for. */
  readonly headers: Readonly<Record<string, string>>
  readonly #parts: Parts
  readonly #sessions: Sessions
  readonly #channels = new Map<string, Channel>()
  #withoutChannelSince = Date.now()

  constructor(
    connection: Connection,
    parts: Parts,
    sessions: Sessions,
    client: { readonly identity: Identity; readonly headers: Readonly<Record<string, string>> },
  ) {
    this.connection = connection
    this.identity = client.identity
    this.headers = client.headers
    this.#parts = parts
    this.#sessions = sessions
  }

  get version(): ProtocolVersion {
    return this.connection.version
  }

  get channels(): ReadonlyMap<string, Channel> {
    return this.#channels
  }

  /** Takes a frame of the client. A malformed one is dropped. */
  receive(data: Buffer, isBinary: boolean): void {
    let message: ClientMessage
    try {
      message = decode(this.version, data, isBinary)
    } catch (cause) {
      if (!(cause instanceof MalformedFrame)) throw cause
      this.#parts.log.warn('MalformedWebSocketMessage', { cause: cause.message })
      return
    }
    this.#dispatch(message)
  }

  send(message: ServerMessage): void {
    this.connection.write(frame(encode(this.version, message)))
  }

  reply(
    to: { readonly joinRef?: string | null; readonly ref: string | null; readonly topic: string },
    status: 'ok' | 'error',
    response: JsonObject,
  ): void {
    this.send({ ...to, event: 'phx_reply', payload: { status, response } })
  }

  /** Answers a join with its refusal, a little later, because clients try again at once. */
  async refuse(ref: string | null, channel: Channel, reason: string): Promise<void> {
    channel.discard()
    this.#parts.log.info('join refused', { topic: channel.wireTopic, reason })
    await new Promise((resolve) => setTimeout(resolve, this.#parts.limits.refusalDelayMs))
    channel.reply(ref, 'error', { reason })
  }

  /** Drops a channel that has ended. */
  forget(channel: Channel): void {
    if (this.#channels.get(channel.wireTopic) !== channel) return
    this.#channels.delete(channel.wireTopic)
    if (this.#channels.size > 0) return
    this.#withoutChannelSince = Date.now()
    this.#sessions.users.delete(this)
  }

  /** Whether no channel has been joined since `noChannelMs` before `now`. */
  withoutChannel(now: number): boolean {
    return this.#channels.size === 0 && now - this.#withoutChannelSince > this.#parts.limits.noChannelMs
  }

  /** Ends every channel; the socket is gone. */
  end(): void {
    for (const channel of [...this.#channels.values()]) channel.discard()
  }

  #dispatch(message: ClientMessage): void {
    const { ref, topic, event } = message
    const channel = this.#channels.get(topic)
    if (topic === 'phoenix') {
      if (event === 'heartbeat') this.reply({ ref, topic }, 'ok', {})
    } else if (event === 'phx_join') this.#join(message)
    else if (event === 'phx_leave') this.#leave(channel, message)
    else if (channel) void channel.enqueue(() => channel.receive(message))
    else this.reply({ ref, topic }, 'error', { reason: 'unmatched topic' })
  }

  #join(message: ClientMessage): void {
    const { ref, topic } = message
    if (!topic.startsWith(TOPIC_PREFIX)) {
      this.reply({ ref, topic }, 'error', { reason: 'unmatched topic' })
      return
    }
    this.#channels.get(topic)?.close()
    const channel = new Channel(this, this.#parts, message, topic.slice(TOPIC_PREFIX.length))
    this.#parts.rates.joins.add()
    try {
      this.#admit(channel)
    } catch (cause) {
      void this.refuse(ref, channel, joinRefusal(channel.address.topic, cause)).then(() => {
        if (this.#parts.rates.joins.exceeded) this.connection.close(CLOSE.goingAway, 'disconnect')
      })
      return
    }
    this.#channels.set(topic, channel)
    this.#sessions.users.add(this)
    void channel.enqueue(async () => {
      await channel.join(ref)
    })
  }

  // The order is hosted's: the first that fails is what the client is told.
  #admit(channel: Channel): void {
    const { limits, rates } = this.#parts
    if (channel.address.topic === '') throw new JoinRefused('TopicNameRequired: You must provide a topic name')
    if (this.#sessions.shuttingDown())
      throw new JoinRefused('RealtimeRestarting: Realtime is restarting, please standby')
    if (limits.privateOnly && !channel.address.private)
      throw new JoinRefused('PrivateOnly: This project only allows private channels')
    if (!this.#sessions.users.has(this) && this.#sessions.users.size >= limits.connections)
      throw new JoinRefused('ConnectionRateLimitReached: Too many connected users')
    if (rates.joins.exceeded) throw new JoinRefused('ClientJoinRateLimitReached: Too many joins per second')
    if (this.#channels.size >= limits.channelsPerConnection)
      throw new JoinRefused('ChannelRateLimitReached: Too many channels')
  }

  #leave(channel: Channel | undefined, message: ClientMessage): void {
    const { ref, topic, joinRef } = message
    if (!channel) {
      this.reply({ ref, topic }, 'ok', {})
      return
    }
    if (joinRef !== null && joinRef !== channel.joinRef) return
    let left = false
    const leave = channel.enqueue(() => {
      left = true
      this.reply({ joinRef: channel.joinRef, ref, topic }, 'ok', {})
      channel.close()
    })
    // A channel that ended before its turn, for instance because its join was refused, is left all the same.
    void leave.then(() => left || this.reply({ ref, topic }, 'ok', {}))
  }
}
