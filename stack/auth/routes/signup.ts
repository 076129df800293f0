import { z } from 'zod'
import { issueConfirmation, type WithMails } from '../codes.ts'
import { isUnreachable, type Sql, sqlState } from '../database.ts'
import { AuthError, invalid } from '../errors.ts'
import type { Grant } from '../grants.ts'
import { callUserHook } from '../hooks.ts'
import { insertIdentity } from '../identities.ts'
import type { Json } from '../json.ts'
import type { AuthParts } from '../parts.ts'
import { checkPassword, hashPassword } from '../passwords.ts'
import { beginFlow, type Challenge, flowOf } from '../pkce.ts'
import { redirectTarget } from '../redirects.ts'
import { challenge, parseEmail, readBody, record, senderOf, text } from '../requests.ts'
import {
  AUTHENTICATED,
  confirmEmail,
  findEmailHolder,
  insertUser,
  lockUser,
  type User,
  updateUser,
  userJson,
} from '../users.ts'

const BY_EMAIL = { provider: 'email', providers: ['email'] }
const SignUp = z.object({ email: text, phone: text, password: text, data: record, ...challenge })

/** `POST /signup`: a new account by address and password, or an anonymous one. */
export async function signUp(parts: AuthParts, request: Request): Promise<Response> {
  const body = await readBody(request, SignUp)
  const sender = senderOf(request)
  if (body.email === '' && body.phone === '') {
    if (!parts.settings.anonymousEnabled)
      throw new AuthError(422, 'anonymous_provider_disabled', 'Anonymous sign-ins are disabled')
    parts.limits.count('anonymous', sender)
    return signUpAnonymously(parts, request, body.data ?? {})
  }
  parts.limits.count('signup', sender)
  if (body.phone !== '') throw new AuthError(400, 'phone_provider_disabled', 'Phone signups are disabled')
  const answer = await signUpByEmail(parts, request, body)
  return Response.json(answer)
}

/** Signs up by address and password. Answers a session, or the user who has to confirm the address first. */
export async function signUpByEmail(
  parts: AuthParts,
  request: Request,
  given: Challenge & { readonly email: string; readonly password: string; readonly data: Json | undefined },
): Promise<Grant | Json> {
  const { settings, database } = parts
  requireSignUps(parts)
  if (given.password === '') throw invalid('Signup requires a valid password')
  checkPassword(given.password, settings)
  if (!settings.emailEnabled) throw new AuthError(400, 'email_provider_disabled', 'Email signups are disabled')
  const email = parseEmail(given.email)
  const flow = flowOf(given)
  const redirectTo = redirectTarget(request, settings)
  const data = given.data ?? {}
  const sender = senderOf(request)
  // Hashed whether it is needed or not, so that time does not tell who has an account.
  const passwordHash = await hashPassword(given.password)

  const attempt = (): Promise<WithMails | Grant | undefined> =>
    database.transaction(async (sql) => {
      const found = await findEmailHolder(sql, email)
      const holder = found && (await lockUser(sql, found.id))
      if (holder?.email_confirmed_at) return undefined
      // An account that is not confirmed may be anybody's, so nothing of it is changed.
      if (!holder)
        await callUserHook(sql, settings.userHook, sender.ip, { email, appMetadata: BY_EMAIL, userMetadata: data })
      const user = holder ?? (await createByEmail(sql, { email, passwordHash, data }))
      if (!settings.confirmEmail) return parts.grants.signIn(sql, await confirmEmail(sql, user), 'password', sender)
      await beginFlow(sql, user.id, 'email/signup', given)
      return issueConfirmation(parts, sql, user, { redirectTo, flow })
    })
  // Of two sign-ups at once the slower finds at its second look the account that the faster made.
  const result = await attempt().catch((cause: unknown) => {
    if (cause instanceof AuthError && sqlState(cause.cause) === '23505') return attempt()
    throw cause
  })
  if (result === undefined) return alreadyRegistered(parts, email, data)
  if ('access_token' in result) return result
  await parts.mailer.send(result.mails)
  return userJson(result.user)
}

/** Stores an account with the identity of its address. Rejects when the database, or a trigger of the project, refuses. */
export async function createByEmail(
  sql: Sql,
  user: { readonly email: string; readonly passwordHash: string; readonly data: Json },
): Promise<User> {
  const { email, passwordHash, data } = user
  const created = await insertUser(sql, {
    email,
    passwordHash,
    appMetadata: BY_EMAIL,
    userMetadata: data,
  }).catch((cause: unknown) => {
    throw refusedUser(cause)
  })
  const identity = { ...data, email, email_verified: false, phone_verified: false, sub: created.id }
  await insertIdentity(sql, created.id, 'email', identity)
  return updateUser(sql, created.id, { raw_user_meta_data: identity })
}

/** What a client is told when the database does not take a new account. */
export function refusedUser(cause: unknown): unknown {
  const speaksForItself = isUnreachable(cause) || sqlState(cause)?.startsWith('22')
  return speaksForItself ? cause : new AuthError(500, 'unexpected_failure', 'Database error saving new user', { cause })
}

/** Throws `signup_disabled` where the project takes no new accounts. */
function requireSignUps({ settings }: AuthParts): void {
  if (!settings.signUpEnabled) throw new AuthError(422, 'signup_disabled', 'Signups not allowed for this instance')
}

// Where addresses are confirmed, an address that is taken gets the answer of one that is free, and no mail.
function alreadyRegistered(parts: AuthParts, email: string, data: Json): Json {
  if (!parts.settings.confirmEmail) throw new AuthError(422, 'user_already_exists', 'User already registered')
  parts.unsent.note('confirmation_token', email)
  const id = crypto.randomUUID()
  const now = new Date()
  return {
    id,
    aud: AUTHENTICATED,
    role: '',
    email,
    phone: '',
    app_metadata: BY_EMAIL,
    user_metadata: data,
    identities: [],
    created_at: now,
    updated_at: now,
    confirmation_sent_at: now,
    is_anonymous: false,
  }
}

async function signUpAnonymously(parts: AuthParts, request: Request, data: Json): Promise<Response> {
  requireSignUps(parts)
  const sender = senderOf(request)
  const grant = await parts.database.transaction(async (sql) => {
    const given = { email: null, passwordHash: '', appMetadata: {}, userMetadata: data, isAnonymous: true }
    await callUserHook(sql, parts.settings.userHook, sender.ip, given)
    return parts.grants.signIn(sql, await insertUser(sql, given), 'anonymous', sender)
  })
  return Response.json(grant)
}
