import postgres from 'postgres'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { databaseUrl } from '../../stack/context.ts'
import { eventually } from '../support/eventually.ts'
import { arrived, collect, join, type RealtimeServer, refusal, startRealtime } from './server.ts'

const SLOT = 'supabase_realtime_messages_replication_slot'

let server: RealtimeServer
beforeEach(async () => {
  server = await startRealtime({ refusalDelayMs: 1 })
  await server.sql`create policy read on realtime.messages for select to anon using (true)`
  await server.sql`create table public.items (id int primary key)`
  await server.sql`grant select on public.items to anon`
  await server.sql`alter publication supabase_realtime add table public.items`
})
afterEach(() => server.stop())

const logged = (message: string): boolean =>
  server.database.lines.some((line) => line.includes(`"message":"${message}`))

/** Writes `n` = 1, 2, … until it is stopped; answers the numbers whose commit was confirmed. */
function write(): { stop(): Promise<number[]> } {
  const committed: number[] = []
  let stopped = false
  const sql = postgres(databaseUrl(server.database.context, 'postgres'), {
    max: 4,
    connect_timeout: 1,
    backoff: () => 0.01,
    onnotice: () => undefined,
  })
  let next = 1
  const writers = Array.from({ length: 4 }, async () => {
    while (!stopped) {
      const n = next++
      try {
        await sql`
          with item as (insert into public.items values (${n}) returning id)
          select realtime.send(jsonb_build_object('n', item.id), 'e', 'room') from item`
        committed.push(n)
      } catch {
        // The crash took the connection; whether this one was committed is not known.
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
  })
  return {
    async stop() {
      stopped = true
      await Promise.all(writers)
      await sql.end({ timeout: 1 })
      return committed
    },
  }
}

test('kill -9 of Postgres in a stream: what was committed arrives, once, and the log says what happened', async () => {
  const client = await server.client()
  const broadcasts = client.channel('room', { config: { private: true } })
  const received = collect(broadcasts)
  const changes = client.channel('changes')
  const rows: number[] = []
  changes.on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'items' }, ({ new: row }) => {
    rows.push(Number(row.id))
  })
  const messages: unknown[] = []
  changes.on('system', {}, (message) => messages.push(message))
  await Promise.all([join(broadcasts), join(changes)])
  await arrived(messages)

  const writer = write()
  await arrived(received, 200)
  for (let crash = 0; crash < 2; crash++) {
    await server.database.restart()
    await arrived(received, received.length + 100)
  }
  const committed = await writer.stop()

  const stored = await eventually(() => server.sql<{ id: number }[]>`select id from public.items order by id`)
  const expected = stored.map(({ id }) => id)
  expect(expected).toEqual(expect.arrayContaining(committed.slice(-10)))
  const numbers = (): number[] => received.map(({ payload }) => Number(payload.n)).sort((a, b) => a - b)
  await eventually(() => expect(numbers()).toEqual(expected))
  await eventually(() => expect([...rows].sort((a, b) => a - b)).toEqual(expected))
  expect(broadcasts.state).toBe('joined')
  expect(logged('replication lost, reconnecting')).toBe(true)
  expect(logged('replication resumed')).toBe(true)
}, 180_000)

test('a slot that was lost is made anew, clients join again, and the log says so', async () => {
  const channel = (await server.client()).channel('room', { config: { private: true } })
  const received = collect(channel)
  let joined = 0
  channel.subscribe((status) => {
    if (status === 'SUBSCRIBED') joined++
  })
  await eventually(() => expect(joined).toBe(1))
  const admin = postgres(databaseUrl(server.database.context, 'supabase_admin'), { max: 1 })
  // One statement that tries until it wins: the service takes the slot up again within milliseconds.
  await admin.unsafe(`do $$ begin loop
    begin
      perform pg_terminate_backend(active_pid, 1000) from pg_replication_slots where slot_name = '${SLOT}';
      perform pg_drop_replication_slot('${SLOT}');
      exit;
    exception when object_in_use then null;
    end;
  end loop; end $$`)
  await admin.end()
  await eventually(() => expect(logged('the replication slot was lost')).toBe(true))
  await eventually(() => expect(joined).toBe(2))
  await server.sql`select realtime.send('{"n":1}', 'e', 'room')`
  expect((await arrived(received)).map(({ payload }) => payload.n)).toEqual([1])
})

test('without a partition for today private joins are refused in hosted words', async () => {
  const admin = postgres(databaseUrl(server.database.context, 'supabase_admin'), { max: 1 })
  const today = `messages_${new Date().toISOString().slice(0, 10).replaceAll('-', '_')}`
  const tomorrow = `messages_${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10).replaceAll('-', '_')}`
  // Tomorrow’s too, because it may begin meanwhile.
  await admin.unsafe(`drop table realtime.${today}, realtime.${tomorrow}`)
  await admin.end()
  const channel = (await server.client()).channel('room', { config: { private: true } })
  expect(await refusal(channel)).toBe('MissingPartition: Realtime was unable to find the expected messages partition')
})

test('the slot follows traffic that does not concern it, so that it holds back no WAL', async () => {
  const behind = async (): Promise<number> => {
    const [row] = await server.sql`
      select pg_current_wal_lsn() - confirmed_flush_lsn as bytes from pg_replication_slots where slot_name = ${SLOT}`
    return Number(row?.bytes)
  }
  await server.sql`create table public.noise as select repeat('x', 1000) as text from generate_series(1, 20000)`
  await eventually(async () => expect(await behind()).toBeLessThan(1_000_000))
})

test('no slot stays behind when the service stops', async () => {
  const slots = () => server.sql`select slot_name from pg_replication_slots`
  expect((await slots()).map(({ slot_name: name }) => name)).toEqual([SLOT])
  await server.realtime.stop()
  expect(await slots()).toHaveLength(0)
})

test('a slot that an earlier process left behind is taken over', async () => {
  await server.realtime.stop()
  await server.sql`select pg_create_logical_replication_slot(${SLOT}, 'pgoutput')`
  await server.sql`select realtime.send('{"n":1}', 'e', 'room')`
  await server.realtime.start()
  const channel = (await server.client()).channel('room', { config: { private: true } })
  const received = collect(channel)
  await join(channel)
  await server.sql`select realtime.send('{"n":2}', 'e', 'room')`
  expect((await arrived(received)).map(({ payload }) => payload.n)).toEqual([2])
})
