import { remember } from '../remember.ts'
import { AuthError } from './errors.ts'
import { TokenBuckets } from './rate-limits.ts'

/** Wrong codes of one kind in a row, and how soon one more is allowed. */
const WRONG_CODES = 5
const REFILL_MS = 60_000
const MAX_FACTORS = 10_000

/**
 * How often a code may be guessed. GoTrue counts by address; here it is also counted by what is guessed at, because
 * behind a proxy, and on this machine, everybody has the same address.
 */
export class Attempts {
  readonly #wrong = new TokenBuckets(1 / REFILL_MS, WRONG_CODES)
  readonly #steps = new Map<string, number>()

  /** Throws `over_request_rate_limit` when too many wrong codes were given for `key`. */
  check(key: string): void {
    if (this.#wrong.left(key) < 1)
      throw new AuthError(429, 'over_request_rate_limit', 'Too many wrong codes, try again later')
  }

  /** Counts a wrong code for `key`. */
  note(key: string): void {
    this.#wrong.take(key)
  }

  /** Uses up a time step of a factor; false when it, or a later one, was used before. */
  takeStep(factorId: string, step: number): boolean {
    if ((this.#steps.get(factorId) ?? -1) >= step) return false
    remember(this.#steps, factorId, step, MAX_FACTORS)
    return true
  }
}
