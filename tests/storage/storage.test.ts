import { randomBytes } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { databaseUrl } from '../../stack/context.ts'
import { generateKeys } from '../../stack/keys.ts'
import { Storage } from '../../stack/storage/storage.ts'
import { Tokens } from '../../stack/tokens.ts'
import { type Database, startDatabase } from '../support/database.ts'
import '../support/web-socket.ts'

const OWN = `(storage.foldername(name))[1] = (select current_setting('request.jwt.claims', true)::json ->> 'sub')`

let database: Database
let storage: Storage
let db: postgres.Sql
let owner: SupabaseClient
let stranger: SupabaseClient
let anon: SupabaseClient
let service: SupabaseClient
const ownerId = crypto.randomUUID()
let ownerToken: string

// What the gateway does: the prefix goes, and an API key becomes the token of its role.
async function send(path: string, init?: RequestInit): Promise<Response> {
  const response = await storage.fetch(new Request(`http://stack.test${path}`, init))
  // Read whole at once, because a body that nobody reads keeps its file open.
  const body = await response.arrayBuffer()
  return new Response(body.byteLength === 0 ? null : body, { status: response.status, headers: response.headers })
}
const random = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array(randomBytes(size))
const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` })
const clientOf = (token: string): SupabaseClient =>
  createClient('http://stack.test', token, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { fetch: (input, init) => send(String(input).replace('http://stack.test/storage/v1', ''), init) },
  })
const userToken = (sub: string): Promise<string> =>
  new Tokens(database.context.keys).sign({ sub, role: 'authenticated', exp: Math.floor(Date.now() / 1000) + 600 })
const codeOf = async (response: Response): Promise<unknown> =>
  z
    .object({ statusCode: z.string(), code: z.string(), error: z.string(), message: z.string() })
    .parse(await response.json()).code
const statusOf = (result: { readonly error: unknown }): unknown =>
  z.object({ statusCode: z.string() }).nullable().parse(result.error)?.statusCode
const files = (): Promise<readonly string[]> => readdir(join(database.context.dataDir, 'storage', 'objects'))
const mine = (name: string): string => `${ownerId}/${name}`

beforeAll(async () => {
  database = await startDatabase()
  const { context } = database
  storage = new Storage({
    ...context,
    config: {
      ...context.config,
      storage: {
        file_size_limit: 1_000_000,
        buckets: { configured: { public: true, file_size_limit: 1000, allowed_mime_types: ['image/png'] } },
      },
    },
  })
  await storage.prepare()
  await storage.prepare()
  db = postgres(databaseUrl(context, 'postgres'), { onnotice: () => undefined })
  // As a migration written for hosted Supabase does.
  await db`
    insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
      ('private', 'private', false, null, null),
      ('open', 'open', true, null, null),
      ('pictures', 'pictures', false, 2000, '{image/png,image/jpeg}'),
      ('any-image', 'any-image', false, null, '{image/*}')`
  for (const command of ['select', 'insert', 'update', 'delete'])
    await db.unsafe(`
      create policy ${command}_own on storage.objects for ${command} to authenticated
      ${command === 'insert' ? 'with check' : 'using'} (bucket_id <> 'elsewhere' and ${OWN})`)
  await storage.start()
  ownerToken = await userToken(ownerId)
  owner = clientOf(ownerToken)
  stranger = clientOf(await userToken(crypto.randomUUID()))
  anon = clientOf(context.keys.anonKey)
  service = clientOf(context.keys.serviceRoleKey)
})

afterAll(async () => {
  await storage.stop()
  await storage.stop()
  await db.end()
  await database.stop()
})

describe('an object', () => {
  test('comes back byte for byte with its type and metadata, from a blob and from a buffer', async () => {
    const bytes = random(300_000)
    for (const body of [bytes, new Blob([bytes], { type: 'application/x-test' })]) {
      const name = mine(`round-${body instanceof Blob ? 'blob' : 'buffer'}`)
      const { data, error } = await owner.storage
        .from('private')
        .upload(name, body, { contentType: 'application/x-test', cacheControl: '60', metadata: { a: { b: 'ü' } } })
      expect(error).toBeNull()
      expect(data).toMatchObject({ path: name, fullPath: `private/${name}`, id: expect.any(String) })
      const download = await owner.storage.from('private').download(name)
      expect(Buffer.compare(Buffer.from((await download.data?.arrayBuffer()) ?? new ArrayBuffer(0)), bytes)).toBe(0)
      const info = await owner.storage.from('private').info(name)
      expect(info.data).toMatchObject({
        size: 300_000,
        contentType: 'application/x-test',
        cacheControl: 'max-age=60',
        metadata: { a: { b: 'ü' } },
      })
      const [row] = await db`select owner_id, owner, path_tokens from storage.objects where name = ${name}`
      expect(row).toEqual({ owner_id: ownerId, owner: ownerId, path_tokens: name.split('/') })
    }
  })

  test('is not overwritten unless asked, and leaves one file when it is', async () => {
    const bucket = owner.storage.from('private')
    const name = mine('twice')
    await bucket.upload(name, 'one')
    const before = (await files()).length
    expect(statusOf(await bucket.upload(name, 'two'))).toBe('409')
    expect(await (await bucket.download(name)).data?.text()).toBe('one')
    expect((await bucket.upload(name, 'three', { upsert: true })).error).toBeNull()
    expect((await bucket.update(name, 'four')).error).toBeNull()
    expect(await (await bucket.download(name)).data?.text()).toBe('four')
    expect((await files()).length).toBe(before)
  })

  test('written by many at once exists once, and no file is left over', async () => {
    const before = (await files()).length
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, i) => owner.storage.from('private').upload(mine('race'), `writer ${i}`)),
    )
    expect(results.filter(({ error }) => error === null)).toHaveLength(1)
    expect(results.map(statusOf).filter((status) => status === '409')).toHaveLength(7)
    expect((await files()).length).toBe(before + 1)
  })

  test('exists, moves, is copied and removed', async () => {
    const bucket = owner.storage.from('private')
    await bucket.upload(mine('a'), 'content')
    expect((await bucket.exists(mine('a'))).data).toBe(true)
    expect((await bucket.exists(mine('absent'))).data).toBe(false)
    expect((await bucket.move(mine('a'), mine('b'))).error).toBeNull()
    expect((await bucket.exists(mine('a'))).data).toBe(false)
    expect((await bucket.copy(mine('b'), mine('c'))).data?.path).toBe(`private/${mine('c')}`)
    expect((await bucket.remove([mine('b'), mine('absent')])).data?.map(({ name }) => name)).toEqual([mine('b')])
    expect(await (await bucket.download(mine('c'))).data?.text()).toBe('content')
    expect(statusOf(await bucket.move(mine('absent'), mine('d')))).toBe('404')
    await bucket.upload(mine('d'), 'taken')
    expect(statusOf(await bucket.move(mine('c'), mine('d')))).toBe('409')
    expect(statusOf(await bucket.copy(mine('c'), mine('d')))).toBe('409')
  })

  test('goes to another bucket by move and copy', async () => {
    const bucket = owner.storage.from('private')
    await bucket.upload(mine('across'), 'content')
    const destinationBucket = 'open'
    expect((await bucket.copy(mine('across'), mine('copied'), { destinationBucket })).error).toBeNull()
    expect((await bucket.move(mine('across'), mine('moved'), { destinationBucket })).error).toBeNull()
    for (const name of ['copied', 'moved'])
      expect(await (await send(`/object/public/open/${mine(name)}`)).text()).toBe('content')
    expect((await bucket.exists(mine('across'))).data).toBe(false)
  })

  test('is served in ranges, with validators, and as a download', async () => {
    await owner.storage.from('open').upload(mine('range.txt'), 'abcdefghij', { contentType: 'text/plain' })
    const url = `/object/public/open/${mine('range.txt')}`
    const get = (headers: Record<string, string>): Promise<Response> => send(url, { headers })
    const whole = await get({})
    expect([whole.status, whole.headers.get('content-length'), whole.headers.get('accept-ranges')]).toEqual([
      200,
      '10',
      'bytes',
    ])
    for (const [range, text, contentRange] of [
      ['bytes=2-4', 'cde', 'bytes 2-4/10'],
      ['bytes=7-', 'hij', 'bytes 7-9/10'],
      ['bytes=-2', 'ij', 'bytes 8-9/10'],
      ['bytes=8-99', 'ij', 'bytes 8-9/10'],
    ] as const) {
      const part = await get({ range })
      expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, text, contentRange])
    }
    expect(await codeOf(await get({ range: 'bytes=10-' }))).toBe('InvalidRange')
    expect((await get({ 'if-none-match': whole.headers.get('etag') ?? '' })).status).toBe(304)
    const head = await send(url, { method: 'HEAD' })
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['10', ''])
    const saved = await send(`${url}?download=my file.txt`)
    expect(saved.headers.get('content-disposition')).toContain('filename=my%20file.txt')
  })

  test('that is a page is not shown as one', async () => {
    await owner.storage.from('open').upload(mine('page'), '<script>1</script>', { contentType: 'text/html' })
    const { headers } = await send(`/object/public/open/${mine('page')}`)
    expect([headers.get('content-type'), headers.get('x-content-type-options')]).toEqual(['text/plain', 'nosniff'])
  })
})

describe('row-level security', () => {
  const target = mine('rls')
  beforeAll(async () => {
    await owner.storage.from('private').upload(target, 'secret')
  })

  test('lets the owner read, and neither a stranger nor anon', async () => {
    expect(await (await owner.storage.from('private').download(target)).data?.text()).toBe('secret')
    expect(await (await service.storage.from('private').download(target)).data?.text()).toBe('secret')
    for (const client of [stranger, anon]) {
      const bucket = client.storage.from('private')
      expect((await bucket.download(target)).error).not.toBeNull()
      expect((await bucket.exists(target)).data).toBe(false)
      expect(statusOf(await bucket.info(target))).toBe('404')
      expect((await bucket.list(ownerId)).data).toEqual([])
      expect(statusOf(await bucket.createSignedUrl(target, 60))).toBe('404')
      expect((await bucket.createSignedUrls([target], 60)).data?.[0]?.error).not.toBeNull()
    }
    expect((await owner.storage.from('private').list(ownerId, { search: 'rls' })).data).toHaveLength(1)
  })

  test('lets the owner write, and neither a stranger nor anon, whose attempts leave no file', async () => {
    const before = (await files()).length
    for (const client of [stranger, anon]) {
      const bucket = client.storage.from('private')
      expect(statusOf(await bucket.upload(mine('foreign'), 'x'))).toBe('403')
      expect(statusOf(await bucket.upload(target, 'x', { upsert: true }))).toBe('403')
      expect(statusOf(await bucket.createSignedUploadUrl(mine('foreign')))).toBe('403')
      expect(statusOf(await bucket.move(target, mine('stolen')))).toBe('404')
      expect(statusOf(await bucket.copy(target, mine('stolen')))).toBe('404')
      expect((await bucket.remove([target])).data).toEqual([])
    }
    expect((await files()).length).toBe(before)
    expect(await (await owner.storage.from('private').download(target)).data?.text()).toBe('secret')
  })

  test('binds moves and copies at both ends', async () => {
    const theirs = `${crypto.randomUUID()}/file`
    expect(statusOf(await owner.storage.from('private').move(target, theirs))).toBe('403')
    expect(statusOf(await owner.storage.from('private').copy(target, theirs))).toBe('403')
    expect((await owner.storage.from('private').exists(target)).data).toBe(true)
  })

  test('is told the operation', async () => {
    await db`create policy only_sign on storage.objects for select to anon
      using (bucket_id = 'private' and storage.allow_only_operation('object.sign'))`
    expect((await anon.storage.from('private').createSignedUrl(target, 60)).error).toBeNull()
    expect((await anon.storage.from('private').download(target)).error).not.toBeNull()
    await db`drop policy only_sign on storage.objects`
  })

  test('is not asked in a public bucket to read, but to write and to list', async () => {
    await owner.storage.from('open').upload(mine('seen'), 'by all')
    expect(await (await send(`/object/public/open/${mine('seen')}`)).text()).toBe('by all')
    expect(await (await send(`/object/open/${mine('seen')}`, { headers: bearer('expired.or.broken') })).text()).toBe(
      'by all',
    )
    expect((await stranger.storage.from('open').list(ownerId)).data).toEqual([])
    expect(statusOf(await stranger.storage.from('open').upload(mine('seen'), 'x', { upsert: true }))).toBe('403')
  })

  test.each([
    '/object/public/private/',
    '/object/private/',
    '/object/info/public/private/',
    '/render/image/public/private/',
  ])('%s shows nothing without a token', async (prefix) => {
    expect(await codeOf(await send(`${prefix}${target}`))).toBe('NoSuchBucket')
  })
})

describe('tokens', () => {
  test('expired and forged ones are refused; the control passes', async () => {
    const list = (token?: string): Promise<Response> =>
      send('/object/list/private', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token ? bearer(token) : {}) },
        body: '{"prefix":""}',
      })
    const { keys } = database.context
    const past = Math.floor(Date.now() / 1000) - 1
    const expired = await new Tokens(keys).sign({ sub: ownerId, role: 'authenticated', exp: past })
    const other = await generateKeys()
    const forged = await new Tokens({
      ...other,
      signingKey: { ...other.signingKey, kid: keys.signingKey.kid ?? '' },
    }).sign({
      sub: ownerId,
      role: 'service_role',
      exp: past + 60,
    })
    const superuser = await new Tokens(keys).sign({ sub: ownerId, role: 'supabase_admin', exp: past + 60 })
    for (const token of [expired, forged, superuser, undefined])
      expect(await codeOf(await list(token))).toBe('AccessDenied')
    expect((await list(ownerToken)).status).toBe(200)
  })
})

describe('signed URLs', () => {
  const path = (signed: string | null | undefined): string => (signed ?? '').replace('http://stack.test/storage/v1', '')

  test('open one object until they expire', async () => {
    await owner.storage.from('private').upload(mine('signed file.txt'), 'signed')
    const { data } = await owner.storage.from('private').createSignedUrl(mine('signed file.txt'), 1, { download: true })
    const url = path(data?.signedUrl)
    const open = await send(url)
    expect([open.status, await open.text(), open.headers.get('content-disposition')]).toEqual([
      200,
      'signed',
      'attachment;',
    ])
    expect(await codeOf(await send(url.replace('signed%20file', 'other')))).toBe('InvalidSignature')
    expect(
      await codeOf(await send(url.replace(/.(&|$)/, (end) => `${end.startsWith('A') ? 'B' : 'A'}${end.slice(1)}`))),
    ).toMatch(/InvalidJWT/)
    await expect.poll(async () => (await send(url)).status, { timeout: 5_000 }).toBe(400)
    expect(await codeOf(await send(url))).toBe('InvalidJWT')
  })

  test('for several objects say which are not there', async () => {
    await owner.storage.from('private').upload(mine('many'), 'many')
    const { data } = await owner.storage.from('private').createSignedUrls([mine('many'), mine('absent')], 60)
    expect(data?.map(({ error }) => error === null)).toEqual([true, false])
    expect(await (await send(path(data?.[0]?.signedUrl))).text()).toBe('many')
  })

  test('a session is no signature, and a signature no session', async () => {
    const { data } = await owner.storage.from('private').createSignedUrl(mine('many'), 60)
    const token = new URL(data?.signedUrl ?? '').searchParams.get('token') ?? ''
    expect(await codeOf(await send(`/object/sign/private/${mine('many')}?token=${ownerToken}`))).toBe('InvalidJWT')
    expect(await codeOf(await send('/bucket', { headers: bearer(token) }))).toBe('AccessDenied')
  })

  test('for an upload take one file as their signer, once', async () => {
    const { data } = await owner.storage.from('private').createSignedUploadUrl(mine('by-url'))
    const upload = (name: string): ReturnType<ReturnType<SupabaseClient['storage']['from']>['uploadToSignedUrl']> =>
      anon.storage.from('private').uploadToSignedUrl(name, data?.token ?? '', new Blob(['by url']))
    expect((await upload(mine('by-url'))).error).toBeNull()
    expect(statusOf(await upload(mine('by-url')))).toBe('409')
    expect(statusOf(await upload(mine('elsewhere')))).toBe('400')
    const [row] = await db`select owner_id from storage.objects where name = ${mine('by-url')}`
    expect(row?.owner_id).toBe(ownerId)
    // A token to read is none to write.
    const read = await owner.storage.from('private').createSignedUrl(mine('by-url'), 60)
    const token = new URL(read.data?.signedUrl ?? '').searchParams.get('token')
    expect(
      await codeOf(
        await send(`/object/upload/sign/private/${mine('by-url')}?token=${token}`, { method: 'PUT', body: 'x' }),
      ),
    ).toBe('InvalidSignature')
  })
})

describe('limits', () => {
  const picture = (size: number): Blob => new Blob([random(size)], { type: 'image/png' })

  test('of size hold for forms, raw bodies, and bodies of unknown length', async () => {
    const before = (await files()).length
    const bucket = owner.storage.from('pictures')
    expect((await bucket.upload(mine('fits.png'), picture(2000))).error).toBeNull()
    expect(statusOf(await bucket.upload(mine('large.png'), picture(2001)))).toBe('413')
    expect(statusOf(await bucket.upload(mine('large.png'), random(2001), { contentType: 'image/png' }))).toBe('413')
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(random(500)),
    })
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      duplex: 'half',
      headers: { ...bearer(ownerToken), 'content-type': 'image/png' },
      body: endless,
    }
    expect(await codeOf(await send(`/object/pictures/${mine('endless.png')}`, init))).toBe('EntityTooLarge')
    expect(statusOf(await owner.storage.from('private').upload(mine('huge'), random(1_000_001)))).toBe('413')
    expect((await files()).length).toBe(before + 1)
    expect(await readdir(join(database.context.dataDir, 'storage', 'uploads'))).toEqual([])
  })

  test('of type hold for what the client declares', async () => {
    const pictures = owner.storage.from('pictures')
    expect(statusOf(await pictures.upload(mine('a.png'), new Blob(['x'], { type: 'text/html' })))).toBe('415')
    expect(statusOf(await pictures.upload(mine('a.png'), 'x', { contentType: 'image/svg+xml' }))).toBe('415')
    const anyImage = owner.storage.from('any-image')
    expect((await anyImage.upload(mine('a.svg'), 'x', { contentType: 'image/svg+xml' })).error).toBeNull()
    expect(statusOf(await anyImage.upload(mine('a.pdf'), 'x', { contentType: 'application/pdf' }))).toBe('415')
  })
})

describe('hostile names', () => {
  const put = (path: string): Promise<Response> =>
    send(path, {
      method: 'POST',
      headers: { ...bearer(database.context.keys.serviceRoleKey), 'content-type': 'text/plain' },
      body: 'x',
    })

  test.each([
    '..%2f..%2fetc%2fpasswd',
    'a%2f..%2fb',
    '.',
    'a/%2e%2e%2fb',
    'a//b',
    '/a',
    'a/',
    'a%00b',
    'a%5cb',
    'ü',
    '%F0%9F%92%AA',
    'a%0ab',
    '%',
    '%zz',
    'x'.repeat(1025),
  ])('%s is refused', async (name) => {
    const before = (await files()).length
    const code = await codeOf(await put(`/object/private/${name}`))
    expect(['InvalidKey', 'InvalidRequest']).toContain(code)
    expect((await files()).length).toBe(before)
  })

  test('dot segments are resolved before anything is decided, as URLs are', async () => {
    const response = await put('/object/open/../private/resolved')
    expect(await response.json()).toMatchObject({ Key: 'private/resolved' })
  })

  test('what looks dangerous but is a name keeps to a file named by the server', async () => {
    const names = ['...', '..a', 'con', "it's (1) & $2=@;:+,!.txt", '-rf']
    for (const name of names) {
      expect((await service.storage.from('private').upload(`odd/${name}`, name)).error).toBeNull()
    }
    for (const version of await files()) expect(version).toMatch(/^[0-9a-f-]{36}$/)
    const { data } = await service.storage.from('private').list('odd')
    expect(data?.map(({ name }) => name).sort()).toEqual([...names].sort())
  })

  test.each(['a/b', '', '..', 'ü', 'x'.repeat(101)])('the bucket name %j is refused', async (id) => {
    expect(statusOf(await service.storage.createBucket(id))).toBe('400')
  })
})

describe('images', () => {
  const size = async (response: Response | Blob | null): Promise<unknown> => {
    const { width, height, format } = await sharp(
      Buffer.from((await response?.arrayBuffer()) ?? new ArrayBuffer(0)),
    ).metadata()
    return [width, height, format]
  }
  beforeAll(async () => {
    const png = await sharp({ create: { width: 400, height: 200, channels: 3, background: '#c02' } })
      .png()
      .toBuffer()
    for (const bucket of ['private', 'open'])
      await owner.storage.from(bucket).upload(mine('image.png'), png, { contentType: 'image/png' })
    await owner.storage.from('open').upload(mine('no-image.png'), 'x', { contentType: 'image/png' })
  })

  test.each([
    ['width=100', [100, 50, 'png']],
    ['width=100&height=100', [100, 100, 'png']],
    ['width=100&height=100&resize=contain', [100, 50, 'png']],
    ['width=100&height=120&resize=fill', [100, 120, 'png']],
    ['width=2000&resize=contain', [400, 200, 'png']],
    ['width=50&height=50&format=avif', [50, 50, 'heif']],
  ])('%s gives %j', async (query, expected) => {
    expect(await size(await send(`/render/image/public/open/${mine('image.png')}?${query}`))).toEqual(expected)
  })

  test('become WebP where the client takes it, unless it asks for the origin', async () => {
    const get = (query: string): Promise<Response> =>
      send(`/render/image/public/open/${mine('image.png')}?${query}`, { headers: { accept: 'image/webp,*/*' } })
    const webp = await get('width=100&height=50')
    expect(webp.headers.get('content-type')).toBe('image/webp')
    expect(await size(webp)).toEqual([100, 50, 'webp'])
    expect(await size(await get('width=100&height=50&format=origin'))).toEqual([100, 50, 'png'])
  })

  test('are rendered for the owner and by a signed URL, and for nobody else', async () => {
    const transform = { width: 40, height: 40 }
    const bucket = owner.storage.from('private')
    expect(await size((await bucket.download(mine('image.png'), { transform })).data)).toEqual([40, 40, 'png'])
    expect((await stranger.storage.from('private').download(mine('image.png'), { transform })).error).not.toBeNull()
    const { data } = await bucket.createSignedUrl(mine('image.png'), 60, { transform })
    const url = (data?.signedUrl ?? '').replace('http://stack.test/storage/v1', '')
    expect(await size(await send(`${url}&width=300`))).toEqual([40, 40, 'png'])
    expect(await codeOf(await send(url.replace('/render/image/sign', '/object/sign')))).toBe('InvalidSignature')
  })

  test.each(['width=0', 'width=2501', 'width=x', 'resize=zoom', 'quality=101', 'width=1e9'])(
    '%s is refused',
    async (query) => {
      expect(await codeOf(await send(`/render/image/public/open/${mine('image.png')}?${query}`))).toBe('InvalidRequest')
    },
  )

  test('that are none are refused', async () => {
    expect(await codeOf(await send(`/render/image/public/open/${mine('no-image.png')}?width=10`))).toBe(
      'InvalidRequest',
    )
  })
})

describe('lists', () => {
  beforeAll(async () => {
    for (const name of ['b', 'a', 'folder/x', 'folder/sub/y', 'C', 'per%cent', 'under_score'].map(
      (path) => `lists/${path}`,
    ))
      await service.storage.from('private').upload(name.replace('%', '&'), name)
  })

  test('show one level: folders without an id, then files in order', async () => {
    const { data } = await service.storage.from('private').list('lists')
    expect(data?.map(({ name, id }) => [name, id !== null])).toEqual([
      ['folder', false],
      ['C', true],
      ['a', true],
      ['b', true],
      ['per&cent', true],
      ['under_score', true],
    ])
    expect(data?.find(({ name }) => name === 'a')?.metadata).toMatchObject({ size: 7, contentLength: 7 })
    const below = await service.storage.from('private').list('lists/folder')
    expect(below.data?.map(({ name }) => name)).toEqual(['sub', 'x'])
  })

  test('are sorted, searched and paged', async () => {
    const names = async (options: object): Promise<unknown> =>
      (await service.storage.from('private').list('lists', options)).data?.map(({ name }) => name)
    expect(await names({ sortBy: { column: 'name', order: 'desc' } })).toEqual([
      'folder',
      'under_score',
      'per&cent',
      'b',
      'a',
      'C',
    ])
    expect(await names({ sortBy: { column: 'created_at', order: 'asc' }, offset: 1 })).toEqual([
      'b',
      'a',
      'C',
      'per&cent',
      'under_score',
    ])
    expect(await names({ limit: 2, offset: 1 })).toEqual(['C', 'a'])
    expect(await names({ search: 'UNDER' })).toEqual(['under_score'])
    expect(await names({ search: '_' })).toEqual([])
  })

  test('by cursor give every name once', async () => {
    const bucket = service.storage.from('private')
    const seen: string[] = []
    let cursor: string | null | undefined
    do {
      const { data } = await bucket.listV2({
        prefix: 'lists/',
        limit: 2,
        with_delimiter: true,
        ...(cursor ? { cursor } : {}),
      })
      seen.push(...(data?.folders.map(({ name }) => name) ?? []), ...(data?.objects.map(({ name }) => name) ?? []))
      cursor = data?.nextCursor
    } while (cursor)
    expect(seen.sort()).toEqual(['C', 'a', 'b', 'folder/', 'per&cent', 'under_score'].map((name) => `lists/${name}`))
  })
})

describe('buckets', () => {
  test('of config.toml are there with their limits', async () => {
    expect((await service.storage.getBucket('configured')).data).toMatchObject({
      public: true,
      file_size_limit: 1000,
      allowed_mime_types: ['image/png'],
    })
  })

  test('are made, changed, emptied and deleted by the service, and by nobody else', async () => {
    const id = `b-${crypto.randomUUID()}`
    expect(statusOf(await owner.storage.createBucket(id))).toBe('403')
    expect((await service.storage.createBucket(id, { public: false, fileSizeLimit: '1MB' })).data?.name).toBe(id)
    expect(statusOf(await service.storage.createBucket(id))).toBe('409')
    expect(statusOf(await owner.storage.getBucket(id))).toBe('404')
    expect((await owner.storage.listBuckets()).data).toEqual([])
    expect((await service.storage.updateBucket(id, { public: true, fileSizeLimit: 10 })).error).toBeNull()
    expect((await service.storage.getBucket(id)).data).toMatchObject({ public: true, file_size_limit: 10 })
    await service.storage.from(id).upload('x', 'x')
    expect(statusOf(await service.storage.deleteBucket(id))).toBe('409')
    expect(statusOf(await owner.storage.deleteBucket(id))).not.toBeUndefined()
    expect((await service.storage.emptyBucket(id)).error).toBeNull()
    expect((await service.storage.deleteBucket(id)).error).toBeNull()
    expect(statusOf(await service.storage.getBucket(id))).toBe('404')
    expect(statusOf(await service.storage.createBucket(`${id}-large`, { public: false, fileSizeLimit: '2MB' }))).toBe(
      '413',
    )
  })

  test('that are not there are said to be absent', async () => {
    expect(statusOf(await service.storage.from('absent').upload('x', 'x'))).toBe('404')
    expect(statusOf(await service.storage.from('absent').info('x'))).toBe('404')
  })
})

describe('what the database refuses to a migration, as hosted does', () => {
  const refusalOf = (query: string): Promise<unknown> =>
    db.unsafe(query).then(
      () => 'no refusal',
      (cause: unknown) => (cause instanceof postgres.PostgresError ? cause.code : cause),
    )

  test.each([
    'alter table storage.objects add column x integer',
    'alter table storage.objects disable row level security',
    'create index on storage.objects (owner)',
    'drop table storage.objects cascade',
    'drop function storage.extension(text)',
    'create table storage.mine (id integer)',
    `delete from storage.objects where name = 'none'`,
    'drop event trigger storage_forbid_changes',
  ])('%s', async (query) => {
    expect(await refusalOf(query)).toBe('42501')
  })

  test('but not policies, grants and tables elsewhere', async () => {
    for (const query of [
      `create policy mine on storage.objects for select to anon using (false)`,
      `alter policy mine on storage.objects using (bucket_id = 'x')`,
      `comment on policy mine on storage.objects is 'mine'`,
      `drop policy mine on storage.objects`,
      `create table public.elsewhere (id integer); drop table public.elsewhere`,
    ])
      expect(await refusalOf(query)).toBe('no refusal')
  })
})

describe('what this stack does not have', () => {
  test.each([
    ['POST', '/upload/resumable'],
    ['PATCH', '/upload/resumable/x'],
    ['GET', '/s3/private/x'],
    ['POST', '/vector/CreateIndex'],
    ['DELETE', '/cdn/private/x'],
  ])('%s %s says so', async (method, path) => {
    const response = await send(path, { method, headers: bearer(ownerToken) })
    expect([response.status, await codeOf(response)]).toEqual([501, 'NotSupported'])
  })

  test('and broken bodies are bad requests', async () => {
    const post = (body: string): Promise<Response> =>
      send('/object/move', { method: 'POST', headers: bearer(ownerToken), body })
    for (const body of ['', '{', '[]', '{"bucketId":1}']) expect(await codeOf(await post(body))).toBe('InvalidRequest')
    expect(await codeOf(await post(`"${'x'.repeat(1_100_000)}"`))).toBe('EntityTooLarge')
  })
})

describe('a crash', () => {
  test('between the disk and the row leaves no row, and the file goes at the next start', async () => {
    const rows = async (): Promise<number> => (await db`select from storage.objects`).length
    const before = await rows()
    const orphan = crypto.randomUUID()
    await writeFile(join(database.context.dataDir, 'storage', 'objects', orphan), 'bytes without a row')
    await storage.stop()
    await storage.start()
    expect(await files()).not.toContain(orphan)
    expect((await files()).length).toBe(await rows())
    expect(await rows()).toBe(before)
  })
})
