import type { Sql } from './database.ts'
import { AuthError } from './errors.ts'
import type { User } from './users.ts'

/** A factor that was never verified is forgotten after this time. */
const UNVERIFIED_LIFETIME = '5 minutes'
const CHALLENGE_MS = 300_000

/** A second factor with its secret. */
export interface Factor {
  readonly id: string
  readonly user_id: string
  readonly friendly_name: string
  readonly status: 'unverified' | 'verified'
  readonly secret: string
}

const FACTOR = `mfa_factors.id, mfa_factors.user_id, coalesce(mfa_factors.friendly_name, '') as friendly_name,
  mfa_factors.status::text as status, coalesce(mfa_factors.secret, '') as secret`

/**
 * Throws `mfa_factor_name_conflict`, `too_many_enrolled_mfa_factors`, or `insufficient_aal` for a session that has not
 * shown a factor where the user has one: who stole a password must not add a factor of their own.
 */
export async function checkEnrolment(
  sql: Sql,
  user: User,
  enrolment: { readonly name: string; readonly aal: string; readonly max: number },
): Promise<void> {
  await sql.all(
    `delete from auth.mfa_factors
     where user_id = $1 and status = 'unverified' and created_at < now() - $2::interval
       and not exists (
         select from auth.mfa_challenges
         where mfa_challenges.factor_id = mfa_factors.id and mfa_challenges.created_at > now() - $2::interval
       )`,
    [user.id, UNVERIFIED_LIFETIME],
  )
  const factors = await sql.all<Factor>(`select ${FACTOR} from auth.mfa_factors where mfa_factors.user_id = $1`, [
    user.id,
  ])
  if (factors.some(({ friendly_name: name }) => name === enrolment.name))
    throw new AuthError(
      422,
      'mfa_factor_name_conflict',
      `A factor with the friendly name ${JSON.stringify(enrolment.name)} for this user already exists`,
    )
  if (factors.length >= enrolment.max)
    throw new AuthError(
      422,
      'too_many_enrolled_mfa_factors',
      'Maximum number of verified factors reached, unenroll to continue',
    )
  if (factors.some(({ status }) => status === 'verified') && enrolment.aal !== 'aal2')
    throw new AuthError(403, 'insufficient_aal', 'AAL2 required to enroll a new factor')
}

/** Stores a factor that has yet to be verified, and answers its id. */
export async function insertFactor(sql: Sql, userId: string, name: string, secret: string): Promise<string> {
  const id = crypto.randomUUID()
  await sql.all(
    `insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, secret, created_at, updated_at)
     values ($1, $2, $3, 'totp', 'unverified', $4, now(), now())`,
    [id, userId, name, secret],
  )
  return id
}

/** The user's factor with this id, locked until the transaction ends. Rejects with `mfa_factor_not_found`. */
export async function lockFactor(sql: Sql, userId: string, id: string): Promise<Factor> {
  const factor = await sql.first<Factor>(
    `select ${FACTOR} from auth.mfa_factors where mfa_factors.id = $1 and mfa_factors.user_id = $2 for update`,
    [id, userId],
  )
  if (!factor) throw new AuthError(404, 'mfa_factor_not_found', 'Factor not found')
  return factor
}

/** Asks for a factor's code, and answers the question's id and when it ends. */
export async function insertChallenge(
  sql: Sql,
  factor: Factor,
  ip: string,
): Promise<{ readonly id: string; readonly expiresAt: number }> {
  const id = crypto.randomUUID()
  await sql.all(
    'insert into auth.mfa_challenges (id, factor_id, created_at, ip_address) values ($1, $2, now(), $3::inet)',
    [id, factor.id, ip],
  )
  await sql.all('update auth.mfa_factors set last_challenged_at = clock_timestamp() where id = $1', [factor.id])
  return { id, expiresAt: Math.floor((Date.now() + CHALLENGE_MS) / 1000) }
}

/**
 * Throws unless the challenge is the factor's, was asked of this address, was not answered and is not too old:
 * `mfa_factor_not_found`, `mfa_ip_address_mismatch` or `mfa_challenge_expired`.
 */
export async function checkChallenge(sql: Sql, factor: Factor, id: string, ip: string): Promise<void> {
  const challenge = await sql.first<{ created_at: Date; verified_at: Date | null; same_ip: boolean }>(
    `select mfa_challenges.created_at, mfa_challenges.verified_at, mfa_challenges.ip_address = $3::inet as same_ip
     from auth.mfa_challenges
     where mfa_challenges.id = $1 and mfa_challenges.factor_id = $2`,
    [id, factor.id, ip],
  )
  if (!challenge)
    throw new AuthError(422, 'mfa_factor_not_found', 'MFA factor with the provided challenge ID not found')
  if (challenge.verified_at !== null || !challenge.same_ip)
    throw new AuthError(422, 'mfa_ip_address_mismatch', 'Challenge and verify IP addresses mismatch.')
  if (challenge.created_at.getTime() + CHALLENGE_MS < Date.now())
    throw new AuthError(
      422,
      'mfa_challenge_expired',
      `MFA challenge ${id} has expired, verify against another challenge or create a new challenge.`,
    )
}

/** Writes down that a challenge was answered: the factor counts from now on, and others that never did are forgotten. */
export async function acceptChallenge(sql: Sql, factor: Factor, challengeId: string): Promise<void> {
  await sql.all('update auth.mfa_challenges set verified_at = now() where id = $1', [challengeId])
  await sql.all("update auth.mfa_factors set status = 'verified', updated_at = now() where id = $1", [factor.id])
  await sql.all("delete from auth.mfa_factors where user_id = $1 and status = 'unverified'", [factor.user_id])
}

/** Takes a factor away; sessions that rest on it are as strong as a password again. */
export async function deleteFactor(sql: Sql, factor: Factor): Promise<void> {
  await sql.all(
    `with weakened as (
       update auth.sessions set aal = 'aal1', factor_id = null where factor_id = $1 returning id
     )
     delete from auth.mfa_amr_claims
     using weakened
     where mfa_amr_claims.session_id = weakened.id and mfa_amr_claims.authentication_method = 'totp'`,
    [factor.id],
  )
  await sql.all('delete from auth.mfa_factors where id = $1', [factor.id])
}
