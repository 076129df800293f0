import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateKeys } from '../../stack/keys.ts'
import { Tokens } from '../../stack/tokens.ts'
import { bearer, codeOf, startWorld, statusOf, type World } from './world.ts'

let world: World
const mine = (name: string): string => world.mine(name)
const send = (path: string, init?: RequestInit): Promise<Response> => world.send(path, init)
const files = (): Promise<readonly string[]> => world.files()
const random = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array(randomBytes(size))

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

describe('an object', () => {
  test('comes back byte for byte with its type and metadata, from a blob and from a buffer', async () => {
    const bytes = random(300_000)
    for (const body of [bytes, new Blob([bytes], { type: 'application/x-test' })]) {
      const name = mine(`round-${body instanceof Blob ? 'blob' : 'buffer'}`)
      const { data, error } = await world.owner.storage
        .from('private')
        .upload(name, body, { contentType: 'application/x-test', cacheControl: '60', metadata: { a: { b: 'ü' } } })
      expect(error).toBeNull()
      expect(data).toMatchObject({ path: name, fullPath: `private/${name}`, id: expect.any(String) })
      const download = await world.owner.storage.from('private').download(name)
      expect(Buffer.compare(Buffer.from((await download.data?.arrayBuffer()) ?? new ArrayBuffer(0)), bytes)).toBe(0)
      const info = await world.owner.storage.from('private').info(name)
      expect(info.data).toMatchObject({
        size: 300_000,
        contentType: 'application/x-test',
        cacheControl: 'max-age=60',
        metadata: { a: { b: 'ü' } },
      })
      const [row] = await world.db`select owner_id, owner, path_tokens from storage.objects where name = ${name}`
      expect(row).toEqual({ owner_id: world.ownerId, owner: world.ownerId, path_tokens: name.split('/') })
    }
  })

  test('is not overwritten unless asked, and leaves one file when it is', async () => {
    const bucket = world.owner.storage.from('private')
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
      Array.from({ length: 8 }, (_, i) => world.owner.storage.from('private').upload(mine('race'), `writer ${i}`)),
    )
    expect(results.filter(({ error }) => error === null)).toHaveLength(1)
    expect(results.map(statusOf).filter((status) => status === '409')).toHaveLength(7)
    expect((await files()).length).toBe(before + 1)
  })

  test('exists, moves, is copied and removed', async () => {
    const bucket = world.owner.storage.from('private')
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
    const bucket = world.owner.storage.from('private')
    await bucket.upload(mine('across'), 'content')
    const destinationBucket = 'open'
    expect((await bucket.copy(mine('across'), mine('copied'), { destinationBucket })).error).toBeNull()
    expect((await bucket.move(mine('across'), mine('moved'), { destinationBucket })).error).toBeNull()
    for (const name of ['copied', 'moved'])
      expect(await (await send(`/object/public/open/${mine(name)}`)).text()).toBe('content')
    expect((await bucket.exists(mine('across'))).data).toBe(false)
  })

  test('is served in ranges, with validators, and as a download', async () => {
    await world.owner.storage.from('open').upload(mine('range.txt'), 'abcdefghij', { contentType: 'text/plain' })
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
    await world.owner.storage.from('open').upload(mine('page'), '<script>1</script>', { contentType: 'text/html' })
    const { headers } = await send(`/object/public/open/${mine('page')}`)
    expect([headers.get('content-type'), headers.get('x-content-type-options')]).toEqual(['text/plain', 'nosniff'])
  })

  test('that is a drawing is shown, and runs no script when it is opened by itself', async () => {
    const drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
    await world.owner.storage.from('open').upload(mine('drawing'), drawing, { contentType: 'image/svg+xml' })
    const { headers } = await send(`/object/public/open/${mine('drawing')}`)
    expect([headers.get('content-type'), headers.get('content-security-policy')]).toEqual(['image/svg+xml', 'sandbox'])
  })

  test.each([
    ['contentType', 'text/plain', 'text/plain\r\nx-injected: 1'],
    ['contentType', 'text/plain; charset=utf-8', 'text/✓'],
    ['cacheControl', '60', '60\u0000'],
    ['cacheControl', '60, immutable', '6'.repeat(300)],
  ])('is not stored with a %s that no header can say', async (field, good, bad) => {
    const post = (value: string): Promise<Response> => {
      const body = new FormData()
      body.set(field, value)
      body.set('', new Blob(['x']))
      const name = mine(crypto.randomUUID())
      return send(`/object/open/${name}`, { method: 'POST', headers: bearer(world.ownerToken), body })
    }
    const before = (await files()).length
    const refused = await post(bad)
    expect([refused.status, await codeOf(refused)]).toEqual([400, 'InvalidRequest'])
    expect((await files()).length).toBe(before)
    expect((await post(good)).status).toBe(200)
  })
})

describe('row-level security', () => {
  let target: string
  beforeAll(async () => {
    target = mine('rls')
    await world.owner.storage.from('private').upload(target, 'secret')
  })

  test('lets the owner read, and neither a stranger nor anon', async () => {
    expect(await (await world.owner.storage.from('private').download(target)).data?.text()).toBe('secret')
    expect(await (await world.service.storage.from('private').download(target)).data?.text()).toBe('secret')
    for (const client of [world.stranger, world.anon]) {
      const bucket = client.storage.from('private')
      expect((await bucket.download(target)).error).not.toBeNull()
      expect((await bucket.exists(target)).data).toBe(false)
      expect(statusOf(await bucket.info(target))).toBe('404')
      expect((await bucket.list(world.ownerId)).data).toEqual([])
      expect(statusOf(await bucket.createSignedUrl(target, 60))).toBe('404')
      expect((await bucket.createSignedUrls([target], 60)).data?.[0]?.error).not.toBeNull()
    }
    expect((await world.owner.storage.from('private').list(world.ownerId, { search: 'rls' })).data).toHaveLength(1)
  })

  test('lets the owner write, and neither a stranger nor anon, whose attempts leave no file', async () => {
    const before = (await files()).length
    for (const client of [world.stranger, world.anon]) {
      const bucket = client.storage.from('private')
      expect(statusOf(await bucket.upload(mine('foreign'), 'x'))).toBe('403')
      expect(statusOf(await bucket.upload(target, 'x', { upsert: true }))).toBe('403')
      expect(statusOf(await bucket.createSignedUploadUrl(mine('foreign')))).toBe('403')
      expect(statusOf(await bucket.move(target, mine('stolen')))).toBe('404')
      expect(statusOf(await bucket.copy(target, mine('stolen')))).toBe('404')
      expect((await bucket.remove([target])).data).toEqual([])
    }
    expect((await files()).length).toBe(before)
    expect(await (await world.owner.storage.from('private').download(target)).data?.text()).toBe('secret')
  })

  test('binds moves and copies at both ends', async () => {
    const theirs = `${crypto.randomUUID()}/file`
    expect(statusOf(await world.owner.storage.from('private').move(target, theirs))).toBe('403')
    expect(statusOf(await world.owner.storage.from('private').copy(target, theirs))).toBe('403')
    expect((await world.owner.storage.from('private').exists(target)).data).toBe(true)
  })

  test('is told the operation', async () => {
    await world.db`create policy only_sign on storage.objects for select to anon
      using (bucket_id = 'private' and storage.allow_only_operation('object.sign'))`
    expect((await world.anon.storage.from('private').createSignedUrl(target, 60)).error).toBeNull()
    expect((await world.anon.storage.from('private').download(target)).error).not.toBeNull()
    await world.db`drop policy only_sign on storage.objects`
  })

  test('is not asked in a public bucket to read, but to write and to list', async () => {
    await world.owner.storage.from('open').upload(mine('seen'), 'by all')
    expect(await (await send(`/object/public/open/${mine('seen')}`)).text()).toBe('by all')
    expect(await (await send(`/object/open/${mine('seen')}`, { headers: bearer('expired.or.broken') })).text()).toBe(
      'by all',
    )
    expect((await world.stranger.storage.from('open').list(world.ownerId)).data).toEqual([])
    expect(statusOf(await world.stranger.storage.from('open').upload(mine('seen'), 'x', { upsert: true }))).toBe('403')
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
    const { keys } = world.context
    const past = Math.floor(Date.now() / 1000) - 1
    const expired = await new Tokens(keys).sign({ sub: world.ownerId, role: 'authenticated', exp: past })
    const other = await generateKeys()
    const forged = await new Tokens({
      ...other,
      signingKey: { ...other.signingKey, kid: keys.signingKey.kid ?? '' },
    }).sign({
      sub: world.ownerId,
      role: 'service_role',
      exp: past + 60,
    })
    const superuser = await new Tokens(keys).sign({ sub: world.ownerId, role: 'supabase_admin', exp: past + 60 })
    for (const token of [expired, forged, superuser, undefined])
      expect(await codeOf(await list(token))).toBe('AccessDenied')
    expect((await list(world.ownerToken)).status).toBe(200)
  })
})

describe('a crash', () => {
  test('between the disk and the row leaves no row, and the file goes at the next start', async () => {
    const rows = async (): Promise<number> => (await world.db`select from storage.objects`).length
    const before = await rows()
    const orphan = crypto.randomUUID()
    await writeFile(join(world.context.dataDir, 'storage', 'objects', orphan), 'bytes without a row')
    await world.storage.stop()
    await world.storage.start()
    expect(await files()).not.toContain(orphan)
    expect((await files()).length).toBe(await rows())
    expect(await rows()).toBe(before)
  })
})
