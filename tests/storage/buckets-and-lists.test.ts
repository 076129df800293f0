import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearer, codeOf, startWorld, statusOf, type World } from './world.ts'

let world: World
const send = (path: string, init?: RequestInit): Promise<Response> => world.send(path, init)

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

describe('lists', () => {
  beforeAll(async () => {
    for (const name of ['b', 'a', 'folder/x', 'folder/sub/y', 'C', 'per%cent', 'under_score'].map(
      (path) => `lists/${path}`,
    ))
      await world.service.storage.from('private').upload(name.replace('%', '&'), name)
  })

  test('show one level: folders without an id, then files in order', async () => {
    const { data } = await world.service.storage.from('private').list('lists')
    expect(data?.map(({ name, id }) => [name, id !== null])).toEqual([
      ['folder', false],
      ['C', true],
      ['a', true],
      ['b', true],
      ['per&cent', true],
      ['under_score', true],
    ])
    expect(data?.find(({ name }) => name === 'a')?.metadata).toMatchObject({ size: 7, contentLength: 7 })
    const below = await world.service.storage.from('private').list('lists/folder')
    expect(below.data?.map(({ name }) => name)).toEqual(['sub', 'x'])
  })

  test('are sorted, searched and paged', async () => {
    const names = async (options: object): Promise<unknown> =>
      (await world.service.storage.from('private').list('lists', options)).data?.map(({ name }) => name)
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
    const bucket = world.service.storage.from('private')
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
    expect((await world.service.storage.getBucket('configured')).data).toMatchObject({
      public: true,
      file_size_limit: 1000,
      allowed_mime_types: ['image/png'],
    })
  })

  test('are made, changed, emptied and deleted by the service, and by nobody else', async () => {
    const id = `b-${crypto.randomUUID()}`
    expect(statusOf(await world.owner.storage.createBucket(id))).toBe('403')
    expect((await world.service.storage.createBucket(id, { public: false, fileSizeLimit: '1MB' })).data?.name).toBe(id)
    expect(statusOf(await world.service.storage.createBucket(id))).toBe('409')
    expect(statusOf(await world.owner.storage.getBucket(id))).toBe('404')
    expect((await world.owner.storage.listBuckets()).data).toEqual([])
    expect((await world.service.storage.updateBucket(id, { public: true, fileSizeLimit: 10 })).error).toBeNull()
    expect((await world.service.storage.getBucket(id)).data).toMatchObject({ public: true, file_size_limit: 10 })
    await world.service.storage.from(id).upload('x', 'x')
    expect(statusOf(await world.service.storage.deleteBucket(id))).toBe('409')
    expect(statusOf(await world.owner.storage.deleteBucket(id))).not.toBeUndefined()
    expect((await world.service.storage.emptyBucket(id)).error).toBeNull()
    expect((await world.service.storage.deleteBucket(id)).error).toBeNull()
    expect(statusOf(await world.service.storage.getBucket(id))).toBe('404')
    expect(
      statusOf(await world.service.storage.createBucket(`${id}-large`, { public: false, fileSizeLimit: '2MB' })),
    ).toBe('413')
  })

  test('that are not there are said to be absent', async () => {
    expect(statusOf(await world.service.storage.from('absent').upload('x', 'x'))).toBe('404')
    expect(statusOf(await world.service.storage.from('absent').info('x'))).toBe('404')
  })
})

describe('what the database refuses to a migration, as hosted does', () => {
  const refusalOf = (query: string): Promise<unknown> =>
    world.db.unsafe(query).then(
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
    const response = await send(path, { method, headers: bearer(world.ownerToken) })
    expect([response.status, await codeOf(response)]).toEqual([501, 'NotSupported'])
  })

  test('and broken bodies are bad requests', async () => {
    const post = (body: string): Promise<Response> =>
      send('/object/move', { method: 'POST', headers: bearer(world.ownerToken), body })
    for (const body of ['', '{', '[]', '{"bucketId":1}']) expect(await codeOf(await post(body))).toBe('InvalidRequest')
    expect(await codeOf(await post(`"${'x'.repeat(1_100_000)}"`))).toBe('EntityTooLarge')
  })
})
