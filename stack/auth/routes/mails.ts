import { z } from 'zod'
import { lockCaller, requireUser } from '../caller.ts'
import {
  issueConfirmation,
  issueEmailChange,
  issueMagicLink,
  issueReauthentication,
  issueRecovery,
  type WithMails,
} from '../codes.ts'
import type { Sql } from '../database.ts'
import { AuthError, invalid } from '../errors.ts'
import type { AuthParts } from '../parts.ts'
import { randomPassword } from '../passwords.ts'
import { beginFlow, type Challenge, flowOf } from '../pkce.ts'
import { redirectTarget } from '../redirects.ts'
import { challenge, parseEmail, readBody, record, senderOf, text } from '../requests.ts'
import type { FlowMethod } from '../sessions.ts'
import { findUserByEmail, lockUser, type User } from '../users.ts'
import { signUpByEmail } from './signup.ts'

const Recovery = z.object({ email: text, ...challenge })
const Resend = z.object({ type: text, email: text, phone: text, ...challenge })
const Otp = z.object({
  email: text,
  phone: text,
  channel: text,
  create_user: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  data: record,
  ...challenge,
})

type Issue = (sql: Sql, user: User) => Promise<WithMails>

/** `POST /recover`: a link to set a new password. Answers the same whether the address has an account or not. */
export async function recover(parts: AuthParts, request: Request): Promise<Response> {
  parts.limits.count('recover', senderOf(request))
  requireEmail(parts)
  const body = await readBody(request, Recovery)
  if (body.email === '') throw invalid('Password recovery requires an email')
  const email = parseEmail(body.email)
  const flow = flowOf(body)
  const user = await findUserByEmail(parts.database, email)
  if (!user) parts.unsent.note('recovery_token', email)
  else
    await sendCode(parts, user, 'recovery', body, (sql, locked) =>
      issueRecovery(parts, sql, locked, { redirectTo: redirectTarget(request, parts.settings), flow }),
    )
  return Response.json({})
}

/** `POST /resend`: the mail of a sign-up or of a change of address once more. Answers the same where none is due. */
export async function resend(parts: AuthParts, request: Request): Promise<Response> {
  parts.limits.count('resend', senderOf(request))
  const body = await readBody(request, Resend)
  if (body.type === 'sms' || body.type === 'phone_change' || body.phone !== '')
    throw new AuthError(400, 'phone_provider_disabled', 'Phone logins are disabled')
  if (body.type !== 'signup' && body.type !== 'email_change')
    throw invalid('Missing one of these types: signup, email_change, sms, phone_change')
  if (body.email === '') throw invalid('Type provided requires an email address')
  requireEmail(parts)
  const email = parseEmail(body.email)
  const flow = flowOf(body)
  const redirectTo = redirectTarget(request, parts.settings)
  const user = await findUserByEmail(parts.database, email)
  if (body.type === 'signup') {
    if (!user || user.email_confirmed_at) parts.unsent.note('confirmation_token', email)
    else
      await sendCode(parts, user, 'email/signup', body, (sql, locked) =>
        issueConfirmation(parts, sql, locked, { redirectTo, flow }),
      )
    return Response.json({})
  }
  if (!user || user.email_change === '') parts.unsent.note('email_change_token_new', email)
  else
    await sendCode(parts, user, 'email_change', body, (sql, locked) =>
      issueEmailChange(parts, sql, locked, { email: locked.email_change, redirectTo, flow }),
    )
  return Response.json({})
}

/** `POST /otp` and `POST /magiclink`: a link and code to sign in without a password, with a sign-up where wanted. */
export async function otp(parts: AuthParts, request: Request): Promise<Response> {
  parts.limits.count('otp', senderOf(request))
  const body = await readBody(request, Otp)
  if (body.email !== '' && body.phone !== '') throw invalid('Only an email address or phone number should be provided')
  if (body.email !== '' && body.channel !== '') throw invalid('Channel should only be specified with Phone OTP')
  if (body.phone !== '') throw new AuthError(400, 'phone_provider_disabled', 'Unsupported phone provider')
  if (body.email === '') throw invalid('One of email or phone must be set')
  const { settings } = parts
  if (!settings.emailEnabled) throw new AuthError(422, 'email_provider_disabled', 'Email logins are disabled')
  const email = parseEmail(body.email)
  const flow = flowOf(body)
  const user = await findUserByEmail(parts.database, email)
  if (!user && !body.create_user) throw new AuthError(422, 'otp_disabled', 'Signups not allowed for otp')
  if (!user?.email_confirmed_at) {
    // The mail that confirms the address signs in as well.
    await signUpByEmail(parts, request, { ...body, email, password: strongPassword(parts) })
    return Response.json({})
  }
  await sendCode(parts, user, 'magiclink', body, (sql, locked) =>
    issueMagicLink(parts, sql, locked, { redirectTo: redirectTarget(request, settings), flow }),
  )
  return Response.json({})
}

/** `GET /reauthenticate`: a code that shows that who is signed in still reads the account's mails. */
export async function reauthenticate(parts: AuthParts, request: Request): Promise<Response> {
  const caller = await requireUser(parts, request)
  const { user } = caller
  if (user.email === null) throw invalid('Reauthentication requires the user to have an email or a phone number')
  if (!user.email_confirmed_at) throw new AuthError(422, 'email_not_confirmed', 'Please verify your email first.')
  const { mails } = await parts.database.transaction(async (sql) =>
    issueReauthentication(parts, sql, (await lockCaller(sql, caller)).user),
  )
  await parts.mailer.send(mails)
  return Response.json({})
}

// The user is locked, so that of many requests at once one sends a mail and the others are told to wait.
async function sendCode(
  parts: AuthParts,
  user: User,
  method: FlowMethod,
  given: Challenge,
  issue: Issue,
): Promise<void> {
  const { mails } = await parts.database.transaction(async (sql) => {
    const locked = (await lockUser(sql, user.id)) ?? user
    await beginFlow(sql, user.id, method, given)
    return issue(sql, locked)
  })
  await parts.mailer.send(mails)
}

function requireEmail({ settings }: AuthParts): void {
  if (!settings.emailEnabled) throw new AuthError(400, 'email_provider_disabled', 'Email logins are disabled')
}

// Nobody knows it, yet it meets every requirement of the project.
function strongPassword({ settings }: AuthParts): string {
  const required = settings.passwordCharacters.map((set) => set[0] ?? '').join('')
  return (required + randomPassword()).slice(0, Math.max(40, settings.passwordLength))
}
