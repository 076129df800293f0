import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseUrl } from '../../stack/context.ts'
import { Rest } from '../../stack/rest/rest.ts'
import { SessionPool } from '../../stack/rest/session-pool.ts'
import { type Fixture, startFixture } from './fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture[Symbol.asyncDispose]())

// Reading a schema takes a while on a busy machine.
const eventually = <T>(read: () => T): ReturnType<typeof expect.poll<T>> => expect.poll(read)

test('a table, a column and a function are there as soon as the schema has them, and gone with them', async () => {
  const { anon, sql } = fixture
  expect(await anon.from('late').select()).toMatchObject({ status: 404, error: { code: 'PGRST205' } })
  await sql`create table public.late (id integer primary key)`
  await sql`grant select, insert on public.late to anon`
  await eventually(async () => (await anon.from('late').select()).data).toEqual([])

  await sql`alter table public.late add column word text not null default 'new'`
  await eventually(async () => (await anon.from('late').insert({ id: 1, word: 'mine' })).status).toBe(201)
  expect((await anon.from('late').select()).data).toEqual([{ id: 1, word: 'mine' }])

  await sql`create function public.late_word() returns text language sql stable as 'select word from public.late'`
  await sql`grant execute on function public.late_word() to anon`
  await eventually(async () => (await anon.rpc('late_word')).data).toBe('mine')

  await sql`drop table public.late cascade`
  await eventually(async () => (await anon.from('late').select()).error?.code).toBe('PGRST205')
})

test('settings of roles are read again when the schema is', async () => {
  const { anon, sql } = fixture
  const timeout = async (): Promise<unknown> => (await anon.rpc('request_settings')).data?.statement_timeout
  expect(await timeout()).toBe('3s')
  await sql`alter role anon set statement_timeout = '2500ms'`
  await sql`notify pgrst, 'reload config'`
  await eventually(timeout).toBe('2500ms')
  await sql`alter role anon set statement_timeout = '3s'`
  await sql`notify pgrst, 'reload schema'`
  await eventually(timeout).toBe('3s')
})

test('a session is replaced before the statements that it keeps prepared become too many', async () => {
  const pool = new SessionPool(databaseUrl(fixture.stack.context, 'authenticator'), 1)
  const backends = new Set<unknown>()
  let kept = 0
  for (let index = 0; index < 1_100; index += 1)
    await pool.lend(async (session) => {
      const text = `select pg_backend_pid() as pid, count(*)::int as kept, $1::int as n${index} from pg_prepared_statements`
      for (const value of [1, 2]) {
        const [row] = (await session.query(text, [value])).rows
        expect(row).toMatchObject({ [`n${index}`]: value })
        backends.add(row?.pid)
        kept = Math.max(kept, Number(row?.kept))
      }
    })
  await pool.close()
  expect(backends.size).toBe(2)
  expect(kept).toBeGreaterThan(900)
  expect(kept).toBeLessThan(1_100)
})

test('requests wait for a session rather than fail, when there are more of them than sessions', async () => {
  const answers = await Promise.all(Array.from({ length: 30 }, () => fixture.anon.rpc('nap', { seconds: 0.05 })))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 30 }, () => 204))
})

test('a service that stops answers everybody at once, also who still waits for a session', async () => {
  const rest = new Rest(fixture.stack.context)
  await rest.start()
  const nap = (): Promise<Response> =>
    rest.fetch(
      new Request('http://local/rpc/nap', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"seconds": 2.5}',
      }),
    )
  const naps = Array.from({ length: 15 }, nap)
  await eventually(
    async () => (await fixture.sql`select from pg_stat_activity where query like '%nap%' and state = 'active'`).length,
  ).toBeGreaterThan(10)
  await Promise.all([rest.stop(), rest.stop()])
  const answers = await Promise.all(naps)
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 15 }, () => 503))
  expect((await nap()).status).toBe(503)
})

test('connections that the server ends are replaced, and a crash of the server is survived', async () => {
  const { anon, sql, stack } = fixture
  // Not by supabase-js, which tries a read again for seconds.
  const numbers = async (): Promise<number> => (await fixture.rest('/numbers?limit=1')).status
  expect(await numbers()).toBe(200)
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'authenticator'`
  await eventually(numbers).toBe(200)

  const interrupted = Promise.resolve(anon.rpc('nap', { seconds: 2.5 }))
  await eventually(
    async () => (await sql`select from pg_stat_activity where query like '%nap%' and state = 'active'`).length,
  ).toBeGreaterThan(1)
  await stack.postgres.kill()
  expect(await interrupted).toMatchObject({ status: 503, error: { code: 'PGRST001' } })
  expect(await numbers()).toBe(503)
  await stack.postgres.start(new AbortController().signal)
  await eventually(numbers).toBe(200)

  await sql`create table public.after_crash (id integer primary key)`
  await sql`grant select on public.after_crash to anon`
  await eventually(async () => (await anon.from('after_crash').select()).status).toBe(200)
})
