import { createHash } from 'node:crypto'
import { z } from 'zod'
import { lockCaller, requireUser } from '../caller.ts'
import type { Sql } from '../database.ts'
import { AuthError, invalid } from '../errors.ts'
import { accountOf, type ExternalAccount, linkTo } from '../external-accounts.ts'
import type { Grant } from '../grants.ts'
import { flowSecrets, type OidcProvider, type Profile } from '../oidc.ts'
import type { AuthParts } from '../parts.ts'
import { beginProviderFlow, completeProviderFlow, type ProviderFlow, takeProviderFlow } from '../pkce.ts'
import { redirectTarget } from '../redirects.ts'
import { flag, parseId, queryOf, readBody, senderOf, text } from '../requests.ts'
import { isBanned, lockUser, refreshProviders, type User } from '../users.ts'
import { errorMembers, fragment, sessionMembers } from './verify.ts'

const IdTokenGrant = z.object({ provider: text, id_token: text, nonce: text, link_identity: flag })
/** What Auth decides of the request to a provider; an app cannot. */
const RESERVED = new Set([
  ...['client_id', 'client_secret', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'state', 'nonce'],
  ...['code_challenge', 'code_challenge_method', 'provider', 'scopes', 'redirect_to', 'skip_http_redirect', 'apikey'],
])

/** `GET /authorize`: sends the browser to a provider to sign in there. */
export async function authorize(parts: AuthParts, request: Request): Promise<Response> {
  return new Response(null, { status: 302, headers: { location: await beginAt(parts, request) } })
}

/** `GET /user/identities/authorize`: the same for who is signed in and wants one more way to sign in. */
export async function authorizeLinking(parts: AuthParts, request: Request): Promise<Response> {
  requireLinking(parts)
  const { user } = await requireUser(parts, request)
  const url = await beginAt(parts, request, user.id)
  if (queryOf(request).get('skip_http_redirect') === 'true') return Response.json({ url })
  return new Response(null, { status: 302, headers: { location: url } })
}

/** `DELETE /user/identities/:id`: takes a way to sign in away, but not the last one, nor that of the account's address. */
export async function unlink(parts: AuthParts, request: Request, id: string): Promise<Response> {
  requireLinking(parts)
  const caller = await requireUser(parts, request)
  const wanted = parseId(id, 'identity_id')
  await parts.database.transaction(async (sql) => {
    const { user } = await lockCaller(sql, caller)
    const others = user.identities.filter(({ identity_id: other }) => other !== wanted)
    if (others.length === user.identities.length)
      throw new AuthError(422, 'identity_not_found', "Identity doesn't exist")
    if (!others.some(({ email }) => email === user.email?.toLowerCase()))
      throw new AuthError(
        422,
        'single_identity_not_deletable',
        'User must have at least 1 identity with the address of the account after unlinking',
      )
    await sql.all('delete from auth.identities where id = $1 and user_id = $2', [wanted, user.id])
    await refreshProviders(sql, { ...user, identities: others })
  })
  return Response.json({})
}

async function beginAt(parts: AuthParts, request: Request, linkTo?: string): Promise<string> {
  const query = queryOf(request)
  const provider = providerOf(parts, query.get('provider') ?? '')
  const redirectTo = redirectTarget(request, parts.settings)
  const challenge = {
    code_challenge: query.get('code_challenge') ?? '',
    code_challenge_method: query.get('code_challenge_method') ?? '',
  }
  const flowId = await beginProviderFlow(parts.database, provider.settings.name, redirectTo, {
    challenge,
    ...(linkTo === undefined ? {} : { linkTo }),
  })
  return provider.authorizationUrl({
    state: flowId,
    secrets: flowSecrets(parts.flowKey, flowId),
    redirectUri: callbackUrl(parts),
    scopes: (query.get('scopes') ?? '').split(/[ ,]+/).filter((scope) => scope !== ''),
    extra: Object.fromEntries([...query].filter(([name]) => !RESERVED.has(name.toLowerCase()))),
  })
}

/** `GET /callback`: where the provider sends the browser back to. Leads on to the app, with a code, a session or an error. */
export async function callback(parts: AuthParts, request: Request): Promise<Response> {
  const query = queryOf(request)
  const state = query.get('state') ?? ''
  const flow = z.guid().safeParse(state).success ? await takeProviderFlow(parts.database, state) : undefined
  const target = new URL(flow?.referrer ?? parts.settings.siteUrl)
  try {
    if (!flow) throw new AuthError(400, 'bad_oauth_state', 'OAuth state not found or expired')
    const answer = await finish(parts, request, flow)
    if (typeof answer === 'string') target.searchParams.set('code', answer)
    else target.hash = fragment(answer)
  } catch (cause) {
    if (!(cause instanceof AuthError)) throw cause
    if (cause.cause instanceof Error)
      parts.log.warn('a sign-in at a provider failed', { reason: cause.message, cause: cause.cause.message })
    const members = errorMembers(cause)
    for (const [name, value] of Object.entries(members)) target.searchParams.set(name, value)
    target.hash = fragment(members)
  }
  return new Response(null, { status: 302, headers: { location: target.href } })
}

/** A session for an ID token that an app got from its provider itself. */
export async function byIdToken(parts: AuthParts, request: Request): Promise<Grant> {
  const body = await readBody(request, IdTokenGrant)
  if (body.id_token === '') throw invalid('id_token required')
  const provider = providerByName(parts, body.provider)
  const profile = await provider.verify(body.id_token, provider.settings.clientIds)
  if (!provider.settings.skipNonceCheck) checkNonce(profile, body.nonce)
  if (body.link_identity) requireLinking(parts)
  const target = body.link_identity ? await requireUser(parts, request) : undefined
  const redirectTo = redirectTarget(request, parts.settings)
  const { name } = provider.settings
  const result = await parts.database.transaction(async (sql) => {
    const account = target
      ? await linkTo(sql, (await lockCaller(sql, target)).user, name, profile)
      : await accountOf(parts, sql, { provider: name, profile, redirectTo, ip: senderOf(request).ip })
    if ('refusal' in account) return account
    return { ...account, grant: await parts.grants.signIn(sql, account.user, 'oauth', senderOf(request)) }
  })
  if ('refusal' in result) return refuse(parts, result)
  await parts.mailer.notify(result.notices)
  return result.grant
}

async function finish(
  parts: AuthParts,
  request: Request,
  flow: ProviderFlow,
): Promise<string | Readonly<Record<string, string>>> {
  const query = queryOf(request)
  const problem = query.get('error')
  if (problem !== null)
    throw new AuthError(
      problem === 'access_denied' ? 403 : 500,
      'unknown',
      (query.get('error_description') ?? problem).slice(0, 300),
    )
  const code = query.get('code') ?? ''
  if (code === '')
    throw new AuthError(400, 'bad_oauth_callback', 'OAuth callback with missing authorization code missing')
  const provider = providerOf(parts, flow.provider_type)
  const secrets = flowSecrets(parts.flowKey, flow.id)
  const tokens = await provider.exchange(code, secrets, callbackUrl(parts))
  const profile = await provider.verify(tokens.id_token, provider.settings.clientIds.slice(0, 1))
  if (profile.nonce !== secrets.nonce) throw invalid('Nonces mismatch')
  const result = await parts.database.transaction(async (sql) => {
    const account = await accountOrTarget(parts, sql, flow, profile, senderOf(request).ip)
    if ('refusal' in account) return account
    const { user, notices } = account
    const authCode = await completeProviderFlow(sql, flow, user.id, tokens)
    if (authCode !== undefined) return { notices, answer: authCode }
    const grant = await parts.grants.signIn(sql, user, 'oauth', senderOf(request))
    return { notices, answer: { ...sessionMembers(grant), ...providerTokens(tokens) } }
  })
  if ('refusal' in result) return refuse(parts, result)
  await parts.mailer.notify(result.notices)
  return result.answer
}

async function accountOrTarget(
  parts: AuthParts,
  sql: Sql,
  flow: ProviderFlow,
  profile: Profile,
  ip: string | null,
): Promise<ExternalAccount> {
  const { provider_type: provider, linking_target_id: targetId, referrer: redirectTo } = flow
  if (targetId === null) return accountOf(parts, sql, { provider, profile, redirectTo, ip })
  const target = await lockUser(sql, targetId)
  if (!target || isBanned(target)) throw new AuthError(403, 'user_banned', 'User is banned')
  return linkTo(sql, target, provider, profile)
}

function requireLinking({ settings }: AuthParts): void {
  if (!settings.manualLinking) throw new AuthError(404, 'manual_linking_disabled', 'Manual linking is disabled')
}

async function refuse(
  parts: AuthParts,
  { refusal, mails }: Exclude<ExternalAccount, { readonly user: User }>,
): Promise<never> {
  await parts.mailer.send(mails)
  throw refusal
}

const providerTokens = (tokens: { access_token: string; refresh_token?: string | undefined }) => ({
  provider_token: tokens.access_token,
  ...(tokens.refresh_token === undefined ? {} : { provider_refresh_token: tokens.refresh_token }),
})

function checkNonce({ nonce }: Profile, given: string): void {
  if ((nonce === undefined) !== (given === ''))
    throw invalid('Passed nonce and nonce in id_token should either both exist or not.')
  if (nonce !== undefined && createHash('sha256').update(given).digest('hex') !== nonce)
    throw invalid('Nonces mismatch')
}

function providerOf(parts: AuthParts, name: string): OidcProvider {
  const provider = parts.providers.get(name)
  if (provider) return provider
  const why = parts.settings.foreignProviders.includes(name)
    ? `Provider ${name} cannot be used on this stack`
    : 'provider is not enabled'
  throw invalid(`Unsupported provider: ${why}`)
}

function providerByName(parts: AuthParts, name: string): OidcProvider {
  const provider = parts.providers.get(name)
  if (!provider)
    throw new AuthError(400, 'provider_disabled', `Provider ${JSON.stringify(name.slice(0, 100))} is not enabled`)
  return provider
}

const callbackUrl = (parts: AuthParts): string => `${parts.settings.authUrl}/callback`
