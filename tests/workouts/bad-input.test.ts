import { beforeAll, describe, expect, test } from 'vitest'
import { createUser, type User } from '../support/clients.ts'
import { sql } from '../support/stack.ts'
import { call, exerciseId, refusal, startWith } from './training.ts'

let ana: User
let ben: User
let workoutId: string
let workoutExerciseId: string

beforeAll(async () => {
  ;[ana, ben] = await Promise.all([createUser('ana'), createUser('ben')])
  ;({ workoutId, workoutExerciseId } = await startWith(ana.client, 'barbell-bench-press'))
})

const hours = (count: number): string => new Date(Date.now() + count * 3_600_000).toISOString()
const fingerprint = async (): Promise<unknown> => {
  const [row] = await sql`
    select
      (select jsonb_agg(workouts order by id) from public.workouts where user_id = ${ana.id}) as workouts,
      (select jsonb_agg(exercises order by id) from public.workout_exercises as exercises where user_id = ${ana.id})
        as exercises,
      (select jsonb_agg(sets order by id) from public.workout_sets as sets where user_id = ${ana.id}) as sets,
      (select count(*) from realtime.messages where topic like ${`%${workoutId}`}) as messages`
  return row
}

interface Attempt {
  readonly what: string
  readonly rpc: string
  readonly args: Readonly<Record<string, unknown>>
  readonly status: number
  readonly code: string
}

const set = (what: string, args: Readonly<Record<string, unknown>>, status = 400, code = 'invalid_set'): Attempt => ({
  what,
  rpc: 'complete_set',
  args: { workout_exercise_id: '$exercise', weight_kg: 100, reps: 5, ...args },
  status,
  code,
})

const ATTEMPTS: readonly Attempt[] = [
  set('a negative weight', { weight_kg: -1 }),
  set('a weight that is no number', { weight_kg: 'NaN' }),
  set('an infinite weight', { weight_kg: 'Infinity' }),
  set('a weight beyond all', { weight_kg: 1e300 }),
  set('an RPE between the steps', { rpe: 8.3 }),
  set('a field of another tracking type', { duration_seconds: 60 }),
  set('notes without end', { notes: 'x'.repeat(100_000) }),
  set('a clock hours ahead', { completed_at: hours(5) }, 400, 'invalid_time'),
  set('a clock hours behind', { completed_at: hours(-5) }, 400, 'invalid_time'),
  set('a time at the end of time', { completed_at: 'infinity' }, 400, 'invalid_time'),
  set('a time that is none', { completed_at: 'tomorrowish' }, 400, '22007'),
  set('words for a weight', { weight_kg: 'heavy' }, 400, '22P02'),
  set('halves of repetitions', { reps: 5.5 }, 400, '22P02'),
  set('repetitions beyond integers', { reps: 1e12 }, 400, '22003'),
  set('a set type that is none', { set_type: 'superhero' }, 400, '22P02'),
  set('an id that is none', { id: 'not-a-uuid' }, 400, '22P02'),
  set('a zero byte in the notes', { notes: 'a\u0000b' }, 400, '22021'),
  set('an unknown exercise', { workout_exercise_id: crypto.randomUUID() }, 404, 'workout_exercise_not_found'),
  {
    what: 'an argument that there is not',
    rpc: 'complete_set',
    args: { workout_exercise_id: '$exercise', wheight_kg: 100 },
    status: 404,
    code: 'PGRST202',
  },
  {
    what: 'an unknown workout',
    rpc: 'get_workout',
    args: { workout_id: crypto.randomUUID() },
    status: 404,
    code: 'workout_not_found',
  },
  { what: 'no workout', rpc: 'get_workout', args: {}, status: 404, code: 'workout_not_found' },
  {
    what: 'a second workout',
    rpc: 'start_workout',
    args: { name: 'Two' },
    status: 409,
    code: 'workout_already_active',
  },
  {
    what: 'another workout of the same id',
    rpc: 'start_workout',
    args: { id: '$workout', name: 'Two' },
    status: 409,
    code: 'id_conflict',
  },
  {
    what: 'a zone that is none',
    rpc: 'start_workout',
    args: { timezone: 'Mars/Olympus' },
    status: 400,
    code: 'invalid_argument',
  },
  {
    what: 'a template that there is not',
    rpc: 'start_workout',
    args: { template_id: crypto.randomUUID() },
    status: 404,
    code: 'template_not_found',
  },
  {
    what: 'an unknown library exercise',
    rpc: 'add_workout_exercise',
    args: { workout_id: '$workout', exercise_id: crypto.randomUUID() },
    status: 404,
    code: 'exercise_not_found',
  },
  {
    what: 'a place out of range',
    rpc: 'add_workout_exercise',
    args: { workout_id: '$workout', exercise_id: '$bench', position: 5000 },
    status: 400,
    code: 'invalid_workout',
  },
  {
    what: 'an exercise that is not there',
    rpc: 'set_current_exercise',
    args: { workout_id: '$workout', exercise_index: 7 },
    status: 400,
    code: 'invalid_argument',
  },
  {
    what: 'rest for a year',
    rpc: 'start_rest',
    args: { workout_id: '$workout', seconds: 31_536_000 },
    status: 400,
    code: 'invalid_argument',
  },
  {
    what: 'energy off the scale',
    rpc: 'complete_workout',
    args: { workout_id: '$workout', energy: 70_000 },
    status: 400,
    code: 'invalid_workout',
  },
  {
    what: 'an end in the future',
    rpc: 'complete_workout',
    args: { workout_id: '$workout', ended_at: hours(5) },
    status: 400,
    code: 'invalid_time',
  },
]

const filled = async (args: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> => {
  const known: Readonly<Record<string, unknown>> = {
    $exercise: workoutExerciseId,
    $workout: workoutId,
    $bench: await exerciseId(ana.client, 'barbell-bench-press'),
  }
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, typeof value === 'string' ? (known[value] ?? value) : value]),
  )
}

describe('bad input is refused with a code, and changes nothing', () => {
  test.each(ATTEMPTS)('$what: $status $code', async ({ rpc, args, status, code }) => {
    const before = await fingerprint()
    expect(await refusal(ana.client, rpc, await filled(args))).toMatchObject({ status, code })
    expect(await fingerprint()).toEqual(before)
  })

  test('what is another’s is as unknown as what is not', async () => {
    const calls = (workout: string, exercise: string, client = ben.client) =>
      Promise.all([
        refusal(client, 'get_workout', { workout_id: workout }),
        refusal(client, 'complete_workout', { workout_id: workout }),
        refusal(client, 'pause_workout', { workout_id: workout }),
        refusal(client, 'add_workout_exercise', { workout_id: workout, exercise_id: exercise }),
        refusal(client, 'complete_set', { workout_exercise_id: exercise, weight_kg: 1, reps: 1 }),
      ])
    expect(await calls(workoutId, workoutExerciseId)).toEqual(await calls(crypto.randomUUID(), crypto.randomUUID()))
  })

  test('a start in the future, or before anybody logged workouts', async () => {
    for (const started_at of [hours(3), '1999-12-31T00:00:00Z', 'infinity'])
      expect(await refusal(ben.client, 'start_workout', { started_at })).toMatchObject({
        status: 400,
        code: 'invalid_time',
      })
    expect(await call(ben.client, 'active_workout', {})).toBeNull()
  })

  test('a set on a finished workout', async () => {
    const cleo = await createUser('cleo')
    const own = await startWith(cleo.client, 'barbell-bench-press')
    const lift = { workout_exercise_id: own.workoutExerciseId, weight_kg: 50, reps: 5 }
    await call(cleo.client, 'complete_set', lift)
    await call(cleo.client, 'complete_workout', { workout_id: own.workoutId })
    expect(await refusal(cleo.client, 'complete_set', lift)).toMatchObject({ status: 409, code: 'workout_not_active' })
  })

  test('columns that are derived are nobody’s to write', async () => {
    const { error, status } = await ana.client.from('workouts').update({ volume_kg: 1e6 }).eq('id', workoutId)
    expect([status, error?.code]).toEqual([403, '42501'])
    const allowed = await ana.client.from('workouts').update({ notes: 'fine' }).eq('id', workoutId)
    expect(allowed.error).toBeNull()
  })

  test('an exercise with history stays, another goes', async () => {
    const custom = (name: string) => ({
      id: crypto.randomUUID(),
      name,
      exercise_type: 'strength',
      primary_muscles: ['biceps'],
      difficulty: 'beginner',
      movement_pattern: 'isolation',
      tracking_type: 'weight_reps',
      weight_entry: 'total',
    })
    const [used, unused] = [custom('Used curl'), custom('Unused curl')]
    expect((await ana.client.from('exercises').insert([used, unused])).error).toBeNull()
    await call(ana.client, 'add_workout_exercise', { workout_id: workoutId, exercise_id: used.id })

    const refused = await ana.client.from('exercises').delete().eq('id', used.id)
    expect([refused.status, refused.error?.code]).toEqual([409, 'exercise_in_use'])
    const gone = await ana.client.from('exercises').delete({ count: 'exact' }).eq('id', unused.id)
    expect(gone.count).toBe(1)
    const kept = await ana.client.from('exercises').select('id').eq('id', used.id)
    expect(kept.data).toHaveLength(1)
  })
})
