import postgres from 'postgres'
import { afterAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { sql, stack } from '../support/stack.ts'

const [evening, morning] = [connect(), connect()]
afterAll(() => Promise.all([evening.end({ timeout: 1 }), morning.end({ timeout: 1 })]))

function connect(): postgres.Sql {
  return postgres(stack.db_url, { max: 1, onnotice: () => undefined })
}

// The function as it is, but for a clock that is a day ahead; for this transaction alone.
async function setClockAhead(session: postgres.Sql): Promise<void> {
  const [audit] = await session<{ definition: string }[]>`
    select pg_get_functiondef('private.audit(text, uuid, jsonb)'::regprocedure) as definition`
  const definition = audit?.definition ?? ''
  const ahead = definition.replaceAll('clock_timestamp()', "(clock_timestamp() + interval '1 day')")
  expect(ahead).not.toBe(definition)
  await session.unsafe(ahead)
}

test('the first entry of a day continues those of the day before that were being written', async () => {
  const subject = crypto.randomUUID()
  await evening`begin`
  await evening`select private.audit('user_updated', ${subject})`

  await morning`begin`
  await setClockAhead(morning)
  const [backend] = await morning<{ pid: number }[]>`select pg_backend_pid() as pid`
  const written = morning`select private.audit('user_updated', ${subject})`.execute()
  await eventually(async () => {
    const [waits] = await sql`
      select cardinality(pg_blocking_pids(pid)) > 0 or state <> 'active' as is_settled
      from pg_stat_activity where pid = ${backend?.pid ?? 0}`
    expect(waits).toEqual({ is_settled: true })
  })
  await evening`commit`
  await written

  const [days] = await morning`
    select count(distinct day)::int as count from private.audit_log where subject_id = ${subject}`
  expect(days).toEqual({ count: 2 })
  const problems = await morning`
    select * from private.verify_audit_log((select min(day) from private.audit_log where subject_id = ${subject}))`
  expect(problems).toEqual([])
  await morning`rollback`
})

test('where the chain stands is said in the log of the server', async () => {
  const said: string[] = []
  const listener = postgres(stack.db_url, {
    max: 1,
    onnotice: ({ severity, message }) => said.push(`${severity}: ${message}`),
  })
  await sql`select private.audit('user_updated', ${crypto.randomUUID()})`
  await listener`set client_min_messages = log`
  await listener`select private.publish_audit_head()`
  await listener.end({ timeout: 1 })
  expect(said).toEqual([expect.stringMatching(/^LOG: audit log: day \d{4}-\d\d-\d\d, \d+ entries, hash [0-9a-f]{64}$/)])
})
