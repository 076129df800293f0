import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { WorkoutDocument } from '../../supabase/functions/_shared/contracts/workouts.ts'
import { createUser, type User } from '../support/clients.ts'
import { call, exerciseId, refusal, startWith } from './training.ts'

const Saved = z.object({ id: z.string(), days: z.array(z.object({ id: z.string() })) })
const Started = z.object({ id: z.string(), name: z.string() })
const Row = z.object({ id: z.string(), version: z.int(), exercise_name: z.string() })
const Order = z.object({ version: z.int(), workout_exercise_ids: z.array(z.string()) })
const Calendar = z.object({ days: z.array(z.object({ workouts: z.array(z.object({ id: z.string() })) })) })

let ana: User
let stranger: User

beforeAll(async () => {
  ;[ana, stranger] = await Promise.all([createUser('ana'), createUser('eve')])
})

const read = async (workoutId: string) =>
  WorkoutDocument.parse(await call(ana.client, 'get_workout', { workout_id: workoutId }))

test('a day of a template becomes a workout whose sets are filled one by one, and then the plan of the next', async () => {
  const squat = await exerciseId(ana.client, 'barbell-back-squat')
  const template = Saved.parse(
    await call(ana.client, 'save_template', {
      template: {
        name: 'Legs',
        difficulty: 'beginner',
        goal: 'strength',
        days: [{ name: 'Squats', exercises: [{ exercise_id: squat, sets: 3, reps_min: 5 }] }],
      },
    }),
  )
  const request = { id: crypto.randomUUID(), template_id: template.id, template_day_id: template.days[0]?.id }
  const [first, again] = [
    await call(ana.client, 'start_workout', request),
    await call(ana.client, 'start_workout', request),
  ]
  expect(Started.parse(first)).toEqual({ id: request.id, name: 'Squats' })
  expect(again).toEqual(first)

  const [planned] = (await read(request.id)).exercises
  expect(planned?.sets).toHaveLength(3)
  expect(planned?.sets.every((set) => set.completed_at === null && set.planned_reps_min === 5)).toBe(true)
  for (const set of planned?.sets ?? [])
    await call(ana.client, 'complete_set', { id: set.id, workout_exercise_id: planned?.id, weight_kg: 80, reps: 6 })
  const done = await read(request.id)
  expect(done).toMatchObject({ set_count: 3, exercises: [{ sets: [{ weight_kg: 80 }, {}, {}] }] })
  await call(ana.client, 'complete_workout', { workout_id: request.id })

  const { id: nextId } = Started.parse(await call(ana.client, 'start_workout', { from_workout_id: request.id }))
  const [next] = (await read(nextId)).exercises
  expect(next?.sets.map((set) => [set.planned_weight_kg, set.planned_reps_max, set.weight_kg])).toEqual(
    Array.from({ length: 3 }, () => [80, 6, null]),
  )
  await call(ana.client, 'cancel_workout', { workout_id: nextId })
  const { days } = Calendar.parse(await call(ana.client, 'workout_calendar', {}))
  expect(days.flatMap((day) => day.workouts.map((workout) => workout.id))).toContain(request.id)

  for (const args of [{ template_id: template.id }, { from_workout_id: request.id }])
    expect((await refusal(stranger.client, 'start_workout', args)).status).toBe(404)
  expect((await stranger.client.rpc('active_workout')).data).toBeNull()
})

test('exercises are replaced and reordered, and a change that comes too late is answered and kept', async () => {
  const { workoutId, workoutExerciseId: benchId } = await startWith(ana.client, 'barbell-bench-press')
  const pullUp = await exerciseId(ana.client, 'pull-up')
  await call(ana.client, 'add_workout_exercise', { workout_id: workoutId, exercise_id: pullUp })
  const change = { workout_exercise_id: benchId, version: 1, exercise_id: pullUp, id: crypto.randomUUID() }
  await call(ana.client, 'complete_set', { workout_exercise_id: benchId, weight_kg: 60, reps: 5 })

  const replaced = Row.parse(await call(ana.client, 'replace_workout_exercise', change))
  expect(replaced).toMatchObject({ id: change.id, exercise_name: 'Pull-Up' })
  expect(await call(ana.client, 'replace_workout_exercise', change)).toMatchObject({ id: change.id })
  const { exercises, version } = await read(workoutId)
  expect(exercises.map(({ exercise_name: name, sets }) => [name, sets.length])).toEqual([
    ['Barbell Bench Press', 1],
    ['Pull-Up', 0],
    ['Pull-Up', 0],
  ])

  const reversed = exercises.map(({ id }) => id).reverse()
  const ordered = Order.parse(
    await call(ana.client, 'reorder_workout_exercises', {
      workout_id: workoutId,
      version,
      workout_exercise_ids: reversed,
    }),
  )
  expect(ordered.workout_exercise_ids).toEqual(reversed)
  expect(
    await refusal(ana.client, 'reorder_workout_exercises', {
      workout_id: workoutId,
      version,
      workout_exercise_ids: exercises.map(({ id }) => id),
    }),
  ).toMatchObject({ status: 409, code: 'version_conflict' })
  const kept = await ana.client.from('workout_conflicts').select('reason').eq('row_id', workoutId).throwOnError()
  expect(kept.data).toEqual([{ reason: 'refused' }])
  const theft = { workout_exercise_id: change.id, version: 1, exercise_id: pullUp }
  expect((await refusal(stranger.client, 'replace_workout_exercise', theft)).code).toBe('workout_exercise_not_found')
})
