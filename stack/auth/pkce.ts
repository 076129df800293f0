import { createHash, timingSafeEqual } from 'node:crypto'
import type { Sql } from './database.ts'
import { AuthError, invalid } from './errors.ts'
import type { Flow } from './one-time-tokens.ts'
import type { FlowMethod } from './sessions.ts'
import { lockUser, type User } from './users.ts'

const EXPIRY_MS = 300_000

/** What a client sends along when it wants an auth code instead of a session in the link. */
export interface Challenge {
  readonly code_challenge: string
  readonly code_challenge_method: string
}

/** The flow that a request begins. Throws `validation_failed` for a challenge that is incomplete or malformed. */
export function flowOf({ code_challenge, code_challenge_method }: Challenge): Flow {
  if ((code_challenge === '') !== (code_challenge_method === ''))
    throw invalid('PKCE flow requires code_challenge_method and code_challenge')
  if (code_challenge === '') return 'implicit'
  if (code_challenge.length < 43 || code_challenge.length > 128)
    throw invalid('code challenge has to be between 43 and 128 characters')
  if (!/^[a-zA-Z._~0-9-]+$/.test(code_challenge))
    throw invalid('code challenge can only contain alphanumeric characters, hyphens, periods, underscores and tildes')
  if (!['s256', 'plain'].includes(code_challenge_method.toLowerCase()))
    throw invalid(`unsupported code_challenge method "${code_challenge_method}"`)
  return 'pkce'
}

/** Remembers the challenge until the link is followed; does nothing in the implicit flow. */
export async function beginFlow(sql: Sql, userId: string, method: FlowMethod, challenge: Challenge): Promise<void> {
  if (flowOf(challenge) === 'implicit') return
  await sql.all("delete from auth.flow_state where created_at < now() - interval '1 day'")
  await sql.all(
    `insert into auth.flow_state (
       id, user_id, auth_code, code_challenge, code_challenge_method, provider_type, authentication_method,
       created_at, updated_at)
     values (gen_random_uuid(), $1, gen_random_uuid()::text, $2, lower($3)::auth.code_challenge_method, $4, $4, now(), now())`,
    [userId, challenge.code_challenge, challenge.code_challenge_method, method],
  )
}

/** Ends the flows of a user that wait for their auth code to be traded. */
export async function endFlows(sql: Sql, userId: string): Promise<void> {
  await sql.all('delete from auth.flow_state where user_id = $1', [userId])
}

/** The auth code that a followed link is answered with. Rejects with `flow_state_not_found`. */
export async function issueAuthCode(sql: Sql, userId: string, method: FlowMethod): Promise<string> {
  const flow = await sql.first<{ auth_code: string }>(
    `update auth.flow_state
     set auth_code_issued_at = now(), updated_at = now()
     where id = (
       select flow_state.id
       from auth.flow_state
       where flow_state.user_id = $1 and flow_state.authentication_method = $2 and flow_state.auth_code is not null
       order by flow_state.created_at desc
       limit 1
     )
     returning auth_code`,
    [userId, method],
  )
  if (!flow) throw new AuthError(400, 'flow_state_not_found', 'No associated flow state found.')
  return flow.auth_code
}

/** A sign-in at a provider that is under way. */
export interface ProviderFlow {
  readonly id: string
  readonly provider_type: string
  /** Where the app is told of the end. */
  readonly referrer: string
  readonly code_challenge: string | null
  readonly code_challenge_method: 's256' | 'plain' | null
  /** Whose account the identity is to be added to. */
  readonly linking_target_id: string | null
}

/** Remembers a sign-in at a provider until the user comes back, and answers its id, which nobody can guess. */
export async function beginProviderFlow(
  sql: Sql,
  provider: string,
  referrer: string,
  flow: { readonly challenge: Challenge; readonly linkTo?: string },
): Promise<string> {
  const { challenge } = flow
  const isPkce = flowOf(challenge) === 'pkce'
  const id = crypto.randomUUID()
  await sql.all("delete from auth.flow_state where created_at < now() - interval '1 day'")
  await sql.all(
    `insert into auth.flow_state (
       id, code_challenge, code_challenge_method, provider_type, authentication_method, referrer, linking_target_id,
       created_at, updated_at)
     values ($1, $2, lower($3)::auth.code_challenge_method, $4, 'oauth', $5, $6, now(), now())`,
    [
      id,
      isPkce ? challenge.code_challenge : null,
      isPkce ? challenge.code_challenge_method : null,
      provider,
      referrer,
      flow.linkTo ?? null,
    ],
  )
  return id
}

/** The sign-in at a provider with this id, which ends with it; undefined when there is none, or it is too old. */
export function takeProviderFlow(sql: Sql, id: string): Promise<ProviderFlow | undefined> {
  return sql.first<ProviderFlow>(
    `with taken as (
       delete from auth.flow_state where id = $1 and user_id is null and authentication_method = 'oauth' returning *
     )
     select taken.id, taken.provider_type, taken.referrer, taken.code_challenge, taken.linking_target_id,
       taken.code_challenge_method::text as code_challenge_method
     from taken
     where taken.created_at > now() - make_interval(secs => $2)`,
    [id, EXPIRY_MS / 1000],
  )
}

/** The auth code for a user who came back from a provider; undefined in the implicit flow. */
export async function completeProviderFlow(
  sql: Sql,
  flow: ProviderFlow,
  userId: string,
  tokens: { readonly access_token: string; readonly refresh_token?: string | undefined },
): Promise<string | undefined> {
  if (flow.code_challenge === null) return undefined
  const code = crypto.randomUUID()
  await sql.all(
    `insert into auth.flow_state (
       id, user_id, auth_code, code_challenge, code_challenge_method, provider_type, authentication_method,
       provider_access_token, provider_refresh_token, auth_code_issued_at, created_at, updated_at)
     values ($1, $2, $3, $4, $5::auth.code_challenge_method, $6, 'oauth', $7, $8, now(), now(), now())`,
    [
      flow.id,
      userId,
      code,
      flow.code_challenge,
      flow.code_challenge_method,
      flow.provider_type,
      tokens.access_token,
      tokens.refresh_token ?? null,
    ],
  )
  return code
}

/**
 * Trades an auth code for the user, locked, and the method of its flow; a code is traded once.
 * Rejects with `flow_state_not_found`, `flow_state_expired` or `bad_code_verifier`.
 */
export async function redeemAuthCode(
  sql: Sql,
  code: string,
  verifier: string,
): Promise<{
  readonly user: User
  readonly method: FlowMethod
  /** What the provider gave, where the flow led to one. */
  readonly providerTokens: { readonly provider_token?: string; readonly provider_refresh_token?: string }
}> {
  const holder = await sql.first<{ user_id: string }>(
    'select flow_state.user_id from auth.flow_state where flow_state.auth_code = $1 and flow_state.user_id is not null',
    [code],
  )
  const user = holder && (await lockUser(sql, holder.user_id))
  const flow = await sql.first<{
    id: string
    code_challenge: string
    code_challenge_method: 's256' | 'plain'
    authentication_method: FlowMethod
    provider_access_token: string | null
    provider_refresh_token: string | null
    since: Date
  }>(
    `select flow_state.id, flow_state.code_challenge,
       flow_state.code_challenge_method::text as code_challenge_method, flow_state.authentication_method,
       flow_state.provider_access_token, flow_state.provider_refresh_token,
       coalesce(flow_state.auth_code_issued_at, flow_state.created_at) as since
     from auth.flow_state
     where flow_state.auth_code = $1 and flow_state.user_id is not null
     for update`,
    [code],
  )
  if (!user || !flow) throw new AuthError(404, 'flow_state_not_found', 'invalid flow state, no valid flow state found')
  if (flow.since.getTime() + EXPIRY_MS < Date.now())
    throw new AuthError(422, 'flow_state_expired', 'invalid flow state, flow state has expired')
  if (!matches(flow.code_challenge, flow.code_challenge_method, verifier))
    throw new AuthError(400, 'bad_code_verifier', 'code challenge does not match previously saved code verifier')
  await sql.all('delete from auth.flow_state where id = $1', [flow.id])
  const { provider_access_token: token, provider_refresh_token: refreshToken } = flow
  const providerTokens = {
    ...(token === null ? {} : { provider_token: token }),
    ...(refreshToken === null ? {} : { provider_refresh_token: refreshToken }),
  }
  return { user, method: flow.authentication_method, providerTokens }
}

function matches(challenge: string, method: 's256' | 'plain', verifier: string): boolean {
  const answer = method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url')
  const [given, wanted] = [Buffer.from(answer), Buffer.from(challenge)]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
