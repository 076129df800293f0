import { createHash } from 'node:crypto'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createUser, freshEmail } from '../support/clients.ts'
import { sql } from '../support/stack.ts'
import { type Person, Provider } from './provider.ts'
import { fragmentOf, isWelcomed, type OwnAuth, PASSWORD, signUp, startAuth } from './support.ts'

const APP = 'fitai://signed-in'

let provider: Provider
let auth: OwnAuth
beforeAll(async () => {
  provider = await Provider.start()
  const { issuer: url, clientId: client_id, secret } = provider
  const google = { enabled: true, client_id: `${client_id},ios-app`, secret, url, skip_nonce_check: false }
  auth = await startAuth({ auth: { external: { google } } })
})
afterAll(async () => {
  await auth[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
})

const person = (name: string, more: Partial<Person> = {}): Person => ({
  sub: crypto.randomUUID(),
  email: freshEmail(name),
  email_verified: true,
  name,
  ...more,
})

function pkceClient(): SupabaseClient {
  const items = new Map<string, string>()
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  }
  return createClient(auth.url, auth.context.keys.anonKey, {
    auth: { flowType: 'pkce', autoRefreshToken: false, persistSession: true, storage, detectSessionInUrl: false },
  })
}

async function step(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'manual' })
  const location = response.headers.get('location')
  if (location === null) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return location
}

/** Goes to the provider and back, as a browser does, up to the app. */
async function visit(client: SupabaseClient, options: { redirectTo?: string; scopes?: string } = {}): Promise<URL> {
  const { data, error } = await client.auth.signInWithOAuth({
    provider: 'google',
    options: { redirectTo: APP, skipBrowserRedirect: true, ...options },
  })
  if (error) throw error
  return new URL(await step(await step(await step(data.url))))
}

async function signIn(who: Person, client = pkceClient()) {
  provider.signIn(who)
  const back = await visit(client)
  const code = back.searchParams.get('code') ?? ''
  const { data, error } = await client.auth.exchangeCodeForSession(code)
  if (error) throw new Error(`${back.href}: ${error.message}`)
  return { client, user: data.user, session: data.session }
}

const usersWith = async (email: string): Promise<number> =>
  (await sql`select from auth.users where email = ${email}`).length

describe('signing in at Google', () => {
  test('makes an account, gives the app a code for it, and finds it again', async () => {
    const ana = person('ana')
    const { client, user, session } = await signIn(ana)
    expect(user).toMatchObject({
      email: ana.email,
      app_metadata: { provider: 'google', providers: ['google'] },
      user_metadata: { name: 'ana', full_name: 'ana', email_verified: true, iss: provider.issuer },
      identities: [{ provider: 'google', id: ana.sub }],
      is_anonymous: false,
    })
    expect(session.provider_token).toBe(`access-${ana.sub}`)
    expect((await client.auth.getClaims()).data?.claims.amr).toMatchObject([{ method: 'oauth' }])
    expect((await client.auth.getUser()).data.user?.id).toBe(user.id)
    const again = await signIn({ ...ana, email: freshEmail('moved') })
    expect([again.user.id, again.user.email]).toEqual([user.id, ana.email])
    const profiles = await sql`select from public.profiles where user_id = ${user.id}`
    expect(profiles).toHaveLength(1)
    expect(await isWelcomed(user.id)).toBe(true)
  })

  test('asks the provider for what it should, whatever the app adds', async () => {
    provider.signIn(person('ben'))
    const url = new URL(`${auth.url}/auth/v1/authorize`)
    url.search = new URLSearchParams({
      provider: 'google',
      scopes: 'https://example.test/calendar',
      prompt: 'consent',
      client_id: 'evil',
      redirect_uri: 'https://evil.test',
      state: 'evil',
      nonce: 'evil',
    }).toString()
    const asked = new URL(await step(url.href)).searchParams
    expect(Object.fromEntries(asked)).toEqual({
      prompt: 'consent',
      client_id: provider.clientId,
      redirect_uri: `${auth.url}/auth/v1/callback`,
      response_type: 'code',
      scope: 'openid email profile https://example.test/calendar',
      state: expect.stringMatching(/^[0-9a-f-]{36}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
  })

  test('without PKCE puts the session into the fragment', async () => {
    const cleo = person('cleo')
    provider.signIn(cleo)
    const client = auth.client()
    const members = fragmentOf(await visit(client))
    const { data, error } = await client.auth.setSession({
      access_token: members.access_token ?? '',
      refresh_token: members.refresh_token ?? '',
    })
    expect(error).toBeNull()
    expect([data.user?.email, members.provider_token]).toEqual([cleo.email, `access-${cleo.sub}`])
  })

  test('leads nowhere that the project does not allow', async () => {
    provider.signIn(person('dora'))
    const back = await visit(pkceClient(), { redirectTo: 'https://evil.test/steal' })
    expect(back.origin).toBe(new URL(auth.context.config.auth.site_url).origin)
  })
})

describe('an address', () => {
  test('that the provider has verified leads to the account that holds it, password and all', async () => {
    const eli = await createUser('eli')
    const { user } = await signIn(person('eli', { email: eli.email.toUpperCase() }))
    expect(user.id).toBe(eli.id)
    expect(user.app_metadata.providers).toEqual(['email', 'google'])
    const { error } = await auth.client().auth.signInWithPassword({ email: eli.email, password: PASSWORD })
    expect(error).toBeNull()
  })

  test('that somebody else took and never confirmed is freed of their password', async () => {
    const { email } = await signUp('fay')
    const { user } = await signIn(person('fay', { email }))
    expect(user.identities?.map((identity) => identity.provider)).toEqual(['google'])
    const thief = await auth.client().auth.signInWithPassword({ email, password: PASSWORD })
    expect(thief.error?.code).toBe('invalid_credentials')
  })

  test('that the provider has not verified leads into no account', async () => {
    const gus = await createUser('gus')
    provider.signIn(person('gus', { email: gus.email, email_verified: false }))
    const back = await visit(pkceClient())
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error_code: 'provider_email_needs_verification' })
    const identities = await sql`select provider from auth.identities where user_id = ${gus.id}`
    expect(identities).toEqual([{ provider: 'email' }])
  })
})

describe('linking', () => {
  /** Goes to the provider and back for one more way to sign in. */
  async function link(client: SupabaseClient): Promise<URL> {
    const options = { redirectTo: APP, skipBrowserRedirect: true }
    const { data, error } = await client.auth.linkIdentity({ provider: 'google', options })
    if (error) throw error
    return new URL(await step(await step(data.url)))
  }

  test('makes a user of somebody who was anonymous, under the same id', async () => {
    const client = pkceClient()
    const before = (await client.auth.signInAnonymously()).data.user
    const mia = person('mia')
    provider.signIn(mia)
    const code = (await link(client)).searchParams.get('code') ?? ''
    const { data, error } = await client.auth.exchangeCodeForSession(code)
    expect(error).toBeNull()
    expect(data.user).toMatchObject({ id: before?.id, email: mia.email, is_anonymous: false })
    expect((await client.auth.getClaims()).data?.claims.is_anonymous).toBe(false)
    expect((await signIn(mia)).user.id).toBe(before?.id)
    expect(await isWelcomed(before?.id)).toBe(true)
  })

  test('adds Google to an account, tells its owner, and takes it away again', async () => {
    const ned = await createUser('ned')
    const client = pkceClient()
    await client.auth.signInWithPassword({ email: ned.email, password: PASSWORD })
    const google = person('other')
    provider.signIn(google)
    await link(client)
    const found = await fetch(
      `http://127.0.0.1:${auth.context.ports.mailbox}/api/v1/search?query=to:${encodeURIComponent(ned.email)}`,
    )
    expect(await found.json()).toMatchObject({
      messages: [{ Subject: 'A way to sign in was added to your FitAI account' }],
    })
    expect((await signIn(google)).user.id).toBe(ned.id)
    const { data } = await client.auth.getUserIdentities()
    const identity = data?.identities.find((one) => one.provider === 'google')
    const password = data?.identities.find((one) => one.provider === 'email')
    if (!identity || !password) throw new Error('an identity is missing')
    expect((await client.auth.unlinkIdentity(password)).error?.code).toBe('single_identity_not_deletable')
    expect((await client.auth.unlinkIdentity(identity)).error).toBeNull()
    expect((await client.auth.unlinkIdentity(identity)).error?.code).toBe('identity_not_found')
    expect((await client.auth.getUser()).data.user?.app_metadata.providers).toEqual(['email'])
  })

  test('of what is linked already, or of an address that somebody has, is refused', async () => {
    const [olga, taken] = [person('olga'), await createUser('taken')]
    await signIn(olga)
    const refused = async (who: Person): Promise<string | null> => {
      const client = pkceClient()
      await client.auth.signInAnonymously()
      provider.signIn(who)
      return (await link(client)).searchParams.get('error_code')
    }
    expect(await refused(olga)).toBe('identity_already_exists')
    expect(await refused(person('pia', { email: taken.email }))).toBe('email_exists')
    expect(await refused(person('quin', { email_verified: false }))).toBe('email_not_confirmed')
  })

  test('by an ID token that an app brings', async () => {
    const client = auth.client()
    const before = (await client.auth.signInAnonymously()).data.user
    const token = await provider.idToken(person('ria'))
    const { data, error } = await client.auth.linkIdentity({ provider: 'google', token })
    expect(error).toBeNull()
    expect(data).toMatchObject({ user: { id: before?.id, is_anonymous: false } })
  })
})

describe('a return that is not to be trusted', () => {
  test.each([
    ['another nonce', { nonce: 'another' }],
    ['another audience', { aud: 'another-app' }],
    ['the audience of another app of the project', { aud: 'ios-app' }],
    ['another issuer', { iss: 'https://evil.test' }],
    ['a time that is over', { exp: Math.floor(Date.now() / 1000) - 3600 }],
  ])('an ID token with %s', async (_, lie) => {
    const hal = person('hal')
    provider.signIn(hal)
    provider.lie(lie)
    const back = await visit(pkceClient())
    expect(back.searchParams.get('code')).toBeNull()
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error_code: 'validation_failed' })
    expect(await usersWith(hal.email ?? '')).toBe(0)
  })

  test('a state that is unknown, used up or too old', async () => {
    provider.signIn(person('ida'))
    const ask = async (): Promise<string> => {
      const { data } = await pkceClient().auth.signInWithOAuth({ provider: 'google', options: { redirectTo: APP } })
      return step(await step(data.url ?? ''))
    }
    const used = await ask()
    expect(new URL(await step(used)).searchParams.get('code')).not.toBeNull()
    const old = await ask()
    await sql`
      update auth.flow_state set created_at = now() - interval '6 minutes'
      where id = ${new URL(old).searchParams.get('state')}`
    const unknown = new URL(old)
    unknown.searchParams.set('state', crypto.randomUUID())
    const mixed = new URL(await ask())
    mixed.searchParams.set('code', 'stolen')
    for (const url of [used, old, unknown.href, `${auth.url}/auth/v1/callback?state=%00`]) {
      const back = new URL(await step(url))
      expect(back.searchParams.get('error_code')).toBe('bad_oauth_state')
    }
    expect(new URL(await step(mixed.href)).searchParams.get('error')).toBe('server_error')
  })

  test('a refusal at the provider reaches the app', async () => {
    provider.signIn(undefined)
    const back = await visit(pkceClient())
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      error: 'access_denied',
      error_description: 'The user said no',
    })
  })

  test('a code is traded by the app that asked for it, and once', async () => {
    provider.signIn(person('jo'))
    const [mine, thief] = [pkceClient(), pkceClient()]
    const code = (await visit(mine)).searchParams.get('code') ?? ''
    await visit(thief)
    expect((await thief.auth.exchangeCodeForSession(code)).error?.code).toBe('bad_code_verifier')
    expect((await mine.auth.exchangeCodeForSession(code)).error).toBeNull()
  })
})

describe('an ID token that an app brings', () => {
  const bring = (token: string, nonce?: string) =>
    auth.client().auth.signInWithIdToken({ provider: 'google', token, ...(nonce === undefined ? {} : { nonce }) })
  const hashed = (nonce: string): string => createHash('sha256').update(nonce).digest('hex')

  test('signs in, for each app of the project', async () => {
    const kim = person('kim')
    const first = await bring(await provider.idToken(kim))
    expect(first.error).toBeNull()
    const second = await bring(await provider.idToken(kim, { aud: 'ios-app', nonce: hashed('n1') }), 'n1')
    expect([second.error, second.data.user?.id]).toEqual([null, first.data.user?.id])
  })

  test('is refused when it is another’s, old, forged, or of another request', async () => {
    const leo = person('leo')
    const past = Math.floor(Date.now() / 1000) - 3600
    const bad = [
      [await provider.idToken(leo, { aud: 'another-app' })],
      [await provider.idToken(leo, { iss: 'https://accounts.google.com' })],
      [await provider.idToken(leo, { exp: past })],
      [await provider.idToken(leo, {}, true)],
      ['a.b.c'],
      [await provider.idToken(leo, { nonce: hashed('n1') })],
      [await provider.idToken(leo), 'n1'],
      [await provider.idToken(leo, { nonce: hashed('n1') }), 'n2'],
    ] as const
    for (const [token, nonce] of bad) expect((await bring(token, nonce)).error?.code).toBe('validation_failed')
    expect(await usersWith(leo.email ?? '')).toBe(0)
  })
})

test('settings: Google is on offer where it is configured, and half a configuration is refused by name', async () => {
  const settings = await (await fetch(`${auth.url}/auth/v1/settings`)).json()
  expect([settings.external.google, settings.external.apple]).toEqual([true, false])
  const half = { enabled: true, client_id: '', secret: 'x', url: '', skip_nonce_check: false }
  await expect(startAuth({ auth: { external: { google: half } } })).rejects.toThrow('[auth.external.google] client_id')
})
