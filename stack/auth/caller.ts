import { type Claims, TokenError } from '../tokens.ts'
import type { Sql } from './database.ts'
import { AuthError } from './errors.ts'
import type { AuthParts } from './parts.ts'
import { findSession, lockSession, type Session, sessionProblem } from './sessions.ts'
import { findUser, isBanned, lockUser, type User } from './users.ts'

const ADMIN_ROLES = ['service_role', 'supabase_admin']
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** Who sent a request with an access token. */
export interface Caller {
  readonly user: User
  /** Undefined for a token that was signed without a session, as tests and servers do. */
  readonly session: Session | undefined
}

/**
 * The user whose access token `request` carries.
 * Rejects with `no_authorization`, `bad_jwt`, `user_not_found`, `session_not_found` or `user_banned`.
 */
export async function requireUser(parts: AuthParts, request: Request): Promise<Caller> {
  const claims = await claimsOf(parts, request)
  const { sub } = claims
  if (sub === undefined || sub === '') throw new AuthError(403, 'bad_jwt', 'invalid claim: missing sub claim')
  if (!UUID.test(sub)) throw new AuthError(400, 'bad_jwt', 'invalid claim: sub claim must be a UUID')
  const user = await findUser(parts.database, sub)
  if (!user) throw new AuthError(403, 'user_not_found', 'User from sub claim in JWT does not exist')
  const session = await sessionOf(parts, claims)
  if (session && session.user_id !== user.id)
    throw new AuthError(403, 'session_not_found', 'Session from session_id claim in JWT does not exist')
  if (isBanned(user)) throw new AuthError(403, 'user_banned', 'User is banned')
  return { user, session }
}

/**
 * Who is signed in, read once more and locked until the transaction ends: what holds of them now may not be what held when
 * the request came. Rejects with `user_not_found`, `session_not_found` or `user_banned`.
 */
export async function lockCaller(sql: Sql, { user, session }: Caller): Promise<Caller> {
  const locked = await lockUser(sql, user.id)
  if (!locked) throw new AuthError(403, 'user_not_found', 'User from sub claim in JWT does not exist')
  if (isBanned(locked)) throw new AuthError(403, 'user_banned', 'User is banned')
  if (!session) return { user: locked, session }
  const going = await lockSession(sql, session.id)
  if (!going) throw new AuthError(403, 'session_not_found', 'Session from session_id claim in JWT does not exist')
  return { user: locked, session: going }
}

/**
 * Lets a request pass that carries a token of a server's role.
 * Rejects with `no_authorization`, `bad_jwt` or `not_admin`.
 */
export async function requireAdmin(parts: AuthParts, request: Request): Promise<void> {
  const claims = await claimsOf(parts, request)
  const session = await sessionOf(parts, claims)
  if (session && sessionProblem(session, parts.settings) !== undefined)
    throw new AuthError(403, 'session_expired', 'Session is no longer valid')
  if (typeof claims.role !== 'string' || !ADMIN_ROLES.includes(claims.role))
    throw new AuthError(403, 'not_admin', 'User not allowed')
}

async function sessionOf(parts: AuthParts, claims: Claims): Promise<Session | undefined> {
  const id = claims.session_id
  if (id === undefined || id === '') return undefined
  if (typeof id !== 'string' || !UUID.test(id))
    throw new AuthError(403, 'bad_jwt', 'invalid claim: session_id claim must be a UUID')
  const session = await findSession(parts.database, id)
  if (!session) throw new AuthError(403, 'session_not_found', 'Session from session_id claim in JWT does not exist')
  return session
}

async function claimsOf({ tokens }: AuthParts, request: Request): Promise<Claims> {
  const token = /^bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  if (token === undefined) throw new AuthError(401, 'no_authorization', 'This endpoint requires a valid Bearer token')
  try {
    return await tokens.verify(token)
  } catch (cause) {
    if (!(cause instanceof TokenError)) throw cause
    throw new AuthError(403, 'bad_jwt', `invalid JWT: unable to parse or verify signature, ${REASONS[cause.problem]}`)
  }
}

const REASONS: Readonly<Record<TokenError['problem'], string>> = {
  malformed: 'token is malformed',
  expired: 'token has invalid claims: token is expired',
  signature: 'token signature is invalid',
  claims: 'token has invalid claims',
}
