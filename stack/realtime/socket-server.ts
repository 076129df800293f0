import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Channel } from './channel.ts'
import { CLOSE, Connection } from './connection.ts'
import { HandshakeRefused, readHandshake, refuseHandshake } from './handshake.ts'
import type { Parts } from './parts.ts'
import { Session } from './session.ts'

const SWEEP_MS = 5_000

/** Accepts sockets, keeps their sessions, and closes those that are dead or have nothing to do. */
export class SocketServer {
  readonly #parts: Parts
  readonly #server: WebSocketServer
  readonly #sessions = new Set<Session>()
  readonly #users = new Set<Session>()
  readonly #sweep: NodeJS.Timeout
  #shuttingDown = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: parts.limits.frameBytes,
    })
    const { idleMs, noChannelMs } = parts.limits
    this.#sweep = setInterval(() => this.#closeUseless(Date.now()), Math.min(SWEEP_MS, idleMs, noChannelMs))
  }

  /** Takes over the socket of an upgrade request, or answers why not. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    this.#accept(request, socket, head).catch((cause: unknown) => {
      const refusal =
        cause instanceof HandshakeRefused ? cause : new HandshakeRefused(500, 'Error connecting to Realtime')
      this.#parts.log.warn('connection refused', { status: refusal.status, cause: String(cause) })
      setTimeout(() => refuseHandshake(socket, refusal), this.#parts.limits.refusalDelayMs)
    })
  }

  /** Has every private channel of the user checked at once. */
  recheck(userId: string): void {
    for (const channel of [...this.#channels()]) if (channel.access.identity.claims.sub === userId) channel.recheck()
  }

  /** Makes the clients of the channels that `affected` names join again, because something may have been missed. */
  rejoin(affected: (channel: Channel) => boolean): void {
    for (const channel of [...this.#channels()].filter(affected)) channel.crash()
  }

  /** Closes every socket. May be called twice. */
  stop(): void {
    this.#shuttingDown = true
    clearInterval(this.#sweep)
    for (const session of [...this.#sessions]) session.connection.close(CLOSE.restart, 'service restart')
    this.#server.close()
  }

  async #accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { limits, rates, credentials, log } = this.#parts
    const { version, identity, headers } = await readHandshake(request, credentials)
    if (this.#users.size >= limits.connections) throw new HandshakeRefused(429, 'Too many connected users')
    if (rates.joins.exceeded) throw new HandshakeRefused(429, 'Too many joins per second')
    if (this.#shuttingDown || socket.destroyed) return void socket.destroy()
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection({ webSocket, socket, version, limits, log })
      const server = { users: this.#users, shuttingDown: () => this.#shuttingDown }
      const session = new Session(connection, this.#parts, server, { identity, headers })
      this.#sessions.add(session)
      connection.listen({
        onFrame: (data, isBinary) => session.receive(data, isBinary),
        onClose: () => {
          this.#sessions.delete(session)
          session.end()
        },
      })
    })
  }

  *#channels(): Iterable<Channel> {
    for (const session of this.#users) yield* session.channels.values()
  }

  #closeUseless(now: number): void {
    for (const session of [...this.#sessions])
      if (session.connection.idle(now)) session.connection.close(CLOSE.goingAway, 'Nothing was received for too long')
      else if (session.withoutChannel(now)) session.connection.close(CLOSE.goingAway, 'No channel was joined')
  }
}
