import { randomBytes } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../stack/config.ts'
import type { StackContext } from '../../stack/context.ts'
import { Functions } from '../../stack/functions/functions.ts'
import { generateKeys } from '../../stack/keys.ts'
import { createLog } from '../../stack/log.ts'
import { Tokens } from '../../stack/tokens.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FIXTURE = fileURLToPath(new URL('./fixture/', import.meta.url))

const lines: string[] = []
let context: StackContext
let functions: Functions

const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  functions.fetch(new Request(`http://stack.test${path}`, init))
const source = (name: string): string => join(context.projectDir, 'supabase', 'functions', name, 'index.ts')

async function write(name: string, code: string): Promise<void> {
  await mkdir(join(source(name), '..'), { recursive: true })
  await writeFile(source(name), code)
}

async function problem(response: Response): Promise<unknown> {
  const { code } = z.object({ code: z.string(), message: z.string() }).parse(await response.json())
  expect(response.headers.get('sb-error-code')).toBe(code)
  return [response.status, code]
}

beforeAll(async () => {
  // Below the repository, so that the functions find its packages as those of a project do.
  await mkdir(join(ROOT, '.stack'), { recursive: true })
  const projectDir = await mkdtemp(join(ROOT, '.stack', 'test-functions-'))
  await cp(FIXTURE, projectDir, { recursive: true })
  context = {
    config: await readConfig(projectDir),
    keys: await generateKeys(),
    projectDir,
    dataDir: projectDir,
    ports: { gateway: 1, postgres: 2, mailbox: 3, smtp: 4 },
    log: createLog((line) => lines.push(line)),
  }
  process.env.OF_THE_STACK = 'not for the functions'
  functions = new Functions(context, { stallMs: 800, wallClockMs: 4_000 })
  await functions.start()
})

afterAll(async () => {
  await functions.stop()
  await rm(context.projectDir, { recursive: true, force: true })
})

describe('a function', () => {
  test('that calls Deno.serve sees its own name in the path', async () => {
    const response = await get('/open?a=1')
    expect(await response.json()).toEqual({ url: 'http://stack.test/open?a=1' })
  })

  test.each([
    ['public.test:8000', 'http://public.test:8000/open?a=1'],
    ['public.test/open/echo?x=', 'http://public.test/open?a=1'],
    ['user@public.test#', 'http://public.test/open?a=1'],
    ['a b', 'http://stack.test/open?a=1'],
  ])('takes from the header Host: %s no more than a host', async (host, url) => {
    const response = await get('/open?a=1', { headers: { host } })
    expect([response.status, await response.json()]).toEqual([200, { url }])
  })

  test('that exports fetch is served from the entrypoint that config.toml names', async () => {
    expect(await (await get('/renamed')).text()).toBe('the other entrypoint')
  })

  test('is called by every method with its body untouched', async () => {
    const body = randomBytes(300_000)
    const response = await get('/open/echo', { method: 'POST', body })
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), body)).toBe(0)
  })

  test('may answer without reading its body', async () => {
    const body = randomBytes(3_000_000)
    const calls = Array.from({ length: 30 }, () => get('/open/refused', { method: 'POST', body }))
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(calls.map(() => 401))
  })

  // The answer to a request whose body is on its way still closes the connection under it.
  test('may answer without reading a small one, however often', async () => {
    const statuses = new Set<number>()
    for (let turn = 0; turn < 200; turn += 1)
      statuses.add((await get('/open/refused', { method: 'POST', body: '{}' })).status)
    expect([...statuses]).toEqual([401])
  })

  test('answers with several cookies and no body', async () => {
    const response = await get('/open/cookies')
    expect([response.status, response.headers.getSetCookie()]).toEqual([204, ['a=1', 'b=2']])
  })

  test('keeps its state between requests, which share a process', async () => {
    const counts = await Promise.all([1, 2, 3].map(async () => (await get('/open/count')).json()))
    expect(counts).toEqual(expect.arrayContaining([{ count: 1 }, { count: 2 }, { count: 3 }]))
  })

  test('gets the environment of hosted functions, its secrets, and nothing of this process', async () => {
    const environment = z.record(z.string(), z.string()).parse(await (await get('/open/environment')).json())
    expect(environment).toMatchObject({
      SUPABASE_URL: 'http://127.0.0.1:1',
      SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: context.keys.publishableKey }),
      SUPABASE_SECRET_KEYS: JSON.stringify({ default: context.keys.secretKey }),
      SUPABASE_SERVICE_ROLE_KEY: context.keys.serviceRoleKey,
      GREETING: 'hello',
      FROM_FILE: 'two words',
    })
    expect(JSON.parse(environment.SUPABASE_JWKS ?? '')).toMatchObject({ keys: [{ kid: context.keys.signingKey.kid }] })
    expect(environment).not.toHaveProperty('OF_THE_STACK')
  })

  test('reads its own folder, and neither the keys of the stack nor the disk', async () => {
    const keys = join(context.dataDir, 'keys.json')
    await writeFile(keys, 'secret')
    expect((await get(`/open/read?path=${source('open')}`)).status).toBe(200)
    for (const path of [keys, '/etc/hostname'])
      expect(await (await get(`/open/read?path=${path}`)).text()).toBe('NotCapable')
    expect(await (await get(`/open/write?path=${source('open')}`)).text()).toBe('NotCapable')
  })

  test('logs under its name', async () => {
    await (await get('/open/log')).text()
    await expect
      .poll(() => lines.map((line) => JSON.parse(line)))
      .toContainEqual(expect.objectContaining({ function: 'open', message: 'a line of the function' }))
  })

  test('streams: the first event arrives while the answer goes on, and leaving cancels it', async () => {
    const leave = new AbortController()
    const response = await get('/open/stream', { signal: leave.signal })
    const first = await response.body?.getReader().read()
    expect(new TextDecoder().decode(first?.value)).toBe('data: first\n\n')
    expect(await (await get('/open/cancelled')).json()).toEqual({ cancelled: 0 })
    leave.abort()
    await expect.poll(async () => (await get('/open/cancelled')).json()).toEqual({ cancelled: 1 })
  })
})

describe('what is not there', () => {
  test.each(['/absent', '/disabled', '/_shared', '/', '/..%2fopen', '/open%00'])('%s is not found', async (path) => {
    expect(await problem(await get(path))).toEqual([404, 'NOT_FOUND'])
  })
})

describe('verify_jwt', () => {
  const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } })
  const seconds = (): number => Math.floor(Date.now() / 1000)
  const user = (exp: number): Promise<string> =>
    new Tokens(context.keys).sign({ sub: crypto.randomUUID(), role: 'authenticated', exp })
  const status = async (init: RequestInit): Promise<unknown> => {
    const response = await get('/guarded', init)
    return response.ok ? response.text() : problem(response)
  }

  test('lets in a session, a legacy key and an API key of the new kind', async () => {
    const { anonKey, publishableKey, secretKey } = context.keys
    for (const init of [
      bearer(await user(seconds() + 60)),
      bearer(anonKey),
      { headers: { apikey: publishableKey, authorization: `Bearer ${publishableKey}` } },
      { headers: { apikey: secretKey } },
    ])
      expect(await status(init)).toBe('let in')
  })

  test('refuses an expired session', async () => {
    expect(await status(bearer(await user(seconds() - 1)))).toEqual([401, 'UNAUTHORIZED_ASYMMETRIC_JWT'])
  })

  test('refuses a session signed with a key of somebody else under the real key id', async () => {
    const stranger = await generateKeys()
    const forged = await new Tokens({
      ...stranger,
      signingKey: { ...stranger.signingKey, kid: context.keys.signingKey.kid ?? '' },
    }).sign({ sub: 'x', role: 'service_role', exp: seconds() + 60 })
    expect(await status(bearer(forged))).toEqual([401, 'UNAUTHORIZED_ASYMMETRIC_JWT'])
  })

  test('refuses a legacy token with the wrong secret', async () => {
    const forged = await new SignJWT({ role: 'service_role' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1m')
      .sign(randomBytes(32))
    expect(await status(bearer(forged))).toEqual([401, 'UNAUTHORIZED_LEGACY_JWT'])
  })

  test('refuses an unsigned token', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const unsigned = `${part({ alg: 'none' })}.${part({ role: 'service_role' })}.`
    expect(await status(bearer(unsigned))).toEqual([401, 'UNAUTHORIZED_UNSUPPORTED_TOKEN_ALGORITHM'])
  })

  test('refuses no token, half a token and an unknown API key', async () => {
    expect(await status({})).toEqual([401, 'UNAUTHORIZED_NO_AUTH_HEADER'])
    expect(await status(bearer('abc'))).toEqual([401, 'UNAUTHORIZED_INVALID_JWT_FORMAT'])
    const unknown = `sb_secret_${'x'.repeat(22)}_${'y'.repeat(8)}`
    expect(await status({ headers: { apikey: unknown, authorization: `Bearer ${unknown}` } })).toEqual([
      401,
      'UNAUTHORIZED_INVALID_JWT_FORMAT',
    ])
  })
})

describe('a failing function', () => {
  test('that throws answers 500 and lives on', async () => {
    expect((await get('/open/throw')).status).toBe(500)
    expect((await get('/open/log')).status).toBe(200)
  })

  test('that exits answers WORKER_ERROR, and the next request gets a new process', async () => {
    expect(await problem(await get('/open/exit'))).toEqual([500, 'WORKER_ERROR'])
    expect((await get('/open/log')).status).toBe(200)
  })

  test('that never yields is ended, while another function answers', async () => {
    // Started before, because on a busy machine that may take longer than a loop is given.
    await (await get('/renamed')).text()
    const looping = get('/open/loop')
    await expect.poll(() => lines.some((line) => line.includes('"looping"'))).toBe(true)
    const first = await Promise.race([looping, get('/renamed')])
    expect(await first.text()).toBe('the other entrypoint')
    expect(await problem(await looping)).toEqual([546, 'WORKER_RESOURCE_LIMIT'])
    expect((await get('/open/log')).status).toBe(200)
  })

  test('that never answers is given up after the wall-clock limit', async () => {
    expect(await problem(await get('/open/forever'))).toEqual([504, 'IDLE_TIMEOUT'])
    expect((await get('/open/log')).status).toBe(200)
  })

  test('that cannot be imported answers BOOT_ERROR until it is mended', async () => {
    await write('open/../broken', 'export default {')
    const anon = { headers: { authorization: `Bearer ${context.keys.anonKey}` } }
    expect(await problem(await get('/broken', anon))).toEqual([503, 'BOOT_ERROR'])
    await write('broken', `export default { fetch: () => new Response('mended') }`)
    await expect.poll(async () => (await get('/broken', anon)).text()).toBe('mended')
  })

  test('without a handler answers BOOT_ERROR', async () => {
    await write('empty', 'export {}')
    const anon = { headers: { authorization: `Bearer ${context.keys.anonKey}` } }
    expect(await problem(await get('/empty', anon))).toEqual([503, 'BOOT_ERROR'])
  })
})

describe('reload', () => {
  const anon = (): RequestInit => ({ headers: { authorization: `Bearer ${context.keys.anonKey}` } })

  test('a change is served to the next request, and the one under way ends on the old code', async () => {
    await write(
      'changing',
      `console.log('changing is up')
      export default { fetch: () => new Promise((done) => setTimeout(() => done(new Response('old')), 800)) }`,
    )
    const underWay = get('/changing', anon())
    await expect.poll(() => lines.some((line) => line.includes('changing is up'))).toBe(true)
    await writeFile(source('changing'), `export default { fetch: () => new Response('new') }`)
    await expect.poll(async () => (await get('/changing', anon())).text()).toBe('new')
    expect(await (await underWay).text()).toBe('old')
  })

  test('a change of what functions share reaches those that import it', async () => {
    const shared = join(context.projectDir, 'supabase', 'functions', '_shared')
    await mkdir(shared, { recursive: true })
    await writeFile(join(shared, 'word.ts'), `export const word = 'one'`)
    await write(
      'sharing',
      `import { word } from '../_shared/word.ts'; export default { fetch: () => new Response(word) }`,
    )
    expect(await (await get('/sharing', anon())).text()).toBe('one')
    await writeFile(join(shared, 'word.ts'), `export const word = 'two'`)
    await expect.poll(async () => (await get('/sharing', anon())).text()).toBe('two')
  })
})

describe('the number of processes', () => {
  test('is bounded: an idle one makes way, a busy one does not', async () => {
    const own = new Functions(context, { processes: 1 })
    await own.start()
    const status = async (path: string): Promise<number> =>
      (await own.fetch(new Request(`http://stack.test${path}`))).status
    expect(await status('/open')).toBe(200)
    expect(await status('/renamed')).toBe(200)
    await expect.poll(() => status('/open')).toBe(200)
    const streaming = await own.fetch(new Request('http://stack.test/open/stream'))
    expect(await problem(await own.fetch(new Request('http://stack.test/renamed')))).toEqual([
      503,
      'SERVICE_UNAVAILABLE',
    ])
    await streaming.body?.cancel()
    await expect.poll(() => status('/renamed')).toBe(200)
    await own.stop()
  })
})

describe('the end', () => {
  test('an idle process is ended, but not before its background task', async () => {
    const own = new Functions(context, { idleMs: 100 })
    await own.start()
    await write(
      'background',
      `export default { fetch() {
        EdgeRuntime.waitUntil(new Promise((resolve) => setTimeout(resolve, 600)).then(() => console.log('task done')))
        addEventListener('unload', () => console.log('unloaded'))
        return Response.json({ pid: Deno.pid })
      } }`,
    )
    const response = await own.fetch(
      new Request('http://stack.test/background', { headers: { apikey: context.keys.secretKey } }),
    )
    const { pid } = z.object({ pid: z.number() }).parse(await response.json())
    const isAlive = (): boolean => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    }
    await expect.poll(isAlive).toBe(false)
    await expect.poll(() => lines.map((line) => JSON.parse(line).message)).toContain('task done')
    await own.stop()
  })

  test('stop leaves no process, may be called twice, and ends a loop', async () => {
    const own = new Functions(context)
    await own.start()
    await (await own.fetch(new Request('http://stack.test/open'))).text()
    const loops = (): number => lines.filter((line) => line.includes('"looping"')).length
    const before = loops()
    const looping = own.fetch(new Request('http://stack.test/open/loop'))
    await expect.poll(loops).toBe(before + 1)
    await own.stop()
    await own.stop()
    expect(await problem(await looping)).toEqual([500, 'WORKER_ERROR'])
    expect(await problem(await own.fetch(new Request('http://stack.test/open')))).toEqual([503, 'SERVICE_UNAVAILABLE'])
  })
})
