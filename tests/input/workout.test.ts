import { beforeAll, describe, expect, test } from 'vitest'
import type { User } from '../support/clients.ts'
import { ownedBy } from '../support/rows.ts'
import { sql } from '../support/stack.ts'
import { type Answer, problemOf, send } from './answers.ts'
import { createLifter, type Lifter } from './lifter.ts'

type Args = Readonly<Record<string, unknown>>
type Case = readonly [
  what: string,
  call: string,
  args: (lifter: Lifter, other: Lifter) => Args,
  status: number,
  code: string,
]

const UNKNOWN = '00000000-0000-4000-8000-000000000000'
const hours = (count: number): string => new Date(Date.now() + count * 3_600_000).toISOString()
const set = ({ workoutExerciseId }: Lifter, changes: Args): Args => ({
  id: crypto.randomUUID(),
  workout_exercise_id: workoutExerciseId,
  weight_kg: 100,
  reps: 5,
  ...changes,
})

const CASES: readonly Case[] = [
  ['an unknown workout', 'get_workout', () => ({ workout_id: UNKNOWN }), 404, 'workout_not_found'],
  ['no workout', 'get_workout', () => ({}), 404, 'workout_not_found'],
  ['an unknown workout', 'complete_workout', () => ({ workout_id: UNKNOWN }), 404, 'workout_not_found'],
  ['an unknown workout', 'pause_workout', () => ({ workout_id: UNKNOWN }), 404, 'workout_not_found'],
  ['an unknown workout', 'start_rest', () => ({ workout_id: UNKNOWN, seconds: 60 }), 404, 'workout_not_found'],
  [
    'an unknown exercise',
    'add_workout_exercise',
    ({ workoutId }) => ({ workout_id: workoutId, exercise_id: UNKNOWN }),
    404,
    'exercise_not_found',
  ],
  [
    'an unknown place',
    'complete_set',
    (me) => set(me, { workout_exercise_id: UNKNOWN }),
    404,
    'workout_exercise_not_found',
  ],
  ['another’s workout', 'get_workout', (_, other) => ({ workout_id: other.workoutId }), 404, 'workout_not_found'],
  ['another’s workout', 'cancel_workout', (_, other) => ({ workout_id: other.workoutId }), 404, 'workout_not_found'],
  [
    'another’s workout',
    'add_workout_exercise',
    (me, other) => ({ workout_id: other.workoutId, exercise_id: me.exerciseId }),
    404,
    'workout_not_found',
  ],
  [
    'another’s place',
    'complete_set',
    (me, other) => set(me, { workout_exercise_id: other.workoutExerciseId }),
    404,
    'workout_exercise_not_found',
  ],
  ['another’s id for an own set', 'complete_set', (me, other) => set(me, { id: other.setId }), 409, 'set_conflict'],
  [
    'another’s id for an own workout',
    'start_workout',
    (_, other) => ({ id: other.workoutId }),
    409,
    'workout_already_active',
  ],
  ['a second workout at a time', 'start_workout', () => ({ id: crypto.randomUUID() }), 409, 'workout_already_active'],
  ['a place that is taken', 'complete_set', (me) => set(me, { set_index: 0 }), 409, 'set_index_taken'],
  ['a word for a number', 'complete_set', (me) => set(me, { reps: 'five' }), 400, '22P02'],
  ['a list for a number', 'complete_set', (me) => set(me, { weight_kg: [100] }), 400, '22P02'],
  ['a number for an id', 'get_workout', () => ({ workout_id: 7 }), 400, '22P02'],
  ['a label that is none', 'complete_set', (me) => set(me, { set_type: 'heroic' }), 400, '22P02'],
  ['an oversized note', 'complete_set', (me) => set(me, { notes: 'x'.repeat(100_000) }), 400, 'invalid_set'],
  [
    'an oversized name',
    'complete_workout',
    (me) => ({ workout_id: me.workoutId, notes: 'x'.repeat(100_000) }),
    400,
    'invalid_workout',
  ],
  ['a text with a zero byte', 'complete_set', (me) => set(me, { notes: 'a\u0000b' }), 400, '22021'],
  ['a negative weight', 'complete_set', (me) => set(me, { weight_kg: -1 }), 400, 'invalid_set'],
  ['a weight nobody lifts', 'complete_set', (me) => set(me, { weight_kg: 100_000 }), 400, 'invalid_set'],
  ['a weight past all numbers', 'complete_set', (me) => set(me, { weight_kg: 1e300 }), 400, 'invalid_set'],
  ['a negative number of repetitions', 'complete_set', (me) => set(me, { reps: -5 }), 400, 'invalid_set'],
  ['half a repetition', 'complete_set', (me) => set(me, { reps: 2.5 }), 400, '22P02'],
  ['more repetitions than an integer holds', 'complete_set', (me) => set(me, { reps: 2 ** 40 }), 400, '22003'],
  ['a weight that is not a number', 'complete_set', (me) => set(me, { weight_kg: 'NaN' }), 400, 'invalid_set'],
  ['an infinite weight', 'complete_set', (me) => set(me, { weight_kg: 'Infinity' }), 400, 'invalid_set'],
  ['an effort that is not a number', 'complete_set', (me) => set(me, { rpe: 'NaN' }), 400, 'invalid_set'],
  ['an effort past the scale', 'complete_set', (me) => set(me, { rpe: 11 }), 400, 'invalid_set'],
  ['a set without a measure', 'complete_set', (me) => set(me, { weight_kg: null, reps: null }), 400, 'invalid_set'],
  ['a distance for a lift', 'complete_set', (me) => set(me, { distance_m: 100 }), 400, 'invalid_set'],
  ['a clock hours ahead', 'complete_set', (me) => set(me, { completed_at: hours(3) }), 400, 'invalid_time'],
  ['a set before its workout', 'complete_set', (me) => set(me, { completed_at: hours(-30) }), 400, 'invalid_time'],
  ['an endless time', 'complete_set', (me) => set(me, { completed_at: 'infinity' }), 400, 'invalid_time'],
  [
    'an end hours ahead',
    'complete_workout',
    (me) => ({ workout_id: me.workoutId, ended_at: hours(3) }),
    400,
    'invalid_time',
  ],
  [
    'an end before the beginning',
    'complete_workout',
    (me) => ({ workout_id: me.workoutId, ended_at: hours(-30) }),
    400,
    'invalid_time',
  ],
  ['no rest at all', 'start_rest', (me) => ({ workout_id: me.workoutId, seconds: 0 }), 400, 'invalid_argument'],
  ['a rest of a day', 'start_rest', (me) => ({ workout_id: me.workoutId, seconds: 86_400 }), 400, 'invalid_argument'],
  [
    'an exercise that is not there',
    'set_current_exercise',
    (me) => ({ workout_id: me.workoutId, exercise_index: 99 }),
    400,
    'invalid_argument',
  ],
  ['an argument that is not one', 'get_workout', (me) => ({ workout_id: me.workoutId, force: true }), 404, 'PGRST202'],
  ['no such function', 'drop_workout', () => ({}), 404, 'PGRST202'],
]

let registered: readonly string[]
let me: Lifter
let other: Lifter
beforeAll(async () => {
  ;[me, other] = await Promise.all([createLifter('me'), createLifter('other')])
  registered = (await sql`select code from private.error_codes`).map(({ code }) => String(code))
})

const both = async (): Promise<readonly string[]> => Promise.all([me, other].map(({ id }) => ownedBy(id)))
const rpc = (user: User, call: string, args: Args): Promise<Answer> =>
  send(user.accessToken, 'POST', `rpc/${call}`, JSON.stringify(args))

describe('in the middle of a workout', () => {
  test('what is right is taken', async () => {
    expect((await rpc(me, 'complete_set', set(me, {}))).status).toBe(200)
    expect((await rpc(me, 'get_workout', { workout_id: me.workoutId })).status).toBe(200)
  })

  test.for(CASES)('%s for %s is refused, and changes nothing', async ([, call, args, status, code]) => {
    const before = await both()
    const answer = await rpc(me, call, args(me, other))
    expect(answer).toMatchObject({ status, code })
    expect(problemOf(answer, registered)).toBeUndefined()
    expect(await both()).toEqual(before)
  })
})

describe('after a workout', () => {
  type Call = readonly [string, (lifter: Lifter) => Args]
  const LATE: readonly [Call, ...Call[]] = [
    ['complete_set', (lifter) => set(lifter, {})],
    ['add_workout_exercise', (lifter) => ({ workout_id: lifter.workoutId, exercise_id: lifter.exerciseId })],
    ['set_current_exercise', (lifter) => ({ workout_id: lifter.workoutId, exercise_index: 0 })],
    ['pause_workout', (lifter) => ({ workout_id: lifter.workoutId })],
    ['resume_workout', (lifter) => ({ workout_id: lifter.workoutId })],
    ['start_rest', (lifter) => ({ workout_id: lifter.workoutId, seconds: 60 })],
    ['skip_rest', (lifter) => ({ workout_id: lifter.workoutId })],
  ]
  test.for(['complete_workout', 'cancel_workout'])('that ended by %s, nothing more happens in it', async (end) => {
    const late = await createLifter('late')
    for (const [call, args] of LATE) expect((await rpc(late, call, args(late))).status, call).toBe(200)
    expect((await rpc(late, end, { workout_id: late.workoutId })).status).toBe(200)

    // What was lifted is kept as a conflict; nothing else is written.
    const refused = { status: 409, code: 'workout_not_active' }
    const [[kept, lifted], ...others] = LATE
    expect(await rpc(late, kept, lifted(late)), kept).toMatchObject(refused)
    const before = await ownedBy(late.id)
    for (const [call, args] of others) expect(await rpc(late, call, args(late)), call).toMatchObject(refused)
    expect(await ownedBy(late.id)).toBe(before)
  })

  test('one that ended otherwise does not end again', async () => {
    const late = await createLifter('late')
    expect((await rpc(late, 'complete_workout', { workout_id: late.workoutId })).status).toBe(200)
    expect(await rpc(late, 'cancel_workout', { workout_id: late.workoutId })).toMatchObject({
      code: 'workout_not_active',
    })
    expect(await rpc(late, 'complete_workout', { workout_id: late.workoutId, notes: 'other' })).toMatchObject({
      code: 'workout_not_active',
    })
  })
})
