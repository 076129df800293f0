import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { createUser, type User } from '../support/clients.ts'
import { sql } from '../support/stack.ts'

const Next = z.object({
  status: z.string(),
  run_id: z.string().nullable(),
  day: z.object({ id: z.string(), name: z.string() }),
  exercises: z.array(
    z.object({
      code: z.string(),
      reason: z.string(),
      prescription_id: z.string(),
      weight_kg: z.number().nullable(),
      sets: z.array(z.object({ weight_kg: z.number().nullable(), reps_min: z.number() })),
    }),
  ),
})

let ana: User
let ben: User
let benchPress: string
const templateId = crypto.randomUUID()

beforeAll(async () => {
  ;[ana, ben] = await Promise.all([createUser('ana'), createUser('ben')])
  const { data } = await ana.client.from('exercises').select('id').eq('slug', 'barbell-bench-press').single()
  benchPress = z.object({ id: z.string() }).parse(data).id
  await ana.client.rpc('save_template', {
    template: {
      id: templateId,
      name: 'Three Fives',
      difficulty: 'beginner',
      goal: 'strength',
      days: [
        {
          name: 'A',
          exercises: [
            {
              exercise_id: benchPress,
              sets: 3,
              reps_min: 5,
              reps_max: 5,
              warmup_sets: 1,
              progression: { type: 'linear' },
            },
          ],
        },
      ],
    },
  })
})

const nextFor = (user: User) => user.client.rpc('next_workout', { template_id: templateId })

async function lift(user: User, weightKg: number, reps: number): Promise<void> {
  const [workoutId, exerciseId] = [crypto.randomUUID(), crypto.randomUUID()]
  const answers = [
    await user.client.rpc('start_workout', { id: workoutId }),
    await user.client.rpc('add_workout_exercise', { workout_id: workoutId, exercise_id: benchPress, id: exerciseId }),
    await user.client.rpc('complete_set', { workout_exercise_id: exerciseId, weight_kg: weightKg, reps }),
    await user.client.rpc('complete_workout', { workout_id: workoutId }),
  ]
  expect(answers.map(({ error }) => error)).toEqual([null, null, null, null])
}

test('an athlete is told what is next, from what they lifted, and the answer is kept', async () => {
  const first = Next.parse((await nextFor(ana)).data)
  expect(first).toMatchObject({ status: 'due', run_id: null, day: { name: 'A' } })
  expect(first.exercises[0]).toMatchObject({ code: 'no_history', weight_kg: null })

  await lift(ana, 100, 5)
  const next = Next.parse((await nextFor(ana)).data)
  expect(next.exercises[0]).toMatchObject({
    code: 'record',
    weight_kg: 92.5,
    sets: [{ weight_kg: 45 }, { weight_kg: 92.5 }, { weight_kg: 92.5 }, { weight_kg: 92.5 }],
  })

  const { data, error } = await ana.client
    .from('prescriptions')
    .select('rule_version, inputs, answer')
    .eq('id', next.exercises[0]?.prescription_id ?? '')
    .single()
  expect(error).toBeNull()
  expect(data).toMatchObject({
    rule_version: 2,
    inputs: { e1rm_kg: 116.667 },
    answer: { code: 'record', weight_kg: 92.5 },
  })
})

test('asked by two devices at once, it is one answer', async () => {
  await sql`delete from public.prescriptions where user_id = ${ana.id}`
  const answers = await Promise.all(Array.from({ length: 4 }, () => nextFor(ana)))
  const ids = answers.map(({ data }) => Next.parse(data).exercises[0]?.prescription_id)
  expect(new Set(ids).size).toBe(1)
  expect(await sql`select from public.prescriptions where user_id = ${ana.id}`).toHaveLength(1)
})

test('a plan that is somebody else’s draft is not there', async () => {
  expect((await nextFor(ben)).error?.code).toBe('template_not_found')
})

test('an account that goes takes training maxes and prescriptions along', async () => {
  const { error } = await ana.client.from('training_maxes').insert({ exercise_id: benchPress, load_kg: 105 })
  expect(error).toBeNull()
  const left = () => sql`
    select user_id from public.training_maxes where user_id = ${ana.id}
    union all
    select user_id from public.prescriptions where user_id = ${ana.id}`
  expect(await left()).toHaveLength(2)
  await sql`delete from auth.users where id = ${ana.id}`
  expect(await left()).toHaveLength(0)
})
