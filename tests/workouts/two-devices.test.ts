import { beforeAll, describe, expect, test } from 'vitest'
import { WorkoutDocument, WorkoutSet } from '../../supabase/functions/_shared/contracts/workouts.ts'
import { createUser, signIn, type User } from '../support/clients.ts'
import { sql } from '../support/stack.ts'
import { call, startWith } from './training.ts'

let devices: readonly User[]
let workoutId: string
let workoutExerciseId: string

beforeAll(async () => {
  const phone = await createUser('ana')
  devices = [phone, await signIn(phone.email), await signIn(phone.email)]
  ;({ workoutId, workoutExerciseId } = await startWith(phone.client, 'barbell-bench-press'))
})

const fromEach = (count: number, act: (client: User['client'], n: number) => Promise<unknown>) =>
  Promise.allSettled(
    Array.from({ length: count }, (_, n) => devices[n % devices.length])
      .filter((device) => device !== undefined)
      .map(({ client }, n) => act(client, n)),
  )

describe('devices that write at the same time', () => {
  test('the same set from all of them is stored, answered and announced once', async () => {
    const set = { id: crypto.randomUUID(), workout_exercise_id: workoutExerciseId, weight_kg: 60, reps: 5 }
    const answers = await fromEach(6, (client) => call(client, 'complete_set', set))

    const stored = answers.map((answer) =>
      answer.status === 'fulfilled' ? WorkoutSet.parse(answer.value) : answer.reason,
    )
    expect(stored.map(({ id, set_index }) => [id, set_index])).toEqual(stored.map(() => [set.id, 0]))
    const [sent] = await sql`
      select count(*)::integer as count from realtime.messages
      where event = 'set:completed' and payload #>> '{set,id}' = ${set.id}`
    expect(sent?.count).toBe(1)
  })

  test('different sets are all kept: places, totals and the ledger come out as in a row', async () => {
    const answers = await fromEach(12, (client, n) =>
      call(client, 'complete_set', { workout_exercise_id: workoutExerciseId, weight_kg: 100 + n, reps: 3 }),
    )
    expect(answers.filter(({ status }) => status === 'rejected')).toEqual([])

    const [phone] = devices
    if (!phone) expect.unreachable()
    const document = WorkoutDocument.parse(await call(phone.client, 'get_workout', { workout_id: workoutId }))
    const sets = document.exercises.flatMap((exercise) => exercise.sets)
    expect(sets.map(({ set_index }) => set_index)).toEqual(sets.map((_, n) => n))
    expect(document.set_count).toBe(13)
    expect(document.volume_kg).toBe(sets.reduce((sum, { volume_kg }) => sum + volume_kg, 0))
    expect(await call(phone.client, 'recompute_my_stats', {})).toEqual({
      workout_sets: 0,
      personal_records: 0,
      workouts: 0,
      exercise_stats: 0,
      weekly_stats: 0,
      user_stats: 0,
      user_streaks: 0,
    })
  })

  test('a workout that one completes takes no set of another after that', async () => {
    const answers = await fromEach(9, (client, n) =>
      n === 4
        ? call(client, 'complete_workout', { workout_id: workoutId })
        : call(client, 'complete_set', { workout_exercise_id: workoutExerciseId, weight_kg: 80, reps: 3 }),
    )
    const taken = answers.filter(({ status }, n) => status === 'fulfilled' && n !== 4).length

    const [phone] = devices
    if (!phone) expect.unreachable()
    const document = WorkoutDocument.parse(await call(phone.client, 'get_workout', { workout_id: workoutId }))
    expect(document.status).toBe('completed')
    expect(document.set_count).toBe(13 + taken)
    expect(document.exercises.flatMap(({ sets }) => sets)).toHaveLength(13 + taken)
  })

  test('two starts at once leave one workout', async () => {
    const answers = await fromEach(4, (client) => call(client, 'start_workout', { id: crypto.randomUUID() }))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})
