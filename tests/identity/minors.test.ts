import type { ReservedSql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createUser } from '../support/clients.ts'
import { eventually } from '../support/eventually.ts'
import { sql } from '../support/stack.ts'

// Two requests for one athlete at the same moment: one says that they are 15, the other opens their card to all.
let first: ReservedSql
let second: ReservedSql
let userId: string

beforeAll(async () => {
  ;[first, second] = [await sql.reserve(), await sql.reserve()]
  userId = (await createUser('teen')).id
})
afterAll(() => {
  first.release()
  second.release()
})

const giveBirthday = (db: ReservedSql) =>
  db`update public.personal_details set date_of_birth = current_date - interval '15 years' where user_id = ${userId}`
const openCard = (db: ReservedSql) => db`update public.profiles set visibility = 'public' where user_id = ${userId}`
const visibility = async () => {
  const [card] = await first`select visibility from public.profiles where user_id = ${userId}`
  return card?.visibility
}

/** Begins `one` on the first connection and `other` on the second, which waits; then lets the first one commit. */
async function overlapped(
  one: (db: ReservedSql) => PromiseLike<unknown>,
  other: (db: ReservedSql) => PromiseLike<unknown>,
) {
  await first`update public.personal_details set date_of_birth = null where user_id = ${userId}`
  await first`update public.profiles set visibility = 'private' where user_id = ${userId}`
  const [session] = await second`select pg_backend_pid() as pid`
  await first`begin`
  await one(first)
  const answer = other(second).then(
    () => 'ok',
    (error: Error) => JSON.parse(error.message).code,
  )
  await eventually(async () => {
    const [waiting] = await first`select cardinality(pg_blocking_pids(${session?.pid})) > 0 as is_waiting`
    expect(waiting).toEqual({ is_waiting: true })
  })
  await first`commit`
  return [await answer, await visibility()]
}

test('a card is not opened while a birthday is being stored', async () => {
  expect(await overlapped(giveBirthday, openCard)).toEqual(['minor_is_not_public', 'private'])
})

test('a birthday closes a card that is being opened', async () => {
  expect(await overlapped(openCard, giveBirthday)).toEqual(['ok', 'private'])
})
