import type { Sql } from '../database.ts'
import { AuthError, invalid } from '../errors.ts'
import type { Grant } from '../grants.ts'
import type { AuthParts } from '../parts.ts'
import type { Sender } from '../requests.ts'
import {
  endSessions,
  findActiveToken,
  findSession,
  insertRefreshToken,
  lockRefreshToken,
  type RefreshToken,
  type Session,
  sessionProblem,
  touchSession,
} from '../sessions.ts'
import { findUser, isBanned } from '../users.ts'

const refused = (code: AuthError['code'], why: string): AuthError =>
  new AuthError(400, code, `Invalid Refresh Token: ${why}`)

/**
 * Goes on with a session: a refresh token is used once and replaced.
 * One that was used before passes when it is the parent of the token in force (its answer got lost) or was used within
 * the reuse interval (several tabs at once); otherwise someone else has it, and the session ends for both.
 */
export async function refresh(parts: AuthParts, token: string, sender: Sender): Promise<Grant> {
  if (!/^[a-z0-9]{12}$/.test(token)) throw invalid('Refresh token is not valid')
  const result = await parts.database.transaction(async (sql): Promise<Grant | AuthError> => {
    const used = await lockRefreshToken(sql, token)
    const user = used && (await findUser(sql, used.user_id))
    if (!used || !user) throw refused('refresh_token_not_found', 'Refresh Token Not Found')
    if (isBanned(user)) throw refused('user_banned', 'User Banned')
    const session = await validSession(parts, sql, used)
    const successor = await successorOf(parts, sql, used, session)
    // Returned, not thrown, because the session has to stay ended.
    if (successor === undefined) return refused('refresh_token_already_used', 'Already Used')
    await touchSession(sql, session.id, sender)
    return parts.grants.grant(sql, { user, session, refreshToken: successor, method: 'token_refresh', sender })
  })
  if (result instanceof AuthError) throw result
  return result
}

async function validSession({ settings }: AuthParts, sql: Sql, token: RefreshToken): Promise<Session> {
  const session = token.session_id === null ? undefined : await findSession(sql, token.session_id)
  if (!session) throw refused('session_not_found', 'No Valid Session Found')
  switch (sessionProblem(session, settings, token.updated_at)) {
    case 'inactive':
      throw refused('session_expired', 'Session Expired (Inactivity)')
    case 'ended':
      throw refused('session_expired', 'Session Expired')
    default:
      return session
  }
}

async function successorOf(
  { settings }: AuthParts,
  sql: Sql,
  used: RefreshToken,
  session: Session,
): Promise<string | undefined> {
  if (used.revoked) {
    const active = await findActiveToken(sql, session.id)
    if (active?.parent === used.token) return active.token
    if (used.updated_at.getTime() + settings.reuseIntervalMs < Date.now()) {
      if (settings.rotateRefreshTokens) await endSessions(sql, session.user_id, { only: session.id })
      return undefined
    }
  }
  return insertRefreshToken(sql, session, used.token)
}
