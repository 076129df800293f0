import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { WorkoutDocument } from '../../supabase/functions/_shared/contracts/workouts.ts'
import { createUser, signIn, type User } from '../support/clients.ts'
import { call, exerciseId, listen, refusal } from './training.ts'

const Answer = z.object({
  stored: z.int(),
  unchanged: z.int(),
  conflicts: z.int(),
  refused: z.int(),
  rows: z.array(
    z.object({
      at: z.string(),
      outcome: z.string(),
      error: z.object({ code: z.string(), hint: z.string() }).optional(),
    }),
  ),
})

let phone: User
let watch: User
let benchPress: string

beforeAll(async () => {
  phone = await createUser('ana')
  watch = await signIn(phone.email)
  benchPress = await exerciseId(phone.client, 'barbell-bench-press')
})

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()

/** A workout of an hour that ended so many minutes ago, with sets of these weights. */
const offline = (endedAgo: number, weights: readonly number[]) => ({
  id: crypto.randomUUID(),
  name: 'Basement',
  timezone: 'Europe/Berlin',
  started_at: ago(endedAgo + 60),
  ended_at: ago(endedAgo),
  exercises: [
    {
      id: crypto.randomUUID(),
      exercise_id: benchPress,
      position: 0,
      sets: weights.map((weight_kg, set_index) => ({
        id: crypto.randomUUID(),
        set_index,
        weight_kg,
        reps: 5,
        completed_at: ago(endedAgo + 50 - set_index),
      })),
    },
  ],
})

const upload = async (user: User, workouts: readonly unknown[]) =>
  Answer.parse(await call(user.client, 'upload_workouts', { workouts }))

test('an upload that comes twice at once is stored once, and each of the athlete’s devices hears of it', async () => {
  const heard = await listen(watch, `user:${watch.id}`)
  const workout = offline(120, [100, 102.5, 105])

  const answers = await Promise.all([1, 2, 3].map(() => upload(phone, [workout])))

  expect(answers.map(({ stored }) => stored).sort((a, b) => a - b)).toEqual([0, 0, 5])
  expect(answers.map(({ unchanged }) => unchanged).sort((a, b) => a - b)).toEqual([0, 5, 5])
  expect((await heard.wait('sync:workout')).workout_id).toBe(workout.id)
  const document = WorkoutDocument.parse(await call(watch.client, 'get_workout', { workout_id: workout.id }))
  expect(document).toMatchObject({ status: 'completed', set_count: 3, duration_seconds: 3600, conflict_count: 0 })
  expect(document.exercises[0]?.sets.map(({ weight_kg }) => weight_kg)).toEqual([100, 102.5, 105])
  await heard.leave()
})

test('two devices that were apart in one workout keep the sets of both', async () => {
  const of = offline(300, [60, 62.5])
  const [exercise] = of.exercises
  if (!exercise) expect.unreachable()
  const others = offline(300, [70, 72.5]).exercises[0]?.sets
  const answers = await Promise.all([
    upload(phone, [of]),
    upload(watch, [{ ...of, exercises: [{ ...exercise, sets: others }] }]),
  ])

  expect(answers.map(({ refused, conflicts }) => refused + conflicts)).toEqual([0, 0])
  const document = WorkoutDocument.parse(await call(phone.client, 'get_workout', { workout_id: of.id }))
  const sets = document.exercises.flatMap((entry) => entry.sets)
  expect(sets.map(({ set_index }) => set_index)).toEqual([0, 1, 2, 3])
  expect(sets.map(({ weight_kg }) => Number(weight_kg)).sort((a, b) => a - b)).toEqual([60, 62.5, 70, 72.5])
})

test('a set that breaks a rule is refused where it stands, and the others are stored', async () => {
  const { stored, rows } = await upload(phone, [offline(500, [80, -80, 80])])

  expect(stored).toBe(4)
  expect(rows.filter(({ outcome }) => outcome !== 'stored')).toMatchObject([
    { at: 'workouts[0].exercises[0].sets[1]', outcome: 'refused', error: { code: 'invalid_set' } },
  ])
})

test.each([
  ['nothing', undefined, 400, 'invalid_argument'],
  ['no list', { id: crypto.randomUUID() }, 400, 'invalid_argument'],
  ['too much at once', Array.from({ length: 201 }, () => ({})), 400, 'too_many_rows'],
  ['a zero byte', [{ id: 'a\u0000' }], 400, '22P05'],
])('%s is no upload: %#', async (_what, workouts, status, code) => {
  expect(await refusal(phone.client, 'upload_workouts', { workouts })).toMatchObject({ status, code })
})
