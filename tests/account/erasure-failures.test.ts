import postgres from 'postgres'
import { afterAll, expect, test } from 'vitest'
import { createUser, serviceClient, type User } from '../support/clients.ts'
import { eventually } from '../support/eventually.ts'
import { sql, stack } from '../support/stack.ts'

const PNG = new Blob([Uint8Array.of(0x89, 0x50, 0x4e, 0x47)], { type: 'image/png' })

// Somebody whose transaction does not end, and a job.
const [holder, job] = [connect(), connect()]

function connect(): postgres.Sql {
  return postgres(stack.db_url, { max: 1, onnotice: () => undefined })
}

afterAll(() => Promise.all([holder.end({ timeout: 1 }), job.end({ timeout: 1 })]))

// The older its wish is, the sooner an account goes.
const isOver = (user: User, ago: string) =>
  sql`insert into private.account_deletions (user_id, requested_by, final_at)
    values (${user.id}, '{person}', now() - ${ago}::interval)`
const isThere = async (user: User) => (await sql`select from public.profiles where user_id = ${user.id}`).length === 1
const hold = (user: User) => holder`select from public.profiles where user_id = ${user.id} for key share`
const failureOf = async (user: User) => {
  const [row] = await sql`
    select failure, failed_at is not null as is_dated from private.account_deletions where user_id = ${user.id}`
  return row
}
const backend = async (session: postgres.Sql) => {
  const [row] = await session<{ pid: number }[]>`select pg_backend_pid() as pid`
  return row?.pid ?? 0
}
const waits = (pid: number) =>
  eventually(async () => {
    const [row] = await sql`
      select cardinality(pg_blocking_pids(pid)) > 0 or state <> 'active' as is_settled
      from pg_stat_activity where pid = ${pid}`
    expect(row).toEqual({ is_settled: true })
  })

test('who cannot be erased holds up nobody, is locked out, and goes when it can be', async () => {
  const [held, filed, plain] = [await createUser('ana'), await createUser('ben'), await createUser('cleo')]
  const path = `${filed.id}/me.png`
  expect((await filed.client.storage.from('avatars').upload(path, PNG)).error).toBeNull()
  await holder`begin`
  await hold(held)
  // Storage cannot delete it meanwhile.
  await holder`select from storage.objects where name = ${path} for update`
  await isOver(held, '3 hours')
  await isOver(filed, '2 hours')
  await isOver(plain, '1 hour')

  await eventually(async () => {
    await sql`call private.erase_accounts()`
    expect(await isThere(plain)).toBe(false)
    expect(await failureOf(held)).toEqual({ failure: '55P03', is_dated: true })
    expect(await failureOf(filed)).toEqual({ failure: 'files', is_dated: true })
  })
  for (const user of [held, filed]) {
    expect(await isThere(user)).toBe(true)
    expect((await user.client.auth.signInWithPassword(user)).error?.code).toBe('user_banned')
    expect((await user.client.auth.refreshSession({ refresh_token: user.refreshToken })).error).not.toBeNull()
  }

  await holder`commit`
  await eventually(async () => {
    await sql`call private.erase_accounts()`
    expect([await isThere(held), await isThere(filed)]).toEqual([false, false])
  })
  expect((await serviceClient().storage.from('avatars').list(filed.id)).data).toEqual([])
})

test('a run that is broken off leaves an account whole or erased', async () => {
  const [held, plain] = [await createUser('ana'), await createUser('cleo')]
  await holder`begin`
  await hold(held)
  await isOver(plain, '3 hours')
  await isOver(held, '2 hours')

  const breaking = connect()
  const pid = await backend(breaking)
  const run = breaking`call private.erase_accounts()`.then(
    () => 'done',
    () => 'broken off',
  )
  await eventually(async () => expect(await isThere(plain)).toBe(false))
  await waits(pid)
  await sql`select pg_terminate_backend(${pid})`
  await run
  await breaking.end({ timeout: 1 })
  const rows = await sql`select from auth.users where id = ${held.id}`
  expect([await isThere(held), rows.length]).toEqual([true, 1])

  await holder`commit`
  await eventually(async () => {
    await sql`call private.erase_accounts()`
    expect(await isThere(held)).toBe(false)
  })
})

test('a file that comes while an account is being erased keeps it, until the file is gone', async () => {
  const ana = await createUser('ana')
  await holder`begin`
  await hold(ana)
  const pid = await backend(job)
  const erased = job`select private.erase_account(${ana.id})`.then(
    () => 'erased',
    (cause: unknown) => cause,
  )
  await waits(pid)
  const path = `${ana.id}/late.png`
  expect((await ana.client.storage.from('avatars').upload(path, PNG)).error).toBeNull()
  await holder`commit`
  expect(await erased).toMatchObject({ code: '55006', constraint_name: 'files' })
  expect(await isThere(ana)).toBe(true)

  await serviceClient().storage.from('avatars').remove([path])
  await job`select private.erase_account(${ana.id})`
  expect(await isThere(ana)).toBe(false)
})
