import type { RealtimeChannel } from '@supabase/supabase-js'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { databaseUrl } from '../../stack/context.ts'
import { RawSocket } from './raw-socket.ts'
import { arrived, join, type RealtimeServer, refusal, startRealtime, systemMessages } from './server.ts'

let server: RealtimeServer
beforeAll(async () => {
  server = await startRealtime({ refusalDelayMs: 1 })
  await server.sql.unsafe(`
    create table public.items (id int primary key, owner text, name text, price numeric, tags text[], data jsonb, raw bytea, at timestamptz);
    create table public.notes (id int primary key, owner text not null, body text);
    create table public.whole (id int primary key, owner text, body text);
    create table public.keyless (n int);
    create table public.unpublished (id int primary key);
    grant select on all tables in schema public to anon, authenticated;
    revoke select on public.notes from anon;
    revoke select on public.items from anon;
    grant select (id, name) on public.items to anon;
    alter table public.notes enable row level security;
    create policy own on public.notes for select to authenticated
      using (owner = (current_setting('request.jwt.claims')::jsonb ->> 'sub'));
    alter table public.whole replica identity full;
    alter table public.keyless replica identity full;
    alter publication supabase_realtime add table public.items, public.notes, public.whole, public.keyless;`)
})
afterEach(() => server.disconnect())
afterAll(() => server.stop())

interface Change {
  readonly eventType: string
  readonly new: Readonly<Record<string, unknown>>
  readonly old: Readonly<Record<string, unknown>>
  readonly errors: readonly string[] | null
}
interface Listener {
  readonly event?: '*' | 'INSERT' | 'UPDATE' | 'DELETE'
  readonly schema?: string
  readonly table?: string
  readonly filter?: string
}

function on(channel: RealtimeChannel, { event = '*', schema = 'public', ...rest }: Listener): Change[] {
  const changes: Change[] = []
  // The overloads of `on` are by event; at run time there is one.
  if (event === '*') channel.on('postgres_changes', { event, schema, ...rest }, (change) => changes.push(change))
  else if (event === 'INSERT')
    channel.on('postgres_changes', { event, schema, ...rest }, (change) => changes.push(change))
  else if (event === 'UPDATE')
    channel.on('postgres_changes', { event, schema, ...rest }, (change) => changes.push(change))
  else channel.on('postgres_changes', { event, schema, ...rest }, (change) => changes.push(change))
  return changes
}

/** Resolves when the channel is subscribed; rejects with the server's words when it is not. */
async function subscribed(channel: RealtimeChannel): Promise<void> {
  const messages = systemMessages(channel)
  await join(channel)
  const [first] = await arrived(messages)
  if (first?.message !== 'Subscribed to PostgreSQL') throw new Error(first?.message)
}

async function listen(options: Listener, userId?: string, vsn: '1.0.0' | '2.0.0' = '2.0.0'): Promise<Change[]> {
  const client = await server.client(userId === undefined ? undefined : await server.token(userId), { vsn })
  const channel = client.channel(`changes:${crypto.randomUUID()}`)
  const changes = on(channel, options)
  await subscribed(channel)
  return changes
}

let nextId = 1
const id = (): number => nextId++

describe.each(['1.0.0', '2.0.0'] as const)('version %s', (vsn) => {
  test('inserts, updates and deletes, with typed values', async () => {
    const changes = await listen({ table: 'items' }, 'ana', vsn)
    const n = id()
    await server.sql`
      insert into public.items values
        (${n}, 'ana', 'é', 1.50, '{a,b}', '{"x":[1]}', '\\x00ff', '2026-03-01 12:00:00+01')`
    await server.sql`update public.items set name = 'new' where id = ${n}`
    await server.sql`delete from public.items where id = ${n}`
    const [inserted, updated, deleted] = await arrived(changes, 3)
    const row = {
      id: n,
      owner: 'ana',
      price: 1.5,
      tags: ['a', 'b'],
      data: { x: [1] },
      raw: '00ff',
      at: '2026-03-01T11:00:00+00:00',
    }
    expect(inserted).toMatchObject({
      eventType: 'INSERT',
      schema: 'public',
      table: 'items',
      commit_timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      new: { ...row, name: 'é' },
      old: {},
      errors: null,
    })
    expect(updated).toMatchObject({ eventType: 'UPDATE', new: { ...row, name: 'new' }, old: { id: n } })
    expect(Object.keys(updated?.old ?? {})).toEqual(['id'])
    expect(deleted).toMatchObject({ eventType: 'DELETE', new: {}, old: { id: n } })
  })
})

test('a binding hears its own event and table alone', async () => {
  const channel = (await server.client(await server.token('ana'))).channel('several')
  const inserts = on(channel, { table: 'items', event: 'INSERT' })
  const deletes = on(channel, { table: 'items', event: 'DELETE' })
  const others = on(channel, { table: 'whole' })
  const everything = on(channel, {})
  await subscribed(channel)
  const n = id()
  await server.sql`insert into public.items (id) values (${n})`
  await server.sql`delete from public.items where id = ${n}`
  await server.sql`insert into public.whole (id) values (${n})`
  await arrived(everything, 3)
  expect(everything.map(({ eventType }) => eventType)).toEqual(['INSERT', 'DELETE', 'INSERT'])
  expect([inserts, deletes, others].map((list) => list.map(({ eventType }) => eventType))).toEqual([
    ['INSERT'],
    ['DELETE'],
    ['INSERT'],
  ])
})

describe('who sees a row', () => {
  test('its policies decide, for each subscriber', async () => {
    const [ana, ben] = [await listen({ table: 'notes' }, 'ana', '1.0.0'), await listen({ table: 'notes' }, 'ben')]
    const [first, second] = [id(), id()]
    await server.sql`insert into public.notes values (${first}, 'ana', 'hers'), (${second}, 'ben', 'his')`
    expect((await arrived(ana)).map(({ new: row }) => row.body)).toEqual(['hers'])
    expect((await arrived(ben)).map(({ new: row }) => row.body)).toEqual(['his'])
    // Handed over: the new row is what the policies are asked about.
    await server.sql`update public.notes set owner = 'ben' where id = ${first}`
    expect((await arrived(ben, 2)).map(({ new: row }) => row.id)).toEqual([second, first])
    // Of a deleted row nobody can be asked; its key is all that is told.
    await server.sql`delete from public.notes where id = ${second}`
    expect((await arrived(ana, 2)).at(-1)).toMatchObject({ eventType: 'DELETE', old: { id: second } })
    expect((await arrived(ben, 3)).at(-1)?.old).toEqual({ id: second })
  })

  test('only columns that the role may select', async () => {
    const changes = await listen({ table: 'items' }, undefined, '1.0.0')
    const n = id()
    await server.sql`insert into public.items (id, owner, name) values (${n}, 'secret', 'shown')`
    expect((await arrived(changes))[0]?.new).toEqual({ id: n, name: 'shown' })
  })

  test('a role without the key is told that it may not', async () => {
    const changes = await listen({ table: 'notes' })
    await server.sql`insert into public.notes values (${id()}, 'ana', 'hers')`
    expect(await arrived(changes)).toMatchObject([{ new: {}, errors: ['Error 401: Unauthorized'] }])
  })

  test('a table without a key', async () => {
    const changes = await listen({ table: 'keyless' }, 'ana')
    await server.sql`insert into public.keyless values (1)`
    expect(await arrived(changes)).toMatchObject([{ errors: ['Error 400: Bad Request, no primary key'] }])
  })

  test('a new token counts at once', async () => {
    let token = await server.token('ana')
    const client = await server.client(() => token)
    const channel = client.channel('renewed')
    const changes = on(channel, { table: 'notes', event: 'INSERT' })
    await subscribed(channel)
    token = await server.token('ben')
    await client.setAuth()
    await expect
      .poll(async () => {
        await server.sql`insert into public.notes values (${id()}, 'ben', 'his')`
        return changes.length
      })
      .toBeGreaterThan(0)
    await server.sql`insert into public.notes values (${id()}, 'ana', 'hers'), (${id()}, 'ben', 'last')`
    await expect.poll(() => changes.at(-1)?.new.body).toBe('last')
    expect(changes.map(({ new: row }) => row.owner)).not.toContain('ana')
  })
})

describe('filters', () => {
  test.each([
    ['price=gt.10', { price: 11 }, { price: 9 }],
    ['price=lte.10', { price: 10 }, { price: 11 }],
    ['name=eq."a,b"', { name: 'a,b' }, { name: 'a' }],
    ['name=neq.a', { name: 'b' }, { name: 'a' }],
    ['name=in.(a,"b,c")', { name: 'b,c' }, { name: 'b' }],
    ['name=like.a%', { name: 'ab' }, { name: 'ba' }],
    ['name=ilike.A%', { name: 'ab' }, { name: 'ba' }],
    ['name=match.^a.c$', { name: 'abc' }, { name: 'abcd' }],
    ['name=is.null', { owner: 'x' }, { name: 'a' }],
    ['name=not.is.null', { name: 'a' }, { owner: 'x' }],
    ['name=isdistinct.a', { name: 'b' }, { name: 'a' }],
    ['name=not.like.a%', { name: 'b' }, { name: 'a' }],
    ['price=gt.1,price=lt.5', { price: 3 }, { price: 7 }],
  ])('%s', async (filter, match, other) => {
    const changes = await listen({ table: 'items', event: 'INSERT', filter }, 'ana')
    const atOld = await listen({ table: 'items', event: 'INSERT', filter }, 'ana', '1.0.0')
    const everything = await listen({ table: 'items', event: 'INSERT' }, 'ana')
    const [wanted, unwanted] = [id(), id()]
    await server.sql`insert into public.items ${server.sql({ id: unwanted, ...other })}`
    await server.sql`insert into public.items ${server.sql({ id: wanted, ...match })}`
    await arrived(everything, 2)
    expect((await arrived(changes)).map(({ new: row }) => row.id)).toEqual([wanted])
    expect((await arrived(atOld)).map(({ new: row }) => row.id)).toEqual([wanted])
  })

  test('of a deleted row what the replica identity keeps is compared', async () => {
    const changes = await listen({ table: 'whole', event: 'DELETE', filter: 'owner=eq.ana' }, 'ana')
    const [first, second] = [id(), id()]
    await server.sql`insert into public.whole values (${first}, 'ben', 'x'), (${second}, 'ana', 'y')`
    await server.sql`delete from public.whole where id in (${first}, ${second})`
    expect((await arrived(changes)).map(({ old }) => old)).toEqual([{ id: second, owner: 'ana', body: 'y' }])
  })
})

test('a full replica identity keeps the whole old row, and large values that did not change', async () => {
  const changes = await listen({ table: 'whole', event: 'UPDATE' }, 'ana')
  const n = id()
  const large = Array.from({ length: 400 }, () => crypto.randomUUID()).join('')
  await server.sql`insert into public.whole values (${n}, 'ana', ${large})`
  await server.sql`update public.whole set owner = 'ben' where id = ${n}`
  expect(await arrived(changes)).toMatchObject([
    { new: { id: n, owner: 'ben', body: large }, old: { id: n, owner: 'ana', body: large } },
  ])
})

test('of a change that is too large the small values are sent', async () => {
  const changes = await listen({ table: 'whole', event: 'INSERT' }, 'ana')
  const n = id()
  await server.sql`insert into public.whole values (${n}, 'ana', ${'x'.repeat(1_100_000)})`
  expect(await arrived(changes)).toMatchObject([
    { new: { id: n, owner: 'ana' }, errors: ['Error 413: Payload Too Large'] },
  ])
  expect(changes[0]?.new).not.toHaveProperty('body')
})

test('after unsubscribing nothing comes; what was rolled back never came', async () => {
  const client = await server.client(await server.token('ana'))
  const [leaving, staying] = [client.channel('leaving'), client.channel('staying')]
  const [gone, there] = [on(leaving, { table: 'items' }), on(staying, { table: 'items' })]
  await Promise.all([subscribed(leaving), subscribed(staying)])
  await leaving.unsubscribe()
  await server.sql
    .begin(async (sql) => {
      await sql`insert into public.items (id) values (${id()})`
      throw new Error('undo')
    })
    .catch(() => undefined)
  const n = id()
  await server.sql`insert into public.items (id) values (${n})`
  expect((await arrived(there)).map(({ new: row }) => row.id)).toEqual([n])
  expect(gone).toEqual([])
})

describe('what cannot be subscribed to', () => {
  const described = '[event: *, schema: public, table: '

  test.each([
    [
      { table: 'unpublished' },
      `Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the given connect parameters: ${described}unpublished, filters: [], select: nil]`,
    ],
    [
      { table: 'items', filter: 'nothing=eq.1' },
      `Unable to subscribe to changes with given parameters. An exception happened so please check your connect parameters: ${described}items, filters: [{"nothing", "eq", "1", false}], select: nil]. Exception: ERROR P0001 (raise_exception) invalid column for filter nothing`,
    ],
    [
      { table: 'items', filter: 'id=eq.word' },
      `Unable to subscribe to changes with given parameters. An exception happened so please check your connect parameters: ${described}items, filters: [{"id", "eq", "word", false}], select: nil]. Exception: ERROR 22P02 (invalid_text_representation) invalid input syntax for type integer: "word"`,
    ],
    [{ table: 'items', filter: 'id=foo.1' }, 'Error parsing `filter` params: ["foo", "1"]'],
  ])('%j', async (options, words) => {
    await expect(listen(options, 'ana')).rejects.toThrow(new Error(words))
  })

  test('columns that are hidden cannot be probed by a filter', async () => {
    await expect(listen({ table: 'items', filter: 'owner=eq.secret' })).rejects.toThrow(
      'invalid column for filter owner',
    )
  })
})

describe('wait', () => {
  const topic = 'realtime:waiting'
  const config = (table: string) => ({
    config: {
      postgres_changes: [{ event: '*', schema: 'public', table }],
      postgres_changes_options: { wait: true, timeout: 5_000 },
    },
  })

  test('the reply comes when the subscription is there, and repeats the bindings with their ids', async () => {
    const raw = await RawSocket.open(server.url, await server.token('ana'))
    const reply = await raw.ask(topic, 'phx_join', config('items'), '1')
    expect(reply[4]).toEqual({
      status: 'ok',
      response: { postgres_changes: [{ event: '*', schema: 'public', table: 'items', id: expect.any(Number) }] },
    })
    const n = id()
    await server.sql`insert into public.items (id) values (${n})`
    const change = await raw.next(([, , , event]) => event === 'postgres_changes')
    expect(change).toMatchObject([null, null, topic, 'postgres_changes', { data: { record: { id: n } } }])
    expect((await raw.next(([, , , event]) => event === 'system'))[4]).toMatchObject({ status: 'ok' })
    raw.close()
  })

  test.each(['1.0.0', '2.0.0'] as const)('whoever has joined misses nothing, version %s', async (vsn) => {
    const client = await server.client(await server.token('ana'), { vsn })
    const channel = client.channel(crypto.randomUUID(), { config: { postgres_changes_options: { wait: true } } })
    const changes = on(channel, { table: 'items', event: 'INSERT' })
    await join(channel)
    const n = id()
    await server.sql`insert into public.items (id) values (${n})`
    expect((await arrived(changes)).map(({ new: row }) => row.id)).toEqual([n])
  })

  test('a subscription that takes too long refuses the join, and the next try may succeed', async () => {
    const raw = await RawSocket.open(server.url, server.key)
    const join = { config: { ...config('items').config, postgres_changes_options: { wait: true, timeout: 50 } } }
    const admin = postgres(databaseUrl(server.database.context, 'supabase_admin'), { max: 1 })
    await admin.begin(async (sql) => {
      await sql`lock table pg_publication in access exclusive mode`
      expect((await raw.ask(topic, 'phx_join', join, '1'))[4]).toEqual({
        status: 'error',
        response: {
          reason: 'PostgresChangesSubscribeTimeout: Timed out after 50ms waiting for the postgres_changes subscription',
        },
      })
    })
    await admin.end()
    expect((await raw.ask(topic, 'phx_join', config('items'), '2'))[4]).toMatchObject({ status: 'ok' })
    raw.close()
  })

  test('a subscription that is impossible refuses the join', async () => {
    const raw = await RawSocket.open(server.url, server.key)
    const reply = await raw.ask(topic, 'phx_join', config('unpublished'), '1')
    expect(JSON.stringify(reply[4])).toContain('RealtimeDisabledForConfiguration: Unable to subscribe to changes')
    raw.close()
  })
})

test('the official client takes no fault with any binding', async () => {
  const client = await server.client(await server.token('ana'))
  const channel = client.channel('bindings')
  on(channel, { table: 'items', filter: 'id=gt.0' })
  on(channel, { table: 'items', filter: 'id=gt.0' })
  on(channel, { schema: '*' })
  await expect(refusal(channel)).rejects.toThrow('the join was not refused')
})
