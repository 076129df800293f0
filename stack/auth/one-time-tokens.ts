import { createHash, randomBytes, randomInt } from 'node:crypto'
import type { Sql } from './database.ts'
import { AuthError } from './errors.ts'
import { findUser, lockUser, type User, type UserPatch, updateUser } from './users.ts'

/** What a code is for, named as the columns and the database's enumeration are. */
export type TokenKind =
  | 'confirmation_token'
  | 'recovery_token'
  | 'reauthentication_token'
  | 'email_change_token_new'
  | 'email_change_token_current'

/** How a link or code was asked for: PKCE trades it for an auth code instead of a session. */
export type Flow = 'implicit' | 'pkce'

/** The prefix of hashes whose links belong to a PKCE flow. */
export const PKCE_PREFIX = 'pkce_'
const LINK_BYTES = 28

const SENT_AT = {
  confirmation_token: 'confirmation_sent_at',
  recovery_token: 'recovery_sent_at',
  reauthentication_token: 'reauthentication_sent_at',
  email_change_token_new: 'email_change_sent_at',
  email_change_token_current: 'email_change_sent_at',
} as const satisfies Record<TokenKind, keyof UserPatch>

/** A code that was made for a mail: what the mail says, and what the database keeps. */
export interface OneTimeToken {
  readonly kind: TokenKind
  readonly otp: string
  /** What the database keeps of the code. */
  readonly hash: string
  /** What a link carries. It says nothing of the code, nor the code of it: whoever tries codes cannot try links instead. */
  readonly link: string
  /** The address that the code is sent to and that it proves. */
  readonly address: string
}

/** Makes a random code of `length` digits for an address. */
export function newToken(kind: TokenKind, address: string, length: number, flow: Flow = 'implicit'): OneTimeToken {
  const otp = String(randomInt(10 ** length)).padStart(length, '0')
  const prefix = flow === 'pkce' ? PKCE_PREFIX : ''
  const link = prefix + randomBytes(LINK_BYTES).toString('hex')
  return { kind, otp, hash: prefix + hashToken(address, otp), link, address }
}

/** What the database keeps of a code. */
export function hashToken(address: string, otp: string): string {
  return createHash('sha224')
    .update(address + otp)
    .digest('hex')
}

/** Stores codes with the time they were sent; earlier codes of the same kinds end. */
export async function storeTokens(
  sql: Sql,
  user: User,
  tokens: readonly OneTimeToken[],
  patch: UserPatch = {},
): Promise<User> {
  const columns = Object.fromEntries(
    tokens.flatMap(({ kind, hash }) => [
      [kind, hash],
      [SENT_AT[kind], new Date()],
    ]),
  )
  for (const { kind, link, address } of tokens)
    await sql.all(
      `insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to)
       values (gen_random_uuid(), $1, $2, $3, lower($4))
       on conflict (user_id, token_type)
       do update set token_hash = excluded.token_hash, relates_to = excluded.relates_to, created_at = now(), updated_at = now()`,
      [user.id, kind, link, address],
    )
  return updateUser(sql, user.id, { ...columns, ...patch })
}

/** Takes back codes whose mail could not be sent, so that the user may ask again at once. */
export async function withdrawTokens(sql: Sql, user: User, tokens: readonly OneTimeToken[]): Promise<void> {
  const columns = Object.fromEntries(
    tokens.flatMap(({ kind }) => [
      [kind, ''],
      [SENT_AT[kind], null],
    ]),
  )
  await updateUser(sql, user.id, columns)
  await endTokens(
    sql,
    user.id,
    tokens.map(({ kind }) => kind),
  )
}

/** Ends the user's codes: of these kinds, or all. */
export async function endTokens(sql: Sql, userId: string, kinds?: readonly TokenKind[]): Promise<void> {
  await sql.all(
    `delete from auth.one_time_tokens
     where user_id = $1 and ($2::text[] is null or token_type::text = any ($2::text[]))`,
    [userId, kinds ?? null],
  )
}

/** The user whom a link of one of `kinds` was sent to, locked until the transaction ends. */
export async function findLinkHolder(
  sql: Sql,
  link: string,
  kinds: readonly TokenKind[],
): Promise<{ readonly user: User; readonly kind: TokenKind } | undefined> {
  const find = () =>
    sql.first<{ user_id: string; token_type: TokenKind }>(
      `select one_time_tokens.user_id, one_time_tokens.token_type::text as token_type
       from auth.one_time_tokens
       where one_time_tokens.token_hash = $1 and one_time_tokens.token_type::text = any ($2::text[])`,
      [link, kinds],
    )
  const sent = await find()
  const user = sent && (await lockUser(sql, sent.user_id))
  // Whoever held the lock before may have used the link up.
  const token = user && (await find())
  return token && { user, kind: token.token_type }
}

/** The users to whom a code of one of `kinds` was sent at `address`. */
export async function findAddressees(sql: Sql, address: string, kinds: readonly TokenKind[]): Promise<readonly User[]> {
  const tokens = await sql.all<{ user_id: string }>(
    `select one_time_tokens.user_id
     from auth.one_time_tokens
     where one_time_tokens.relates_to = lower($1) and one_time_tokens.token_type::text = any ($2::text[])`,
    [address, kinds],
  )
  const users = await Promise.all(tokens.map(({ user_id: id }) => findUser(sql, id)))
  return users.flatMap((user) => user ?? [])
}

/** Whether `hash` is the user's code of this kind and was sent less than `expiryMs` ago. */
export function isValidToken(user: User, kind: TokenKind, hash: string, expiryMs: number): boolean {
  return (
    user[kind] !== '' && (user[kind] === hash || user[kind] === PKCE_PREFIX + hash) && !isExpired(user, kind, expiryMs)
  )
}

/** Whether the user's code of this kind is too old. */
export function isExpired(user: User, kind: TokenKind, expiryMs: number): boolean {
  const sentAt = user[SENT_AT[kind]]
  return sentAt === null || sentAt.getTime() + expiryMs < Date.now()
}

/** Throws `over_email_send_rate_limit` when the last code of this kind was sent less than `intervalMs` ago. */
export function checkMailInterval(user: User, kind: TokenKind, intervalMs: number): void {
  const sentAt = user[SENT_AT[kind]]
  if (sentAt !== null) checkInterval(sentAt.getTime(), intervalMs)
}

/** Throws `over_email_send_rate_limit` when `since` is less than `intervalMs` ago. */
export function checkInterval(since: number, intervalMs: number): void {
  const left = since + intervalMs - Date.now()
  if (left > 0)
    throw new AuthError(
      429,
      'over_email_send_rate_limit',
      `For security purposes, you can only request this after ${Math.floor(left / 1000)} seconds.`,
    )
}
