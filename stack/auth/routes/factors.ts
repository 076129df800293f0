import { renderSVG } from 'uqr'
import { z } from 'zod'
import { type Caller, lockCaller, requireUser } from '../caller.ts'
import type { Sql } from '../database.ts'
import { AuthError, invalid } from '../errors.ts'
import {
  acceptChallenge,
  checkChallenge,
  checkEnrolment,
  deleteFactor,
  type Factor,
  insertChallenge,
  insertFactor,
  lockFactor,
} from '../factors.ts'
import type { AuthParts } from '../parts.ts'
import { parseId, readBody, type Sender, senderOf, text } from '../requests.ts'
import { raiseSession, type Session } from '../sessions.ts'
import { newSecret, otpauthUri, stepOfCode } from '../totp.ts'
import { findUser } from '../users.ts'

const Enrolment = z.object({ factor_type: text, friendly_name: text, issuer: text })
const Verification = z.object({ challenge_id: text, code: text })
/** Where no proxy names one. */
const THIS_MACHINE = '127.0.0.1'

interface Owner extends Caller {
  readonly session: Session
}

/** `POST /factors`: a new secret for an authenticator app; it counts once a code of it was verified. */
export async function enrolFactor(parts: AuthParts, request: Request): Promise<Response> {
  const owner = await requireOwner(parts, request)
  const body = await readBody(request, Enrolment)
  requireTotp(parts, body.factor_type)
  const secret = newSecret()
  const id = await parts.database.transaction(async (sql) => {
    const { user, session } = await lockOwner(sql, owner)
    await checkEnrolment(sql, user, { name: body.friendly_name, aal: session.aal, max: parts.settings.mfa.maxFactors })
    return insertFactor(sql, user.id, body.friendly_name, secret)
  })
  const uri = otpauthUri(secret, body.issuer || new URL(parts.settings.siteUrl).host, owner.user.email ?? '')
  return Response.json({
    id,
    type: 'totp',
    friendly_name: body.friendly_name,
    totp: { qr_code: renderSVG(uri, { ecc: 'H' }), secret, uri },
  })
}

/** `POST /factors/:id/challenge`: asks for a code. */
export async function challengeFactor(parts: AuthParts, request: Request, id: string): Promise<Response> {
  const { user } = await requireOwner(parts, request)
  requireVerification(parts)
  const challenge = await parts.database.transaction(async (sql) => {
    const factor = await lockFactor(sql, user.id, parseId(id, 'factor_id'))
    return insertChallenge(sql, factor, addressOf(senderOf(request)))
  })
  return Response.json({ id: challenge.id, type: 'totp', expires_at: challenge.expiresAt })
}

/**
 * `POST /factors/:id/verify`: takes the code. The session becomes stronger and gets new tokens; the user's weaker
 * sessions end. A code is taken once, and wrong ones are limited.
 */
export async function verifyFactor(parts: AuthParts, request: Request, id: string): Promise<Response> {
  const owner = await requireOwner(parts, request)
  const { user } = owner
  const body = await readBody(request, Verification)
  if (body.code === '') throw invalid('Code needs to be non-empty')
  requireVerification(parts)
  const sender = senderOf(request)
  const { grant, isNew } = await parts.database.transaction(async (sql) => {
    const { session } = await lockOwner(sql, owner)
    const factor = await lockFactor(sql, user.id, parseId(id, 'factor_id'))
    await checkChallenge(sql, factor, parseId(body.challenge_id, 'challenge_id'), addressOf(sender))
    takeCode(parts, factor, body.code)
    await acceptChallenge(sql, factor, body.challenge_id)
    const raised = await raiseSession(sql, session, factor.id)
    const current = (await findUser(sql, user.id)) ?? user
    const given = { ...raised, user: current, method: 'totp', sender } as const
    return { grant: await parts.grants.grant(sql, given), isNew: factor.status === 'unverified' }
  })
  if (isNew) await parts.mailer.notify([{ kind: 'mfa_factor_enrolled', to: user.email, user }])
  return Response.json(grant)
}

/** `DELETE /factors/:id`: takes a factor away; one that counts only for a session that has shown a code. */
export async function removeFactor(parts: AuthParts, request: Request, id: string): Promise<Response> {
  const owner = await requireOwner(parts, request)
  const { user } = owner
  const factor = await parts.database.transaction(async (sql) => {
    const { session } = await lockOwner(sql, owner)
    const found = await lockFactor(sql, user.id, parseId(id, 'factor_id'))
    if (found.status === 'verified' && session.aal !== 'aal2')
      throw new AuthError(422, 'insufficient_aal', 'AAL2 required to unenroll verified factor')
    await deleteFactor(sql, found)
    return found
  })
  if (factor.status === 'verified') await parts.mailer.notify([{ kind: 'mfa_factor_unenrolled', to: user.email, user }])
  return Response.json({ id: factor.id })
}

async function requireOwner(parts: AuthParts, request: Request): Promise<Owner> {
  return ownerOf(await requireUser(parts, request))
}

// What factors and sessions there are is decided on when nothing else can change it.
async function lockOwner(sql: Sql, owner: Owner): Promise<Owner> {
  return ownerOf(await lockCaller(sql, owner))
}

function ownerOf({ user, session }: Caller): Owner {
  if (user.is_anonymous)
    throw new AuthError(403, 'no_authorization', 'Anonymous user not allowed to perform these actions')
  if (!session) throw new AuthError(403, 'session_not_found', 'A valid session is required')
  return { user, session }
}

function requireTotp({ settings }: AuthParts, type: string): void {
  if (type === 'phone') throw new AuthError(422, 'mfa_phone_enroll_not_enabled', 'MFA enroll is disabled for Phone')
  if (type === 'webauthn')
    throw new AuthError(422, 'mfa_webauthn_enroll_not_enabled', 'MFA enroll is disabled for WebAuthn')
  if (type !== 'totp') throw invalid('factor_type needs to be totp, phone, or webauthn')
  if (!settings.mfa.enrol) throw new AuthError(422, 'mfa_totp_enroll_not_enabled', 'MFA enroll is disabled for TOTP')
}

function requireVerification({ settings }: AuthParts): void {
  if (!settings.mfa.verify)
    throw new AuthError(422, 'mfa_totp_verify_not_enabled', 'MFA verification is disabled for TOTP')
}

function takeCode({ attempts }: AuthParts, factor: Factor, code: string): void {
  attempts.check(factor.id)
  const step = stepOfCode(factor.secret, code)
  if (step === undefined || !attempts.takeStep(factor.id, step)) {
    attempts.note(factor.id)
    throw new AuthError(422, 'mfa_verification_failed', 'Invalid TOTP code entered')
  }
}

const addressOf = ({ ip }: Sender): string => ip ?? THIS_MACHINE
