import { beforeAll, describe, expect, test } from 'vitest'
import { NewIds } from '../../supabase/functions/account/ids.ts'
import { createUser, serviceClient, type User } from '../support/clients.ts'
import { sql } from '../support/stack.ts'
import { bringIn, chooseAvatar, exported, open } from './archive.ts'

const PNG = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (letter) => letter.charCodeAt(0),
)
const HASH = 'ab'.repeat(32)

// The user, an id of an archive, and what that becomes.
const NEW_IDS = [
  [
    '00000000-0000-0000-0000-000000000000',
    '00000000-0000-0000-0000-000000000000',
    'a852024f-a5ac-879a-8187-8614afd26964',
  ],
  [
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '0190a7c4-5b1e-7c3a-9d2e-3f4a5b6c7d8e',
    '4df55bb1-9160-8378-b7c4-e0465ecd0fc5',
  ],
  [
    '3f2b8c1e-9a4d-4e6f-8b7a-1c2d3e4f5a6b',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '25ef4dcf-4b41-8e23-bc89-baf0fef11a0e',
  ],
] as const

const backend = serviceClient()
let bytes: Uint8Array
let exerciseId: string

/** An archive of somebody with an exercise of their own, its picture and one of themselves. */
async function anArchive(name: string): Promise<{ readonly bytes: Uint8Array; readonly exerciseId: string }> {
  const user = await createUser(name)
  const id = crypto.randomUUID()
  await user.client
    .from('exercises')
    .insert({
      id,
      name,
      exercise_type: 'strength',
      primary_muscles: ['chest'],
      difficulty: 'beginner',
      movement_pattern: 'push',
      tracking_type: 'weight_reps',
      weight_entry: 'total',
    })
    .throwOnError()
  await stored(user, 'exercise-media', `${id}/press.png`)
  await shown(user, 'me.png')
  return { bytes: await exported(user), exerciseId: id }
}

async function stored(user: User, bucket: string, path: string): Promise<void> {
  const { error } = await user.client.storage.from(bucket).upload(path, new Blob([PNG], { type: 'image/png' }))
  if (error) throw error
}

async function shown(user: User, name: string): Promise<void> {
  await stored(user, 'avatars', `${user.id}/${name}`)
  expect((await chooseAvatar(user, `${user.id}/${name}`)).status).toBe(200)
}

function newId(userId: string, id: string): string {
  const ids = new NewIds(userId)
  ids.defineAll({ id })
  return ids.replace(id)
}

beforeAll(async () => {
  ;({ bytes, exerciseId } = await anArchive('ana'))
})

test.each(NEW_IDS)('for %s the id %s becomes %s, in the function and in the database', async (userId, id, expected) => {
  expect(newId(userId, id)).toBe(expected)
  const [row] = await sql.begin(async (tx) => {
    await tx`select set_config('request.jwt.claims', ${JSON.stringify({ sub: userId })}, true)`
    return tx`select private.archive_id(${id}) as id`
  })
  expect(row?.id).toBe(expected)
})

test('of two archives that are brought in at once one comes in whole, and the other is refused', async () => {
  const [ben, other] = [await createUser('ben'), await anArchive('other')]
  const answers = await Promise.all([bringIn(ben, bytes), bringIn(ben, other.bytes)])
  expect(answers.map(({ status }) => status).sort((one, other) => one - other)).toEqual([200, 409])
  const refused = answers.find(({ status }) => status === 409)
  expect(['archive_replaced', 'account_not_empty']).toContain(refused?.body.code)
  const winner = answers[0]?.status === 200 ? exerciseId : other.exerciseId
  const { data } = await ben.client.from('exercises').select('id').eq('created_by', ben.id)
  expect(data).toEqual([{ id: newId(ben.id, winner) }])
  expect(await sql`select from private.restore_pages where user_id = ${ben.id}`).toHaveLength(0)
})

describe('an import that a later one has replaced', () => {
  test('takes no more pages, and brings nothing in', async () => {
    const ben = await createUser('ben')
    const send = (restore_id: string, page: number) =>
      backend.rpc('send_archive_page', { user_id: ben.id, restore_id, page, relation: 'none', rows: [] })
    const restore = (restore_id: string, pages: number) =>
      backend.rpc('restore_account', { user_id: ben.id, restore_id, pages, file_hash: HASH })
    const [first, second] = [crypto.randomUUID(), crypto.randomUUID()]
    for (const page of [0, 1]) expect((await send(first, page)).error).toBeNull()
    expect((await send(second, 0)).error).toBeNull()
    expect((await send(first, 2)).error?.code).toBe('archive_replaced')
    expect((await restore(first, 2)).error?.code).toBe('archive_replaced')
    expect((await restore(second, 2)).error?.code).toBe('archive_replaced')
    expect((await restore(second, 1)).error).toBeNull()
  })
})

describe('the same archive again', () => {
  test('is answered as before, and brings the files that are missing', async () => {
    const ben = await createUser('ben')
    const first = await bringIn(ben, bytes)
    expect(first).toMatchObject({ status: 200, body: { files: 2, missing: [] } })
    const media = `${newId(ben.id, exerciseId)}/press.png`
    expect((await backend.storage.from('exercise-media').remove([media])).data).toHaveLength(1)
    await sql`update public.profiles set avatar_path = null where user_id = ${ben.id}`

    expect(await bringIn(ben, bytes)).toEqual(first)

    const archive = await open(await exported(ben))
    expect(archive.files.get(`files/exercise-media/${media}`)).toEqual(PNG)
    expect(archive.rows('public.profiles')).toMatchObject([{ avatar_path: `${ben.id}/me.png` }])
  })

  test('leaves what the person has chosen since, and another archive is refused', async () => {
    const ben = await createUser('ben')
    await bringIn(ben, bytes)
    await shown(ben, 'new.png')
    expect((await bringIn(ben, bytes)).status).toBe(200)
    const { data } = await ben.client.from('profiles').select('avatar_path').eq('user_id', ben.id).single()
    expect(data).toEqual({ avatar_path: `${ben.id}/new.png` })
    const another = await bringIn(ben, await exported(ben))
    expect([another.status, another.body.code]).toEqual([409, 'account_not_empty'])
  })
})

describe('an archive that is too large to come in by one statement', () => {
  const send = (userId: string, restoreId: string, sets: number) => sql`
    insert into private.restore_pages (user_id, restore_id, page, relation, rows)
    select ${userId}, ${restoreId}, 0, 'public.workout_sets', jsonb_agg('{}'::jsonb) from generate_series(1, ${sets}::integer)`

  test('is refused when it has too many sets', async () => {
    const [ben, restore_id] = [await createUser('ben'), crypto.randomUUID()]
    await send(ben.id, restore_id, 80_001)
    const large = await backend.rpc('restore_account', { user_id: ben.id, restore_id, pages: 1, file_hash: HASH })
    expect([large.status, large.error?.code]).toEqual([413, 'archive_too_large'])
    await sql`delete from private.restore_pages where user_id = ${ben.id}`
    await send(ben.id, restore_id, 80_000)
    expect(await sql`select private.check_sent_archive(${ben.id}, ${restore_id}, 1)`).toHaveLength(1)
  })

  test('is refused with the same code when the time is over', async () => {
    const [ben, restoreId] = [await createUser('ben'), crypto.randomUUID()]
    await send(ben.id, restoreId, 1)
    await sql.begin(async (holder) => {
      await holder`select from public.profiles where user_id = ${ben.id} for update`
      const ended = sql.begin(async (tx) => {
        await tx`set local statement_timeout = '300ms'`
        await tx`select public.restore_account(${ben.id}, ${restoreId}, 1, ${HASH})`
      })
      await expect(ended).rejects.toMatchObject({ message: expect.stringContaining('archive_too_large') })
    })
  })
})
