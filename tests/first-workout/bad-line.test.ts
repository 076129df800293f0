import { expect, test } from 'vitest'
import { WorkoutDocument } from '../../supabase/functions/_shared/contracts/workouts.ts'
import { createUser, signIn } from '../support/clients.ts'
import { stack } from '../support/stack.ts'
import { call, listen, startWith } from '../workouts/training.ts'

// How long the phone waits before its line breaks: some requests never leave, some are answered to nobody.
const PATIENCE_MS = [0, 1, 2, 4, 6, 8, 12, 16, 24, 40]

test('a set that is sent again after the line broke is stored, and announced, once', async () => {
  const ana = await createUser('ana')
  const { workoutId, workoutExerciseId } = await startWith(ana.client, 'barbell-bench-press')
  const other = await listen(await signIn(ana.email, ana.password), `workout:${workoutId}`)
  const send = (args: object, signal: AbortSignal): Promise<Response> =>
    fetch(`${stack.api_url}/rest/v1/rpc/complete_set`, {
      method: 'POST',
      headers: {
        apikey: stack.publishable_key,
        authorization: `Bearer ${ana.accessToken}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(args),
      signal,
    })

  const sent: string[] = []
  for (const patience of PATIENCE_MS) {
    const args = { id: crypto.randomUUID(), workout_exercise_id: workoutExerciseId, weight_kg: 60, reps: 5 }
    sent.push(args.id)
    const first = await send(args, AbortSignal.timeout(patience)).then(
      (response) => response.status,
      () => 'broken',
    )
    expect([200, 'broken']).toContain(first)
    const again = await send(args, AbortSignal.timeout(10_000))
    expect([again.status, await again.json()]).toMatchObject([200, { id: args.id, set_index: sent.length - 1 }])
  }

  const workout = WorkoutDocument.parse(await call(ana.client, 'get_workout', { workout_id: workoutId }))
  expect(workout.exercises.flatMap(({ sets }) => sets.map(({ id }) => id))).toEqual(sent)
  expect(workout).toMatchObject({ set_count: sent.length, volume_kg: sent.length * 300 })

  await call(ana.client, 'complete_workout', { workout_id: workoutId })
  await other.wait('workout:completed')
  const announced = other.heard.filter(({ event }) => event === 'set:completed').map(({ payload }) => payload)
  expect(announced).toMatchObject(sent.map((id) => ({ set: { id } })))
  await other.leave()
})
