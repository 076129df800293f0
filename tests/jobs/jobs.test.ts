import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseUrl } from '../../stack/context.ts'
import { Jobs } from '../../stack/jobs/jobs.ts'
import { type Database, startDatabase } from '../support/database.ts'

interface Received {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let database: Database
let jobs: Jobs
let db: postgres.Sql
let server: Server
let url: string
const received: Received[] = []

beforeAll(async () => {
  database = await startDatabase()
  jobs = new Jobs(database.context)
  await jobs.prepare()
  await jobs.prepare()
  db = postgres(databaseUrl(database.context, 'postgres'), { onnotice: () => undefined })
  // As a migration written for hosted Supabase does, by a role that is not a superuser.
  await db`create extension if not exists pg_cron with schema pg_catalog`
  await db`create extension if not exists pg_net with schema extensions`
  await db`create table public.ran (id bigint generated always as identity, who text, at timestamptz default clock_timestamp())`
  await jobs.start()
  server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ method: request.method, url: request.url, headers: request.headers, body })
      if (request.url?.startsWith('/never')) return
      response.writeHead(request.url?.startsWith('/missing') ? 404 : 200, {
        'content-type': 'application/json',
        location: '/elsewhere',
      })
      response.end('{"ok":true}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port }: AddressInfo = Object(server.address())
  url = `http://127.0.0.1:${port}`
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await jobs.stop()
  await jobs.stop()
  await db.end()
  await database.stop()
})

const details = (jobid: string): Promise<postgres.RowList<postgres.Row[]>> =>
  db`select * from cron.job_run_details where jobid = ${jobid} and end_time is not null order by runid`
const refusalOf = async (query: Promise<unknown>): Promise<unknown> =>
  query.then(
    () => 'no refusal',
    (cause: unknown) => (cause instanceof postgres.PostgresError ? cause.code : cause),
  )

async function schedule(name: string, when: string, command: string): Promise<string> {
  const [row] = await db<{ schedule: string }[]>`select cron.schedule(${name}, ${when}, ${command})`
  return row?.schedule ?? ''
}

describe('cron', () => {
  test('a job of every second runs as its user and records each run', async () => {
    const began = Date.now()
    const id = await schedule('tick', '1 second', 'insert into public.ran (who) values (current_user)')
    await expect.poll(async () => (await details(id)).length).toBeGreaterThanOrEqual(2)
    const [run] = await details(id)
    expect(run).toMatchObject({
      database: 'postgres',
      username: 'postgres',
      command: 'insert into public.ran (who) values (current_user)',
      status: 'succeeded',
      return_message: 'INSERT 0 1',
      job_pid: expect.any(Number),
    })
    const rows = await db`select who from public.ran`
    expect(rows.length).toBeLessThanOrEqual(Math.floor((Date.now() - began) / 1000) + 1)
    expect(rows.slice(0, 2)).toEqual([{ who: 'postgres' }, { who: 'postgres' }])
    await db`select cron.unschedule('tick')`
  })

  test('scheduling again under a name replaces the job; unscheduling ends it', async () => {
    const id = await schedule('named', '0 3 * * *', 'select 1')
    expect(await schedule('named', '30 3 * * 1-5', 'select 2')).toBe(id)
    expect(await db`select schedule, command, active from cron.job where jobname = 'named'`).toEqual([
      { schedule: '30 3 * * 1-5', command: 'select 2', active: true },
    ])
    await db`select cron.alter_job(${id}, active => false)`
    expect(await db`select active, command from cron.job where jobid = ${id}`).toEqual([
      { active: false, command: 'select 2' },
    ])
    await db`select cron.unschedule(${id}::bigint)`
    expect(await db`select from cron.job where jobid = ${id}`).toHaveLength(0)
    expect(await refusalOf(db`select cron.unschedule('named')`)).toBe('XX000')
  })

  test('a failing job records why, and an inactive one does not run', async () => {
    const failing = await schedule('failing', '1 second', 'select 1 / 0')
    // In one transaction, so that no second begins between the two.
    const inactive = await db.begin(async (sql) => {
      const [row] = await sql<{ id: string }[]>`select cron.schedule('inactive', '1 second', 'select 1') as id`
      await sql`select cron.alter_job(${row?.id ?? ''}, active => false)`
      return row?.id ?? ''
    })
    await expect.poll(async () => (await details(failing)).length).toBeGreaterThanOrEqual(2)
    const [run] = await details(failing)
    expect(run).toMatchObject({ status: 'failed', return_message: 'ERROR:  division by zero' })
    expect(await details(inactive)).toHaveLength(0)
    await db`select cron.unschedule('failing'), cron.unschedule('inactive')`
  })

  test('a job slower than its schedule never overlaps itself', async () => {
    const id = await schedule('slow', '1 second', 'select pg_sleep(1.4)')
    await expect.poll(async () => (await details(id)).length).toBeGreaterThanOrEqual(2)
    await db`select cron.unschedule('slow')`
    const [overlap] = await db`
      select count(*)::int as count from cron.job_run_details as a join cron.job_run_details as b
        on a.jobid = b.jobid and a.runid < b.runid and b.start_time < a.end_time
      where a.jobid = ${id}`
    expect(overlap?.count).toBe(0)
  })

  test('a job of another role runs as that role, even after it resets its role', async () => {
    await db`grant insert on public.ran to service_role`
    const [row] = await db<{ id: string }[]>`
      select cron.schedule_in_database('for-service', '1 second',
        'insert into public.ran (who) values (current_user); reset role; select usesuper from pg_user where usename = current_user',
        'postgres', 'service_role') as id`
    await expect.poll(async () => (await details(row?.id ?? '')).length).toBeGreaterThanOrEqual(1)
    const [run] = await details(row?.id ?? '')
    expect(run).toMatchObject({ status: 'succeeded', username: 'service_role' })
    expect(await db`select distinct who from public.ran where who <> 'postgres'`).toEqual([{ who: 'service_role' }])
    expect(await refusalOf(db`select cron.alter_job(${row?.id ?? ''}, active => false)`)).toBe('XX000')
    const admin = postgres(databaseUrl(database.context, 'supabase_admin'))
    await admin`delete from cron.job where jobname = 'for-service'`
    await admin.end()
  })

  test('nobody but a superuser has a job run as a superuser', async () => {
    const insert = (username: string): Promise<unknown> =>
      db`select cron.schedule_in_database('escalate', '1 second', 'select 1', 'postgres', ${username})`
    expect(await refusalOf(insert('supabase_admin'))).toBe('42501')
    expect(await refusalOf(insert('supabase_auth_admin'))).toBe('42501')
    expect(
      await refusalOf(db`select cron._put_job('x', '1 second', 'select 1', 'postgres', 'supabase_admin', true)`),
    ).toBe('42501')
    expect(await refusalOf(db`insert into cron.job (schedule, command) values ('1 second', 'select 1')`)).toBe('42501')
    expect(await refusalOf(db`update cron.job set username = 'supabase_admin'`)).toBe('42501')
  })

  test.each(['anon', 'authenticated', 'service_role'])('%s may not schedule', async (role) => {
    const attempt = db.begin(async (sql) => {
      await sql`set local role ${sql(role)}`
      await sql`select cron.schedule('* * * * *', 'select 1')`
    })
    expect(await refusalOf(attempt)).toBe('42501')
  })

  test.each([
    '* * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 32 * *',
    '* * * 13 *',
    '* * * * 8',
    '60 seconds',
    '0 seconds',
    'x',
    '5-70 * * * *',
    '*/0 * * * *',
  ])('the schedule %j is refused', async (when) => {
    expect(await refusalOf(schedule('bad', when, 'select 1'))).toBe('22023')
  })

  test.each([
    '* * * * *',
    '*/5 0-6,12 1 jan-mar mon',
    '0 0 $ * *',
    '59 seconds',
    '@daily',
    '0 9 * * 1-5/2',
    '0 0 * * 7',
  ])('the schedule %j is taken', async (when) => {
    await schedule('good', when, 'select 1')
    expect(await db`select schedule from cron.job where jobname = 'good'`).toEqual([{ schedule: when }])
    await db`select cron.unschedule('good')`
  })
})

describe('net', () => {
  const answer = async (id: unknown): Promise<postgres.Row> => {
    await expect.poll(async () => (await db`select from net._http_response where id = ${String(id)}`).length).toBe(1)
    const [row] = await db`select * from net._http_response where id = ${String(id)}`
    return row ?? {}
  }

  test('http_post sends JSON with its headers and keeps the answer', async () => {
    const [row] =
      await db`select net.http_post(${`${url}/post`}, '{"a":[1,"ü"]}', '{"q":"x y&ü"}', '{"x-key":"k"}') as id`
    expect(await answer(row?.id)).toMatchObject({
      status_code: 200,
      content_type: 'application/json',
      content: '{"ok":true}',
      timed_out: false,
      error_msg: null,
      headers: expect.objectContaining({ location: '/elsewhere' }),
    })
    const [request] = received.filter(({ url }) => url?.startsWith('/post'))
    expect(request).toMatchObject({ method: 'POST', url: '/post?q=x%20y%26%C3%BC', headers: { 'x-key': 'k' } })
    expect(JSON.parse(request?.body ?? '')).toEqual({ a: [1, 'ü'] })
    const [collected] = await db`select (net._http_collect_response(${row?.id})).status`
    expect(collected?.status).toBe('SUCCESS')
  })

  test('http_get and http_delete are sent, and a 404 is an answer', async () => {
    const [row] =
      await db`select net.http_get(${`${url}/missing?a=1`}, '{"b":"2"}') as got, net.http_delete(${`${url}/gone`}) as gone`
    expect(await answer(row?.got)).toMatchObject({ status_code: 404, error_msg: null })
    expect(await answer(row?.gone)).toMatchObject({ status_code: 200 })
    expect(received.map(({ method, url }) => `${method} ${url}`)).toEqual(
      expect.arrayContaining(['GET /missing?a=1&b=2', 'DELETE /gone']),
    )
  })

  test('a request is sent only after commit, and not at all after rollback', async () => {
    const seen = (path: string): number => received.filter((request) => request.url === path).length
    await db
      .begin(async (sql) => {
        await sql`select net.http_get(${`${url}/rolled-back`})`
        throw new Error('rolled back')
      })
      .catch(() => undefined)
    await db.begin(async (sql) => {
      await sql`select net.http_get(${`${url}/committed`})`
      // A request of another session, queued later, is sent and answered while this transaction is open.
      const [other] = await db`select net.http_get(${`${url}/meanwhile`}) as id`
      await answer(other?.id)
      expect(seen('/committed')).toBe(0)
    })
    await expect.poll(() => seen('/committed')).toBe(1)
    expect(seen('/rolled-back')).toBe(0)
  })

  test('a time-out and a refused connection are recorded, and delay nobody', async () => {
    const [row] = await db`
      select
        net.http_get(${`${url}/never`}, timeout_milliseconds => 60000) as endless,
        net.http_get(${`${url}/never`}, timeout_milliseconds => 500) as slow,
        net.http_get('http://127.0.0.1:1/') as closed`
    const [quick] = await db`select net.http_get(${`${url}/quick`}) as id`
    await answer(quick?.id)
    expect(await db`select from net._http_response where id = ${row?.endless}`).toHaveLength(0)
    expect(await answer(row?.closed)).toMatchObject({
      status_code: null,
      timed_out: false,
      error_msg: expect.any(String),
    })
    expect(await answer(row?.slow)).toMatchObject({ status_code: null, timed_out: true })
  })

  test('a body that is not JSON is refused', async () => {
    const attempt = db`select net.http_post(${url}, headers => '{"content-type":"text/plain"}')`
    expect(await refusalOf(attempt)).toBe('P0001')
  })
})

describe('vault', () => {
  test('a secret comes back, and lies in the table encrypted', async () => {
    const [row] = await db`select vault.create_secret('s3cret', 'first', 'described') as id`
    expect(
      await db`select name, description, decrypted_secret from vault.decrypted_secrets where id = ${row?.id}`,
    ).toEqual([{ name: 'first', description: 'described', decrypted_secret: 's3cret' }])
    const [stored] = await db`select secret from vault.secrets where id = ${row?.id}`
    expect(stored?.secret).not.toContain('s3cret')
    expect(Buffer.from(stored?.secret ?? '', 'base64').toString('latin1')).not.toContain('s3cret')
    await db`select vault.update_secret(${row?.id}, 'n3w', 'renamed')`
    expect(
      await db`select name, description, decrypted_secret from vault.decrypted_secrets where id = ${row?.id}`,
    ).toEqual([{ name: 'renamed', description: 'described', decrypted_secret: 'n3w' }])
    expect(await refusalOf(db`select vault.create_secret('x', 'renamed')`)).toBe('23505')
  })

  test('service_role reads secrets; anon and authenticated do not, and nobody reads the key', async () => {
    const as = (role: string, query: string): Promise<unknown> =>
      refusalOf(
        db.begin(async (sql) => {
          await sql`set local role ${sql(role)}`
          await sql.unsafe(query)
        }),
      )
    const read = 'select decrypted_secret from vault.decrypted_secrets'
    expect(await as('service_role', read)).toBe('no refusal')
    for (const role of ['anon', 'authenticated']) expect(await as(role, read)).toBe('42501')
    for (const query of ['select vault._crypt_key()', `select pg_read_file('vault.key')`])
      for (const role of ['postgres', 'service_role']) expect(await as(role, query)).toBe('42501')
  })

  test('one secret put in the row of another does not decrypt', async () => {
    const admin = postgres(databaseUrl(database.context, 'supabase_admin'))
    const [a] = await db`select vault.create_secret('of a') as id`
    const [b] = await db`select vault.create_secret('of b') as id`
    await admin`update vault.secrets set secret = (select secret from vault.secrets where id = ${a?.id}) where id = ${b?.id}`
    expect(await refusalOf(db`select decrypted_secret from vault.decrypted_secrets where id = ${b?.id}`)).toBe('22000')
    await admin`delete from vault.secrets where id = ${b?.id}`
    await admin.end()
  })
})

describe('a restart', () => {
  test('of the database under it is survived: jobs and requests go on', async () => {
    const id = await schedule('through', '1 second', 'select 1')
    await expect.poll(async () => (await details(id)).length).toBeGreaterThanOrEqual(1)
    await database.restart()
    const runs = async (): Promise<number> => (await details(id)).length
    const before = await runs()
    await expect.poll(runs).toBeGreaterThan(before)
    await db`select net.http_get(${`${url}/after-restart`})`
    await expect.poll(() => received.some((request) => request.url === '/after-restart')).toBe(true)
    await db`select cron.unschedule('through')`
  })

  test('of the stack marks the run it broke off as failed and goes on', async () => {
    const id = await schedule('broken-off', '1 second', 'select pg_sleep(60)')
    await expect
      .poll(async () => (await db`select from cron.job_run_details where jobid = ${id} and status = 'running'`).length)
      .toBe(1)
    await jobs.stop()
    await db`select cron.alter_job(${id}, command => 'select 1')`
    jobs = new Jobs(database.context)
    await jobs.start()
    await expect.poll(async () => (await details(id)).length).toBeGreaterThanOrEqual(2)
    const [first, second] = await details(id)
    expect([first?.status, second?.status]).toEqual(['failed', 'succeeded'])
    await db`select cron.unschedule('broken-off')`
  })
})
