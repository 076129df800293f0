import { remember } from '../remember.ts'
import { AuthError } from './errors.ts'
import type { Sender } from './requests.ts'
import type { AuthSettings } from './settings.ts'

const HOUR_MS = 3_600_000
const BURST = 30
const MAX_KEYS = 10_000

interface Bucket {
  tokens: number
  at: number
}

/** A token bucket for each key: `burst` requests at once, refilled at `perMs` a millisecond. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>()
  readonly #perMs: number
  readonly #burst: number

  constructor(perMs: number, burst: number) {
    this.#perMs = perMs
    this.#burst = burst
  }

  /** The tokens of `key` that are left. */
  left(key: string, now = Date.now()): number {
    const known = this.#buckets.get(key) ?? { tokens: this.#burst, at: now }
    return Math.min(this.#burst, known.tokens + (now - known.at) * this.#perMs)
  }

  /** Takes one token of `key`; false when none is left. */
  take(key: string, now = Date.now()): boolean {
    const tokens = this.left(key, now)
    remember(this.#buckets, key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now }, MAX_KEYS)
    return tokens >= 1
  }
}

/** The kinds of requests that are counted apart. */
export type LimitedRequest = 'anonymous' | 'otp' | 'recover' | 'resend' | 'signup' | 'token' | 'user' | 'verify'

/**
 * How often one address may ask, by `[auth.rate_limit]`. As in GoTrue, an address counts only where a proxy names it in
 * `x-forwarded-for`; this machine itself is never limited, because its many clients share one address.
 */
export class RateLimits {
  readonly #limits: Readonly<Record<LimitedRequest, TokenBuckets>>
  readonly #mails: TokenBuckets | undefined

  constructor({ rateLimits, mailsPerHour }: AuthSettings) {
    const perFiveMinutes = (rate: number): TokenBuckets => new TokenBuckets(rate / (HOUR_MS / 12), BURST)
    const otp = rateLimits.sign_in_sign_ups
    this.#limits = {
      anonymous: new TokenBuckets(rateLimits.anonymous_users / HOUR_MS, rateLimits.anonymous_users),
      otp: perFiveMinutes(otp),
      recover: perFiveMinutes(otp),
      resend: perFiveMinutes(otp),
      signup: perFiveMinutes(otp),
      user: perFiveMinutes(otp),
      token: perFiveMinutes(rateLimits.token_refresh),
      verify: perFiveMinutes(rateLimits.token_verifications),
    }
    this.#mails = mailsPerHour === undefined ? undefined : new TokenBuckets(mailsPerHour / HOUR_MS, mailsPerHour)
  }

  /** Counts one request. Throws `over_request_rate_limit` when its address has asked too often. */
  count(kind: LimitedRequest, { ip }: Sender): void {
    if (ip === null || isLoopback(ip)) return
    if (!this.#limits[kind].take(ip)) throw new AuthError(429, 'over_request_rate_limit', 'Request rate limit reached')
  }

  /** Counts one mail of the whole project. Throws `over_email_send_rate_limit` when the hour has had its share. */
  countMail(): void {
    if (this.#mails && !this.#mails.take(''))
      throw new AuthError(429, 'over_email_send_rate_limit', 'email rate limit exceeded')
  }
}

const isLoopback = (ip: string): boolean => /^(127\.|::1$|::ffff:127\.)/.test(ip)
