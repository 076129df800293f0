import { createLocalJWKSet, decodeProtectedHeader, errors, importJWK, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Keys } from './keys.ts'

/** Claims of a token whose signature and times were checked. */
export type Claims = Readonly<JWTPayload & { role?: unknown }>

/** Why a token is refused. */
export type TokenProblem = 'malformed' | 'expired' | 'signature' | 'claims'

/** The refusal of a token; `expiredSeconds` says for how long, where that is the reason. */
export class TokenError extends Error {
  override readonly name = 'TokenError'
  readonly problem: TokenProblem
  readonly expiredSeconds: number | undefined

  constructor(problem: TokenProblem, message: string, expiredSeconds?: number) {
    super(message)
    this.problem = problem
    this.expiredSeconds = expiredSeconds
  }
}

const REQUEST_ROLES = ['anon', 'authenticated', 'service_role'] as const
/** A role that a request may run as. */
export type RequestRole = (typeof REQUEST_ROLES)[number]

/** Whether `role` is one that a token may ask for; `authenticator` could become no other. */
export function isRequestRole(role: unknown): role is RequestRole {
  return REQUEST_ROLES.some((name) => name === role)
}

// Of everybody who signs in; also their role.
const AUDIENCE = 'authenticated'

/** Checks and signs the tokens of one stack: ES256 for users' sessions, HS256 with the JWT secret for the legacy keys. */
export class Tokens {
  readonly #secret: Uint8Array
  readonly #keys: Keys
  readonly #jwks: ReturnType<typeof createLocalJWKSet>
  readonly #issuer: string | undefined

  /** `issuer` is the URL of Auth; who only signs, or knows keys alone, need not say it. */
  constructor(keys: Keys, issuer?: string) {
    this.#keys = keys
    this.#issuer = issuer
    this.#secret = new TextEncoder().encode(keys.jwtSecret)
    this.#jwks = createLocalJWKSet(publicJwks(keys))
  }

  /** The claims of `token`. Rejects with a `TokenError` when its form, signature, times or origin are wrong. */
  async verify(token: string): Promise<Claims> {
    let alg: string | undefined
    try {
      alg = decodeProtectedHeader(token).alg
    } catch {
      throw new TokenError('malformed', 'The token provided is not a valid JWT')
    }
    try {
      // The algorithm chooses the kind of key, never the other way round: no public key is used as a secret.
      const { payload } =
        alg === 'HS256'
          ? await jwtVerify(token, this.#secret, { algorithms: ['HS256'] })
          : await jwtVerify(token, this.#jwks, { algorithms: ['ES256'] })
      if (alg !== 'HS256' || payload.role === AUDIENCE) this.#checkOrigin(payload)
      return payload
    } catch (cause) {
      throw tokenError(cause)
    }
  }

  // A token of a session is by this Auth, for who has signed in. The legacy keys are by nobody in particular.
  #checkOrigin({ iss, aud }: JWTPayload): void {
    if (iss !== undefined && this.#issuer !== undefined && iss !== this.#issuer)
      throw new TokenError('claims', 'JWT of another issuer')
    if (aud !== undefined && ![aud].flat().includes(AUDIENCE)) throw new TokenError('claims', 'JWT not in audience')
  }

  /** Signs a user's access token. The claims must hold `sub`, `role` and `exp`. */
  async sign(claims: JWTPayload): Promise<string> {
    const key = await importJWK(this.#keys.signingKey, 'ES256')
    return new SignJWT(claims)
      .setProtectedHeader({
        alg: 'ES256',
        typ: 'JWT',
        ...(this.#keys.signingKey.kid ? { kid: this.#keys.signingKey.kid } : {}),
      })
      .sign(key)
  }
}

/** The public half of the signing key, as `/auth/v1/.well-known/jwks.json` answers it. */
export function publicJwks(keys: Keys): { keys: { kty: string; [member: string]: unknown }[] } {
  const { kty = 'EC', crv, x, y, kid, alg, use } = keys.signingKey
  return { keys: [{ kty, crv, x, y, kid, alg, use, key_ops: ['verify'] }] }
}

function tokenError(cause: unknown): TokenError {
  if (cause instanceof TokenError) return cause
  if (cause instanceof errors.JWTExpired) {
    const seconds = Math.floor(Date.now() / 1000) - (cause.payload.exp ?? 0)
    return new TokenError('expired', 'Token has expired', seconds)
  }
  if (cause instanceof errors.JWTClaimValidationFailed) return new TokenError('claims', cause.message)
  if (cause instanceof errors.JWTInvalid || cause instanceof errors.JWSInvalid)
    return new TokenError('malformed', 'The token provided is not a valid JWT')
  return new TokenError('signature', 'Failed to validate JWT signature')
}
