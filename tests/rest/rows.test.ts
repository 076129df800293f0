import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture[Symbol.asyncDispose]())

describe('rows and grants', () => {
  test('a user writes and reads their own rows, and nobody else does', async () => {
    const [ana, ben] = [await fixture.user(), await fixture.user()]
    const written = await ana.client.from('lists').insert({ title: 'groceries' })
    expect(written).toMatchObject({ error: null, status: 201 })

    const own = await ana.client.from('lists').select('owner_id, title')
    expect(own.data).toEqual([{ owner_id: ana.id, title: 'groceries' }])
    const others = await ben.client.from('lists').select('owner_id, title')
    expect(others).toMatchObject({ error: null, data: [] })

    await ben.client.from('lists').update({ title: 'taken' }).eq('title', 'groceries')
    await ben.client.from('lists').delete().eq('title', 'groceries')
    expect((await ana.client.from('lists').select('title')).data).toEqual([{ title: 'groceries' }])
  })

  test('a column that was not granted can be neither read nor written', async () => {
    const { client } = await fixture.user()
    expect((await client.from('lists').insert({ title: 'mine' })).error).toBeNull()
    expect(await client.from('lists').select('secret')).toMatchObject({ status: 403, error: { code: '42501' } })
    expect(await client.from('lists').update({ position: 3 }).eq('title', 'mine')).toMatchObject({
      status: 403,
      error: { code: '42501' },
    })
    expect(await client.from('lists').update({ title: 'still mine' }).eq('title', 'mine')).toMatchObject({
      status: 204,
    })
  })

  test('a table without grants is denied, with 401 without a user and 403 with one', async () => {
    const { client } = await fixture.user()
    expect(await client.from('vault').select()).toMatchObject({ status: 403, error: { code: '42501' } })
    expect(await fixture.anon.from('vault').select()).toMatchObject({ status: 401, error: { code: '42501' } })
    expect((await fixture.service.from('vault').select()).data).toEqual([{ id: 1, content: 'treasure' }])
  })

  test('grants are after many requests what the migrations made them', async () => {
    const grants = async (): Promise<unknown> => {
      const rows = await fixture.sql`
        select 'table' as kind, oid::regclass::text as name, relacl::text as acl from pg_class
        where relnamespace in ('public'::regnamespace, 'private'::regnamespace, 'other'::regnamespace)
        union all
        select 'column', attrelid::regclass || '.' || attname, attacl::text from pg_attribute where attacl is not null
        union all
        select 'function', oid::regprocedure::text, proacl::text from pg_proc
        where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
        union all
        select 'schema', nspname, nspacl::text from pg_namespace where nspname not like 'pg\\_%'
        union all
        select 'default', concat_ws(' ', defaclrole::regrole, defaclnamespace, defaclobjtype), defaclacl::text
        from pg_default_acl
        order by 1, 2`
      return JSON.stringify(rows)
    }
    const before = await grants()
    const { client } = await fixture.user()
    await client.from('lists').insert({ title: 'one of many' })
    const readers = [fixture.anon, fixture.service, client]
    const reads = Array.from({ length: 20 }, () =>
      readers.flatMap((reader) => [reader.from('lists').select('title'), reader.from('numbers').select()]),
    )
    const answers = await Promise.all(reads.flat())
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 401]))
    expect(await grants()).toEqual(before)
    expect((await client.from('lists').select('title')).data).toEqual([{ title: 'one of many' }])
  })

  test('related rows are embedded, and only those that may be seen', async () => {
    const [ana, ben] = [await fixture.user(), await fixture.user()]
    const list = await ana.client.from('lists').insert({ title: 'with items' }).select('id').single()
    await ana.client.from('items').insert([
      { list_id: list.data?.id, name: 'milk' },
      { list_id: list.data?.id, name: 'eggs' },
    ])
    const { data } = await ana.client
      .from('lists')
      .select('title, items(name)')
      .order('name', { referencedTable: 'items' })
    expect(data).toEqual([{ title: 'with items', items: [{ name: 'eggs' }, { name: 'milk' }] }])
    expect((await ben.client.from('items').select('name, lists(title)')).data).toEqual([])
  })
})

describe('what a client may ask for', () => {
  test('a count, a range, and no more rows than the configuration allows', async () => {
    const { data, count, status } = await fixture.anon
      .from('numbers')
      .select('n', { count: 'exact' })
      .order('n', { ascending: false })
      .range(2, 4)
    expect({ data, count, status }).toEqual({ data: [{ n: 98 }, { n: 97 }, { n: 96 }], count: 100, status: 206 })
    expect((await fixture.anon.from('numbers').select()).data).toHaveLength(40)
    const head = await fixture.anon.from('numbers').select('*', { count: 'exact', head: true }).lte('n', 7)
    expect(head).toMatchObject({ count: 7, data: null })
  })

  test('another schema of the configuration, and none besides', async () => {
    expect((await fixture.anon.schema('other').from('things').select()).data).toEqual([{ id: 7 }])
    expect(await fixture.anon.schema('private').from('things').select()).toMatchObject({
      status: 406,
      error: { code: 'PGRST106' },
    })
  })

  test('one object, where there is one row', async () => {
    expect((await fixture.anon.from('numbers').select('label').eq('n', 5).single()).data).toEqual({ label: 'number 5' })
    expect(await fixture.anon.from('numbers').select().lt('n', 3).single()).toMatchObject({
      status: 406,
      error: { code: 'PGRST116' },
    })
    expect((await fixture.anon.from('numbers').select().eq('n', -1).maybeSingle()).data).toBeNull()
  })

  test('a change of more rows than the one object asked for changes nothing', async () => {
    const { error } = await fixture.service.from('numbers').update({ label: 'same' }).lte('n', 2).select().single()
    expect(error?.code).toBe('PGRST116')
    const { data } = await fixture.anon.from('numbers').select('label').lte('n', 2).order('n')
    expect(data).toEqual([{ label: 'number 1' }, { label: 'number 2' }])
    const one = await fixture.service.from('numbers').update({ label: 'number 1' }).eq('n', 1).select().single()
    expect(one.data).toEqual({ n: 1, label: 'number 1' })
  })

  test('insert or update, and an insert of defaults alone', async () => {
    const upserted = await fixture.service
      .from('numbers')
      .upsert([{ n: 900, label: 'new' }], { onConflict: 'n' })
      .select()
    expect(upserted.data).toEqual([{ n: 900, label: 'new' }])
    await fixture.service.from('numbers').upsert({ n: 900, label: 'newer' })
    expect((await fixture.anon.from('numbers').select('label').eq('n', 900)).data).toEqual([{ label: 'newer' }])
    await fixture.service.from('numbers').delete().eq('n', 900)
    expect(await fixture.anon.from('answers').insert({})).toMatchObject({ status: 201, error: null })
  })

  test('functions, by GET and by POST', async () => {
    expect((await fixture.anon.rpc('square', { p_n: 7 })).data).toBe(49)
    expect((await fixture.anon.rpc('square', { p_n: 7 }, { get: true })).data).toBe(49)
    expect(await fixture.anon.rpc('nap', { seconds: 0 })).toMatchObject({ status: 204, data: null })
    expect(await fixture.anon.rpc('square', { nope: 7 })).toMatchObject({ status: 404, error: { code: 'PGRST202' } })
  })

  test('functions that take JSON', async () => {
    for (const [value, kind] of [
      [[1, { a: '[2]' }], 'array [1, {"a": "[2]"}]'],
      [{ a: [] }, 'object {"a": []}'],
      ['[', 'string "["'],
    ])
      expect((await fixture.anon.rpc('kind_of', { p_value: value })).data).toBe(kind)
  })

  test('the description of the API, with the secret key alone', async () => {
    expect((await fixture.rest('/')).status).toBe(403)
    const described = await fixture.rest('/', { headers: { apikey: fixture.stack.status.secret_key } })
    expect(described.status).toBe(200)
    expect(await described.json()).toMatchObject({
      swagger: '2.0',
      definitions: { numbers: { required: ['n', 'label'] } },
    })
  })
})

describe('values', () => {
  test.each([1, 2])('every type has the JSON that Postgres makes of it, in row %i', async (id) => {
    const row = await fixture.anon.from('kinds').select().eq('id', id).single()
    const expected = await fixture.anon.rpc('kinds_as_json', { p_id: id })
    expect(row.error ?? expected.error).toBeNull()
    expect(row.data).toEqual(expected.data)
  })

  test('what was read can be written again, and is the same then', async () => {
    const { data } = await fixture.anon.from('kinds').select().eq('id', 1).single()
    // A composite value is written as Postgres writes it.
    const copy = { ...data, id: 3, a_point: '(1,2.50)' }
    for (const times of [1, 2, 3]) {
      const written = await fixture.service.from('kinds').upsert(copy).select().single()
      expect(written.error, `time ${times}`).toBeNull()
      expect(written.data).toEqual({ ...data, id: 3 })
    }
    await fixture.service.from('kinds').delete().eq('id', 3)
  })

  test.each([
    ['a_boolean', 'banana', '22P02'],
    ['a_boolean', { not: 'a boolean' }, '22P02'],
    ['a_smallint', 70_000, '22003'],
    ['a_smallint', 1.5, '22P02'],
    ['a_bigint', [1], '22P02'],
    ['a_percent', 101, '23514'],
    ['a_numeric', 123_456_789_012, '22003'],
    ['a_varchar', 'longer than ten', '22001'],
    ['a_uuid', 'no uuid', '22P02'],
    ['a_date', '2026-02-30', '22008'],
    ['a_timestamptz', 'no time', '22007'],
    ['a_mood', 'fine', '22P02'],
    ['a_mood', ['high'], '22P02'],
    ['a_bytea', '\\xnothex', '22023'],
    ['a_text', '\u0000', '22021'],
    ['texts', { no: 'array' }, '22P02'],
    ['ints', 'no array', '22P02'],
    ['a_point', { x: 1 }, '22P02'],
  ])('%s does not take %j, however often it is tried', async (column, value, code) => {
    const id = 1_000 + randomInt(1_000_000)
    for (const attempt of [1, 2, 3]) {
      const { error, status } = await fixture.anon.from('kinds').insert({ id, [column]: value })
      expect({ attempt, status, code: error?.code }).toEqual({ attempt, status: 400, code })
    }
    expect((await fixture.anon.from('kinds').select().eq('id', id)).data).toEqual([])
  })

  test('JSON is kept as JSON, and a text takes a number or an object as its text', async () => {
    for (const value of [true, [true, false], 'text', 5, { deep: [{ er: null }] }]) {
      const { data, error } = await fixture.service
        .from('kinds')
        .upsert({ id: 4, a_jsonb: value, a_json: value })
        .select('a_jsonb, a_json')
        .single()
      expect(error).toBeNull()
      expect(data).toEqual({ a_jsonb: value, a_json: value })
    }
    const { data } = await fixture.service
      .from('kinds')
      .upsert({ id: 4, a_text: { a: 1 } })
      .select('a_text')
      .single()
    expect(data).toEqual({ a_text: '{"a":1}' })
    await fixture.service.from('kinds').delete().eq('id', 4)
  })
})
