import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Sql, violatedConstraint } from '../database.ts'
import { AuthError, invalid } from '../errors.ts'
import { insertIdentity, updateIdentity } from '../identities.ts'
import { merge } from '../json.ts'
import type { AuthParts } from '../parts.ts'
import { checkPassword, checkPasswordHash, hashPassword, randomPassword } from '../passwords.ts'
import { flag, parseEmail, parseId, queryOf, readBody, record, text } from '../requests.ts'
import { endSessions } from '../sessions.ts'
import { parseDuration } from '../settings.ts'
import {
  confirmEmail,
  deleteUser,
  findEmailHolder,
  findUser,
  insertUser,
  listUsers,
  lockUser,
  type User,
  type UserPatch,
  updateUser,
  userJson,
} from '../users.ts'
import { refusedUser } from './signup.ts'
import { NO_CODES } from './user.ts'

const DEFAULT_PAGE = 50

const Attributes = z.object({
  id: text,
  role: text,
  email: text,
  phone: text,
  password: z.string().nullish(),
  password_hash: text,
  email_confirm: flag,
  phone_confirm: flag,
  user_metadata: record,
  app_metadata: record,
  ban_duration: text,
})
type Attributes = z.infer<typeof Attributes>
const Deletion = z.object({ should_soft_delete: flag })

/** `GET /admin/users`: one page of users, with the total and the links of the next and the last page. */
export async function adminListUsers(parts: AuthParts, request: Request): Promise<Response> {
  const query = queryOf(request)
  const page = pageNumber(query.get('page'), 1)
  const perPage = pageNumber(query.get('per_page'), DEFAULT_PAGE)
  const sort = /^created_at(?: (asc|desc))?$/i.exec(query.get('sort') || 'created_at')
  if (!sort) throw invalid('Bad Sort Parameters: users are sorted by created_at asc or created_at desc')
  const { users, total } = await listUsers(parts.database, {
    limit: perPage,
    offset: (page - 1) * perPage,
    filter: query.get('filter') ?? '',
    ascending: sort[1]?.toLowerCase() === 'asc',
  })
  const last = Math.ceil(total / perPage)
  const link = (to: number, rel: string): string => `</admin/users?page=${to}&per_page=${perPage}>; rel="${rel}"`
  const links = [...(last > page ? [link(page + 1, 'next')] : []), link(last, 'last')]
  return Response.json(
    { users: users.map(userJson), aud: 'authenticated' },
    { headers: { link: links.join(', '), 'x-total-count': String(total) } },
  )
}

function pageNumber(value: string | null, fallback: number): number {
  if (value === null || value === '') return fallback
  const number = Number(value)
  if (!/^\d{1,9}$/.test(value) || number < 1) throw invalid(`Bad Pagination Parameters: ${JSON.stringify(value)}`)
  return number
}

/** `GET /admin/users/:id`. */
export async function adminGetUser(parts: AuthParts, id: string): Promise<Response> {
  return Response.json(userJson(await load(parts.database, id)))
}

/** `POST /admin/users`: a new account as the caller describes it. Sends no mail. */
export async function adminCreateUser(parts: AuthParts, request: Request): Promise<Response> {
  const body = await readBody(request, Attributes)
  requireNoPhone(body)
  if (body.email === '') throw invalid('Cannot create a user without either an email or phone')
  const email = parseEmail(body.email)
  if (body.password && body.password_hash !== '') throw invalid('Only a password or a password hash should be provided')
  if (body.password_hash !== '') checkPasswordHash(body.password_hash)
  if (body.id !== '' && !z.guid().safeParse(body.id).success) throw invalid('ID must conform to the uuid v4 format')
  const bannedUntil = banOf(body)
  if (await findEmailHolder(parts.database, email)) throw emailExists()
  const passwordHash = body.password_hash || (await hashChecked(body.password || randomPassword()))

  const user = await parts.database
    .transaction(async (sql) => {
      const created = await insertUser(sql, {
        ...(body.id === '' ? {} : { id: body.id }),
        ...(body.role === '' ? {} : { role: body.role }),
        email,
        passwordHash,
        appMetadata: merge({ provider: 'email', providers: ['email'] }, body.app_metadata ?? {}),
        userMetadata: body.user_metadata ?? {},
      })
      await insertIdentity(sql, created.id, 'email', { email, email_verified: body.email_confirm })
      const stored = await updateUser(sql, created.id, bannedUntil === undefined ? {} : { banned_until: bannedUntil })
      return body.email_confirm ? confirmEmail(sql, stored) : stored
    })
    .catch((cause: unknown) => {
      throw refusedDuplicate(cause) ?? refusedUser(cause)
    })
  return Response.json(userJson(user))
}

/** `PUT /admin/users/:id`: changes any of a user's attributes at once, without mails. */
export async function adminUpdateUser(parts: AuthParts, request: Request, id: string): Promise<Response> {
  const body = await readBody(request, Attributes)
  requireNoPhone(body)
  const user = await load(parts.database, id)
  const email = body.email === '' ? undefined : parseEmail(body.email)
  const bannedUntil = banOf(body)
  if (typeof body.password === 'string') checkPassword(body.password, parts.settings)
  if (email !== undefined && (await findEmailHolder(parts.database, email, user.id))) throw emailExists()
  const passwordHash = body.password ? await hashPassword(body.password) : undefined

  const updated = await parts.database
    .transaction(async (sql) => {
      const locked = (await lockUser(sql, user.id)) ?? user
      if (passwordHash !== undefined) await endSessions(sql, user.id)
      if (email !== undefined) await changeEmailIdentity(sql, locked, email, body.email_confirm)
      const patch: UserPatch = {
        ...(body.role === '' ? {} : { role: body.role }),
        ...(passwordHash === undefined ? {} : { encrypted_password: passwordHash, ...NO_CODES }),
        ...(email === undefined ? {} : { email, ...(body.email_confirm ? { is_anonymous: false } : {}) }),
        ...(body.app_metadata ? { raw_app_meta_data: merge(locked.raw_app_meta_data, body.app_metadata) } : {}),
        ...(body.user_metadata ? { raw_user_meta_data: merge(locked.raw_user_meta_data, body.user_metadata) } : {}),
        ...(bannedUntil === undefined ? {} : { banned_until: bannedUntil }),
      }
      const patched = await updateUser(sql, user.id, patch)
      return body.email_confirm ? confirmEmail(sql, patched) : patched
    })
    .catch((cause: unknown) => {
      throw refusedDuplicate(cause) ?? cause
    })
  return Response.json(userJson(updated))
}

/** `DELETE /admin/users/:id`: deletes an account, or empties it and keeps the row where the body says so. */
export async function adminDeleteUser(parts: AuthParts, request: Request, id: string): Promise<Response> {
  const hasBody = request.body !== null && request.headers.get('content-length') !== '0'
  const { should_soft_delete } = hasBody ? await readBody(request, Deletion) : { should_soft_delete: false }
  const user = await load(parts.database, id)
  await parts.database.transaction(async (sql) => {
    if (!should_soft_delete) return deleteUser(sql, user.id)
    if (user.deleted_at === null) await emptyAccount(sql, user)
  })
  return Response.json({})
}

async function emptyAccount(sql: Sql, user: User): Promise<void> {
  await endSessions(sql, user.id)
  await sql.all('delete from auth.mfa_factors where user_id = $1', [user.id])
  await sql.all('delete from auth.one_time_tokens where user_id = $1', [user.id])
  for (const { identity_id, provider, id } of user.identities)
    await sql.all(
      `update auth.identities set identity_data = '{}', provider_id = $2, updated_at = now() where id = $1`,
      [identity_id, obscure(user.id, `${provider}:${id}`)],
    )
  await updateUser(sql, user.id, {
    email: obscure(user.id, user.email ?? ''),
    phone: obscure(user.id, user.phone ?? '').slice(0, 15),
    email_change: obscure(user.id, user.email_change),
    phone_change: obscure(user.id, user.phone_change).slice(0, 15),
    phone_change_token: '',
    encrypted_password: null,
    ...NO_CODES,
    raw_app_meta_data: {},
    raw_user_meta_data: {},
    deleted_at: new Date(),
  })
}

const obscure = (userId: string, value: string): string =>
  createHash('sha256')
    .update(userId + value)
    .digest('base64url')

const emailExists = (): AuthError =>
  new AuthError(422, 'email_exists', 'A user with this email address has already been registered')

// A duplicate in another table, met by a trigger of the project, is not the caller's.
function refusedDuplicate(cause: unknown): AuthError | undefined {
  switch (violatedConstraint(cause)) {
    case 'users_email_partial_key':
      return emailExists()
    case 'users_pkey':
      return new AuthError(409, 'conflict', 'A user with this id exists already')
    default:
      return undefined
  }
}

async function load(sql: Sql, id: string): Promise<User> {
  const user = await findUser(sql, parseId(id, 'user_id'))
  if (!user) throw new AuthError(404, 'user_not_found', 'User not found')
  return user
}

function requireNoPhone({ phone, phone_confirm }: Attributes): void {
  if (phone !== '' || phone_confirm)
    throw new AuthError(400, 'phone_provider_disabled', 'This stack has no accounts with phone numbers')
}

async function hashChecked(password: string): Promise<string> {
  if (Buffer.byteLength(password) > 72) throw invalid('bcrypt: password length exceeds 72 bytes')
  return hashPassword(password)
}

function banOf({ ban_duration }: Attributes): Date | null | undefined {
  if (ban_duration === '') return undefined
  if (ban_duration === 'none') return null
  try {
    const until = new Date(Date.now() + parseDuration(ban_duration, 'ban_duration'))
    if (!Number.isNaN(until.getTime())) return until
  } catch {}
  throw invalid(`invalid format for ban duration: ${ban_duration.slice(0, 100)}`)
}

async function changeEmailIdentity(sql: Sql, user: User, email: string, verified: boolean): Promise<void> {
  const data = { email, email_verified: verified }
  if (user.identities.some(({ provider }) => provider === 'email')) await updateIdentity(sql, user.id, 'email', data)
  else await insertIdentity(sql, user.id, 'email', data)
}
