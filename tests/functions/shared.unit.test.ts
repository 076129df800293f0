import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { Guard } from '../../supabase/functions/_shared/auth.ts'
import { readBody } from '../../supabase/functions/_shared/body.ts'
import { type Env, readEnv } from '../../supabase/functions/_shared/env.ts'
import { AppError, ERRORS } from '../../supabase/functions/_shared/errors.ts'
import { createApp } from '../../supabase/functions/_shared/http.ts'
import { renderMetrics } from '../../supabase/functions/health/metrics.ts'
import '../support/web-socket.ts'

const Problem = z.strictObject({
  code: z.enum(Object.keys(ERRORS)),
  message: z.string(),
  details: z.string().nullable(),
  hint: z.string(),
})
const codeOf = (attempt: () => unknown): Promise<unknown> =>
  Promise.resolve()
    .then(attempt)
    .then(
      () => 'no error',
      (cause: unknown) => (cause instanceof AppError ? cause.code : cause),
    )

let env: Env
let sign: (claims: Record<string, unknown>, expires?: string) => Promise<string>
const SECRET = 'sb_secret_of_the_test'
const userId = crypto.randomUUID()

// What the Data API answers to the request that counts.
interface Counted {
  readonly status: number
  readonly body?: Readonly<Record<string, string>>
}
let counted: Counted = { status: 204 }
let countedAddress: Counted = { status: 204 }
const dataApi = createServer((request, response) => {
  const answers = new Map([
    ['/rest/v1/rpc/count_request', counted],
    ['/rest/v1/rpc/count_address', countedAddress],
  ])
  const { status, body } = answers.get(request.url ?? '') ?? { status: 404, body: undefined }
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(body && JSON.stringify(body))
})

beforeAll(async () => {
  await new Promise<void>((resolve) => dataApi.listen(0, '127.0.0.1', resolve))
  const address = z.object({ port: z.number() }).parse(dataApi.address())
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }
  const variables = new Map([
    ['SUPABASE_URL', `http://127.0.0.1:${address.port}`],
    ['SUPABASE_PUBLISHABLE_KEYS', '{"default":"sb_publishable_of_the_test"}'],
    ['SUPABASE_SECRET_KEYS', `{"default":"${SECRET}","jobs":"sb_secret_of_jobs"}`],
    ['SUPABASE_JWKS', JSON.stringify({ keys: [jwk] })],
    ['SUPABASE_SERVICE_ROLE_KEY', 'legacy.service.key'],
  ])
  env = readEnv((name) => variables.get(name))
  sign = (claims, expires = '1m') =>
    new SignJWT({ aud: 'authenticated', role: 'authenticated', sub: userId, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .setExpirationTime(expires)
      .sign(privateKey)
})

afterAll(() => dataApi.close())

describe('the environment', () => {
  test('is read once into what functions use', () => {
    expect(env).toMatchObject({
      secretKey: SECRET,
      publishableKey: 'sb_publishable_of_the_test',
      serviceKeys: [SECRET, 'sb_secret_of_jobs', 'legacy.service.key'],
      version: 'local',
    })
  })

  test('names every problem at once', () => {
    const get = (name: string): string | undefined => ({ SUPABASE_URL: 'nowhere', SUPABASE_JWKS: '{' })[name]
    expect(() => readEnv(get)).toThrow(/SUPABASE_URL.*SUPABASE_PUBLISHABLE_KEYS.*SUPABASE_SECRET_KEYS.*SUPABASE_JWKS/)
  })

  test('does not repeat a value in its complaint', () => {
    const get = (): string => 'very-secret'
    expect(() => readEnv(get)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('very-secret') }))
  })
})

describe('a user', () => {
  const userOf = (token: string): Promise<unknown> =>
    new Guard(env).user(new Headers({ authorization: `Bearer ${token}` }))

  test('is known by an access token', async () => {
    const accessToken = await sign({})
    expect(await userOf(accessToken)).toEqual({ id: userId, accessToken })
  })

  test('is not known by a token that is expired, forged, of another role, for others, or none', async () => {
    const other = await generateKeyPair('ES256')
    const forged = await new SignJWT({ aud: 'authenticated', role: 'authenticated', sub: userId })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .setExpirationTime('1m')
      .sign(other.privateKey)
    const symmetric = await new SignJWT({ aud: 'authenticated', role: 'authenticated', sub: userId })
      .setProtectedHeader({ alg: 'HS256', kid: 'k' })
      .setExpirationTime('1m')
      .sign(new TextEncoder().encode(JSON.stringify(env.jwks)))
    const tokens = [
      await sign({}, '-1s'),
      await sign({ role: 'service_role' }),
      await sign({ role: 'anon' }),
      await sign({ aud: 'others' }),
      await sign({ sub: 'nobody' }),
      forged,
      symmetric,
      SECRET,
      '',
    ]
    for (const token of tokens) expect(await codeOf(() => userOf(token))).toBe('not_authenticated')
  })
})

describe('the backend', () => {
  test('is known by each of its keys, in either header', async () => {
    const guard = new Guard(env)
    for (const key of env.serviceKeys)
      for (const headers of [{ apikey: key }, { authorization: `Bearer ${key}` }])
        expect(await codeOf(() => guard.service(new Headers(headers)))).toBe('no error')
  })

  test('is not known by a publishable key, a part of a secret one, a user, or nothing', async () => {
    const guard = new Guard(env)
    for (const key of [env.publishableKey, SECRET.slice(0, -1), `${SECRET}x`, await sign({ role: 'service_role' })])
      for (const headers of [{ apikey: key }, { authorization: `Bearer ${key}` }])
        expect(await codeOf(() => guard.service(new Headers(headers)))).toBe('service_only')
    expect(await codeOf(() => guard.service(new Headers()))).toBe('service_only')
  })
})

describe('a body', () => {
  const Schema = z.strictObject({ weight: z.number().positive() })
  const post = (body: BodyInit): Request => new Request('http://stack.test', { method: 'POST', body })

  test('is what its schema says', async () => {
    expect(await readBody(Schema, post('{"weight":100}'))).toEqual({ weight: 100 })
  })

  test.each(['', '{', 'null', '[]', '{"weight":-1}', '{"weight":"1"}', '{"weight":1,"other":2}', '{"weight":1e999}'])(
    '%j is refused',
    async (body) => {
      expect(await codeOf(() => readBody(Schema, post(body)))).toBe('invalid_body')
    },
  )

  test('names the field at fault', async () => {
    const error = await readBody(Schema, post('{"weight":-1}')).catch((cause: unknown) => cause)
    expect(error).toHaveProperty('details', expect.stringContaining('weight'))
  })

  test('that never ends is cut off', async () => {
    let parts = 0
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      parts += 1
      controller.enqueue(new Uint8Array(65_536))
    }
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      duplex: 'half',
      body: new ReadableStream({ pull }),
    }
    const attempt = (): Promise<unknown> => readBody(Schema, new Request('http://stack.test', init))
    expect(await codeOf(attempt)).toBe('body_too_large')
    expect(parts).toBeLessThan(32)
  })
})

describe('a route', () => {
  const appOf = (handle: () => Promise<Response>): ((path: string, init?: RequestInit) => Promise<Response>) => {
    const { app, route } = createApp('test', env)
    app.get('/none', route.none(handle))
    app.get(
      '/user',
      route.user(async ({ user }) => Response.json({ id: user.id })),
    )
    app.get('/service', route.service(handle))
    return async (path, init) => app.fetch(new Request(`http://stack.test/test${path}`, init))
  }
  const ok = (path: string, init?: RequestInit): Promise<Response> => appOf(async () => new Response('ok'))(path, init)

  test('admits whom it names and nobody else', async () => {
    const user = { headers: { authorization: `Bearer ${await sign({})}` } }
    const service = { headers: { apikey: SECRET } }
    const statuses = async (path: string): Promise<unknown> =>
      Promise.all([undefined, user, service].map(async (init) => (await ok(path, init)).status))
    expect(await statuses('/none')).toEqual([200, 200, 200])
    expect(await statuses('/user')).toEqual([401, 200, 401])
    expect(await statuses('/service')).toEqual([403, 403, 200])
  })

  test('of a user is counted before its handler, and says how long to wait when there were too many', async () => {
    const user = { headers: { authorization: `Bearer ${await sign({})}` } }
    const details = 'Retry after 9 seconds. At most 100 requests in 900 seconds.'
    counted = { status: 429, body: { code: 'rate_limited', message: 'Too many requests.', details, hint: 'Wait.' } }
    const refused = await ok('/user', user)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '9'])
    expect(await refused.json()).toEqual(counted.body)
    expect((await ok('/none')).status).toBe(200)

    counted = { status: 401, body: { code: 'PGRST303', message: 'JWT expired' } }
    const expired = await ok('/user', user)
    expect([expired.status, Problem.parse(await expired.json()).code]).toEqual([401, 'not_authenticated'])

    counted = { status: 204 }
    expect((await ok('/user', user)).status).toBe(200)
  })

  test('that is open to all is counted by address, except for the backend, and goes on where it cannot be counted', async () => {
    const details = 'Retry after 15 seconds. At most 60 requests in 900 seconds.'
    const body = { code: 'rate_limited', message: 'Too many requests.', details, hint: 'Wait.' }
    countedAddress = { status: 429, body }
    const refused = await ok('/none')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '15'])
    expect(await refused.json()).toEqual(body)
    expect((await ok('/none', { headers: { apikey: SECRET } })).status).toBe(200)

    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    countedAddress = { status: 503, body: { message: 'no connection' } }
    expect((await ok('/none')).status).toBe(200)
    expect(log).toHaveBeenCalledWith(expect.stringContaining('503'))
    log.mockRestore()
    countedAddress = { status: 204 }
  })

  test('that throws answers internal, says nothing of the cause, and logs it', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const response = await appOf(() => Promise.reject(new Error('password=hunter2')))('/none')
    const text = await response.text()
    expect([response.status, Problem.parse(JSON.parse(text)).code]).toEqual([500, 'internal'])
    expect(text).not.toContain('hunter2')
    const requestId = response.headers.get('x-request-id') ?? ''
    expect(requestId).not.toBe('')
    expect(log).toHaveBeenCalledWith(expect.stringContaining(requestId))
    expect(log).toHaveBeenCalledWith(expect.stringContaining('hunter2'))
    log.mockRestore()
  })

  test('that throws an AppError answers it', async () => {
    const response = await appOf(() => Promise.reject(new AppError('body_too_large', { details: 'd' })))('/none')
    expect([response.status, Problem.parse(await response.json())]).toEqual([
      413,
      {
        code: 'body_too_large',
        details: 'd',
        message: ERRORS.body_too_large.message,
        hint: ERRORS.body_too_large.hint,
      },
    ])
  })

  test('that is not there is route_not_found', async () => {
    for (const response of [await ok('/absent'), await ok('/none', { method: 'POST' })])
      expect([response.status, Problem.parse(await response.json()).code]).toEqual([404, 'route_not_found'])
  })

  test('keeps the id of the request where it is one, and answers a browser of any origin', async () => {
    const id = crypto.randomUUID()
    expect((await ok('/none', { headers: { 'x-request-id': id } })).headers.get('x-request-id')).toBe(id)
    expect((await ok('/none', { headers: { 'x-request-id': 'a\t<b>' } })).headers.get('x-request-id')).toMatch(
      /^[\w-]{36}$/,
    )
    const preflight = await ok('/user', {
      method: 'OPTIONS',
      headers: { origin: 'https://app.test', 'access-control-request-method': 'GET' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
  })
})

describe('metrics', () => {
  test('are written as Prometheus reads them', () => {
    const text = renderMetrics([
      { name: 'a_total', help: 'Line\nbreak.', type: 'counter', samples: [{ value: 1 }] },
      { name: 'b', help: 'B.', type: 'gauge', samples: [{ labels: { x: 'q"\\\n', y: '2' }, value: 0.5 }] },
    ])
    expect(text).toBe(
      [
        '# HELP a_total Line\\nbreak.',
        '# TYPE a_total counter',
        'a_total 1',
        '# HELP b B.',
        '# TYPE b gauge',
        'b{x="q\\"\\\\\\n",y="2"} 0.5',
        '',
      ].join('\n'),
    )
  })
})

describe('the packages', () => {
  test('of the functions are those of the repository, version for version', async () => {
    const read = async (path: string): Promise<unknown> =>
      JSON.parse(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8'))
    const { imports } = z
      .object({ imports: z.record(z.string(), z.string()) })
      .parse(await read('supabase/functions/deno.json'))
    const { dependencies } = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(await read('package.json'))
    for (const [name, target] of Object.entries(imports)) {
      const [, bare = '', subpath = ''] = /^((?:@[^/]+\/)?[^/]+)(.*)$/.exec(name) ?? []
      expect(target).toBe(`npm:${bare}@${dependencies[bare]}${subpath}`)
    }
  })
})
