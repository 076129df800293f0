import { type Claims, isRequestRole, type RequestRole, TokenError, type TokenProblem } from '../tokens.ts'
import type { VerifiedTokens } from '../verified-tokens.ts'
import { RestError } from './errors.ts'

/** On whose behalf a request runs: a role of the database, and the claims that policies read. */
export interface Caller {
  readonly role: RequestRole
  readonly claims: Claims
}

const PROBLEMS: Readonly<Record<TokenProblem, { readonly code: string; readonly message: string }>> = {
  malformed: { code: 'PGRST301', message: "JWT couldn't be decoded" },
  signature: { code: 'PGRST301', message: 'No suitable key or wrong key type' },
  expired: { code: 'PGRST303', message: 'JWT expired' },
  claims: { code: 'PGRST303', message: 'JWT claims validation failed' },
}

/**
 * Who the bearer of `authorization` is; without a bearer token, `anon`.
 * Rejects with a 401 for a token that is no good, and for one that asks for a role that requests may not have.
 */
export async function authenticate(authorization: string | null, tokens: VerifiedTokens): Promise<Caller> {
  const token = /^bearer(?:\s+(.*))?$/i.exec(authorization ?? '')
  if (!token) return { role: 'anon', claims: { role: 'anon' } }
  const bearer = token[1]?.trim() ?? ''
  if (bearer === '') throw unauthorized('PGRST301', 'Empty JWT is sent in Authorization header')
  const parts = bearer.split('.').length
  if (parts !== 3) throw unauthorized('PGRST301', `Expected 3 parts in JWT; got ${parts}`)
  const claims = await tokens.verify(bearer).catch((cause: unknown) => {
    if (!(cause instanceof TokenError)) throw cause
    const { code, message } = PROBLEMS[cause.problem]
    throw unauthorized(code, message)
  })
  const role = claims.role ?? 'anon'
  if (!isRequestRole(role)) throw unauthorized('22023', `role ${JSON.stringify(role)} does not exist`)
  return { role, claims: { ...claims, role } }
}

function unauthorized(code: string, message: string): RestError {
  const challenge = `Bearer error="invalid_token", error_description="${message.replace(/["\\]/g, '')}"`
  return new RestError(401, { code, message }, { 'www-authenticate': challenge.replace(/[^\x20-\x7e]/g, '?') })
}
