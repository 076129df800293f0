import { beforeEach, describe, expect, test } from 'vitest'
import { createUser, type User } from '../support/clients.ts'
import { sql } from '../support/stack.ts'
import { call, exerciseId, refusal, startWith } from './training.ts'

let ana: User

beforeEach(async () => {
  ana = await createUser('ana')
})

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()
const DAY = 24 * 60

test('a set of a planned workout is not done by an update either', async () => {
  const [workoutId, workoutExerciseId, setId] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
  const { client } = ana
  await client.from('workouts').insert({ id: workoutId, status: 'planned' }).throwOnError()
  const exercise_id = await exerciseId(client, 'barbell-bench-press')
  await call(client, 'add_workout_exercise', { id: workoutExerciseId, workout_id: workoutId, exercise_id })
  const set = { id: setId, workout_exercise_id: workoutExerciseId, weight_kg: 300, reps: 1 }
  await client.from('workout_sets').insert(set).throwOnError()
  const complete = () =>
    client
      .from('workout_sets')
      .update({ completed_at: ago(5) })
      .eq('id', setId)

  const { error } = await complete()

  expect(error?.code).toBe('workout_not_active')
  expect((await client.from('personal_records').select('kind')).data).toEqual([])
  // The same change once the workout is on.
  await call(client, 'start_workout', { id: workoutId, started_at: ago(10) })
  await complete().throwOnError()
})

test.each(['complete_workout', 'cancel_workout'])('%s ends a workout whose last set came with a day', async (end) => {
  const { workoutId, workoutExerciseId } = await startWith(ana.client, 'barbell-bench-press', ago(DAY + 6))
  const set = { workout_exercise_id: workoutExerciseId, weight_kg: 50, reps: 5, completed_at: ago(2) }
  await call(ana.client, 'complete_set', set)

  await call(ana.client, end, { workout_id: workoutId })

  const { data } = await ana.client.from('workouts').select('ended_at').eq('id', workoutId).single().throwOnError()
  expect(data.ended_at).not.toBeNull()
})

describe('while another write of the athlete does not end', () => {
  test('a write is told to try again, and is done then', async () => {
    await sql.begin(async (tx) => {
      await tx`select private.lock_athletes(array[${ana.id}]::uuid[])`
      expect(await refusal(ana.client, 'start_workout', {})).toMatchObject({ status: 409, code: 'busy' })
    })

    await call(ana.client, 'start_workout', {})
  })
})
