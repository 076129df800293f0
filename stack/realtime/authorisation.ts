import pg from 'pg'
import { z } from 'zod'
import type { Identity } from './credentials.ts'

/** What a policy is asked about, besides the topic. */
export type Extension = 'broadcast' | 'presence' | 'persistence'

/** What one identity may do on one topic; an extension that was not asked about is in neither set. */
export interface Permissions {
  readonly readable: ReadonlySet<Extension>
  readonly writable: ReadonlySet<Extension>
}

/** Why the policies gave no answer. */
export type AuthorisationProblem = 'policy' | 'cancelled' | 'partition' | 'pool' | 'unavailable'

/** The policies could not be asked, or failed themselves. */
export class AuthorisationError extends Error {
  override readonly name = 'AuthorisationError'
  readonly problem: AuthorisationProblem

  constructor(problem: AuthorisationProblem, options?: ErrorOptions) {
    super(`authorisation failed: ${problem}`, options)
    this.problem = problem
  }
}

/** A question to the policies of `realtime.messages`. */
export interface Question {
  readonly topic: string
  readonly identity: Identity
  readonly headers: Readonly<Record<string, string>>
  readonly read: readonly Extension[]
  readonly write: readonly Extension[]
}

const Extensions = z.array(z.enum(['broadcast', 'presence', 'persistence']))
const Answer = z.object({ readable: Extensions, writable: Extensions })

const PROBE = `select array_to_json(readable) as readable, array_to_json(writable) as writable
  from realtime.authorize($1, $2, $3, $4, $5, $6)`

/** Asks the policies of `realtime.messages`, in a transaction that leaves nothing behind. */
export class Authoriser {
  readonly #pool: pg.Pool

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /** Rejects with `AuthorisationError`. */
  async ask(question: Question): Promise<Permissions> {
    const { topic, identity, headers, read, write } = question
    try {
      const { rows } = await this.#pool.query({
        name: 'realtime-authorize',
        text: PROBE,
        values: [topic, identity.role, JSON.stringify(identity.claims), JSON.stringify(headers), read, write],
      })
      const answer = Answer.parse(rows[0])
      return { readable: new Set(answer.readable), writable: new Set(answer.writable) }
    } catch (cause) {
      throw new AuthorisationError(problemOf(cause), { cause })
    }
  }
}

function problemOf(cause: unknown): AuthorisationProblem {
  if (!(cause instanceof pg.DatabaseError))
    return cause instanceof Error && cause.message.includes('timeout exceeded when trying to connect')
      ? 'pool'
      : 'unavailable'
  const { code = '' } = cause
  if (code === '57014') return 'cancelled'
  if (code === '23514' && cause.table === 'messages') return 'partition'
  // The server is starting, stopping or full; anything else is what a policy raised.
  return code.startsWith('57P') || code.startsWith('08') || code.startsWith('53') ? 'unavailable' : 'policy'
}
