import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SupabaseClient } from '@supabase/supabase-js'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

describe('signed URLs', () => {
  const path = (signed: string | null | undefined): string => (signed ?? '').replace('http://stack.test/storage/v1', '')

  test('open one object until they expire', async () => {
    await world.owner.storage.from('private').upload(mine('signed file.txt'), 'signed')
    const { data } = await world.owner.storage
      .from('private')
      .createSignedUrl(mine('signed file.txt'), 1, { download: true })
    const url = path(data?.signedUrl)
    const open = await send(url)
    expect([open.status, await open.text(), open.headers.get('content-disposition')]).toEqual([
      200,
      'signed',
      'attachment;',
    ])
    expect(await codeOf(await send(url.replace('signed%20file', 'other')))).toBe('InvalidSignature')
    // The last character's low bits are no part of the signature: from A, Q is the nearest that changes it.
    expect(
      await codeOf(await send(url.replace(/.(&|$)/, (end) => `${end.startsWith('A') ? 'Q' : 'A'}${end.slice(1)}`))),
    ).toMatch(/InvalidJWT/)
    await expect.poll(async () => (await send(url)).status).toBe(400)
    expect(await codeOf(await send(url))).toBe('InvalidJWT')
  })

  test('for several objects say which are not there', async () => {
    await world.owner.storage.from('private').upload(mine('many'), 'many')
    const { data } = await world.owner.storage.from('private').createSignedUrls([mine('many'), mine('absent')], 60)
    expect(data?.map(({ error }) => error === null)).toEqual([true, false])
    expect(await (await send(path(data?.[0]?.signedUrl))).text()).toBe('many')
  })

  test('a session is no signature, and a signature no session', async () => {
    const { data } = await world.owner.storage.from('private').createSignedUrl(mine('many'), 60)
    const token = new URL(data?.signedUrl ?? '').searchParams.get('token') ?? ''
    expect(await codeOf(await send(`/object/sign/private/${mine('many')}?token=${world.ownerToken}`))).toBe(
      'InvalidJWT',
    )
    expect(await codeOf(await send('/bucket', { headers: bearer(token) }))).toBe('AccessDenied')
  })

  test('for an upload take one file as their signer, once', async () => {
    const { data } = await world.owner.storage.from('private').createSignedUploadUrl(mine('by-url'))
    const upload = (name: string): ReturnType<ReturnType<SupabaseClient['storage']['from']>['uploadToSignedUrl']> =>
      world.anon.storage.from('private').uploadToSignedUrl(name, data?.token ?? '', new Blob(['by url']))
    expect((await upload(mine('by-url'))).error).toBeNull()
    expect(statusOf(await upload(mine('by-url')))).toBe('409')
    expect(statusOf(await upload(mine('elsewhere')))).toBe('400')
    const [row] = await world.db`select owner_id from storage.objects where name = ${mine('by-url')}`
    expect(row?.owner_id).toBe(world.ownerId)
    // A token to read is none to write.
    const read = await world.owner.storage.from('private').createSignedUrl(mine('by-url'), 60)
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
    const bucket = world.owner.storage.from('pictures')
    expect((await bucket.upload(mine('fits.png'), picture(2000))).error).toBeNull()
    expect(statusOf(await bucket.upload(mine('large.png'), picture(2001)))).toBe('413')
    expect(statusOf(await bucket.upload(mine('large.png'), random(2001), { contentType: 'image/png' }))).toBe('413')
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(random(500)),
    })
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      duplex: 'half',
      headers: { ...bearer(world.ownerToken), 'content-type': 'image/png' },
      body: endless,
    }
    expect(await codeOf(await send(`/object/pictures/${mine('endless.png')}`, init))).toBe('EntityTooLarge')
    expect(statusOf(await world.owner.storage.from('private').upload(mine('huge'), random(1_000_001)))).toBe('413')
    expect((await files()).length).toBe(before + 1)
    expect(await readdir(join(world.context.dataDir, 'storage', 'uploads'))).toEqual([])
  })

  test('of type hold for what the client declares', async () => {
    const pictures = world.owner.storage.from('pictures')
    expect(statusOf(await pictures.upload(mine('a.png'), new Blob(['x'], { type: 'text/html' })))).toBe('415')
    expect(statusOf(await pictures.upload(mine('a.png'), 'x', { contentType: 'image/svg+xml' }))).toBe('415')
    const anyImage = world.owner.storage.from('any-image')
    expect((await anyImage.upload(mine('a.svg'), 'x', { contentType: 'image/svg+xml' })).error).toBeNull()
    expect(statusOf(await anyImage.upload(mine('a.pdf'), 'x', { contentType: 'application/pdf' }))).toBe('415')
  })
})

describe('hostile names', () => {
  const put = (path: string): Promise<Response> =>
    send(path, {
      method: 'POST',
      headers: { ...bearer(world.context.keys.serviceRoleKey), 'content-type': 'text/plain' },
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
      expect((await world.service.storage.from('private').upload(`odd/${name}`, name)).error).toBeNull()
    }
    for (const version of await files()) expect(version).toMatch(/^[0-9a-f-]{36}$/)
    const { data } = await world.service.storage.from('private').list('odd')
    expect(data?.map(({ name }) => name).sort()).toEqual([...names].sort())
  })

  test.each(['a/b', '', '..', 'ü', 'x'.repeat(101)])('the bucket name %j is refused', async (id) => {
    expect(statusOf(await world.service.storage.createBucket(id))).toBe('400')
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
      await world.owner.storage.from(bucket).upload(mine('image.png'), png, { contentType: 'image/png' })
    await world.owner.storage.from('open').upload(mine('no-image.png'), 'x', { contentType: 'image/png' })
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
    const bucket = world.owner.storage.from('private')
    expect(await size((await bucket.download(mine('image.png'), { transform })).data)).toEqual([40, 40, 'png'])
    expect(
      (await world.stranger.storage.from('private').download(mine('image.png'), { transform })).error,
    ).not.toBeNull()
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
