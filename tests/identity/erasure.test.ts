import { expect, test } from 'vitest'
import { createUser, serviceClient } from '../support/clients.ts'
import { sql } from '../support/stack.ts'
import { call, startWith } from '../workouts/training.ts'

const EXERCISE = {
  exercise_type: 'strength',
  primary_muscles: ['chest'],
  difficulty: 'beginner',
  movement_pattern: 'push',
  tracking_type: 'weight_reps',
  weight_entry: 'total',
}

test('an account goes although another trained with an exercise of it that is approved no longer', async () => {
  const admin = serviceClient()
  const [ana, ben] = await Promise.all([createUser('ana'), createUser('ben')])
  const [used, unused, workoutExerciseId] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
  const exercises = [
    { ...EXERCISE, id: used, name: 'Press that both do' },
    { ...EXERCISE, id: unused, name: 'Press of my own' },
  ]
  await ana.client.from('exercises').insert(exercises).throwOnError()
  await admin.from('exercises').update({ review_status: 'approved' }).eq('id', used).throwOnError()
  for (const { client } of [ana, ben]) {
    const { workoutId } = await startWith(client, 'barbell-bench-press')
    await call(client, 'add_workout_exercise', { workout_id: workoutId, exercise_id: used })
  }
  await call(ben.client, 'add_workout_exercise', {
    id: workoutExerciseId,
    workout_id: (await ben.client.from('workouts').select('id').single().throwOnError()).data?.id,
    exercise_id: used,
  })
  await call(ben.client, 'complete_set', { workout_exercise_id: workoutExerciseId, weight_kg: 60, reps: 5 })
  await admin.from('exercises').update({ review_status: 'rejected' }).eq('id', used).throwOnError()

  expect((await admin.auth.admin.deleteUser(ana.id)).error).toBeNull()

  expect(await sql`select id, created_by from public.exercises where id = any (${[used, unused]})`).toEqual([
    { id: used, created_by: null },
  ])
  const { data } = await ben.client.from('workout_sets').select('exercise_id, weight_kg')
  expect(data).toEqual([{ exercise_id: used, weight_kg: 60 }])
})
