import { z } from 'zod'
import { issueInvitation } from '../codes.ts'
import type { Sql } from '../database.ts'
import { AuthError, invalid } from '../errors.ts'
import { type Json, merge } from '../json.ts'
import { verifyUrl } from '../mailer.ts'
import { newToken, type OneTimeToken, storeTokens, type TokenKind } from '../one-time-tokens.ts'
import type { AuthParts } from '../parts.ts'
import { checkPassword, hashPassword, randomPassword } from '../passwords.ts'
import { isAllowedRedirect, redirectTarget } from '../redirects.ts'
import { parseEmail, readBody, record, text } from '../requests.ts'
import { findEmailHolder, findUserByEmail, type User, updateUser, userJson } from '../users.ts'
import { createByEmail } from './signup.ts'

const LinkRequest = z.object({
  type: text,
  email: text,
  new_email: text,
  password: text,
  data: record,
  redirect_to: text,
})
type LinkRequest = z.infer<typeof LinkRequest>
const Invitation = z.object({ email: text, data: record })

const registered = (): AuthError =>
  new AuthError(422, 'email_exists', 'A user with this email address has already been registered')

/** `POST /invite`: an account without a password, and a mail that leads its owner in. */
export async function adminInvite(parts: AuthParts, request: Request): Promise<Response> {
  const body = await readBody(request, Invitation)
  const email = parseEmail(body.email)
  const redirectTo = redirectTarget(request, parts.settings)
  const { user, mails } = await parts.database.transaction(async (sql) => {
    const invited = await unconfirmedUser(sql, email, '', body.data ?? {})
    return issueInvitation(parts, sql, invited, { redirectTo })
  })
  await parts.mailer.send(mails)
  return Response.json(userJson(user))
}

/** `POST /admin/generate_link`: what a mail would say, for a server that sends its mails itself. */
export async function adminGenerateLink(parts: AuthParts, request: Request): Promise<Response> {
  const { settings, database } = parts
  const body = await readBody(request, LinkRequest)
  const email = parseEmail(body.email)
  const redirectTo = isAllowedRedirect(body.redirect_to, settings)
    ? body.redirect_to
    : redirectTarget(request, settings)
  // Made before the transaction, because a password takes its time.
  const passwordHash = body.type === 'signup' ? await hashNew(parts, body.password) : ''
  const made = await database.transaction((sql) => makeLink(parts, sql, { ...body, email }, passwordHash))
  const { user, token, type } = made
  const action = type.startsWith('email_change') ? 'email_change' : type
  return Response.json({
    ...userJson(user),
    action_link: verifyUrl(settings.authUrl, token.link, action, redirectTo),
    email_otp: token.otp,
    hashed_token: token.link,
    verification_type: type,
    redirect_to: redirectTo,
  })
}

interface Link {
  readonly user: User
  readonly token: OneTimeToken
  readonly type: string
}

async function makeLink(parts: AuthParts, sql: Sql, body: LinkRequest, passwordHash: string): Promise<Link> {
  const { email, type } = body
  const user = await findUserByEmail(sql, email)
  const link = async (type: string, holder: User, kind: TokenKind, address = email): Promise<Link> => {
    const token = newToken(kind, address, parts.settings.otpLength)
    const patch = type === 'invite' ? { invited_at: new Date() } : {}
    return { type, token, user: await storeTokens(sql, holder, [token], patch) }
  }
  switch (type) {
    case 'signup': {
      const created = await unconfirmedUser(sql, email, passwordHash, body.data ?? {})
      return link('signup', created, 'confirmation_token')
    }
    case 'invite':
      return link('invite', await unconfirmedUser(sql, email, '', body.data ?? {}), 'confirmation_token')
    case 'magiclink':
      if (user) return link('magiclink', user, 'recovery_token')
      return link('signup', await unconfirmedUser(sql, email, '', body.data ?? {}), 'confirmation_token')
    case 'recovery':
      return link('recovery', known(user), 'recovery_token')
    case 'email_change_current':
    case 'email_change_new':
      return changeLink(parts, sql, known(user), { type, newEmail: parseEmail(body.new_email), link })
    default:
      throw invalid(`Invalid email action link type requested: ${type.slice(0, 50)}`)
  }
}

async function changeLink(
  { settings }: AuthParts,
  sql: Sql,
  user: User,
  change: {
    readonly type: 'email_change_current' | 'email_change_new'
    readonly newEmail: string
    readonly link: (type: string, user: User, kind: TokenKind, address?: string) => Promise<Link>
  },
): Promise<Link> {
  const { type, newEmail, link } = change
  if (type === 'email_change_current' && !settings.doubleConfirmEmailChange)
    throw invalid('Enable secure email change to generate link for current email')
  if (await findEmailHolder(sql, newEmail, user.id)) throw registered()
  const changing = await updateUser(sql, user.id, { email_change: newEmail, email_change_confirm_status: 0 })
  return type === 'email_change_current'
    ? link(type, changing, 'email_change_token_current')
    : link(type, changing, 'email_change_token_new', newEmail)
}

function known(user: User | undefined): User {
  if (!user) throw new AuthError(404, 'user_not_found', 'User with this email not found')
  return user
}

// The account that waits for this address to be confirmed, made if there is none.
async function unconfirmedUser(sql: Sql, email: string, passwordHash: string, data: Json): Promise<User> {
  const user = await findEmailHolder(sql, email)
  if (!user) return createByEmail(sql, { email, passwordHash, data })
  if (user.email_confirmed_at) throw registered()
  return updateUser(sql, user.id, { raw_user_meta_data: merge(user.raw_user_meta_data, data) })
}

async function hashNew({ settings }: AuthParts, password: string): Promise<string> {
  if (password === '') return hashPassword(randomPassword().slice(0, 60))
  checkPassword(password, settings)
  return hashPassword(password)
}
