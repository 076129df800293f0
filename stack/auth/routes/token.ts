import { z } from 'zod'
import { AuthError, invalid } from '../errors.ts'
import type { Grant } from '../grants.ts'
import type { AuthParts } from '../parts.ts'
import { checkPassword, isPassword } from '../passwords.ts'
import { redeemAuthCode } from '../pkce.ts'
import { queryOf, readBody, senderOf, text } from '../requests.ts'
import { findUserByEmail, isBanned, lockUser } from '../users.ts'
import { byIdToken } from './oauth.ts'
import { refresh } from './refresh.ts'

const PasswordGrant = z.object({ email: text, phone: text, password: text })
const PkceGrant = z.object({ auth_code: text, code_verifier: text })
const RefreshGrant = z.object({ refresh_token: text })

/** `POST /token`: a session for a password, a refresh token or the auth code of a PKCE flow. */
export async function token(parts: AuthParts, request: Request): Promise<Response> {
  parts.limits.count('token', senderOf(request))
  const grantType = queryOf(request).get('grant_type')
  switch (grantType) {
    case 'password':
      return byPassword(parts, request)
    case 'refresh_token': {
      const { refresh_token } = await readBody(request, RefreshGrant)
      return Response.json(await refresh(parts, refresh_token, senderOf(request)))
    }
    case 'pkce':
      return Response.json(await byAuthCode(parts, request))
    case 'id_token':
      return Response.json(await byIdToken(parts, request))
    case 'web3':
      throw new AuthError(422, 'web3_provider_disabled', 'Web3 provider is disabled')
    default:
      throw new AuthError(400, 'invalid_credentials', 'unsupported_grant_type')
  }
}

const refused = (): AuthError => new AuthError(400, 'invalid_credentials', 'Invalid login credentials')

async function byPassword(parts: AuthParts, request: Request): Promise<Response> {
  const { settings, database, grants } = parts
  const body = await readBody(request, PasswordGrant)
  if (body.email !== '' && body.phone !== '')
    throw invalid('Only an email address or phone number should be provided on login.')
  if (body.phone !== '') throw new AuthError(422, 'phone_provider_disabled', 'Phone logins are disabled')
  if (body.email === '') throw invalid('missing email or phone')
  if (!settings.emailEnabled) throw new AuthError(422, 'email_provider_disabled', 'Email logins are disabled')
  const user = await findUserByEmail(database, body.email)
  const matches = await isPassword(body.password, user?.encrypted_password)
  if (!user || !matches) throw refused()
  const grant = await database.transaction(async (sql) => {
    const locked = await lockUser(sql, user.id)
    // Checking takes its time: who began with a password that was changed meanwhile has shown none.
    if (locked?.encrypted_password !== user.encrypted_password) throw refused()
    // Told only to who knows the password, so that nobody else learns of the account.
    if (isBanned(locked)) throw new AuthError(400, 'user_banned', 'User is banned')
    if (!locked.email_confirmed_at) throw new AuthError(400, 'email_not_confirmed', 'Email not confirmed')
    return grants.signIn(sql, locked, 'password', senderOf(request))
  })
  return Response.json({ ...grant, ...weakness(body.password, parts) })
}

// A password that was good enough once still signs in, and the client learns that it is not any more.
function weakness(password: string, { settings }: AuthParts): object {
  try {
    checkPassword(password, settings)
    return {}
  } catch (cause) {
    if (!(cause instanceof AuthError)) throw cause
    return { weak_password: { message: cause.message, reasons: cause.reasons ?? [] } }
  }
}

async function byAuthCode(parts: AuthParts, request: Request): Promise<Grant> {
  const { auth_code, code_verifier } = await readBody(request, PkceGrant)
  if (auth_code === '' || code_verifier === '')
    throw invalid('invalid request: both auth code and code verifier should be non-empty')
  return parts.database.transaction(async (sql) => {
    const { user, method, providerTokens } = await redeemAuthCode(sql, auth_code, code_verifier)
    if (isBanned(user)) throw new AuthError(403, 'user_banned', 'User is banned')
    return { ...(await parts.grants.signIn(sql, user, method, senderOf(request))), ...providerTokens }
  })
}
