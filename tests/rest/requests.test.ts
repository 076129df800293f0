import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Tokens } from '../../stack/tokens.ts'
import { type Fixture, startFixture } from './fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture[Symbol.asyncDispose]())

const ErrorBody = z.strictObject({
  code: z.string(),
  message: z.string(),
  details: z.string().nullable(),
  hint: z.string().nullable(),
})

async function failure(response: Response): Promise<{ status: number; code: string }> {
  return { status: response.status, code: ErrorBody.parse(await response.json()).code }
}

const now = (): number => Math.floor(Date.now() / 1000)

describe('tokens', () => {
  const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } })
  const claims = (): { sub: string; role: string; exp: number } => ({
    sub: crypto.randomUUID(),
    role: 'authenticated',
    exp: now() + 60,
  })
  const hs256 = (payload: Record<string, unknown>, secret: string): Promise<string> =>
    new SignJWT(payload).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(new TextEncoder().encode(secret))
  const unsigned = (header: unknown, payload: unknown): string =>
    `${[header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`

  test('the session token of the stack is let in, and so is one signed with its JWT secret', async () => {
    const { token } = await fixture.user()
    expect((await fixture.rest('/lists?select=id', bearer(token))).status).toBe(200)
    const legacy = await hs256(claims(), fixture.stack.status.jwt_secret)
    expect((await fixture.rest('/lists?select=id', bearer(legacy))).status).toBe(200)
  })

  test('an expired token is refused, also when it was known before it expired', async () => {
    const expired = await fixture.user({ exp: now() - 5 })
    const refused = await fixture.rest('/lists?select=id', bearer(expired.token))
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(await failure(refused)).toEqual({ status: 401, code: 'PGRST303' })

    const exp = now() + 2
    const shortLived = await fixture.user({ exp })
    expect((await fixture.rest('/lists?select=id', bearer(shortLived.token))).status).toBe(200)
    await expect.poll(() => Date.now() / 1000).toBeGreaterThan(exp)
    expect((await fixture.rest('/lists?select=id', bearer(shortLived.token))).status).toBe(401)
  })

  test('a forged token is refused, however it is forged', async () => {
    const { token } = await fixture.user()
    const { signingKey } = fixture.stack.context.keys
    const [header = '', payload = '', signature = ''] = token.split('.')
    const other = JSON.stringify({ ...claims(), role: 'service_role' })
    const forged = {
      'another payload under the real signature': [header, Buffer.from(other).toString('base64url'), signature].join(
        '.',
      ),
      'another secret': await hs256(claims(), 'another-secret-of-more-than-32-characters'),
      'the public key used as a secret': await new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', kid: signingKey.kid ?? '' })
        .sign(new TextEncoder().encode(JSON.stringify({ crv: signingKey.crv, x: signingKey.x, y: signingKey.y }))),
      'algorithm none': unsigned({ alg: 'none', typ: 'JWT' }, { ...claims(), role: 'service_role' }),
      'no signature': `${header}.${payload}.`,
      'not a token': 'a.b.c',
      'two parts': 'a.b',
    }
    for (const [how, forgery] of Object.entries(forged)) {
      const { status, code } = await failure(await fixture.rest('/lists?select=id', bearer(forgery)))
      expect({ how, status, code }).toEqual({ how, status: 401, code: 'PGRST301' })
    }
    expect((await fixture.rest('/lists?select=id', bearer(token))).status).toBe(200)
  })

  test.each(['postgres', 'supabase_admin', 'authenticator', 'none', 'nobody', '', 7])(
    'a token that asks for the role %j is refused',
    async (role) => {
      const token = await new Tokens(fixture.stack.context.keys).sign({ ...claims(), role })
      expect(await failure(await fixture.rest('/numbers', bearer(token)))).toEqual({ status: 401, code: '22023' })
    },
  )

  test('an API key does not lend its role to a user', async () => {
    const { token } = await fixture.user()
    const response = await fixture.rest('/vault', {
      headers: { apikey: fixture.stack.status.secret_key, authorization: `Bearer ${token}` },
    })
    expect(await failure(response)).toEqual({ status: 403, code: '42501' })
  })

  test('legacy keys work as the opaque ones do', async () => {
    const { anon_key, service_role_key } = fixture.stack.status
    const settings = async (apikey: string): Promise<unknown> =>
      (await fixture.rest('/rpc/request_settings', { method: 'POST', body: '{}', headers: { apikey } })).json()
    expect(await settings(anon_key)).toMatchObject({ role: 'anon' })
    expect(await settings(service_role_key)).toMatchObject({ role: 'service_role' })
  })
})

describe('settings of a request', () => {
  const settings = async (init: RequestInit): Promise<unknown> =>
    (await fixture.rest('/rpc/request_settings', { method: 'POST', body: '{}', ...init })).json()

  test('the database is told the caller, the request and where it came from', async () => {
    const { id, token } = await fixture.user({ app_metadata: { plan: 'pro' } })
    const told = await settings({
      headers: {
        authorization: `Bearer ${token}`,
        cookie: 'theme=dark; other=1',
        prefer: 'timezone=Europe/Berlin',
        'user-agent': 'phone/1',
        'x-forwarded-for': '203.0.113.7',
      },
    })
    expect(told).toMatchObject({
      role: 'authenticated',
      claims: { sub: id, role: 'authenticated', app_metadata: { plan: 'pro' } },
      method: 'POST',
      path: '/rpc/request_settings',
      headers: { 'user-agent': 'phone/1', 'x-forwarded-for': '127.0.0.1' },
      cookies: { theme: 'dark', other: '1' },
      timezone: 'Europe/Berlin',
    })
    expect(told).not.toHaveProperty('headers.cookie')
  })

  test('nothing of one request is left for the next', async () => {
    await settings({
      headers: { authorization: `Bearer ${(await fixture.user()).token}`, prefer: 'timezone=Asia/Tokyo' },
    })
    for (const _ of Array.from({ length: 12 }))
      expect(await settings({})).toMatchObject({ role: 'anon', timezone: 'UTC', claims: { role: 'anon' } })
  })

  test('what `alter role … set` gave a role applies to its requests', async () => {
    expect(await settings({})).toMatchObject({
      statement_timeout: '3s',
      lock_timeout: '8s',
      isolation: 'repeatable read',
      read_only: 'off',
    })
    const { token } = await fixture.user()
    expect(await settings({ headers: { authorization: `Bearer ${token}` } })).toMatchObject({
      statement_timeout: '8s',
      isolation: 'read committed',
    })
  })

  test('a statement that takes longer than the role may is cancelled, and its session serves on', async () => {
    const began = performance.now()
    expect(await failure(await fixture.rest('/rpc/nap', { method: 'POST', body: '{"seconds": 20}' }))).toEqual({
      status: 500,
      code: '57014',
    })
    expect(performance.now() - began).toBeLessThan(8_000)
    expect((await fixture.rest('/rpc/nap', { method: 'POST', body: '{"seconds": 0}' })).status).toBe(204)
  })

  test('a read may not write: by GET, and in a function that says it only reads', async () => {
    expect(await (await fixture.rest('/rpc/stable_read_only')).json()).toMatch(/^on /)
    const posted = await fixture.rest('/rpc/stable_read_only', { method: 'POST', body: '{}' })
    expect(await posted.json()).toBe('on "public", "public", "extensions"')
    expect(await failure(await fixture.rest('/rpc/answer?p_status=200&p_headers='))).toEqual({
      status: 405,
      code: '25006',
    })
  })

  test('the function of db_pre_request is called for every role, and can refuse with a status and headers', async () => {
    const { token } = await fixture.user()
    const refused = await fixture.rest('/numbers', {
      headers: { authorization: `Bearer ${token}`, 'x-over-limit': 'authenticated' },
    })
    expect(refused.headers.get('retry-after')).toBe('17')
    expect(refused.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect({ status: refused.status, body: await refused.json() }).toEqual({
      status: 429,
      body: { code: 'rate_limited', message: 'Too many requests', details: '60 in 15 minutes', hint: 'Wait.' },
    })
    const write = { method: 'POST', body: '{}' }
    const before = await fixture.sql`select count(*) from public.answers`
    expect((await fixture.rest('/answers', { ...write, headers: { 'x-over-limit': 'anon' } })).status).toBe(429)
    expect(await fixture.sql`select count(*) from public.answers`).toEqual(before)
    expect((await fixture.rest('/numbers', { headers: { 'x-over-limit': 'authenticated' } })).status).toBe(200)
  })

  test('a function sets the status and headers of its answer, and what it wrote stays', async () => {
    const answer = (p_status: string, p_headers: string): Promise<Response> =>
      fixture.rest('/rpc/answer', { method: 'POST', body: JSON.stringify({ p_status, p_headers }) })
    const count = async (): Promise<unknown> => (await fixture.sql`select count(*)::int from public.answers`)[0]?.count
    const before = z.number().parse(await count())
    const teapot = await answer('418', '[{"x-tea": "pot"}, {"cache-control": "no-store"}]')
    expect(teapot.status).toBe(418)
    expect(teapot.headers.get('x-tea')).toBe('pot')
    expect(teapot.headers.get('cache-control')).toBe('no-store')
    expect(await count()).toBe(before + 1)
    expect(await failure(await answer('banana', ''))).toEqual({ status: 500, code: 'PGRST112' })
    expect(await failure(await answer('', '{"no": "list"}'))).toEqual({ status: 500, code: 'PGRST111' })
  })

  test('a trigger sets the status and headers of the answer to a plain insert', async () => {
    const response = await fixture.rest('/answers', { method: 'POST', body: '{}', headers: { 'x-accepted': 'yes' } })
    expect(response.status).toBe(202)
    expect(response.headers.get('x-answered-by')).toBe('a trigger')
    expect((await fixture.rest('/answers', { method: 'POST', body: '{}' })).status).toBe(201)
  })
})

describe('errors', () => {
  test.each([
    ['P0001', 400],
    ['WK001', 400],
    ['22023', 400],
    ['23502', 400],
    ['23514', 400],
    ['42501', 401],
    ['28000', 403],
    ['42883', 404],
    ['42P01', 404],
    ['25006', 405],
    ['23503', 409],
    ['23505', 409],
    ['PT402', 402],
    ['PT999', 500],
    ['21000', 500],
    ['40001', 500],
    ['57014', 500],
    ['P0002', 500],
    ['XX000', 500],
    ['53400', 500],
    ['53300', 503],
    ['08006', 503],
  ])('SQLSTATE %s is answered with %i and passed through', async (p_state, status) => {
    const body = JSON.stringify({ p_state, p_message: 'm', p_detail: 'd', p_hint: 'h' })
    const response = await fixture.rest('/rpc/fail_with', { method: 'POST', body })
    expect({ status: response.status, body: await response.json() }).toEqual({
      status,
      body: { code: p_state, message: 'm', details: 'd', hint: 'h' },
    })
  })

  test('a lacking right is 403 for a user', async () => {
    const { client } = await fixture.user()
    const args = { p_state: '42501', p_message: 'm', p_detail: 'd', p_hint: 'h' }
    expect(await client.rpc('fail_with', args)).toMatchObject({ status: 403, error: { code: '42501' } })
  })

  test('a plain `raise exception` is a 400 with its words', async () => {
    expect(await fixture.anon.rpc('fail_plainly')).toMatchObject({
      status: 400,
      error: { code: 'P0001', message: 'plain words' },
    })
  })

  test.each([
    ['{"status": 409, "headers": {"x-why": "because"}}', 409, 'gone_wrong'],
    ['{"status": "409"}', 500, 'PGRST121'],
    ['no JSON', 500, 'PGRST121'],
  ])('`raise sqlstate PGRST` with detail %s', async (p_detail, status, code) => {
    const p_message = '{"code": "gone_wrong", "message": "It went wrong", "hint": "Do not."}'
    const body = JSON.stringify({ p_state: 'PGRST', p_message, p_detail, p_hint: 'h' })
    const response = await fixture.rest('/rpc/fail_with', { method: 'POST', body })
    expect(response.headers.get('x-why')).toBe(status === 409 ? 'because' : null)
    expect(await failure(response)).toEqual({ status, code })
  })

  test.each([
    ['/numbers', '{"n": 1000, ', 'PGRST102'],
    ['/numbers', '{"n": NaN}', 'PGRST102'],
    ['/numbers', '"text"', undefined],
    ['/numbers', '[1, 2]', undefined],
    ['/numbers', '[{"n": 1001, "label": "a"}, {"n": 1002}]', 'PGRST102'],
    ['/answers', '{"nope": 1}', 'PGRST204'],
    ['/rpc/square', '{"p_n": "x"}', '22P02'],
    ['/rpc/square', '{"p_n": 1e400}', undefined],
    ['/rpc/square', '{"p_n": 99999999999}', undefined],
    ['/rpc/square', '[]', undefined],
    ['/rpc/square', 'null', undefined],
  ])('POST %s of %s is the fault of the client', async (path, body, code) => {
    const apikey = fixture.stack.status.secret_key
    const answered = await failure(await fixture.rest(path, { method: 'POST', body, headers: { apikey } }))
    expect(answered.status).toBeGreaterThanOrEqual(400)
    expect(answered.status).toBeLessThan(500)
    if (code !== undefined) expect(answered.code).toBe(code)
  })

  test.each([
    ['/numbers?n=eq.abc', 400, '22P02'],
    ['/numbers?n=eq.NaN', 400, '22P02'],
    ['/numbers?n=foo.1', 400, 'PGRST100'],
    ['/numbers?n=in.(1,2', 400, 'PGRST100'],
    ['/numbers?nope=eq.1', 400, '42703'],
    ['/numbers?select=nope', 400, '42703'],
    ['/numbers?order=n.sideways', 400, 'PGRST100'],
    ['/numbers?or=(n.eq.1', 400, 'PGRST100'],
    ['/numbers?select=items(name)', 400, 'PGRST200'],
    ['/numbers/1', 404, 'PGRST125'],
    ['/%E0%A4%A', 400, 'PGRST100'],
    ['/nothing', 404, 'PGRST205'],
    ['/rpc/nothing', 404, 'PGRST202'],
    ['/numbers;drop table numbers', 404, 'PGRST205'],
    [`/numbers?label=eq.${"'".repeat(99)};--`, 200, undefined],
  ])('GET %s is answered with %i', async (path, status, code) => {
    const response = await fixture.rest(path)
    if (code === undefined) expect(response.status).toBe(status)
    else expect(await failure(response)).toEqual({ status, code })
  })

  test.each(['x (foo := b', 'a, limit := 1', '(variadic a := ', "it's (b := '", 'a:=b'])(
    'an alias is the client’s choice: %j',
    async (alias) => {
      const response = await fixture.rest(`/numbers?n=eq.5&select=${encodeURIComponent(`"${alias}":label`)}`)
      expect(await response.json()).toEqual([{ [alias]: 'number 5' }])
    },
  )

  test('an argument may have the name of a keyword', async () => {
    expect((await fixture.anon.rpc('double', { limit: 7 })).data).toBe(14)
  })

  test('a body of 10 MB is refused before anybody reads it', async () => {
    const body = JSON.stringify({ p_n: '7'.repeat(10_000_000) })
    expect(await failure(await fixture.rest('/rpc/square', { method: 'POST', body }))).toEqual({
      status: 413,
      code: 'payload_too_large',
    })
    expect((await fixture.anon.rpc('square', { p_n: 7 })).data).toBe(49)
  })

  test.each(['PATCH', 'DELETE'])('%s of a whole table is refused', async (method) => {
    const headers = { apikey: fixture.stack.status.secret_key }
    const change = (path: string): Promise<Response> =>
      fixture.rest(path, { method, headers, ...(method === 'PATCH' ? { body: '{"label": "x"}' } : {}) })
    expect(await failure(await change('/numbers'))).toEqual({ status: 400, code: '21000' })
    expect((await change('/numbers?n=eq.-1')).status).toBe(204)
    expect((await fixture.sql`select from public.numbers`).length).toBe(100)
  })

  test('a constraint that is checked at commit is a 409 like any other', async () => {
    const body = '[{"id": 1}, {"id": 2}]'
    expect((await fixture.rest('/deferred', { method: 'POST', body })).status).toBe(201)
    expect(await failure(await fixture.rest('/deferred', { method: 'POST', body: '[{"id": 2}]' }))).toEqual({
      status: 409,
      code: '23505',
    })
  })
})
