import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { RawSocket } from './raw-socket.ts'
import { arrived, collect, join, type RealtimeServer, refusal, settled, startRealtime } from './server.ts'

let server: RealtimeServer
beforeAll(async () => {
  server = await startRealtime({ refusalDelayMs: 1 })
  await server.sql`create policy read on realtime.messages for select to anon, authenticated using (topic like 'room:%')`
})
afterEach(() => server.disconnect())
afterAll(() => server.stop())

const topic = (): string => `room:${crypto.randomUUID()}`
const priv = { config: { private: true } }

async function listen(name: string, vsn: '1.0.0' | '2.0.0' = '2.0.0') {
  const channel = (await server.client(undefined, { vsn })).channel(name, priv)
  const received = collect(channel)
  await join(channel)
  return received
}

describe.each(['1.0.0', '2.0.0'] as const)('realtime.send, version %s', (vsn) => {
  test('carries the payload, and its id as that of the row', async () => {
    const name = topic()
    const received = await listen(name, vsn)
    await server.sql`select realtime.send('{"a": 1.50, "id": "mine"}', 'e1', ${name})`
    await server.sql`select realtime.send('{"b": "é"}', 'e2', ${name})`
    const rows = await server.sql`select id from realtime.messages where topic = ${name} order by inserted_at`
    const [first, second] = rows.map(({ id }) => id)
    expect(await arrived(received, 2)).toEqual([
      { type: 'broadcast', event: 'e1', payload: { a: 1.5, id: 'mine' }, meta: { id: first } },
      { type: 'broadcast', event: 'e2', payload: { b: 'é', id: second }, meta: { id: second } },
    ])
  })

  test('reaches every member once', async () => {
    const name = topic()
    const lists = await Promise.all(Array.from({ length: 5 }, () => listen(name, vsn)))
    await server.sql`select realtime.send('{"n":1}', 'e', ${name})`
    await settled(server, name)
    expect(lists.map((list) => list.filter(({ event }) => event === 'e').length)).toEqual([1, 1, 1, 1, 1])
  })
})

test('bytes reach version 2, and no other', async () => {
  const name = topic()
  const atOld = await listen(name, '1.0.0')
  const channel = (await server.client()).channel(name, priv)
  const received: ArrayBuffer[] = []
  channel.on('broadcast', { event: 'b' }, ({ payload }) => received.push(payload))
  await join(channel)
  await server.sql`select realtime.send_binary('\\x00ff10'::bytea, 'b', ${name})`
  expect([...new Uint8Array((await arrived(received))[0] ?? new ArrayBuffer(0))]).toEqual([0, 255, 16])
  await server.sql`select realtime.send('{}', 'e', ${name})`
  expect((await arrived(atOld)).map(({ event }) => event)).toEqual(['e'])
})

test('broadcast_changes from a trigger', async () => {
  const name = topic()
  const [received, atOld] = [await listen(name), await listen(name, '1.0.0')]
  await server.sql`create table public.sets (id int primary key, reps int)`
  await server.sql.unsafe(`
    create function public.announce() returns trigger language plpgsql security definer set search_path = '' as $$
    begin
      perform realtime.broadcast_changes('${name}', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
      return null;
    end $$;
    create trigger announce after insert or update or delete on public.sets
      for each row execute function public.announce()`)
  await server.sql`insert into public.sets values (1, 5)`
  await server.sql`update public.sets set reps = 6`
  await server.sql`delete from public.sets`
  const table = { schema: 'public', table: 'sets', id: expect.any(String) }
  expect((await arrived(received, 3)).map(({ event, payload }) => ({ event, payload }))).toEqual([
    { event: 'INSERT', payload: { ...table, operation: 'INSERT', record: { id: 1, reps: 5 }, old_record: null } },
    {
      event: 'UPDATE',
      payload: { ...table, operation: 'UPDATE', record: { id: 1, reps: 6 }, old_record: { id: 1, reps: 5 } },
    },
    { event: 'DELETE', payload: { ...table, operation: 'DELETE', record: null, old_record: { id: 1, reps: 6 } } },
  ])
  expect(await arrived(atOld, 3)).toEqual(received)
  await expect(
    server.sql`select realtime.broadcast_changes('t', 'e', 'TRUNCATE', 'sets', 'public', null::public.sets, null::public.sets)`,
  ).rejects.toMatchObject({ code: 'P0001' })
})

describe('what send does with what it cannot send', () => {
  test.each([
    ['an array', `'[1]'`, `'e'`, 0],
    ['a scalar', `'1'`, `'e'`, 0],
    ['no payload', 'null', `'e'`, 1],
    ['no event', `'{}'`, 'null', 1],
  ])('%s: the caller goes on, nobody is told', async (_, payload, event, rows) => {
    const name = topic()
    const received = await listen(name)
    await server.sql.unsafe(`select realtime.send(${payload}, ${event}, '${name}')`)
    expect(await server.sql`select from realtime.messages where topic = ${name}`).toHaveLength(rows)
    await settled(server, name)
    expect(received.map((message) => message.event)).toEqual(['mark'])
  })

  test('a caller whom no policy lets write', async () => {
    const name = topic()
    const received = await listen(name)
    await server.sql.begin(async (sql) => {
      await sql`set local role authenticated`
      await sql`select realtime.send('{}', 'e', ${name})`
    })
    await settled(server, name)
    expect(received.map(({ event }) => event)).toEqual(['mark'])
  })
})

test('a transaction that is rolled back announces nothing', async () => {
  const name = topic()
  const received = await listen(name)
  const send = (sql: postgres.ISql, n: number) => sql`select realtime.send(${sql.json({ n })}, 'e', ${name})`
  await server.sql.begin(async (sql) => {
    await send(sql, 1)
    await sql.savepoint((inner) => send(inner, 2).then(() => Promise.reject(new Error('undo')))).catch(() => undefined)
    await send(sql, 3)
  })
  await server.sql.begin((sql) => send(sql, 4).then(() => Promise.reject(new Error('undo')))).catch(() => undefined)
  await send(server.sql, 5)
  expect((await arrived(received, 3)).map(({ payload }) => payload.n)).toEqual([1, 3, 5])
})

test('whoever is told of a row can read it', async () => {
  const name = topic()
  await server.sql`create table public.announced (id int primary key)`
  const channel = (await server.client()).channel(name, priv)
  const missing: unknown[] = []
  let checked = 0
  const check = async (n: number): Promise<void> => {
    const rows = await server.sql`select from public.announced where id = ${n}`
    if (rows.length === 0) missing.push(n)
    checked++
  }
  channel.on('broadcast', { event: 'e' }, ({ payload }) => void check(payload.n))
  await join(channel)
  const total = 1_000
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let n = writer; n < total; n += 8)
      await server.sql`
        with row as (insert into public.announced values (${n}) returning id)
        select realtime.send(jsonb_build_object('n', row.id), 'e', ${name}) from row`
  })
  await Promise.all(writers)
  await expect.poll(() => checked).toBe(total)
  expect(missing).toEqual([])
})

test('10,000 messages of 16 writers arrive complete, once and in the order of commits', async () => {
  const name = topic()
  const received = await listen(name)
  // The lock is held until the commit, so that the numbers are drawn in the order of commits.
  await server.sql`create sequence public.commits`
  const writers = Array.from({ length: 16 }, async () => {
    for (let n = 0; n < 625; n++)
      await server.sql`
        with lock as materialized (select pg_advisory_xact_lock(1))
        select realtime.send(jsonb_build_object('n', nextval('public.commits')), 'e', ${name}) from lock`
  })
  await Promise.all(writers)
  await arrived(received, 10_000)
  await settled(server, name)
  const numbers = received.flatMap(({ event, payload }) => (event === 'e' ? [payload.n] : []))
  expect(numbers).toEqual(Array.from({ length: 10_000 }, (_, n) => n + 1))
}, 180_000)

test('a large transaction arrives whole and in order', async () => {
  const name = topic()
  const received = await listen(name)
  const total = 5_000
  await server.sql`
    select realtime.send(jsonb_build_object('n', n, 'text', repeat(n::text, n % 50)), 'e', ${name})
    from generate_series(1, ${total}::int) as n`
  const numbers = (await arrived(received, total)).map(({ payload }) => payload.n)
  expect(numbers).toEqual(Array.from({ length: total }, (_, n) => n + 1))
})

describe('replay', () => {
  const since = { since: Date.now() - 60_000 }

  test.each(['1.0.0', '2.0.0'] as const)('the newest messages, oldest first, each once, version %s', async (vsn) => {
    const name = topic()
    for (let n = 1; n <= 5; n++) await server.sql`select realtime.send(${server.sql.json({ n })}, 'e', ${name})`
    await server.sql`select realtime.send('{"n":0}', 'public', ${name}, false)`
    const channel = (await server.client(undefined, { vsn })).channel(name, {
      config: { private: true, broadcast: { replay: { ...since, limit: 3 } } },
    })
    const received = collect(channel)
    await join(channel)
    await server.sql`select realtime.send('{"n":6}', 'e', ${name})`
    expect((await arrived(received, 4)).map(({ payload, meta }) => [payload.n, meta?.replayed])).toEqual([
      [3, true],
      [4, true],
      [5, true],
      [6, undefined],
    ])
  })

  test('wrong parameters, and who may not read', async () => {
    const client = await server.client()
    const replay = { since: 1.5, limit: 3 }
    const wrong = client.channel(topic(), { config: { private: true, broadcast: { replay } } })
    expect(await refusal(wrong)).toBe('UnableToReplayMessages: Replay params are not valid')
    const denied = client.channel('other', { config: { private: true, broadcast: { replay: since } } })
    expect(await refusal(denied)).toContain('Unauthorized: ')
    // The official client throws before it asks.
    const raw = await RawSocket.open(server.url, server.key)
    const open = await raw.ask('realtime:open', 'phx_join', { config: { broadcast: { replay: since } } }, '1')
    expect(open[4]).toEqual({
      status: 'error',
      response: { reason: 'UnableToReplayMessages: Replay is not allowed for public channels' },
    })
    raw.close()
  })
})

describe('partitions', () => {
  const days = async (): Promise<string[]> => {
    const rows = await server.sql<{ relname: string }[]>`
      select relname from pg_class where relname like 'messages\\_20%' and relkind = 'r' order by 1`
    return rows.map(({ relname }) => relname.slice('messages_'.length).replaceAll('_', '-'))
  }
  const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)

  test('are there from yesterday to three days ahead; those past retention are dropped', async () => {
    expect(await days()).toEqual([-1, 0, 1, 2, 3].map(day))
    const name = `messages_${day(-5).replaceAll('-', '_')}`
    const { context } = server.database
    const admin = postgres(`postgresql://supabase_admin:postgres@127.0.0.1:${context.ports.postgres}/postgres`, {
      max: 1,
      onnotice: () => undefined,
    })
    await admin.unsafe(
      `create table realtime.${name} partition of realtime.messages for values from ('${day(-5)}') to ('${day(-4)}')`,
    )
    expect(await days()).toContain(day(-5))
    await admin`select realtime.maintain_messages('72 hours')`
    await admin.end()
    expect(await days()).toEqual([-1, 0, 1, 2, 3].map(day))
  })
})

describe('replication_ready', () => {
  test('is said when messages from the database are heard', async () => {
    const channel = (await server.client()).channel(topic(), {
      config: { broadcast: { replication_ready: true } },
    })
    const messages: { status: string; message: string }[] = []
    channel.on('system', {}, (message) => messages.push(message))
    await join(channel)
    expect(await arrived(messages)).toMatchObject([{ status: 'ok', message: 'Replication connection established' }])
  })
})
