import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../stack/config.ts'
import { Gateway, type GatewayRoutes } from '../../stack/gateway/gateway.ts'
import { generateKeys, type Keys } from '../../stack/keys.ts'
import { createLog } from '../../stack/log.ts'
import { freePorts } from '../../stack/ports.ts'
import type { HttpService } from '../../stack/service.ts'
import { Tokens } from '../../stack/tokens.ts'

const PROJECT = new URL('../rest/fixture', import.meta.url).pathname
const LINE = z.looseObject({ message: z.string() })
const Seen = z.object({
  service: z.string(),
  method: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  length: z.number(),
})

/** What stands behind the gateway: it tells what it was asked, unless the path says that something else shall happen. */
class Echo implements HttpService {
  readonly needs = []
  readonly name: string
  readonly upgrades: IncomingMessage[] = []
  waiting: AbortSignal | undefined

  constructor(name: string) {
    this.name = name
  }

  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  async ready(): Promise<boolean> {
    return true
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    if (pathname === '/crash') throw new Error('a secret that only the log may have')
    if (pathname === '/wait') return this.#waitFor(request.signal)
    if (pathname === '/events')
      return new Response(eventStream(request.signal), { headers: { 'content-type': 'text/event-stream' } })
    if (pathname === '/own-cors')
      return new Response(null, { headers: { 'access-control-allow-origin': 'https://app.test' } })
    const body = await request.arrayBuffer()
    return Response.json({
      service: this.name,
      method: request.method,
      path: pathname + search,
      headers: Object.fromEntries(request.headers),
      length: body.byteLength,
    })
  }

  upgrade(request: IncomingMessage, socket: Duplex): void {
    this.upgrades.push(request)
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\nhello')
  }

  #waitFor(signal: AbortSignal): Promise<Response> {
    this.waiting = signal
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  }
}

function eventStream(signal: AbortSignal): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('data: first\n\n'))
      signal.addEventListener('abort', () => controller.close())
    },
  })
}

let keys: Keys
let gateway: Gateway
let base: string
let lines: z.infer<typeof LINE>[]
let services: { readonly [name in keyof GatewayRoutes]: Echo }

beforeEach(async () => {
  keys = await generateKeys()
  lines = []
  const ports = await freePorts(0)
  base = `http://127.0.0.1:${ports.gateway}`
  services = {
    rest: new Echo('rest'),
    auth: new Echo('auth'),
    storage: new Echo('storage'),
    realtime: new Echo('realtime'),
    functions: new Echo('functions'),
  }
  gateway = new Gateway(
    {
      config: await readConfig(PROJECT),
      keys,
      projectDir: PROJECT,
      dataDir: PROJECT,
      ports,
      log: createLog((line) => lines.push(LINE.parse(JSON.parse(line)))),
    },
    services,
  )
  await gateway.start()
})

afterEach(() => gateway.stop())

async function see(path: string, init?: RequestInit): Promise<z.infer<typeof Seen>> {
  const response = await fetch(base + path, init)
  expect(response.status).toBe(200)
  return Seen.parse(await response.json())
}

async function refusal(path: string, init?: RequestInit): Promise<{ status: number; code: unknown }> {
  const response = await fetch(base + path, init)
  const body = z.strictObject({ code: z.string(), message: z.string(), details: z.null(), hint: z.string() })
  return { status: response.status, code: body.parse(await response.json()).code }
}

const publishable = (): Record<string, string> => ({ apikey: keys.publishableKey })

describe('routes', () => {
  test.each(['rest', 'auth', 'storage', 'realtime', 'functions'])(
    '/%s/v1 reaches its service, which sees the rest',
    async (name) => {
      expect(await see(`/${name}/v1/a%20b/c?x=1&y=%2F`, { headers: publishable() })).toMatchObject({
        service: name,
        path: '/a%20b/c?x=1&y=%2F',
      })
      expect(await see(`/${name}/v1`, { headers: publishable() })).toMatchObject({ service: name, path: '/' })
    },
  )

  test.each(['/', '/rest', '/rest/v2/x', '/rest/v1x', '/graphql/v1', '//rest/v1/x', '/rest%2Fv1/x'])(
    '%s leads nowhere',
    async (path) => {
      expect(await refusal(path, { headers: publishable() })).toEqual({ status: 404, code: 'route_not_found' })
    },
  )

  test('a path that climbs out of an open prefix needs a key where it arrives', async () => {
    const climb = (headers: Record<string, string>): Promise<number> =>
      new Promise((resolve, reject) => {
        const path = '/storage/v1/object/public/%2e%2e/../../../rest/v1/secrets'
        httpRequest(base, { path, headers }, (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        })
          .on('error', reject)
          .end()
      })
    expect(await climb({})).toBe(401)
    expect(await climb(publishable())).toBe(200)
  })
})

describe('API keys', () => {
  test('none and an unknown one are refused', async () => {
    expect(await refusal('/rest/v1/x')).toEqual({ status: 401, code: 'UNAUTHORIZED_MISSING_API_KEY' })
    for (const apikey of ['nonsense', 'sb_publishable_x', 'sb_secret_x', `${keys.secretKey}x`])
      expect(await refusal('/rest/v1/x', { headers: { apikey } })).toEqual({
        status: 401,
        code: 'UNAUTHORIZED_INVALID_API_KEY',
      })
  })

  test('a JWT is one only when this stack signed it for anon or service_role', async () => {
    const sign = (claims: Record<string, unknown>, secret: string): Promise<string> =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret))
    const exp = Math.floor(Date.now() / 1000) + 60
    const session = await new Tokens(keys).sign({ sub: crypto.randomUUID(), role: 'authenticated', exp })
    const refused = [
      session,
      await sign({ role: 'service_role', exp }, 'another-secret-of-more-than-32-characters'),
      await sign({ role: 'service_role', exp: exp - 120 }, keys.jwtSecret),
      await sign({ role: 'postgres', exp }, keys.jwtSecret),
    ]
    for (const apikey of refused)
      expect(await refusal('/rest/v1/x', { headers: { apikey } })).toEqual({
        status: 401,
        code: 'UNAUTHORIZED_INVALID_API_KEY',
      })
    for (const apikey of [keys.anonKey, keys.serviceRoleKey, await sign({ role: 'anon', exp }, keys.jwtSecret)])
      expect((await see('/rest/v1/x', { headers: { apikey } })).headers.authorization).toBe(`Bearer ${apikey}`)
  })

  test('an opaque key is exchanged for its JWT, and a user keeps their own token', async () => {
    const authorization = async (headers: Record<string, string>): Promise<unknown> =>
      (await see('/rest/v1/x', { headers })).headers.authorization
    const { publishableKey, secretKey, anonKey, serviceRoleKey } = keys
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
    expect(await see(`/rest/v1/x?apikey=${keys.secretKey}&id=eq.1&apikeys=2`)).toMatchObject({
      path: '/x?id=eq.1&apikeys=2',
    })
  })

  test('a browser may not use the secret key', async () => {
    const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' }
    expect(await refusal('/rest/v1/x', { headers: { apikey: keys.secretKey, ...browser } })).toEqual({
      status: 401,
      code: 'UNAUTHORIZED_INVALID_API_KEY_TYPE',
    })
    await see('/rest/v1/x', { headers: { ...publishable(), ...browser } })
  })

  test.each([
    '/auth/v1/verify?token=x',
    '/auth/v1/callback',
    '/auth/v1/authorize?provider=google',
    '/auth/v1/.well-known/jwks.json',
    '/storage/v1/object/public/avatars/a.png',
    '/functions/v1/health',
  ])('%s needs none', async (path) => {
    const { headers } = await see(path)
    expect(headers).not.toHaveProperty('authorization')
  })

  test.each(['/auth/v1/user', '/auth/v1/verify/x', '/auth/v1/admin/users', '/realtime/v1/api/broadcast'])(
    '%s needs one',
    async (path) => {
      expect(await refusal(path)).toEqual({ status: 401, code: 'UNAUTHORIZED_MISSING_API_KEY' })
    },
  )
})

describe('what a service is told, and what a client', () => {
  test("the client's address is that of its socket, whatever it claims", async () => {
    const { headers } = await see('/rest/v1/x', {
      headers: {
        ...publishable(),
        'x-forwarded-for': '203.0.113.7',
        'x-forwarded-host': 'evil.test',
        'x-real-ip': '203.0.113.7',
        forwarded: 'for=203.0.113.7',
      },
    })
    expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-prefix': '/rest/v1' })
    expect(headers['x-forwarded-host']).toBe(new URL(base).host)
    expect(headers).not.toHaveProperty('forwarded')
    expect(headers).not.toHaveProperty('x-real-ip')
  })

  test('a request id is made, or kept where it is one, and is in the answer, the log and the request', async () => {
    const made = await fetch(`${base}/rest/v1/x`, { headers: publishable() })
    const id = made.headers.get('x-request-id')
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(Seen.parse(await made.json()).headers['x-request-id']).toBe(id)
    const kept = await fetch(`${base}/rest/v1/x`, { headers: { ...publishable(), 'x-request-id': 'my-trace:1' } })
    expect(kept.headers.get('x-request-id')).toBe('my-trace:1')
    const replaced = await fetch(`${base}/rest/v1/x`, {
      headers: { ...publishable(), 'x-request-id': 'a {"fake": "line"}' },
    })
    expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    await expect
      .poll(() => lines.map(({ request_id }) => request_id))
      .toEqual(expect.arrayContaining([id, 'my-trace:1']))
  })

  test('the access log has what happened and to whom, but no secret', async () => {
    const sub = crypto.randomUUID()
    const token = await new Tokens(keys).sign({ sub, role: 'authenticated', exp: Math.floor(Date.now() / 1000) + 60 })
    await fetch(`${base}/rest/v1/people?name=eq.Ana&apikey=${keys.publishableKey}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: 'x',
    })
    await expect.poll(() => lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({
      service: 'gateway',
      message: 'request',
      method: 'POST',
      path: '/rest/v1/people',
      status: 200,
      ms: expect.any(Number),
      user_id: sub,
    })
    expect(JSON.stringify(lines)).not.toMatch(/Ana|eyJ|sb_/)
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
    const answered = await fetch(`${base}/rest/v1/x`, preflight)
    expect(answered.status).toBe(204)
    expect(Object.fromEntries(answered.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'apikey,x-mine',
      'access-control-allow-methods': expect.stringContaining('PATCH'),
    })
    expect(await see('/functions/v1/f', preflight)).toMatchObject({ service: 'functions', method: 'OPTIONS' })
    const own = await fetch(`${base}/functions/v1/own-cors`)
    expect(own.headers.get('access-control-allow-origin')).toBe('https://app.test')
    const refused = await fetch(`${base}/rest/v1/x`)
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
    expect(refused.headers.get('access-control-expose-headers')).toContain('Content-Range')
  })

  test('a service that crashes is a 500 that says nothing, and the log says why', async () => {
    const response = await fetch(`${base}/rest/v1/crash`, { headers: publishable() })
    expect(response.status).toBe(500)
    const body = await response.text()
    expect(JSON.parse(body)).toMatchObject({ code: 'internal_error' })
    expect(body).not.toMatch(/secret|gateway\.unit|at /)
    expect(JSON.stringify(lines)).toContain('a secret that only the log may have')
    await see('/rest/v1/x', { headers: publishable() })
  })
})

describe('bodies', () => {
  const post = (length: number): RequestInit => ({
    method: 'POST',
    headers: publishable(),
    body: new Uint8Array(length),
  })

  test.each([
    ['/rest/v1/x', 4],
    ['/auth/v1/signup', 1],
    ['/storage/v1/object/b/x', 3],
    ['/functions/v1/x', 20],
  ])('%s takes %i MiB and no more', async (path, mebibytes) => {
    expect((await see(path, post(mebibytes * 2 ** 20))).length).toBe(mebibytes * 2 ** 20)
    expect(await refusal(path, post(mebibytes * 2 ** 20 + 1))).toEqual({ status: 413, code: 'payload_too_large' })
  })

  test.each(['/rest/v1/x', '/storage/v1/object/b/x'])(
    '%s finds out about a body that does not tell its length',
    async (path) => {
      const send = (chunks: number): Promise<number> =>
        new Promise((resolve, reject) => {
          const outgoing = httpRequest(base + path, { method: 'POST', headers: publishable() }, (response) => {
            response.resume()
            resolve(response.statusCode ?? 0)
          }).on('error', reject)
          for (let chunk = 0; chunk < chunks; chunk += 1) outgoing.write(Buffer.alloc(2 ** 20))
          outgoing.end()
        })
      expect(await send(2)).toBe(200)
      expect(await send(10)).toBe(413)
    },
  )

  test('an answer is passed on as it comes, and a client that leaves ends it', async () => {
    const client = new AbortController()
    const response = await fetch(`${base}/functions/v1/events`, { signal: client.signal })
    const reader = response.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: first\n\n')
    client.abort()
    await expect.poll(() => lines.filter(({ path }) => path === '/functions/v1/events')).toHaveLength(1)
  })

  test('a service learns that the client left', async () => {
    const client = new AbortController()
    const response = fetch(`${base}/functions/v1/wait`, { signal: client.signal })
    const failed = expect(response).rejects.toThrow()
    await expect.poll(() => services.functions.waiting?.aborted).toBe(false)
    client.abort()
    await failed
    await expect.poll(() => services.functions.waiting?.aborted).toBe(true)
    await see('/rest/v1/x', { headers: publishable() })
    expect(lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})

describe('sockets', () => {
  const upgrade = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(base).port), '127.0.0.1', () =>
        socket.write(
          `GET ${path} HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nx-forwarded-for: 203.0.113.7\r\n\r\n`,
        ),
      )
      socket.once('data', (data) => resolve(data.toString())).once('error', reject)
    })

  test('a WebSocket is handed to Realtime with its key exchanged, and refused without one', async () => {
    expect(await upgrade('/realtime/v1/websocket')).toMatch(/^HTTP\/1.1 401 [\s\S]*UNAUTHORIZED_MISSING_API_KEY/)
    expect(await upgrade('/realtime/v1/websocket?apikey=nonsense')).toMatch(/^HTTP\/1.1 401 /)
    expect(await upgrade(`/rest/v1/x?apikey=${keys.publishableKey}`)).toMatch(/^HTTP\/1.1 404 /)
    expect(services.realtime.upgrades).toEqual([])
    expect(await upgrade(`/realtime/v1/websocket?apikey=${keys.publishableKey}&vsn=2.0.0`)).toMatch(/^HTTP\/1.1 101 /)
    const [request] = services.realtime.upgrades
    expect(request?.url).toBe(`/websocket?apikey=${keys.anonKey}&vsn=2.0.0`)
    expect(request?.headers['x-forwarded-for']).toBe('127.0.0.1')
  })

  test('stop ends idle connections, streams and WebSockets at once, and may be called twice', async () => {
    const idle = connect(Number(new URL(base).port), '127.0.0.1')
    const closed = new Promise((resolve) => idle.once('close', resolve))
    await see('/rest/v1/x', { headers: publishable() })
    const stream = await fetch(`${base}/functions/v1/events`)
    await upgrade(`/realtime/v1/websocket?apikey=${keys.publishableKey}`)
    const began = performance.now()
    await gateway.stop()
    await gateway.stop()
    await closed
    expect(performance.now() - began).toBeLessThan(1_000)
    await expect(stream.text()).rejects.toThrow()
    await expect(fetch(`${base}/rest/v1/x`)).rejects.toThrow()
    expect(await gateway.ready()).toBe(false)
  })
})
