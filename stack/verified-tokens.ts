import { remember } from './remember.ts'
import { type Claims, TokenError, type Tokens } from './tokens.ts'

const MAX_KNOWN = 2_000

/** Verifies tokens, each signature once: what a token says is remembered, for at most 2,000 tokens, until it expires. */
export class VerifiedTokens {
  readonly #tokens: Tokens
  readonly #known = new Map<string, Claims>()

  constructor(tokens: Tokens) {
    this.#tokens = tokens
  }

  /** The claims of `token`. Rejects with a `TokenError` when its form, signature or times are wrong. */
  async verify(token: string): Promise<Claims> {
    const known = this.#known.get(token)
    if (known) return this.#unexpired(token, known)
    const claims = await this.#tokens.verify(token)
    remember(this.#known, token, claims, MAX_KNOWN)
    return claims
  }

  #unexpired(token: string, claims: Claims): Claims {
    const expiredSeconds = Math.floor(Date.now() / 1000) - (claims.exp ?? Number.POSITIVE_INFINITY)
    if (expiredSeconds < 0) return claims
    this.#known.delete(token)
    throw new TokenError('expired', 'Token has expired', expiredSeconds)
  }
}
