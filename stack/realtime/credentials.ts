import type { Keys } from '../keys.ts'
import { type Claims, TokenError, type Tokens } from '../tokens.ts'

/** Who a key or a token speaks for. */
export interface Identity {
  /** The database role that policies are asked as; it need not exist. */
  readonly role: string
  readonly claims: Claims
  /** Seconds since 1970; API keys do not expire. */
  readonly expiresAt: number | undefined
}

/** A key or token is refused; `code` and `message` are hosted's words. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError'
  readonly code: 'InvalidJWTToken' | 'MalformedJWT' | 'JwtSignatureError'

  constructor(code: CredentialError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** Turns API keys and tokens into identities. */
export class Credentials {
  readonly #keys: Keys
  readonly #tokens: Tokens

  constructor(keys: Keys, tokens: Tokens) {
    this.#keys = keys
    this.#tokens = tokens
  }

  /** The identity behind an API key or a JWT. Rejects with `CredentialError`. */
  async identify(credential: string): Promise<Identity> {
    const token = clean(credential)
    const role = this.#roleOfKey(token)
    if (role !== undefined) return { role, claims: { role }, expiresAt: undefined }
    try {
      return identityOf(await this.#tokens.verify(token))
    } catch (cause) {
      throw cause instanceof TokenError ? refusalOf(cause) : cause
    }
  }

  #roleOfKey(key: string): 'anon' | 'service_role' | undefined {
    if (key === this.#keys.publishableKey) return 'anon'
    if (key === this.#keys.secretKey) return 'service_role'
    return undefined
  }
}

/** Whether the credential is an opaque API key, which as a token means: whoever the connection's key says. */
export function isApiKey(credential: string): boolean {
  return credential.startsWith('sb_')
}

/** Throws `CredentialError` when `identity` has expired; hosted says for how long. */
export function assertNotExpired(identity: Identity): void {
  const seconds = Math.floor(Date.now() / 1000) - (identity.expiresAt ?? Number.POSITIVE_INFINITY)
  if (seconds >= 0) throw expired(seconds)
}

function identityOf(claims: Claims): Identity {
  const { role, exp } = claims
  if (typeof role !== 'string' || typeof exp !== 'number')
    throw new CredentialError('InvalidJWTToken', 'Fields `role` and `exp` are required in JWT')
  return { role, claims, expiresAt: exp }
}

function refusalOf(error: TokenError): CredentialError {
  if (error.problem === 'expired') return expired(error.expiredSeconds ?? 0)
  if (error.problem === 'signature') return new CredentialError('JwtSignatureError', 'Failed to validate JWT signature')
  return new CredentialError('MalformedJWT', 'The token provided is not a valid JWT')
}

function expired(seconds: number): CredentialError {
  return new CredentialError('InvalidJWTToken', `Token has expired ${seconds} seconds ago`)
}

function clean(credential: string): string {
  const text = credential.replace(/\s/g, '')
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
