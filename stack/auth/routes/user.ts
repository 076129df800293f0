import { z } from 'zod'
import { type Caller, lockCaller, requireUser } from '../caller.ts'
import { issueEmailChange, type WithMails } from '../codes.ts'
import type { Sql } from '../database.ts'
import { AuthError, invalid } from '../errors.ts'
import { type Json, merge } from '../json.ts'
import { endTokens, hashToken, isValidToken } from '../one-time-tokens.ts'
import type { AuthParts } from '../parts.ts'
import { checkPassword, hashPassword, isPassword } from '../passwords.ts'
import { beginFlow, endFlows, flowOf } from '../pkce.ts'
import { redirectTarget } from '../redirects.ts'
import { challenge, parseEmail, queryOf, readBody, record, senderOf, text } from '../requests.ts'
import { endSessions } from '../sessions.ts'
import { findEmailHolder, type User, type UserPatch, updateUser, userJson } from '../users.ts'
import { applyEmailChange } from './email-change.ts'

const RECENT_MS = 24 * 3_600_000
const LOGOUT_SCOPES = ['global', 'local', 'others']

const Changes = z.object({
  email: text,
  phone: text,
  password: z.string().nullish(),
  nonce: text,
  data: record,
  app_metadata: record,
  ...challenge,
})
type Changes = z.infer<typeof Changes>

/** `GET /user`: who is signed in. */
export async function getUser(parts: AuthParts, request: Request): Promise<Response> {
  const { user } = await requireUser(parts, request)
  return Response.json(userJson(user))
}

/** `POST /logout`: ends sessions of who is signed in; `scope` says which. */
export async function logout(parts: AuthParts, request: Request): Promise<Response> {
  const { user, session } = await requireUser(parts, request)
  const scope = queryOf(request).get('scope') || 'global'
  if (!LOGOUT_SCOPES.includes(scope)) throw invalid(`Unsupported logout scope "${scope}"`)
  const which = !session || scope === 'global' ? {} : scope === 'local' ? { only: session.id } : { except: session.id }
  await endSessions(parts.database, user.id, which)
  return new Response(null, { status: 204 })
}

/** `PUT /user`: changes password, metadata or address of who is signed in. */
export async function putUser(parts: AuthParts, request: Request): Promise<Response> {
  const caller = await requireUser(parts, request)
  parts.limits.count('user', senderOf(request))
  const body = await readBody(request, Changes)
  const changes = { ...body, email: body.email === '' ? '' : parseEmail(body.email) }
  await check(parts, caller, changes)
  const passwordHash = changes.password ? await hashPassword(changes.password) : undefined
  const redirectTo = redirectTarget(request, parts.settings)
  const { user, mails } = await parts.database.transaction(async (sql) => {
    // Another device may have ended this session meanwhile, by a password of its own or a second factor.
    const locked = await lockCaller(sql, caller)
    requirePower(locked, changes)
    if (passwordHash !== undefined) await requireReauthentication(parts, sql, locked, changes.nonce)
    const patched = await store(sql, locked, changes, passwordHash)
    return changes.email === '' || changes.email === patched.email
      ? { user: patched, mails: [] }
      : changeEmail(parts, sql, patched, { ...changes, redirectTo })
  })
  if (passwordHash !== undefined) await parts.mailer.notify([{ kind: 'password_changed', to: user.email, user }])
  await parts.mailer.send(mails)
  return Response.json(userJson(user))
}

const isVerified = (factor: Json): boolean => factor.status === 'verified'

async function check(parts: AuthParts, caller: Caller, changes: Changes): Promise<void> {
  const { user } = caller
  const { password, email } = changes
  if (changes.phone !== '') throw new AuthError(400, 'phone_provider_disabled', 'Phone signups are disabled')
  if (changes.app_metadata) throw new AuthError(403, 'not_admin', 'Updating app_metadata requires admin privileges')
  flowOf(changes)
  if (typeof password === 'string') checkPassword(password, parts.settings)
  requirePower(caller, changes)
  if (email !== '' && email !== user.email && (await findEmailHolder(parts.database, email, user.id)))
    throw new AuthError(422, 'email_exists', 'A user with this email address has already been registered')
  if (password && user.encrypted_password && (await isPassword(password, user.encrypted_password)))
    throw new AuthError(422, 'same_password', 'New password should be different from the old password.')
}

function requirePower({ user, session }: Caller, { password, email }: Changes): void {
  const changesSignIn = password || (email !== '' && email !== user.email)
  if (changesSignIn && user.factors.some(isVerified) && session?.aal !== 'aal2')
    throw new AuthError(
      401,
      'insufficient_aal',
      'AAL2 session is required to update email or password when MFA is enabled.',
    )
  if (password && user.is_anonymous && email === '' && user.email === null)
    throw new AuthError(
      422,
      'validation_failed',
      'Updating password of an anonymous user without an email or phone is not allowed',
    )
}

// A phone that was left unlocked must not be enough to take an account over.
async function requireReauthentication(
  { settings, attempts }: AuthParts,
  sql: Sql,
  { user, session }: Caller,
  nonce: string,
): Promise<void> {
  const isRecent = session !== undefined && session.created_at.getTime() + RECENT_MS > Date.now()
  if (!settings.reauthenticateForPassword || isRecent) return
  if (nonce === '') throw new AuthError(400, 'reauthentication_needed', 'Password update requires reauthentication')
  const hash = hashToken(user.email ?? '', nonce)
  attempts.check(user.id)
  if (!isValidToken(user, 'reauthentication_token', hash, settings.otpExpiryMs)) {
    attempts.note(user.id)
    throw new AuthError(422, 'reauthentication_not_valid', 'Nonce has expired or is invalid')
  }
  await endTokens(sql, user.id, ['reauthentication_token'])
}

// A new password ends what the old one began: every other session, and every code that is on its way.
async function store(
  sql: Sql,
  { user, session }: Caller,
  { data }: Changes,
  passwordHash: string | undefined,
): Promise<User> {
  if (passwordHash !== undefined) {
    await endTokens(sql, user.id)
    await endFlows(sql, user.id)
    await endSessions(sql, user.id, session ? { except: session.id } : {})
  }
  const patch: UserPatch = {
    ...(passwordHash === undefined ? {} : { encrypted_password: passwordHash, ...NO_CODES }),
    ...(data === undefined ? {} : { raw_user_meta_data: merge(user.raw_user_meta_data, data) }),
  }
  return updateUser(sql, user.id, patch)
}

/** The columns of a user to whom no code is on its way. */
export const NO_CODES: UserPatch = {
  confirmation_token: '',
  confirmation_sent_at: null,
  recovery_token: '',
  recovery_sent_at: null,
  email_change_token_current: '',
  email_change_token_new: '',
  email_change_sent_at: null,
  reauthentication_token: '',
  reauthentication_sent_at: null,
}

async function changeEmail(
  parts: AuthParts,
  sql: Sql,
  user: User,
  changes: Changes & { readonly redirectTo: string },
): Promise<WithMails> {
  const { email, redirectTo } = changes
  if (user.is_anonymous && !parts.settings.confirmEmail)
    return { user: await applyEmailChange(sql, { ...user, email_change: email }), mails: [] }
  await beginFlow(sql, user.id, 'email_change', changes)
  return issueEmailChange(parts, sql, user, { email, redirectTo, flow: flowOf(changes) })
}
