import { randomBytes } from 'node:crypto'
import type { Sql } from './database.ts'
import type { Sender } from './requests.ts'
import type { AuthSettings } from './settings.ts'

/** How a session came about; the words of the `amr` claim. */
export type AuthMethod = 'password' | 'otp' | 'anonymous' | 'token_refresh' | 'totp' | FlowMethod
/** The methods that begin a PKCE flow. */
export type FlowMethod = 'magiclink' | 'recovery' | 'email/signup' | 'email_change' | 'invite' | 'oauth'

/** One sign-in on one device. */
export interface Session {
  readonly id: string
  readonly user_id: string
  readonly created_at: Date
  readonly not_after: Date | null
  readonly refreshed_at: Date | null
  readonly aal: string
  readonly amr: readonly { readonly method: string; readonly timestamp: number }[]
}

const SESSION = `
  sessions.id, sessions.user_id, sessions.created_at, sessions.not_after, coalesce(sessions.aal, 'aal1')::text as aal,
  sessions.refreshed_at at time zone 'utc' as refreshed_at,
  (
    select coalesce(jsonb_agg(jsonb_build_object(
      'method', mfa_amr_claims.authentication_method,
      'timestamp', floor(extract(epoch from mfa_amr_claims.updated_at))::bigint
    ) order by mfa_amr_claims.updated_at desc), '[]')
    from auth.mfa_amr_claims
    where mfa_amr_claims.session_id = sessions.id
  ) as amr`

/** The session with this id. */
export function findSession(sql: Sql, id: string): Promise<Session | undefined> {
  return sql.first<Session>(`select ${SESSION} from auth.sessions where sessions.id = $1`, [id])
}

/** The session with this id, which nothing else changes or ends until the transaction ends. */
export async function lockSession(sql: Sql, id: string): Promise<Session | undefined> {
  await sql.all('select sessions.id from auth.sessions where sessions.id = $1 for update', [id])
  return findSession(sql, id)
}

/** Begins a session. */
export async function insertSession(sql: Sql, userId: string, method: AuthMethod, sender: Sender): Promise<Session> {
  const id = crypto.randomUUID()
  await sql.all(
    `with session as (
       insert into auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, ip)
       values ($1, $2, now(), now(), 'aal1', $4, $5)
       returning id
     )
     insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method)
     select gen_random_uuid(), session.id, now(), now(), $3 from session`,
    [id, userId, method, sender.userAgent, sender.ip],
  )
  const session = await findSession(sql, id)
  if (!session) throw new Error('A session vanished as it began.')
  return session
}

/** Writes down that a session was used. */
export async function touchSession(sql: Sql, id: string, sender: Sender): Promise<void> {
  await sql.all(
    `update auth.sessions
     set refreshed_at = now() at time zone 'utc', updated_at = now(), user_agent = $2, ip = $3
     where id = $1`,
    [id, sender.userAgent, sender.ip],
  )
}

/** Raises a session that has shown a second factor: its refresh token is replaced, and the user's weaker sessions end. */
export async function raiseSession(
  sql: Sql,
  session: Session,
  factorId: string,
): Promise<{ readonly session: Session; readonly refreshToken: string }> {
  await sql.all(
    `insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method)
     values (gen_random_uuid(), $1, now(), now(), 'totp')
     on conflict (session_id, authentication_method) do update set updated_at = excluded.updated_at`,
    [session.id],
  )
  await sql.all("update auth.sessions set aal = 'aal2', factor_id = $2, updated_at = now() where id = $1", [
    session.id,
    factorId,
  ])
  await sql.all("delete from auth.sessions where user_id = $1 and coalesce(aal, 'aal1') < 'aal2'", [session.user_id])
  const raised = await findSession(sql, session.id)
  if (!raised) throw new Error('A session vanished as it was raised.')
  const active = await findActiveToken(sql, session.id)
  return { session: raised, refreshToken: await insertRefreshToken(sql, raised, active?.token) }
}

/** Ends sessions of a user: one, all but one, or all. Their refresh tokens go with them. */
export async function endSessions(
  sql: Sql,
  userId: string,
  which: { readonly only?: string; readonly except?: string } = {},
): Promise<void> {
  await sql.all(
    `delete from auth.sessions
     where user_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id <> $3)`,
    [userId, which.only ?? null, which.except ?? null],
  )
}

/** Why a session may not go on, or undefined when it may. `tokenAt` is when its refresh token was last changed. */
export function sessionProblem(
  session: Session,
  settings: Pick<AuthSettings, 'sessionTimeboxMs' | 'sessionInactivityMs'>,
  tokenAt?: Date,
): 'ended' | 'inactive' | undefined {
  const now = Date.now()
  const began = session.created_at.getTime()
  if (session.not_after !== null && now > session.not_after.getTime()) return 'ended'
  if (settings.sessionTimeboxMs > 0 && now > began + settings.sessionTimeboxMs) return 'ended'
  const used = session.refreshed_at?.getTime() ?? Math.max(began, tokenAt?.getTime() ?? began)
  if (settings.sessionInactivityMs > 0 && now > used + settings.sessionInactivityMs) return 'inactive'
  return undefined
}

/** A row of `auth.refresh_tokens`. */
export interface RefreshToken {
  readonly token: string
  readonly user_id: string
  readonly session_id: string | null
  readonly parent: string | null
  readonly revoked: boolean
  readonly updated_at: Date
}

const TOKEN = `
  refresh_tokens.token, refresh_tokens.user_id, refresh_tokens.session_id, refresh_tokens.parent,
  coalesce(refresh_tokens.revoked, false) as revoked, refresh_tokens.updated_at`

/** Reads a refresh token; its session's other refreshes wait until the transaction ends. */
export async function lockRefreshToken(sql: Sql, token: string): Promise<RefreshToken | undefined> {
  await sql.all(
    `select sessions.id
     from auth.sessions
     where sessions.id = (select refresh_tokens.session_id from auth.refresh_tokens where refresh_tokens.token = $1)
     for update`,
    [token],
  )
  return sql.first<RefreshToken>(`select ${TOKEN} from auth.refresh_tokens where refresh_tokens.token = $1`, [token])
}

/** The session's refresh token that has not been used yet; the oldest, should there be more. */
export function findActiveToken(sql: Sql, sessionId: string): Promise<RefreshToken | undefined> {
  return sql.first<RefreshToken>(
    `select ${TOKEN}
     from auth.refresh_tokens
     where refresh_tokens.session_id = $1 and not refresh_tokens.revoked
     order by refresh_tokens.created_at, refresh_tokens.id
     limit 1`,
    [sessionId],
  )
}

/** Issues a refresh token; `parent` is the one that it replaces, which is used up by it. */
export async function insertRefreshToken(sql: Sql, session: Session, parent?: string): Promise<string> {
  // The time of a token that was used before stays, so that using it again does not lengthen its grace.
  if (parent !== undefined)
    await sql.all(
      'update auth.refresh_tokens set revoked = true, updated_at = now() where token = $1 and not revoked',
      [parent],
    )
  const token = newRefreshToken()
  await sql.all(
    `insert into auth.refresh_tokens (instance_id, token, user_id, session_id, parent, revoked, created_at, updated_at)
     values ('00000000-0000-0000-0000-000000000000', $1, $2, $3, $4, false, now(), now())`,
    [token, session.user_id, session.id, parent ?? ''],
  )
  return token
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

// Twelve characters of five bits each, as GoTrue's, and as its clients expect them.
function newRefreshToken(): string {
  return [...randomBytes(12)].map((byte) => BASE32[byte & 31]).join('')
}
