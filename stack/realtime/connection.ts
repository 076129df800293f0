import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import type { Log } from '../log.ts'
import type { ProtocolVersion } from './codec.ts'
import type { Limits } from './limits.ts'

/** Codes with which the server closes a socket. */
export const CLOSE = { goingAway: 1001, restart: 1012, tryAgainLater: 1013 } as const

const TERMINATE_AFTER_MS = 1_000

/** One client's socket: what it may be sent, how much may wait for it, and when it counts as dead. */
export class Connection {
  readonly version: ProtocolVersion
  readonly #webSocket: WebSocket
  readonly #socket: Duplex
  readonly #limits: Limits
  readonly #log: Log
  #lastFrameAt = Date.now()
  #open = true

  constructor(options: {
    readonly webSocket: WebSocket
    /** What the WebSocket runs on. */
    readonly socket: Duplex
    readonly version: ProtocolVersion
    readonly limits: Limits
    readonly log: Log
  }) {
    this.#webSocket = options.webSocket
    this.#socket = options.socket
    this.version = options.version
    this.#limits = options.limits
    this.#log = options.log
  }

  /** Calls `onFrame` for every frame that comes in, and `onClose` once, with why the server closed it if it did. */
  listen(handlers: { onFrame(data: Buffer, isBinary: boolean): void; onClose(): void }): void {
    const alive = (): void => {
      this.#lastFrameAt = Date.now()
    }
    this.#webSocket
      .on('message', (data: RawData, isBinary: boolean) => {
        alive()
        handlers.onFrame(toBuffer(data), isBinary)
      })
      .on('ping', alive)
      .on('pong', alive)
      // `close` follows every error, for instance a frame over the limit (1009).
      .on('error', () => undefined)
      .on('close', () => {
        this.#open = false
        handlers.onClose()
      })
  }

  get open(): boolean {
    return this.#open
  }

  /**
   * Sends bytes that are framed already; frames go out in the order of the calls.
   * A client that leaves too much unread is disconnected instead. Says whether the bytes were accepted.
   */
  write(frames: Buffer): boolean {
    if (!this.#open) return false
    if (this.#socket.writableLength + frames.length > this.#limits.sendBufferBytes && this.#socket.writableLength > 0) {
      this.close(CLOSE.tryAgainLater, 'Send buffer is full')
      return false
    }
    this.#socket.write(frames)
    return true
  }

  /** Closes with a code and a reason; what the client does not read within a second is given up. */
  close(code: number, reason: string): void {
    if (!this.#open) return
    this.#open = false
    this.#log.info('socket closed', { code, reason })
    this.#webSocket.close(code, reason)
    setTimeout(() => this.#webSocket.terminate(), TERMINATE_AFTER_MS).unref()
  }

  /** Whether nothing has come in since `idleMs` before `now`. */
  idle(now: number): boolean {
    return now - this.#lastFrameAt > this.#limits.idleMs
  }
}

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}
