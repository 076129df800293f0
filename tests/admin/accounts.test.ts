import { expect, test } from 'vitest'
import { createUser, newClient, signIn, type User } from '../support/clients.ts'
import { sql } from '../support/stack.ts'

async function createAdmin(): Promise<User> {
  const admin = await createUser('admin')
  await sql`update public.user_roles set role = 'admin' where user_id = ${admin.id}`
  return admin
}

test('an admin locks an account out and lets it in again, and its owner reads who did and why', async () => {
  const [admin, athlete] = await Promise.all([createAdmin(), createUser('athlete')])
  const update = (patch: object) => admin.client.rpc('admin_update_user', { user_id: athlete.id, patch })
  const trySignIn = () => newClient().auth.signInWithPassword({ email: athlete.email, password: athlete.password })

  const locked = await update({ is_active: false, reason: 'shared with strangers' })
  expect(locked).toMatchObject({ error: null, data: { user_id: athlete.id, is_active: false } })
  expect((await trySignIn()).error).toMatchObject({ code: 'user_banned' })
  const read = await athlete.client.from('exercises').select('id').limit(1)
  const write = await athlete.client.rpc('count_request')
  for (const refused of [read, write])
    expect(refused).toMatchObject({ status: 401, error: { code: 'not_authenticated' } })
  expect((await athlete.client.auth.refreshSession()).error).not.toBeNull()

  expect((await update({ is_active: true, reason: 'a mistake' })).error).toBeNull()
  const again = await signIn(athlete.email)
  const log = await again.client.rpc('my_access_log')
  expect(log.data.items).toMatchObject([
    { by: 'admin', action: 'user_updated', reason: 'a mistake' },
    { by: 'admin', action: 'user_updated', reason: 'shared with strangers' },
  ])
})

test('what an admin reads of an account is in its access log, and an athlete reads no list', async () => {
  const [admin, athlete] = await Promise.all([createAdmin(), createUser('athlete')])

  const refused = await athlete.client.rpc('admin_list_users', { query: admin.email })
  expect(refused).toMatchObject({ status: 403, data: null, error: { code: 'admin_only' } })
  expect((await admin.client.rpc('my_access_log')).data.items).toEqual([])

  const { data } = await admin.client.rpc('admin_list_users', { query: athlete.email })
  expect(data).toMatchObject({
    items: [{ user_id: athlete.id, email: athlete.email, role: 'user' }],
    next_cursor: null,
  })
  const log = await athlete.client.rpc('my_access_log')
  expect(log.data.items).toMatchObject([{ by: 'admin', action: 'user_listed', reason: null }])
})

test('a hundred uses of power at the same moment make one chain', async () => {
  const [admin, athlete] = await Promise.all([createAdmin(), createUser('athlete')])
  const calls = Array.from({ length: 100 }, (_, call) =>
    admin.client.rpc('admin_update_user', {
      user_id: athlete.id,
      patch: { display_name: `Name ${call}`, reason: `call ${call}` },
    }),
  )
  expect((await Promise.all(calls)).map(({ error }) => error)).toEqual(calls.map(() => null))

  const [entries] = await sql`
    select count(*)::integer, count(distinct details ->> 'reason')::integer as reasons
    from private.audit_log where subject_id = ${athlete.id}`
  expect(entries).toEqual({ count: 100, reasons: 100 })
  expect(await sql`select * from private.verify_audit_log()`).toEqual([])
})
