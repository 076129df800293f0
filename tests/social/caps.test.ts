import { expect, test } from 'vitest'
import { createUser } from '../support/clients.ts'
import { sql } from '../support/stack.ts'

/** How often a code was answered; `ok` for no error. */
function counted(answers: readonly { readonly error: { readonly code?: string } | null }[]) {
  const codes = answers.map(({ error }) => (error === null ? 'ok' : (error.code ?? 'no code')))
  return Object.fromEntries(
    [...new Set(codes)].sort().map((code) => [code, codes.filter((one) => one === code).length]),
  )
}

test('no more requests are open than may be, however many are sent at once', async () => {
  const ben = await createUser('ben')
  const others = await sql<{ id: string }[]>`
    insert into auth.users (id, aud, role, email, created_at, updated_at)
    select id, 'authenticated', 'authenticated', id || '@example.test', now(), now()
    from (select gen_random_uuid() as id from generate_series(1, 505)) as made
    returning id`
  const ids = others.map(({ id }) => id)
  await sql`
    insert into public.friendships (requester_id, addressee_id)
    select ${ben.id}::uuid, asked.id from unnest(${ids.slice(0, 497)}::uuid[]) as asked (id)`

  const answers = await Promise.all(ids.slice(497).map((id) => ben.client.rpc('send_friend_request', { user_id: id })))

  expect(counted(answers)).toEqual({ ok: 3, too_many_friend_requests: 5 })
})

test('nor are more blocked', async () => {
  const ben = await createUser('ben')
  await sql`
    insert into public.blocks (blocker_id, blocked_id, was_known)
    select ${ben.id}::uuid, gen_random_uuid(), false from generate_series(1, 9997)`

  const answers = await Promise.all(
    Array.from({ length: 8 }, () => ben.client.rpc('block_user', { user_id: crypto.randomUUID() })),
  )

  expect(counted(answers)).toEqual({ ok: 3, too_many_blocks: 5 })
})
