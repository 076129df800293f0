import postgres from 'postgres'
import { expect, test } from 'vitest'
import { createUser, type User } from '../support/clients.ts'
import { sql, stack } from '../support/stack.ts'

async function befriend(one: User, other: User): Promise<void> {
  await one.client.rpc('send_friend_request', { user_id: other.id }).throwOnError()
  await other.client.rpc('respond_friend_request', { user_id: one.id, accept: true }).throwOnError()
}

/** Whose channels were asked to be checked again by what `run` committed, read from the write-ahead log as Realtime does. */
async function recheckedBy(run: () => Promise<void>): Promise<readonly string[]> {
  const url = new URL(stack.db_url)
  url.username = 'supabase_admin'
  const log = postgres(url.href, { max: 1, onnotice: () => undefined })
  try {
    const slot = `recheck_${crypto.randomUUID().replaceAll('-', '_')}`
    await log`select pg_create_logical_replication_slot(${slot}, 'pgoutput', true)`
    await run()
    const changes = await log`
      select convert_from(substring(data from length(data) - 35), 'UTF8') as user_id
      from pg_logical_slot_get_binary_changes(${slot}, null, null,
        'proto_version', '1', 'publication_names', 'supabase_realtime', 'messages', 'true')
      where position('supabase_realtime_recheck'::bytea in data) > 0`
    return changes.map(({ user_id: userId }) => String(userId))
  } finally {
    await log.end()
  }
}

test.each(['remove_friend', 'block_user'])('%s has the live channels of both checked again', async (call) => {
  const [ana, ben] = await Promise.all([createUser('ana'), createUser('ben')])
  await befriend(ana, ben)

  const rechecked = await recheckedBy(async () => {
    await ana.client.rpc(call, { user_id: ben.id }).throwOnError()
  })

  expect(rechecked).toEqual(expect.arrayContaining([ana.id, ben.id]))
  expect(await sql`select from public.friendships where ${ana.id} in (requester_id, addressee_id)`).toHaveLength(0)
})
