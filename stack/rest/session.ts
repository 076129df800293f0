import postgres from 'postgres'
import { connectionFailure } from './errors.ts'
import { legible, TYPES } from './types.ts'

// Clients choose the texts of statements, and the server keeps what was prepared for as long as the connection lasts.
const MAX_TEXTS = 1_000
const CONNECTING_SECONDS = 20

/** What a statement returned. */
export interface Result<R> {
  readonly command: string
  readonly count: number
  readonly rows: R[]
}

/**
 * One connection to the database. Statements go out without waiting for the answers of those before.
 * Once the connection is lost every statement fails, also those of a transaction that began before.
 */
export class Session {
  readonly #sql: postgres.Sql<{ json: unknown }>
  readonly #texts = new Set<string>()
  #connected = false
  #lost = false

  constructor(url: string) {
    this.#sql = postgres(url, {
      max: 1,
      connection: { application_name: 'data-api', TimeZone: 'UTC' },
      types: TYPES,
      onnotice: () => undefined,
      onclose: () => {
        this.#lost = true
      },
      max_lifetime: null,
    })
  }

  /** Whether the connection is lost, or has served so many different statements that it had better be replaced. */
  get spent(): boolean {
    return this.#lost || this.#texts.size > MAX_TEXTS
  }

  /** Runs one statement. Rejects with the database's error, or when the connection is lost. */
  async query<R = Readonly<Record<string, unknown>>>(
    text: string,
    parameters: readonly unknown[] = [],
  ): Promise<Result<R>> {
    // The driver would connect anew, outside the transaction that the statement belongs to.
    if (this.#lost) throw connectionFailure()
    // The first time a text is only remembered: preparing pays from the second time on.
    const prepare = this.#texts.has(text)
    this.#texts.add(text)
    // Type 0 leaves it to the server to say what a parameter is; the driver would guess from its value.
    const values = parameters.map((value) => (value === null ? null : this.#sql.typed(legible(value), 0)))
    const result = await this.#sql.unsafe<R[]>(text, values, { prepare })
    this.#connected = true
    return { command: result.command, count: result.count, rows: result }
  }

  /** Ends the connection: what runs has a second to end, what still connects has longer. */
  async close(): Promise<void> {
    this.#lost = true
    // While connecting the driver asks for types by itself, and nobody could catch that failing.
    await this.#sql.end({ timeout: this.#connected ? 1 : CONNECTING_SECONDS })
  }
}
