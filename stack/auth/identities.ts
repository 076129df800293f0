import type { Sql } from './database.ts'
import type { Json } from './json.ts'

/** One way in which a user proved who they are; the shape of the API. */
export interface Identity {
  readonly identity_id: string
  readonly id: string
  readonly user_id: string
  readonly identity_data: Json
  readonly provider: string
  readonly last_sign_in_at: string | null
  readonly created_at: string | null
  readonly updated_at: string | null
  readonly email?: string
}

/** Adds a way to sign in; for `email` and `phone` the user's own id is the provider's. */
export async function insertIdentity(sql: Sql, userId: string, provider: string, data: Json): Promise<void> {
  await sql.all(
    `insert into auth.identities
       (id, user_id, provider, provider_id, identity_data, last_sign_in_at, created_at, updated_at)
     values (gen_random_uuid(), $1::uuid, $2, $1::text, $3, now(), now(), now())`,
    [userId, provider, { email_verified: false, phone_verified: false, ...data, sub: userId }],
  )
}

/** Changes members of what an identity says. */
export async function updateIdentity(sql: Sql, userId: string, provider: string, data: Json): Promise<void> {
  await sql.all(
    `update auth.identities set identity_data = identity_data || $3, updated_at = now()
     where user_id = $1 and provider = $2`,
    [userId, provider, data],
  )
}

/** Adds a way to sign in at a provider, where the user is `subject`. */
export async function insertExternalIdentity(
  sql: Sql,
  userId: string,
  provider: string,
  subject: string,
  data: Json,
): Promise<void> {
  await sql.all(
    `insert into auth.identities
       (id, user_id, provider, provider_id, identity_data, last_sign_in_at, created_at, updated_at)
     values (gen_random_uuid(), $1, $2, $3, $4, now(), now(), now())`,
    [userId, provider, subject, data],
  )
}

/** Whose identity at a provider `subject` is. */
export function findIdentity(
  sql: Sql,
  provider: string,
  subject: string,
): Promise<{ readonly user_id: string } | undefined> {
  return sql.first<{ user_id: string }>(
    `select identities.user_id
     from auth.identities
     where identities.provider = $1 and identities.provider_id = $2`,
    [provider, subject],
  )
}

/** Writes down what a provider says at a new sign-in. */
export async function touchIdentity(sql: Sql, provider: string, subject: string, data: Json): Promise<void> {
  await sql.all(
    `update auth.identities set identity_data = $3, last_sign_in_at = now(), updated_at = now()
     where provider = $1 and provider_id = $2`,
    [provider, subject, data],
  )
}

/** Takes every other way to sign in away from a user. */
export async function removeOtherIdentities(
  sql: Sql,
  userId: string,
  provider: string,
  subject: string,
): Promise<void> {
  await sql.all('delete from auth.identities where user_id = $1 and not (provider = $2 and provider_id = $3)', [
    userId,
    provider,
    subject,
  ])
}

/** The one user who has shown at a provider that this address is theirs; undefined when nobody has, or several. */
export async function findVerifiedHolder(sql: Sql, email: string): Promise<string | undefined> {
  const holders = await sql.all<{ user_id: string }>(
    `select distinct identities.user_id
     from auth.identities
     where identities.email = lower($1) and identities.identity_data -> 'email_verified' = 'true'`,
    [email],
  )
  return holders.length === 1 ? holders[0]?.user_id : undefined
}
