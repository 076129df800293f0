import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { createUser, signIn, type User } from '../support/clients.ts'
import { call, startWith } from './training.ts'

const Row = z.object({ id: z.string(), version: z.int(), weight_kg: z.number().nullable() })
const Details = z.object({ conflict_id: z.string(), current: Row })

let phone: User
let watch: User
let workoutExerciseId: string

beforeAll(async () => {
  phone = await createUser('ana')
  watch = await signIn(phone.email)
  ;({ workoutExerciseId } = await startWith(phone.client, 'barbell-bench-press'))
})

const completeSet = async (weight: number): Promise<z.infer<typeof Row>> =>
  Row.parse(
    await call(phone.client, 'complete_set', { workout_exercise_id: workoutExerciseId, weight_kg: weight, reps: 5 }),
  )

const weightOf = async (id: string): Promise<unknown> =>
  (await phone.client.from('workout_sets').select('weight_kg').eq('id', id).single().throwOnError()).data.weight_kg

test('of two corrections of the same version one is stored, and the other is answered with it and kept', async () => {
  const set = await completeSet(100)
  const correct = (user: User, weight: number) =>
    user.client.rpc('update_set', { set_id: set.id, version: set.version, changes: { weight_kg: weight } })

  const [first, second] = [await correct(phone, 102.5), await correct(watch, 110)]

  expect(first).toMatchObject({ status: 200, error: null, data: { id: set.id, weight_kg: 102.5 } })
  expect(second).toMatchObject({ status: 409, data: null, error: { code: 'version_conflict' } })
  const { conflict_id: conflictId, current } = Details.parse(JSON.parse(second.error?.details ?? '{}'))
  expect(current).toMatchObject({ id: set.id, weight_kg: 102.5 })

  const kept = await phone.client.from('workout_conflicts').select('*').eq('id', conflictId).single().throwOnError()
  expect(JSON.stringify(kept.data)).toContain('110')
  expect((await (await createUser('eve')).client.from('workout_conflicts').select('id')).data).toEqual([])

  await call(phone.client, 'resolve_workout_conflict', { conflict_id: conflictId, restore: true })
  expect(await weightOf(set.id)).toBe(110)
})

test('the same id with other content is a conflict that changes nothing, and with the same content none', async () => {
  const set = { id: crypto.randomUUID(), workout_exercise_id: workoutExerciseId, weight_kg: 60, reps: 8 }
  await call(phone.client, 'complete_set', set)

  const other = await watch.client.rpc('complete_set', { ...set, weight_kg: 65 })
  expect(other).toMatchObject({ status: 409, data: null, error: { code: 'set_conflict' } })
  expect(await weightOf(set.id)).toBe(60)
  expect(await watch.client.rpc('complete_set', set)).toMatchObject({
    status: 200,
    data: { id: set.id, weight_kg: 60 },
  })
})

test('a set that one device deleted does not come back from the other', async () => {
  const set = await completeSet(80)
  await call(watch.client, 'delete_set', { set_id: set.id, version: set.version })

  const late = await phone.client.rpc('update_set', { set_id: set.id, version: set.version, changes: { reps: 6 } })
  expect(late.error).not.toBeNull()
  expect((await phone.client.from('workout_sets').select('id').eq('id', set.id)).data).toEqual([])
})
