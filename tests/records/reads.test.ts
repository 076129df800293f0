import { afterAll, beforeAll, expect, test } from 'vitest'
import { MyStreaks, StrengthProgress } from '../../supabase/functions/_shared/contracts/records.ts'
import { createUser, type User } from '../support/clients.ts'
import { call, exerciseId, startWith } from '../workouts/training.ts'

let ana: User

beforeAll(async () => {
  ana = await createUser('ana')
  const { workoutId, workoutExerciseId } = await startWith(ana.client, 'barbell-bench-press')
  const set = { workout_exercise_id: workoutExerciseId, weight_kg: 100, reps: 5 }
  await call(ana.client, 'complete_set', { ...set, id: crypto.randomUUID() })
  await call(ana.client, 'complete_workout', { workout_id: workoutId })
})
afterAll(() => ana.client.removeAllChannels())

test('streaks and the week, as the contract describes them', async () => {
  const answer = await call(ana.client, 'my_streaks', {})
  expect(MyStreaks.parse(answer)).toEqual(answer)
  expect(answer).toMatchObject({
    days: { current: 1, longest: 1 },
    weeks: { current: 0 },
    week: { goal: 3 },
  })

  const { data } = await ana.client.from('user_streaks').select('kind, length')
  expect(data).toEqual([{ kind: 'days', length: 1 }])
})

test('strength of an exercise, as the contract describes it', async () => {
  const answer = await call(ana.client, 'strength_progress', {
    exercise_id: await exerciseId(ana.client, 'barbell-bench-press'),
  })
  expect(StrengthProgress.parse(answer)).toEqual(answer)
  expect(answer).toMatchObject({
    days: [{ set_count: 1, best_e1rm_kg: 116.667 }],
    trend: { exposures: 1, finding: 'insufficient_data' },
    standard: null,
  })
})

test('derived rows are nobody’s to write', async () => {
  for (const table of ['personal_records', 'exercise_stats', 'weekly_stats', 'user_stats', 'user_streaks']) {
    const { error } = await ana.client.from(table).delete().eq('user_id', ana.id)
    expect(error?.code).toBe('42501')
  }
})
