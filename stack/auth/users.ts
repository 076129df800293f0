import type { Sql } from './database.ts'
import type { Identity } from './identities.ts'
import { type Json, merge } from './json.ts'

/** The audience and role of everybody who signs in. */
export const AUTHENTICATED = 'authenticated'
const NO_INSTANCE = '00000000-0000-0000-0000-000000000000'

interface Columns {
  readonly aud: string
  readonly role: string
  readonly email: string | null
  readonly encrypted_password: string | null
  readonly email_confirmed_at: Date | null
  readonly invited_at: Date | null
  readonly phone: string | null
  readonly phone_confirmed_at: Date | null
  readonly confirmation_token: string
  readonly confirmation_sent_at: Date | null
  readonly recovery_token: string
  readonly recovery_sent_at: Date | null
  readonly email_change_token_new: string
  readonly email_change_token_current: string
  readonly email_change: string
  readonly email_change_sent_at: Date | null
  readonly email_change_confirm_status: number
  readonly reauthentication_token: string
  readonly reauthentication_sent_at: Date | null
  readonly phone_change: string
  readonly phone_change_token: string
  readonly last_sign_in_at: Date | null
  readonly raw_app_meta_data: Json
  readonly raw_user_meta_data: Json
  readonly banned_until: Date | null
  readonly deleted_at: Date | null
  readonly is_anonymous: boolean
}

/** A row of `auth.users` with the user's identities. */
export interface User extends Columns {
  readonly id: string
  readonly confirmed_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
  readonly identities: readonly Identity[]
  /** Second factors as the API shows them. */
  readonly factors: readonly Json[]
}

/** Columns to change. */
export type UserPatch = Partial<Columns>

// Seeds may leave the columns of tokens null, which reads as none.
const USER = `
  users.id, users.aud, users.role, users.email, users.encrypted_password, users.email_confirmed_at, users.invited_at,
  users.phone, users.phone_confirmed_at, users.confirmation_sent_at, users.recovery_sent_at, users.email_change_sent_at,
  users.reauthentication_sent_at, users.last_sign_in_at, users.banned_until, users.deleted_at, users.is_anonymous,
  users.confirmed_at, users.created_at, users.updated_at,
  coalesce(users.confirmation_token, '') as confirmation_token,
  coalesce(users.recovery_token, '') as recovery_token,
  coalesce(users.email_change_token_new, '') as email_change_token_new,
  coalesce(users.email_change_token_current, '') as email_change_token_current,
  coalesce(users.email_change, '') as email_change,
  coalesce(users.email_change_confirm_status, 0) as email_change_confirm_status,
  coalesce(users.reauthentication_token, '') as reauthentication_token,
  coalesce(users.phone_change, '') as phone_change,
  coalesce(users.phone_change_token, '') as phone_change_token,
  coalesce(users.raw_app_meta_data, '{}') as raw_app_meta_data,
  coalesce(users.raw_user_meta_data, '{}') as raw_user_meta_data,
  (
    select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('email', identities.email)) || jsonb_build_object(
      'identity_id', identities.id, 'id', identities.provider_id, 'user_id', identities.user_id,
      'identity_data', identities.identity_data, 'provider', identities.provider,
      'last_sign_in_at', identities.last_sign_in_at, 'created_at', identities.created_at,
      'updated_at', identities.updated_at
    ) order by identities.created_at, identities.id), '[]')
    from auth.identities
    where identities.user_id = users.id
  ) as identities,
  (
    select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'id', mfa_factors.id, 'friendly_name', nullif(mfa_factors.friendly_name, ''),
      'factor_type', mfa_factors.factor_type, 'status', mfa_factors.status,
      'created_at', mfa_factors.created_at, 'updated_at', mfa_factors.updated_at,
      'last_challenged_at', mfa_factors.last_challenged_at
    )) order by mfa_factors.created_at, mfa_factors.id), '[]')
    from auth.mfa_factors
    where mfa_factors.user_id = users.id
  ) as factors`

/** The user with this id. */
export function findUser(sql: Sql, id: string): Promise<User | undefined> {
  return sql.first<User>(`select ${USER} from auth.users where users.instance_id = $1 and users.id = $2`, [
    NO_INSTANCE,
    id,
  ])
}

/** The user with this id, whose row stays locked until the transaction ends. */
export async function lockUser(sql: Sql, id: string): Promise<User | undefined> {
  await sql.all('select users.id from auth.users where users.id = $1 for update', [id])
  return findUser(sql, id)
}

/** The user with this address, in whatever case it is written. */
export function findUserByEmail(sql: Sql, email: string): Promise<User | undefined> {
  return sql.first<User>(
    `select ${USER}
     from auth.users
     where users.instance_id = $1 and lower(users.email) = lower($2) and users.aud = $3 and not users.is_sso_user`,
    [NO_INSTANCE, email, AUTHENTICATED],
  )
}

/** Another user than `exceptId` who signs in with this address, by the account or by one of its identities. */
export async function findEmailHolder(sql: Sql, email: string, exceptId?: string): Promise<User | undefined> {
  const holder = await sql.first<{ user_id: string }>(
    `select identities.user_id
     from auth.identities
     where identities.email = lower($1) and identities.user_id is distinct from $2::uuid and identities.provider not like 'sso:%'
     limit 1`,
    [email, exceptId ?? null],
  )
  if (holder) return findUser(sql, holder.user_id)
  const user = await findUserByEmail(sql, email)
  return user?.id === exceptId ? undefined : user
}

/** One page of all users, newest first unless `ascending`, and how many there are. */
export async function listUsers(
  sql: Sql,
  page: { readonly limit: number; readonly offset: number; readonly filter: string; readonly ascending: boolean },
): Promise<{ readonly users: readonly User[]; readonly total: number }> {
  const where = `users.instance_id = $1 and users.aud = $2
    and ($3 = '' or users.email like '%' || $3 || '%' or users.raw_user_meta_data ->> 'full_name' ilike '%' || $3 || '%')`
  const values = [NO_INSTANCE, AUTHENTICATED, page.filter]
  const direction = page.ascending ? 'asc' : 'desc'
  const [users, count] = await Promise.all([
    sql.all<User>(
      `select ${USER} from auth.users where ${where}
       order by users.created_at ${direction}, users.id ${direction} limit $4 offset $5`,
      [...values, page.limit, page.offset],
    ),
    sql.first<{ total: number }>(`select count(*)::int as total from auth.users where ${where}`, values),
  ])
  return { users, total: count?.total ?? 0 }
}

/** Stores a new user. Rejects with the database's refusal, be it of a duplicate or of a trigger. */
export async function insertUser(
  sql: Sql,
  user: {
    readonly id?: string
    readonly email: string | null
    readonly phone?: string | null
    readonly passwordHash: string
    readonly appMetadata: Json
    readonly userMetadata: Json
    readonly isAnonymous?: boolean
    readonly role?: string
  },
): Promise<User> {
  const id = user.id ?? crypto.randomUUID()
  await sql.all(
    `insert into auth.users (
       instance_id, id, aud, role, email, phone, encrypted_password, raw_app_meta_data, raw_user_meta_data, is_anonymous,
       confirmation_token, recovery_token, email_change_token_new, email_change, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', '', '', now(), now())`,
    [
      NO_INSTANCE,
      id,
      AUTHENTICATED,
      user.role ?? AUTHENTICATED,
      user.email,
      user.phone ?? null,
      user.passwordHash,
      user.appMetadata,
      user.userMetadata,
      user.isAnonymous ?? false,
    ],
  )
  return found(await findUser(sql, id))
}

/** Changes columns of a user and answers the row after it, triggers included. */
export async function updateUser(sql: Sql, id: string, patch: UserPatch): Promise<User> {
  const columns = Object.entries(patch)
  const assignments = columns.map(([name], index) => `${name} = $${index + 2}`)
  await sql.all(`update auth.users set ${[...assignments, 'updated_at = now()'].join(', ')} where id = $1`, [
    id,
    ...columns.map(([, value]) => value),
  ])
  return found(await findUser(sql, id))
}

/** Deletes a user with all that refers to them. Rejects when something that must stay does. */
export async function deleteUser(sql: Sql, id: string): Promise<void> {
  await sql.all('delete from auth.users where id = $1', [id])
}

/** Confirms the user's address, and with that ends every code that was sent to them. */
export async function confirmEmail(sql: Sql, user: User): Promise<User> {
  await sql.all('delete from auth.one_time_tokens where user_id = $1', [user.id])
  return updateUser(sql, user.id, {
    confirmation_token: '',
    email_confirmed_at: new Date(),
    raw_user_meta_data: merge(user.raw_user_meta_data, { email_verified: true }),
  })
}

/** Writes the providers of the user's identities into the metadata that tokens carry. */
export async function refreshProviders(sql: Sql, user: User): Promise<User> {
  const providers = [...new Set(user.identities.map(({ provider }) => provider))]
  const provider = providers[0] === undefined ? {} : { provider: providers[0] }
  return updateUser(sql, user.id, {
    raw_app_meta_data: merge(user.raw_app_meta_data, { ...provider, providers }),
  })
}

/** Whether the user is shut out now. */
export const isBanned = (user: User): boolean => user.banned_until !== null && user.banned_until > new Date()

/** A user as the API shows them: no secrets, and no members without a value. */
export function userJson(user: User): Json {
  return {
    id: user.id,
    aud: user.aud,
    role: user.role,
    email: user.email ?? '',
    phone: user.phone ?? '',
    app_metadata: user.raw_app_meta_data,
    user_metadata: user.raw_user_meta_data,
    identities: user.identities,
    created_at: user.created_at,
    updated_at: user.updated_at,
    is_anonymous: user.is_anonymous,
    ...(user.factors.length > 0 ? { factors: user.factors } : {}),
    ...present({
      email_confirmed_at: user.email_confirmed_at,
      invited_at: user.invited_at,
      phone_confirmed_at: user.phone_confirmed_at,
      confirmation_sent_at: user.confirmation_sent_at,
      confirmed_at: user.confirmed_at,
      recovery_sent_at: user.recovery_sent_at,
      new_email: user.email_change,
      email_change_sent_at: user.email_change_sent_at,
      new_phone: user.phone_change,
      reauthentication_sent_at: user.reauthentication_sent_at,
      last_sign_in_at: user.last_sign_in_at,
      banned_until: user.banned_until,
      deleted_at: user.deleted_at,
    }),
  }
}

const present = (members: Json): Json =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null && value !== ''))

function found(user: User | undefined): User {
  if (!user) throw new Error('A user vanished in the middle of a change.')
  return user
}
