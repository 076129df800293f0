import { remember } from '../remember.ts'
import type { Sql } from './database.ts'
import type { PendingMail } from './mailer.ts'
import {
  checkInterval,
  checkMailInterval,
  type Flow,
  newToken,
  storeTokens,
  type TokenKind,
} from './one-time-tokens.ts'
import type { AuthParts } from './parts.ts'
import type { User } from './users.ts'

/** A user with the mails that are due to them once the transaction has ended. */
export interface WithMails {
  readonly user: User
  readonly mails: readonly PendingMail[]
}

interface Request {
  readonly redirectTo: string
  readonly flow?: Flow
}

/** Makes the code that confirms a new account's address. Throws `over_email_send_rate_limit`. */
export function issueConfirmation(parts: AuthParts, sql: Sql, user: User, request: Request): Promise<WithMails> {
  return issue(parts, sql, user, { ...request, column: 'confirmation_token', kind: 'confirmation', verify: 'signup' })
}

/** Makes the code that lets someone set a new password. Throws `over_email_send_rate_limit`. */
export function issueRecovery(parts: AuthParts, sql: Sql, user: User, request: Request): Promise<WithMails> {
  return issue(parts, sql, user, { ...request, column: 'recovery_token', kind: 'recovery', verify: 'recovery' })
}

/** Makes the code that signs someone in without a password. Throws `over_email_send_rate_limit`. */
export function issueMagicLink(parts: AuthParts, sql: Sql, user: User, request: Request): Promise<WithMails> {
  return issue(parts, sql, user, { ...request, column: 'recovery_token', kind: 'magic_link', verify: 'magiclink' })
}

/** Makes the code that shows that who is signed in still reads the account's mails. Throws `over_email_send_rate_limit`. */
export function issueReauthentication(parts: AuthParts, sql: Sql, user: User): Promise<WithMails> {
  return issue(parts, sql, user, { redirectTo: '', column: 'reauthentication_token', kind: 'reauthentication' })
}

/** Makes the code of an invitation. Throws `over_email_send_rate_limit` for the project's limit alone. */
export async function issueInvitation(parts: AuthParts, sql: Sql, user: User, request: Request): Promise<WithMails> {
  parts.limits.countMail()
  const token = newToken('confirmation_token', user.email ?? '', parts.settings.otpLength)
  const invited = await storeTokens(sql, user, [token], { invited_at: new Date() })
  return {
    user: invited,
    mails: [{ kind: 'invite', verify: 'invite', user: invited, token, redirectTo: request.redirectTo }],
  }
}

/** Makes the codes of a change of address: one for the new, and one for the old where both must agree. */
export async function issueEmailChange(
  parts: AuthParts,
  sql: Sql,
  user: User,
  request: Request & { readonly email: string },
): Promise<WithMails> {
  const { settings, limits } = parts
  checkMailInterval(user, 'email_change_token_new', settings.mailIntervalMs)
  limits.countMail()
  const tokens = [newToken('email_change_token_new', request.email, settings.otpLength, request.flow)]
  if (settings.doubleConfirmEmailChange && user.email !== null)
    tokens.push(newToken('email_change_token_current', user.email, settings.otpLength, request.flow))
  const changed = await storeTokens(sql, user, tokens, {
    email_change: request.email,
    email_change_confirm_status: 0,
  })
  const { redirectTo } = request
  const mails = tokens.map((token) => ({ kind: 'email_change', verify: 'email_change', token, redirectTo }) as const)
  return { user: changed, mails: mails.map((mail) => ({ ...mail, user: changed })) }
}

async function issue(
  parts: AuthParts,
  sql: Sql,
  user: User,
  mail: Request & { readonly column: TokenKind } & Pick<PendingMail, 'kind' | 'verify'>,
): Promise<WithMails> {
  const { settings, limits } = parts
  checkMailInterval(user, mail.column, settings.mailIntervalMs)
  limits.countMail()
  const token = newToken(mail.column, user.email ?? '', settings.otpLength, mail.flow)
  const stored = await storeTokens(sql, user, [token])
  const { kind, verify, redirectTo } = mail
  return {
    user: stored,
    mails: [{ kind, ...(verify === undefined ? {} : { verify }), user: stored, token, redirectTo }],
  }
}

const MAX_UNSENT = 10_000

/**
 * The mails that were asked for and are not sent, because nobody or nothing waits for them. They are subject to the same
 * interval as those that are, so that asking twice does not tell who has an account.
 */
export class UnsentMails {
  readonly #asked = new Map<string, number>()
  readonly #intervalMs: number

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs
  }

  /** Notes a mail that is not sent. Throws `over_email_send_rate_limit` as for one that is. */
  note(column: TokenKind, email: string): void {
    const key = `${column}:${email}`
    checkInterval(this.#asked.get(key) ?? 0, this.#intervalMs)
    remember(this.#asked, key, Date.now(), MAX_UNSENT)
  }
}
