import { z } from 'zod'
import type { Sql } from '../database.ts'
import { AuthError, invalid } from '../errors.ts'
import type { Grant } from '../grants.ts'
import { updateIdentity } from '../identities.ts'
import type { Notice } from '../mailer.ts'
import {
  endTokens,
  findAddressees,
  findLinkHolder,
  hashToken,
  isExpired,
  isValidToken,
  PKCE_PREFIX,
  type TokenKind,
} from '../one-time-tokens.ts'
import type { AuthParts } from '../parts.ts'
import { issueAuthCode } from '../pkce.ts'
import { redirectTarget } from '../redirects.ts'
import { parseEmail, queryOf, readBody, senderOf, text } from '../requests.ts'
import type { FlowMethod } from '../sessions.ts'
import type { AuthSettings } from '../settings.ts'
import { confirmEmail, findUserByEmail, isBanned, lockUser, refreshProviders, type User, updateUser } from '../users.ts'
import { confirmEmailChange } from './email-change.ts'

const HALF_CONFIRMED = 'Confirmation link accepted. Please proceed to confirm link sent to the other email'

const Verification = z.object({
  type: text,
  token: text,
  token_hash: text,
  email: text,
  phone: text,
  redirect_to: text,
})

/** The codes that a type of verification accepts. */
const KINDS: Readonly<Record<string, readonly TokenKind[]>> = {
  email: ['confirmation_token', 'recovery_token'],
  signup: ['confirmation_token'],
  invite: ['confirmation_token'],
  recovery: ['recovery_token'],
  magiclink: ['recovery_token'],
  email_change: ['email_change_token_current', 'email_change_token_new'],
}

/** A code that was found to be right. */
interface Proof {
  readonly user: User
  readonly kind: TokenKind
}

/** `POST /verify`: a session for the code of a mail, typed in with the address, or for its hash alone. */
export async function verifyByCode(parts: AuthParts, request: Request): Promise<Response> {
  parts.limits.count('verify', senderOf(request))
  const body = await readBody(request, Verification)
  if (body.type === '') throw invalid('Verify requires a verification type')
  if ((body.token === '') === (body.token_hash === '')) throw invalid('Verify requires either a token or a token hash')
  if (body.phone !== '') throw new AuthError(400, 'phone_provider_disabled', 'Phone logins are disabled')
  if (body.token !== '' && body.email === '')
    throw invalid('Only an email address or phone number should be provided on verify')
  if (body.token_hash !== '' && (body.email !== '' || body.redirect_to !== ''))
    throw invalid('Only the token_hash and type should be provided')
  const email = body.token === '' ? '' : parseEmail(body.email)
  const kinds = kindsOf(body.type)
  const notices: Notice[] = []
  const grant = await parts.database.transaction(async (sql) => {
    const proof =
      body.token === ''
        ? await proveByHash(parts, sql, body.token_hash, kinds)
        : await proveByCode(parts, sql, { email, hash: hashToken(email, body.token), kinds })
    const user = await accept(parts, sql, proof, notices)
    return user && parts.grants.signIn(sql, user, 'otp', senderOf(request))
  })
  await parts.mailer.notify(notices)
  return Response.json(grant ?? { msg: HALF_CONFIRMED, code: '200' })
}

/** `GET /verify`: the link of a mail. Leads on to the app with a session, an auth code, a message or an error. */
export async function verifyByLink(parts: AuthParts, request: Request): Promise<Response> {
  // Mail scanners look at links before their readers do, and must not use them up.
  if (request.method === 'HEAD') throw new AuthError(405, 'unknown', 'A link is followed by GET')
  parts.limits.count('verify', senderOf(request))
  const query = queryOf(request)
  const [hash, type] = [query.get('token') ?? '', query.get('type') ?? '']
  if (type === '') throw invalid('Verify requires a verification type')
  if (hash === '') throw invalid('Verify requires a token or a token hash')
  const target = new URL(redirectTarget(request, parts.settings))
  const isPkce = hash.startsWith(PKCE_PREFIX)
  const notices: Notice[] = []
  try {
    const answer = await parts.database.transaction(async (sql): Promise<Grant | string | undefined> => {
      const user = await accept(parts, sql, await proveByHash(parts, sql, hash, kindsOf(type)), notices)
      if (!user) return undefined
      return isPkce
        ? issueAuthCode(sql, user.id, methodOf(type))
        : parts.grants.signIn(sql, user, 'otp', senderOf(request))
    })
    await parts.mailer.notify(notices)
    if (typeof answer === 'string') target.searchParams.set('code', answer)
    else if (answer) target.hash = fragment({ ...sessionMembers(answer), type })
    else if (isPkce) target.searchParams.set('message', HALF_CONFIRMED)
    if (answer === undefined) target.hash = fragment({ message: HALF_CONFIRMED })
  } catch (cause) {
    if (!(cause instanceof AuthError)) throw cause
    const members = errorMembers(cause)
    if (isPkce) for (const [name, value] of Object.entries(members)) target.searchParams.set(name, value)
    target.hash = fragment(members)
  }
  return new Response(null, { status: 303, headers: { location: target.href } })
}

function kindsOf(type: string): readonly TokenKind[] {
  const kinds = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined
  if (!kinds) throw invalid('Invalid email verification type')
  return kinds
}

function methodOf(type: string): FlowMethod {
  const methods: Readonly<Record<string, FlowMethod>> = {
    signup: 'email/signup',
    invite: 'invite',
    magiclink: 'magiclink',
    recovery: 'recovery',
    email_change: 'email_change',
  }
  const method = methods[type]
  if (!method) throw invalid('Unsupported verification type')
  return method
}

const wrongCode = (): AuthError => new AuthError(403, 'otp_expired', 'Token has expired or is invalid')
const wrongLink = (): AuthError => new AuthError(403, 'otp_expired', 'Email link is invalid or has expired')

async function proveByHash(
  { settings }: AuthParts,
  sql: Sql,
  hash: string,
  kinds: readonly TokenKind[],
): Promise<Proof> {
  const proof = await findLinkHolder(sql, hash, kinds)
  if (!proof) throw wrongLink()
  if (isBanned(proof.user)) throw new AuthError(403, 'user_banned', 'User is banned')
  if (isExpired(proof.user, proof.kind, settings.otpExpiryMs)) throw wrongLink()
  return proof
}

interface CodeGiven {
  readonly email: string
  readonly hash: string
  readonly kinds: readonly TokenKind[]
}

async function proveByCode({ settings, attempts }: AuthParts, sql: Sql, given: CodeGiven): Promise<Proof> {
  const { email } = given
  // By address, whether it has an account or not, so that the refusal does not tell.
  attempts.check(email)
  try {
    return await findProof(settings, sql, given)
  } catch (cause) {
    if (cause instanceof AuthError && cause.code === 'otp_expired') attempts.note(email)
    throw cause
  }
}

async function findProof(settings: AuthSettings, sql: Sql, { email, hash, kinds }: CodeGiven): Promise<Proof> {
  const holder = kinds.includes('email_change_token_new')
    ? (await findAddressees(sql, email, kinds)).find((addressee) =>
        kinds.some((kind) => isValidToken(addressee, kind, hash, settings.otpExpiryMs)),
      )
    : await findUserByEmail(sql, email)
  // Locked and read again, so that of two requests with one code the second finds it used.
  const user = holder && (await lockUser(sql, holder.id))
  if (!user) throw wrongCode()
  if (isBanned(user)) throw new AuthError(403, 'user_banned', 'User is banned')
  const kind = kinds.find((candidate) => isValidToken(user, candidate, hash, settings.otpExpiryMs))
  if (!kind) throw wrongCode()
  return { user, kind }
}

// The user as the proof leaves them; undefined when a change of address still waits for the other half.
async function accept(parts: AuthParts, sql: Sql, { user, kind }: Proof, notices: Notice[]): Promise<User | undefined> {
  switch (kind) {
    case 'confirmation_token': {
      if (user.email !== null) await updateIdentity(sql, user.id, 'email', { email_verified: true })
      return refreshProviders(sql, await confirmEmail(sql, user))
    }
    case 'recovery_token': {
      await endTokens(sql, user.id)
      const recovered = await updateUser(sql, user.id, { recovery_token: '' })
      return refreshProviders(sql, recovered.email_confirmed_at ? recovered : await confirmEmail(sql, recovered))
    }
    default: {
      const changed = await confirmEmailChange(parts, sql, user, kind)
      if (!changed) return undefined
      notices.push({ kind: 'email_changed', to: user.email, oldEmail: user.email, user: changed })
      return refreshProviders(sql, changed)
    }
  }
}

/** A session as it stands in the fragment of an app's URL. */
export const sessionMembers = (grant: Grant): Readonly<Record<string, string>> => ({
  access_token: grant.access_token,
  expires_at: String(grant.expires_at),
  expires_in: String(grant.expires_in),
  refresh_token: grant.refresh_token,
  token_type: grant.token_type,
})

const OAUTH_ERRORS: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'unauthorized_client',
  403: 'access_denied',
  500: 'server_error',
  503: 'temporarily_unavailable',
}

/** An error as it stands in an app's URL. */
export function errorMembers({ status, code, message }: AuthError): Readonly<Record<string, string>> {
  const error = OAUTH_ERRORS[status]
  return { ...(error === undefined ? {} : { error }), error_code: code, error_description: message }
}

/** A fragment of an app's URL; `sb` tells clients that it is Auth's and not another library's. */
export const fragment = (members: Readonly<Record<string, string>>): string =>
  new URLSearchParams({ ...members, sb: '' }).toString()
