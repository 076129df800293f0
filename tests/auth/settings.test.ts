import { describe, expect, test } from 'vitest'
import { freshEmail } from '../support/clients.ts'
import { sql } from '../support/stack.ts'
import { type OwnAuth, PASSWORD, send, startAuth } from './support.ts'

const NO_HOOK = { hook: {} }

async function post(auth: OwnAuth, path: string, body: object, address: string): Promise<Response> {
  return fetch(`${auth.url}/auth/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify(body),
  })
}

describe('limits', () => {
  test('of an address hold exactly, under parallel requests, and leave other addresses alone', async () => {
    await using auth = await startAuth({ auth: { ...NO_HOOK, rate_limit: { token_verifications: 0 } } })
    // Another mail address each time, because guesses at one are limited too.
    const ask = (address: string) =>
      post(auth, '/verify', { type: 'email', email: freshEmail('a'), token: '123456' }, address)
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask('203.0.113.7')))
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(30)
    const refused = answers.find(({ status }) => status === 429)
    expect(await refused?.json()).toMatchObject({ code: 429, error_code: 'over_request_rate_limit' })
    expect((await ask('203.0.113.8')).status).toBe(403)
    expect((await ask('203.0.113.7, 203.0.113.8')).status).toBe(429)
    const local = await Promise.all(Array.from({ length: 40 }, () => ask('127.0.0.1')))
    expect(new Set(local.map(({ status }) => status))).toEqual(new Set([403]))
  })

  test('of mails an hour hold where the project has a mail server of its own', async () => {
    await using auth = await startAuth({
      auth: { ...NO_HOOK, rate_limit: { email_sent: 2 } },
      email: { smtp: { enabled: true, admin_email: 'coach@fitai.test', sender_name: 'FitAI' } },
    })
    const signUp = async () =>
      (await auth.client().auth.signUp({ email: freshEmail('ana'), password: PASSWORD })).error?.code
    expect(await signUp()).toBeUndefined()
    expect(await signUp()).toBeUndefined()
    expect(await signUp()).toBe('over_email_send_rate_limit')
  })
})

describe('settings', () => {
  test('without confirmation sign in at once, and say that an address is taken', async () => {
    await using auth = await startAuth({ auth: NO_HOOK, email: { enable_confirmations: false } })
    const email = freshEmail('ben')
    const { data, error } = await auth.client().auth.signUp({ email, password: PASSWORD })
    expect(error).toBeNull()
    expect(data.session?.access_token).toBeDefined()
    expect(data.user?.email_confirmed_at).toBeDefined()
    const again = await auth.client().auth.signUp({ email, password: PASSWORD })
    expect(again.error).toMatchObject({ status: 422, code: 'user_already_exists' })
  })

  test('with anonymous sign-ins let somebody in who becomes a user by an address later', async () => {
    await using auth = await startAuth({
      auth: { ...NO_HOOK, enable_anonymous_sign_ins: true },
      email: { enable_confirmations: false },
    })
    const client = auth.client()
    const { data } = await client.auth.signInAnonymously({ options: { data: { shoe: 'flat' } } })
    expect(data.user).toMatchObject({ is_anonymous: true, user_metadata: { shoe: 'flat' } })
    expect((await client.auth.getClaims()).data?.claims).toMatchObject({ is_anonymous: true, email: '' })
    expect((await client.auth.updateUser({ password: PASSWORD })).error?.code).toBe('validation_failed')
    const email = freshEmail('cleo')
    const named = await client.auth.updateUser({ email })
    expect(named.data.user).toMatchObject({ id: data.user?.id, email, is_anonymous: false })
  })

  test('can turn anonymous sign-ins and linking off', async () => {
    await using auth = await startAuth({
      auth: { ...NO_HOOK, enable_anonymous_sign_ins: false, enable_manual_linking: false },
      email: { enable_confirmations: false },
    })
    expect((await auth.client().auth.signInAnonymously()).error?.code).toBe('anonymous_provider_disabled')
    const client = auth.client()
    await client.auth.signUp({ email: freshEmail('noa'), password: PASSWORD })
    expect((await client.auth.linkIdentity({ provider: 'google' })).error?.code).toBe('manual_linking_disabled')
  })

  test('can close sign-ups, sign-ups by e-mail, and both tell so', async () => {
    const email = freshEmail('dan')
    await using closed = await startAuth({ auth: { ...NO_HOOK, enable_signup: false } })
    expect((await closed.client().auth.signUp({ email, password: PASSWORD })).error?.code).toBe('signup_disabled')
    expect((await closed.client().auth.signInWithOtp({ email })).error?.code).toBe('signup_disabled')
    await using noEmail = await startAuth({ auth: NO_HOOK, email: { enabled: false } })
    expect((await noEmail.client().auth.signUp({ email, password: PASSWORD })).error?.code).toBe(
      'email_provider_disabled',
    )
    const settings = await (await fetch(`${noEmail.url}/auth/v1/settings`)).json()
    expect(settings).toMatchObject({ external: { email: false, anonymous_users: true }, mailer_autoconfirm: false })
    expect(await sql`select from auth.users where email = ${email}`).toHaveLength(0)
  })

  test('of password characters are asked for', async () => {
    await using auth = await startAuth({
      auth: { ...NO_HOOK, password_requirements: 'lower_upper_letters_digits', minimum_password_length: 8 },
    })
    const code = async (password: string) =>
      (await auth.client().auth.signUp({ email: freshEmail('eve'), password })).error
    expect(await code('onlylower')).toMatchObject({ code: 'weak_password', reasons: ['characters'] })
    expect(await code('aB3')).toMatchObject({ code: 'weak_password', reasons: ['length'] })
    expect(await code('aB345678')).toBeNull()
  })

  test('of a single confirmation move an address with the new one’s code alone', async () => {
    await using auth = await startAuth({ auth: NO_HOOK, email: { double_confirm_changes: false } })
    const [email, next] = [freshEmail('fay'), freshEmail('new')]
    await auth.admin().auth.admin.createUser({ email, password: PASSWORD, email_confirm: true })
    const client = auth.client()
    await client.auth.signInWithPassword({ email, password: PASSWORD })
    await client.auth.updateUser({ email: next })
    const rows = await sql`
      select token_hash, token_type from auth.one_time_tokens join auth.users on users.id = user_id
      where email = ${email}`
    expect(rows.map(({ token_type: type }) => type)).toEqual(['email_change_token_new'])
    const { data } = await client.auth.verifyOtp({ token_hash: rows[0]?.token_hash, type: 'email_change' })
    expect(data.user?.email).toBe(next)
  })

  test('of a time box end a session however much it is used', async () => {
    await using auth = await startAuth({ auth: { ...NO_HOOK, sessions: { timebox: '24h' } } })
    const email = freshEmail('gus')
    await auth.admin().auth.admin.createUser({ email, password: PASSWORD, email_confirm: true })
    const client = auth.client()
    const { data } = await client.auth.signInWithPassword({ email, password: PASSWORD })
    await sql`update auth.sessions set created_at = now() - interval '23 hours' where user_id = ${data.user?.id ?? ''}`
    expect((await client.auth.refreshSession()).error).toBeNull()
    await sql`update auth.sessions set created_at = now() - interval '25 hours' where user_id = ${data.user?.id ?? ''}`
    expect((await client.auth.refreshSession()).error?.code).toBe('session_expired')
  })

  test('that make no sense are refused at the start, by name', async () => {
    await expect(startAuth({ auth: { sessions: { timebox: 'a week' } } })).rejects.toThrow('timebox')
    await expect(startAuth({ auth: { password_requirements: 'emoji' } })).rejects.toThrow('password_requirements')
    const template = { confirmation: { content_path: './supabase/templates/none.html' } }
    await expect(startAuth({ email: { template } })).rejects.toThrow('none.html')
  })
})

describe('a mail server that does not answer', () => {
  test('costs the mail and not the account: the sign-up can be repeated at once', async () => {
    await using auth = await startAuth({ auth: NO_HOOK })
    const email = freshEmail('hal')
    await auth.mail.stop()
    const failed = await auth.client().auth.signUp({ email, password: PASSWORD })
    expect(failed.error?.status).toBe(500)
    await auth.mail.start()
    expect((await auth.client().auth.signUp({ email, password: PASSWORD })).error).toBeNull()
  })
})

describe('health', () => {
  test('answers', async () => {
    expect((await send('GET', '/health')).body).toMatchObject({ name: 'GoTrue' })
  })
})
