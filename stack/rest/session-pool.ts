import { connectionFailure, RestError } from './errors.ts'
import { Session } from './session.ts'

// Those of PostgREST.
const ACQUISITION_TIMEOUT_MS = 10_000

interface Waiting {
  take(session: Session): void
  refuse(reason: RestError): void
}

/** A bounded number of sessions, each lent to one request at a time. */
export class SessionPool {
  readonly #url: string
  readonly #size: number
  readonly #idle: Session[] = []
  readonly #lent = new Set<Session>()
  readonly #retired = new WeakSet<Session>()
  readonly #waiting: Waiting[] = []
  #closed = false

  constructor(url: string, size: number) {
    this.#url = url
    this.#size = size
  }

  /** Lends a session to `use` and takes it back. Rejects with a 504 when none came free in ten seconds. */
  async lend<T>(use: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#acquire()
    try {
      return await use(session)
    } finally {
      this.#release(session)
    }
  }

  /** Replaces every session, those that are lent as soon as they come back: what they prepared may be out of date. */
  renew(): void {
    for (const session of this.#idle.splice(0)) void session.close()
    for (const session of this.#lent) this.#retired.add(session)
  }

  /** Closes every session, also those that are lent, and refuses who waits for one. */
  async close(): Promise<void> {
    this.#closed = true
    for (const waiting of this.#waiting.splice(0)) waiting.refuse(connectionFailure())
    const sessions = [...this.#idle.splice(0), ...this.#lent]
    await Promise.all(sessions.map((session) => session.close()))
  }

  async #acquire(): Promise<Session> {
    if (this.#closed) throw connectionFailure()
    const idle = this.#idle.pop()
    if (idle?.spent) return this.#acquire()
    if (!idle && this.#lent.size >= this.#size) return this.#wait()
    const session = idle ?? new Session(this.#url)
    this.#lent.add(session)
    return session
  }

  #wait(): Promise<Session> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        take(session) {
          clearTimeout(timer)
          resolve(session)
        },
        refuse(reason) {
          clearTimeout(timer)
          reject(reason)
        },
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        const message = 'Timed out acquiring connection from connection pool.'
        reject(new RestError(504, { code: 'PGRST003', message }))
      }, ACQUISITION_TIMEOUT_MS)
      this.#waiting.push(waiting)
    })
  }

  #release(session: Session): void {
    this.#lent.delete(session)
    const usable = !session.spent && !this.#retired.has(session)
    if (!usable) void session.close()
    const next = this.#waiting.shift()
    if (!next) {
      if (usable) this.#idle.push(session)
      return
    }
    const lent = usable ? session : new Session(this.#url)
    this.#lent.add(lent)
    next.take(lent)
  }
}
