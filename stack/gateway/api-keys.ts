import { createHash, timingSafeEqual } from 'node:crypto'
import type { Keys } from '../keys.ts'
import { Tokens } from '../tokens.ts'
import { VerifiedTokens } from '../verified-tokens.ts'
import type { Refusal } from './refusal.ts'

/** An API key that was recognised: the role it stands for, and the JWT that the services behind take in its place. */
export interface ApiKey {
  readonly role: 'anon' | 'service_role'
  readonly jwt: string
}

const BROWSER = /^\s*Mozilla\s*\/\s*5\.0/i

/** Knows the keys of one stack: opaque `sb_publishable_…` and `sb_secret_…`, and the legacy JWTs. */
export class ApiKeys {
  readonly #keys: Keys
  readonly #tokens: VerifiedTokens

  constructor(keys: Keys) {
    this.#keys = keys
    this.#tokens = new VerifiedTokens(new Tokens(keys))
  }

  /** The API key that `given` is, or why it is refused. */
  async check(given: string | null, userAgent: string | null): Promise<ApiKey | Refusal> {
    if (!given) return 'UNAUTHORIZED_MISSING_API_KEY'
    if (isSame(given, this.#keys.publishableKey)) return { role: 'anon', jwt: this.#keys.anonKey }
    if (isSame(given, this.#keys.secretKey)) {
      if (userAgent !== null && BROWSER.test(userAgent)) return 'UNAUTHORIZED_INVALID_API_KEY_TYPE'
      return { role: 'service_role', jwt: this.#keys.serviceRoleKey }
    }
    return (await this.#legacy(given)) ?? 'UNAUTHORIZED_INVALID_API_KEY'
  }

  // A user's session token is no API key, although the stack signed it: its role is neither of the two.
  async #legacy(given: string): Promise<ApiKey | undefined> {
    const claims = await this.#tokens.verify(given).catch(() => undefined)
    const role = claims?.role
    return role === 'anon' || role === 'service_role' ? { role, jwt: given } : undefined
  }
}

/** What a bearer is sent as: an opaque key is exchanged for its JWT, and so is a missing one for that of the API key. */
export function exchangeBearer(authorization: string | null, key: ApiKey | undefined): string | null {
  const isOpaque = authorization !== null && /^bearer\s+sb_/i.test(authorization)
  if (authorization !== null && !isOpaque) return authorization
  return key === undefined ? null : `Bearer ${key.jwt}`
}

// Digests have one length, which the comparison in constant time asks for.
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
