import { request as httpRequest } from 'node:http'
import { SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Tokens } from '../../stack/tokens.ts'
import { type Gate, Seen, startGate } from './gate.ts'

let gate: Gate
beforeEach(async () => {
  gate = await startGate()
})
afterEach(() => gate.gateway.stop())

describe('routes', () => {
  test.each(['rest', 'auth', 'storage', 'realtime', 'functions'])(
    '/%s/v1 reaches its service, which sees the rest',
    async (name) => {
      expect(await gate.see(`/${name}/v1/a%20b/c?x=1&y=%2F`, { headers: gate.publishable })).toMatchObject({
        service: name,
        path: '/a%20b/c?x=1&y=%2F',
      })
      expect(await gate.see(`/${name}/v1`, { headers: gate.publishable })).toMatchObject({ service: name, path: '/' })
    },
  )

  test.each(['/', '/rest', '/rest/v2/x', '/rest/v1x', '/graphql/v1', '//rest/v1/x', '/rest%2Fv1/x'])(
    '%s leads nowhere',
    async (path) => {
      expect(await gate.refusal(path, { headers: gate.publishable })).toEqual({ status: 404, code: 'route_not_found' })
    },
  )

  test('a path that climbs out of an open prefix needs a key where it arrives', async () => {
    const climb = (headers: Record<string, string>): Promise<number> =>
      new Promise((resolve, reject) => {
        const path = '/storage/v1/object/public/%2e%2e/../../../rest/v1/secrets'
        httpRequest(gate.base, { path, headers }, (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        })
          .on('error', reject)
          .end()
      })
    expect(await climb({})).toBe(401)
    expect(await climb(gate.publishable)).toBe(200)
  })
})

describe('API keys', () => {
  test('none and an unknown one are refused', async () => {
    expect(await gate.refusal('/rest/v1/x')).toEqual({ status: 401, code: 'UNAUTHORIZED_MISSING_API_KEY' })
    for (const apikey of ['nonsense', 'sb_publishable_x', 'sb_secret_x', `${gate.keys.secretKey}x`])
      expect(await gate.refusal('/rest/v1/x', { headers: { apikey } })).toEqual({
        status: 401,
        code: 'UNAUTHORIZED_INVALID_API_KEY',
      })
  })

  test('a JWT is one only when this stack signed it for anon or service_role', async () => {
    const sign = (claims: Record<string, unknown>, secret: string): Promise<string> =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret))
    const exp = Math.floor(Date.now() / 1000) + 60
    const session = await new Tokens(gate.keys).sign({ sub: crypto.randomUUID(), role: 'authenticated', exp })
    const refused = [
      session,
      await sign({ role: 'service_role', exp }, 'another-secret-of-more-than-32-characters'),
      await sign({ role: 'service_role', exp: exp - 120 }, gate.keys.jwtSecret),
      await sign({ role: 'postgres', exp }, gate.keys.jwtSecret),
    ]
    for (const apikey of refused)
      expect(await gate.refusal('/rest/v1/x', { headers: { apikey } })).toEqual({
        status: 401,
        code: 'UNAUTHORIZED_INVALID_API_KEY',
      })
    for (const apikey of [
      gate.keys.anonKey,
      gate.keys.serviceRoleKey,
      await sign({ role: 'anon', exp }, gate.keys.jwtSecret),
    ])
      expect((await gate.see('/rest/v1/x', { headers: { apikey } })).headers.authorization).toBe(`Bearer ${apikey}`)
  })

  test('an opaque key is exchanged for its JWT, and a user keeps their own token', async () => {
    const authorization = async (headers: Record<string, string>): Promise<unknown> =>
      (await gate.see('/rest/v1/x', { headers })).headers.authorization
    const { publishableKey, secretKey, anonKey, serviceRoleKey } = gate.keys
    expect(await authorization({ apikey: publishableKey })).toBe(`Bearer ${anonKey}`)
    expect(await authorization({ apikey: secretKey })).toBe(`Bearer ${serviceRoleKey}`)
    expect(await authorization({ apikey: secretKey, authorization: `Bearer ${secretKey}` })).toBe(
      `Bearer ${serviceRoleKey}`,
    )
    expect(await authorization({ apikey: publishableKey, authorization: `Bearer ${secretKey}` })).toBe(
      `Bearer ${anonKey}`,
    )
    expect(await authorization({ apikey: secretKey, authorization: 'Bearer a.b.c' })).toBe('Bearer a.b.c')
  })

  test('the key may come in the URL, and the service does not see it there', async () => {
    expect(await gate.see(`/rest/v1/x?apikey=${gate.keys.secretKey}&id=eq.1&apikeys=2`)).toMatchObject({
      path: '/x?id=eq.1&apikeys=2',
    })
  })

  test('a browser may not use the secret key', async () => {
    const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' }
    expect(await gate.refusal('/rest/v1/x', { headers: { apikey: gate.keys.secretKey, ...browser } })).toEqual({
      status: 401,
      code: 'UNAUTHORIZED_INVALID_API_KEY_TYPE',
    })
    await gate.see('/rest/v1/x', { headers: { ...gate.publishable, ...browser } })
  })

  test.each([
    '/auth/v1/verify?token=x',
    '/auth/v1/callback',
    '/auth/v1/authorize?provider=google',
    '/auth/v1/.well-known/jwks.json',
    '/storage/v1/object/public/avatars/a.png',
    '/functions/v1/health',
  ])('%s needs none', async (path) => {
    const { headers } = await gate.see(path)
    expect(headers).not.toHaveProperty('authorization')
  })

  test.each(['/auth/v1/user', '/auth/v1/verify/x', '/auth/v1/admin/users', '/realtime/v1/api/broadcast'])(
    '%s needs one',
    async (path) => {
      expect(await gate.refusal(path)).toEqual({ status: 401, code: 'UNAUTHORIZED_MISSING_API_KEY' })
    },
  )
})

describe('what a service is told, and what a client', () => {
  test("the client's address is that of its socket, whatever it claims", async () => {
    const { headers } = await gate.see('/rest/v1/x', {
      headers: {
        ...gate.publishable,
        'x-forwarded-for': '203.0.113.7',
        'x-forwarded-host': 'evil.test',
        'x-real-ip': '203.0.113.7',
        'cf-connecting-ip': '203.0.113.7',
        forwarded: 'for=203.0.113.7',
      },
    })
    expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-prefix': '/rest/v1' })
    expect(headers['x-forwarded-host']).toBe(new URL(gate.base).host)
    expect(headers).not.toHaveProperty('forwarded')
    expect(headers).not.toHaveProperty('x-real-ip')
    expect(headers).not.toHaveProperty('cf-connecting-ip')
  })

  test('a request id is made, or kept where it is one, and is in the answer, the log and the request', async () => {
    const made = await fetch(`${gate.base}/rest/v1/x`, { headers: gate.publishable })
    const id = made.headers.get('x-request-id')
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(Seen.parse(await made.json()).headers['x-request-id']).toBe(id)
    const kept = await fetch(`${gate.base}/rest/v1/x`, {
      headers: { ...gate.publishable, 'x-request-id': 'my-trace:1' },
    })
    expect(kept.headers.get('x-request-id')).toBe('my-trace:1')
    const replaced = await fetch(`${gate.base}/rest/v1/x`, {
      headers: { ...gate.publishable, 'x-request-id': 'a {"fake": "line"}' },
    })
    expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    await expect
      .poll(() => gate.lines.map(({ request_id }) => request_id))
      .toEqual(expect.arrayContaining([id, 'my-trace:1']))
  })

  test('the access log has what happened and to whom, but no secret', async () => {
    const sub = crypto.randomUUID()
    const token = await new Tokens(gate.keys).sign({
      sub,
      role: 'authenticated',
      exp: Math.floor(Date.now() / 1000) + 60,
    })
    await fetch(`${gate.base}/rest/v1/people?name=eq.Ana&apikey=${gate.keys.publishableKey}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: 'x',
    })
    await expect.poll(() => gate.lines).toHaveLength(1)
    expect(gate.lines[0]).toMatchObject({
      service: 'gateway',
      message: 'request',
      method: 'POST',
      path: '/rest/v1/people',
      status: 200,
      ms: expect.any(Number),
      user_id: sub,
    })
    expect(JSON.stringify(gate.lines)).not.toMatch(/Ana|eyJ|sb_/)
  })

  test('a preflight is answered for every origin, but functions answer their own', async () => {
    const preflight = {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.test',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'apikey,x-mine',
      },
    }
    const answered = await fetch(`${gate.base}/rest/v1/x`, preflight)
    expect(answered.status).toBe(204)
    expect(Object.fromEntries(answered.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'apikey,x-mine',
      'access-control-allow-methods': expect.stringContaining('PATCH'),
    })
    expect(await gate.see('/functions/v1/f', preflight)).toMatchObject({ service: 'functions', method: 'OPTIONS' })
    const own = await fetch(`${gate.base}/functions/v1/own-cors`)
    expect(own.headers.get('access-control-allow-origin')).toBe('https://app.test')
    const refused = await fetch(`${gate.base}/rest/v1/x`)
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
    expect(refused.headers.get('access-control-expose-headers')).toContain('Content-Range')
  })

  test('a service that crashes is a 500 that says nothing, and the log says why', async () => {
    const response = await fetch(`${gate.base}/rest/v1/crash`, { headers: gate.publishable })
    expect(response.status).toBe(500)
    const body = await response.text()
    expect(JSON.parse(body)).toMatchObject({ code: 'internal_error' })
    expect(body).not.toMatch(/secret|gateway\.unit|at /)
    expect(JSON.stringify(gate.lines)).toContain('a secret that only the log may have')
    await gate.see('/rest/v1/x', { headers: gate.publishable })
  })
})
