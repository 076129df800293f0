import type pg from 'pg'
import type { Log } from '../../log.ts'
import type { VisibilityGate } from './gate.ts'
import { PgOutputDecoder, type RowChange, type WalMessage, type WalNote } from './pgoutput.ts'
import { dropSlot, endReader, isInUse, isLost, recreateSlot } from './slot.ts'
import { formatLsn, WalConnection } from './wal-connection.ts'

/** What a committed and visible transaction did, in the order of commits. */
export type Announcement = { readonly kind: 'row'; readonly change: RowChange; readonly committedAt: Date } | WalNote

/** What a stream reads and whom it tells. */
export interface StreamOptions {
  readonly connectionString: string
  readonly pool: pg.Pool
  readonly gate: VisibilityGate
  readonly slot: string
  readonly publication: string
  readonly log: Log
  /** Announcements that became due together. The next batch follows when the promise resolves. */
  onBatch(batch: readonly Announcement[]): void | Promise<void>
  /** The slot was lost, and with it what was committed between the last batch and now. */
  onGap(): void
}

const RETRY_MIN_MS = 50
const RETRY_MAX_MS = 5_000
const STATUS_INTERVAL_MS = 1_000
const PAUSE_ABOVE_BYTES = 16_000_000

/** How far the stream is: everything before `position` is announced, and of the transaction after it `announced` parts. */
interface Progress {
  readonly position: bigint
  readonly finalLsn: bigint
  readonly committedAt: Date
  readonly announced: number
}

/**
 * Follows a publication through a slot of its own. Every row is announced once, in commit order and only when it is
 * visible. When the connection breaks it is opened again, and the stream goes on where it was; the slot outlives
 * Postgres, but not this process, which owes nothing to the sockets of an earlier one.
 */
export class ReplicationStream {
  readonly #options: StreamOptions
  #connection: WalConnection | undefined
  #queue: { readonly message: WalMessage; readonly bytes: number }[] = []
  #queuedBytes = 0
  #draining: Promise<void> | undefined
  /** Counts connections, so that what belongs to an earlier one is recognised. */
  #generation = 0
  #progress: Progress = { position: 0n, finalLsn: 0n, committedAt: new Date(0), announced: 0 }
  /** How many parts of the next transaction were announced before the connection broke. */
  #skip = { finalLsn: 0n, parts: 0 }
  #timer: NodeJS.Timeout | undefined
  #retry: NodeJS.Timeout | undefined
  #retryMs = RETRY_MIN_MS
  #stopped = false

  constructor(options: StreamOptions) {
    this.#options = options
  }

  /** Whether rows are being streamed at this moment. */
  get connected(): boolean {
    return this.#connection !== undefined
  }

  /** Makes the slot and starts. Rejects when the database refuses either. */
  async start(): Promise<void> {
    await this.#recreateSlot()
    await this.#open()
    this.#timer = setInterval(() => this.#confirm(), STATUS_INTERVAL_MS)
  }

  /** Ends the stream and drops its slot. May be called twice. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    clearTimeout(this.#retry)
    this.#disconnect()
    await dropSlot(this.#options.pool, this.#options.slot).catch(() => undefined)
  }

  async #recreateSlot(): Promise<void> {
    const position = await recreateSlot(this.#options.pool, this.#options.slot)
    this.#progress = { ...this.#progress, position, announced: 0 }
  }

  async #open(): Promise<void> {
    await this.#draining
    const generation = ++this.#generation
    const { position, finalLsn, announced } = this.#progress
    this.#skip = { finalLsn, parts: announced }
    const decoder = new PgOutputDecoder()
    const current = (): boolean => generation === this.#generation && !this.#stopped
    const connection = await WalConnection.open({
      ...this.#options,
      position,
      handlers: {
        onData: (data) => current() && this.#receive(decoder.decode(data), data.length),
        onKeepAlive: (walEnd, replyRequested) => current() && this.#keepAlive(walEnd, replyRequested),
        onEnd: (cause) => current() && this.#reconnect(cause),
      },
    })
    // It broke at once, and another attempt is under way.
    if (!current()) return connection.close()
    this.#connection = connection
    this.#retryMs = RETRY_MIN_MS
  }

  #disconnect(): void {
    this.#generation++
    this.#connection?.close()
    this.#connection = undefined
    this.#queue = []
    this.#queuedBytes = 0
  }

  #reconnect(cause: unknown): void {
    const { log, slot } = this.#options
    this.#disconnect()
    log.warn('replication lost, reconnecting', { slot, position: this.#at(), cause: String(cause) })
    const attempt = async (): Promise<void> => {
      try {
        await this.#open()
        if (this.connected) log.info('replication resumed', { slot, position: this.#at() })
      } catch (failure) {
        if (this.#stopped) return
        await this.#repair(failure).catch(() => undefined)
        this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS)
        this.#retry = setTimeout(() => void attempt(), this.#retryMs)
      }
    }
    this.#retry = setTimeout(() => void attempt(), this.#retryMs)
  }

  async #repair(failure: unknown): Promise<void> {
    const { log, slot, pool } = this.#options
    if (isInUse(failure)) await endReader(pool, slot)
    if (!isLost(failure)) return
    const lost = this.#at()
    await this.#recreateSlot()
    log.error('the replication slot was lost: what was committed between is not announced', {
      slot,
      from: lost,
      to: this.#at(),
    })
    this.#options.onGap()
  }

  #receive(message: WalMessage, bytes: number): void {
    this.#queue.push({ message, bytes })
    this.#queuedBytes += bytes
    if (this.#queuedBytes > PAUSE_ABOVE_BYTES) this.#connection?.pause()
    this.#draining ??= this.#drain(this.#generation).finally(() => {
      this.#draining = undefined
    })
  }

  async #drain(generation: number): Promise<void> {
    // What came in the same packet is announced in the same batch.
    await Promise.resolve()
    try {
      while (generation === this.#generation) {
        const { batch, progress } = this.#takeVisible()
        if (batch.length > 0) await this.#options.onBatch(batch)
        this.#progress = progress
        const next = this.#queue[0]?.message
        if (!next) break
        if (next.kind === 'begin') await this.#options.gate.pass(next.xid)
      }
    } catch (cause) {
      if (generation === this.#generation) this.#reconnect(cause)
    }
  }

  // Takes all that may be announced now: up to the first transaction that has not become visible.
  #takeVisible(): { batch: Announcement[]; progress: Progress } {
    const batch: Announcement[] = []
    let progress = this.#progress
    let taken = 0
    for (const { message, bytes } of this.#queue) {
      if (message.kind === 'begin' && !this.#options.gate.isOpen(message.xid)) break
      taken++
      this.#queuedBytes -= bytes
      if (message.kind === 'begin')
        progress = { ...progress, finalLsn: message.finalLsn, committedAt: message.committedAt, announced: 0 }
      else if (message.kind === 'commit') progress = { ...progress, position: message.endLsn, announced: 0 }
      else if (message.kind !== 'relation' && message.kind !== 'other') {
        if (!this.#announcedBefore(progress)) batch.push(announce(message, progress.committedAt))
        progress = { ...progress, announced: progress.announced + 1 }
      }
    }
    this.#queue.splice(0, taken)
    if (this.#queuedBytes <= PAUSE_ABOVE_BYTES) this.#connection?.resume()
    return { batch, progress }
  }

  #announcedBefore({ finalLsn, announced }: Progress): boolean {
    return finalLsn === this.#skip.finalLsn && announced < this.#skip.parts
  }

  #keepAlive(walEnd: bigint, replyRequested: boolean): void {
    // Nothing of ours lies before `walEnd`, so that other traffic does not make the slot hold back WAL.
    if (this.#queue.length === 0 && !this.#draining && this.#progress.announced === 0)
      this.#progress = { ...this.#progress, position: maxOf(this.#progress.position, walEnd) }
    if (replyRequested) this.#confirm()
  }

  #confirm(): void {
    this.#connection?.confirm(this.#progress.position)
  }

  #at(): string {
    return formatLsn(this.#progress.position)
  }
}

function announce(message: RowChange | WalNote, committedAt: Date): Announcement {
  return message.kind === 'message' ? message : { kind: 'row', change: message, committedAt }
}

const maxOf = (a: bigint, b: bigint): bigint => (a > b ? a : b)
