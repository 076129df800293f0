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
