import { describe, expect, test } from 'vitest'
import { createUser, freshEmail, newClient, serviceClient } from '../support/clients.ts'
import { stack } from '../support/stack.ts'
import { PASSWORD, send } from './support.ts'

const POST_PATHS = [
  '/signup',
  '/token?grant_type=password',
  '/token?grant_type=refresh_token',
  '/token?grant_type=pkce',
  '/verify',
  '/recover',
  '/resend',
  '/otp',
  '/magiclink',
]
const ADMIN_PATHS = ['/admin/users', '/admin/generate_link', '/invite']

const MALFORMED = ['', '{', '[]', '"text"', '17', '{"email":', '\u0000', '['.repeat(20_000)]
// To /signup they are the wish to stay anonymous, as in GoTrue.
const EMPTY = ['null', '{"email":null}']
const MISTYPED = [
  { email: 7, password: PASSWORD, refresh_token: 7, auth_code: 7, type: 7, data: 7 },
  { email: ['a@example.test'], password: {}, refresh_token: [], auth_code: {}, type: [], data: [] },
  { email: { toString: 'x' }, password: true, refresh_token: false, type: {}, data: 'text' },
]
const HOSTILE_TEXTS = [
  'a\u0000b@example.test',
  '\ud800@example.test',
  `${'a'.repeat(300)}@example.test`,
  "a'; drop table auth.users; --@example.test",
  'a@b@c',
  'no-at-sign',
  '<script>@example.test',
  'a@example.test\r\nbcc: victim@example.test',
  '../../../etc/passwd',
  '%00',
  '🏋️@example.test',
]

async function expectRefusal(path: string, body: string, headers: Record<string, string> = {}): Promise<void> {
  const answer = await send('POST', path, body, headers)
  const label = `${path} ${body.slice(0, 60)}`
  expect([label, answer.status >= 400 && answer.status < 500]).toEqual([label, true])
  expect([label, typeof answer.body.error_code]).toEqual([label, 'string'])
}

describe('hostile input', () => {
  test.each([...POST_PATHS])('to %s is a refusal with a code', async (path) => {
    const empty = path === '/signup' ? [] : EMPTY
    for (const body of [...MALFORMED, ...empty, ...MISTYPED.map((value) => JSON.stringify(value))])
      await expectRefusal(path, body)
    for (const value of HOSTILE_TEXTS) {
      const members = { email: value, password: value, refresh_token: value, auth_code: value, code_verifier: value }
      await expectRefusal(path, JSON.stringify({ ...members, type: value, token: value, token_hash: '' }))
    }
  })

  test.each(ADMIN_PATHS)('to %s is a refusal with a code', async (path) => {
    const headers = { apikey: stack.secret_key, authorization: `Bearer ${stack.service_role_key}` }
    for (const body of [...MALFORMED, ...EMPTY, ...MISTYPED.map((value) => JSON.stringify(value))])
      await expectRefusal(path, body, headers)
    for (const email of HOSTILE_TEXTS) await expectRefusal(path, JSON.stringify({ email, type: 'signup' }), headers)
  })

  test('in metadata is refused when it cannot be stored, and kept as it is when it can', async () => {
    const ana = await createUser('ana')
    const put = (body: string) => send('PUT', '/user', body, { authorization: `Bearer ${ana.accessToken}` })
    for (const data of ['{"a":"\\u0000"}', '{"\\u0000":1}', '{"a":["\\ud800"]}', '[]', '"x"', '7'])
      expect([data, (await put(`{"data":${data}}`)).status]).toEqual([data, 400])
    const odd = {
      __proto__x: 1,
      constructor: { prototype: 'x' },
      'a.b': '<b>{{ .Token }}</b>',
      n: 1e308,
      deep: [[[[]]]],
    }
    const { data } = await ana.client.auth.updateUser({ data: odd })
    expect(data.user?.user_metadata).toMatchObject(odd)
    expect((await put(`{"data":{"big":"${'x'.repeat(2 ** 20)}"}}`)).status).toBe(413)
  })

  test('in a token is a refusal', async () => {
    const authorizations = [
      '',
      'Bearer',
      'Bearer ',
      'Bearer a',
      'Bearer a.b.c',
      'Basic YTpi',
      `Bearer ${'a'.repeat(4000)}`,
    ]
    for (const authorization of authorizations) {
      const { status } = await send('GET', '/user', undefined, { authorization })
      expect([authorization, status === 401 || status === 403]).toEqual([authorization, true])
    }
  })

  test('in a verification link is an error in the app’s URL or a refusal, and never the server’s', async () => {
    const redirects = [
      '',
      'x',
      'http://[',
      'http://127.0.0.1:3000/%00',
      'fitai://a b',
      '//evil.example',
      '\\\\evil.example',
    ]
    for (const redirect of redirects)
      for (const token of ['', 'x', '%00', "'", 'pkce_x']) {
        const query = new URLSearchParams({ token, type: 'signup', redirect_to: redirect })
        const response = await fetch(`${stack.api_url}/auth/v1/verify?${query}`, { redirect: 'manual' })
        expect([redirect, token, [303, 400].includes(response.status)]).toEqual([redirect, token, true])
        expect(response.headers.get('location') ?? '').not.toMatch(/^(https?:)?[/\\]{2}evil/)
      }
  })
})

describe('what this Auth does not have', () => {
  test('is refused in GoTrue’s words for what is turned off', async () => {
    const ben = await createUser('ben')
    const { auth } = ben.client
    const phoneFactor = await auth.mfa.enroll({ factorType: 'phone', phone: '+15555550100' })
    expect(phoneFactor.error?.code).toBe('mfa_phone_enroll_not_enabled')
    expect((await auth.mfa.challenge({ factorId: crypto.randomUUID() })).error?.code).toBe('mfa_factor_not_found')
    expect((await auth.mfa.unenroll({ factorId: crypto.randomUUID() })).error?.code).toBe('mfa_factor_not_found')
    expect((await auth.linkIdentity({ provider: 'google' })).error?.code).toBe('validation_failed')
    expect((await newClient().auth.signInWithSSO({ domain: 'example.test' })).error?.code).toBe(
      'saml_provider_disabled',
    )
    const idToken = await newClient().auth.signInWithIdToken({ provider: 'apple', token: 'a.b.c' })
    expect(idToken.error?.code).toBe('provider_disabled')
    const phone = await newClient().auth.signInWithOtp({ phone: '+15555550100' })
    expect(phone.error?.code).toBe('phone_provider_disabled')
    expect((await newClient().auth.signUp({ phone: '+15555550100', password: PASSWORD })).error?.code).toBe(
      'phone_provider_disabled',
    )
    const byPhone = await serviceClient().auth.admin.createUser({ phone: '+15555550100', email: freshEmail('x') })
    expect(byPhone.error?.code).toBe('phone_provider_disabled')
    const oauth = await send('GET', '/authorize?provider=github')
    expect([oauth.status, oauth.body.error_code]).toEqual([400, 'validation_failed'])
    const nothing = await send('GET', '/no-such-route')
    expect([nothing.status, nothing.body.error_code]).toEqual([404, 'unknown'])
  })
})
