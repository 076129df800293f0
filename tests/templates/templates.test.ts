import type { PostgrestSingleResponse } from '@supabase/supabase-js'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Progression, TemplateDocument } from '../../supabase/functions/_shared/contracts/templates.ts'
import { problemOf, send } from '../input/answers.ts'
import { anonClient, createUser, type User } from '../support/clients.ts'
import { ownedBy } from '../support/rows.ts'
import { sql } from '../support/stack.ts'
import { type Fields, planOf, readLibrary } from './planning.ts'

const Template = z.looseObject({
  id: z.guid(),
  version: z.int(),
  name: z.string(),
  days: z.array(z.looseObject({ id: z.guid(), exercises: z.array(z.looseObject({ id: z.guid() })) })),
})
const Page = z.object({ items: z.array(z.looseObject({ id: z.guid() })), next_cursor: z.string().nullable() })

const library = await readLibrary()
const squat = { exercise_id: library('barbell-back-squat'), sets: 3, reps_min: 5 }
let ana: User
let ben: User
beforeAll(async () => {
  ;[ana, ben] = await Promise.all([createUser('ana'), createUser('ben')])
})

async function answerOf(request: PromiseLike<PostgrestSingleResponse<unknown>>): Promise<unknown> {
  const { data, error } = await request
  if (error) throw error
  return data
}

const save = async (user: User, template: Fields) =>
  Template.parse(await answerOf(user.client.rpc('save_template', { template })))

async function publish(user: User, template: Fields) {
  const { id } = await save(user, template)
  return Template.parse(await answerOf(user.client.rpc('publish_template', { template_id: id })))
}

test('a plan is written, shown, found, begun, changed and taken back', async () => {
  const name = `Squats ${crypto.randomUUID()}`
  const plan = await publish(ana, planOf([squat], { name }))
  expect((await anonClient().rpc('get_template', { template_id: plan.id })).data).toMatchObject({ name, run: null })

  const found = Page.parse(
    await answerOf(ben.client.rpc('search_templates', { query: name.toUpperCase(), muscles: ['quadriceps'] })),
  )
  expect(found.items.map(({ id }) => id)).toEqual([plan.id])

  const rate = (rating: number) =>
    ben.client.from('template_ratings').upsert({ template_id: plan.id, user_id: ben.id, rating })
  const favorite = () =>
    ben.client.from('template_favorites').upsert({ template_id: plan.id, user_id: ben.id }, { ignoreDuplicates: true })
  for (const written of [await rate(2), await rate(4), await favorite(), await favorite()])
    expect(written.error).toBeNull()
  const card = await ben.client
    .from('workout_templates')
    .select('rating_average, rating_count, favorite_count')
    .eq('id', plan.id)
    .single()
  expect(card.data).toEqual({ rating_average: 4, rating_count: 1, favorite_count: 1 })

  const run = z
    .object({ id: z.guid() })
    .parse(await answerOf(ben.client.rpc('begin_template_run', { template_id: plan.id })))
  await save(ana, planOf([{ ...squat, sets: 5 }], { id: plan.id, version: 1, name }))
  expect(await answerOf(ben.client.rpc('template_changes', { template_id: plan.id }))).toMatchObject({
    from_version: 1,
    to_version: 2,
    changes: [{ field: 'sets', from: 3, to: 5, text: 'A, Barbell Back Squat: sets from 3 to 5' }],
  })

  await answerOf(ana.client.from('workout_templates').delete().eq('id', plan.id))
  expect(await answerOf(ben.client.rpc('get_template', { template_id: plan.id }))).toMatchObject({
    version: 1,
    run: { id: run.id },
  })
  expect((await anonClient().rpc('get_template', { template_id: plan.id })).error?.code).toBe('template_not_found')
  expect(await answerOf(ben.client.rpc('abandon_template_run', { run_id: run.id }))).toMatchObject({
    status: 'abandoned',
  })
})

describe('at the same time', () => {
  test('of two changes of one version one is stored, and the other is told', async () => {
    const plan = await save(ana, planOf([squat]))
    const answers = await Promise.all(
      [4, 5, 6, 7].map((sets) =>
        ana.client.rpc('save_template', { template: planOf([{ ...squat, sets }], { id: plan.id, version: 1 }) }),
      ),
    )
    expect(answers.map(({ error }) => error?.code).filter((code) => code === 'template_changed')).toHaveLength(3)
    expect(answers.filter(({ error }) => error === null)).toHaveLength(1)
  })

  test('the same new plan sent many times is one plan', async () => {
    const template = planOf([squat], { id: crypto.randomUUID() })
    const answers = await Promise.all(Array.from({ length: 5 }, () => save(ana, template)))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  })

  test('an athlete begins a plan once, and counts are those of the rows', async () => {
    const plan = await publish(ana, planOf([squat]))
    const athletes = await Promise.all([createUser('one'), createUser('two'), createUser('three')])
    const begun = await Promise.all(
      [...athletes, ...athletes].map(({ client }) => client.rpc('begin_template_run', { template_id: plan.id })),
    )
    expect(begun.filter(({ error }) => error === null)).toHaveLength(3)
    expect(begun.filter(({ error }) => error?.code === 'template_run_active')).toHaveLength(3)
    await Promise.all(
      athletes.map(({ client, id }) => client.from('template_favorites').insert({ template_id: plan.id, user_id: id })),
    )
    const [card] = await sql`select runs_started, favorite_count from public.workout_templates where id = ${plan.id}`
    expect(card).toEqual({ runs_started: '3', favorite_count: '3' })
  })
})

describe('a hostile document is refused in words, and stores nothing', () => {
  test.for([
    [
      'ten thousand exercises',
      planOf(Array.from({ length: 10_000 }, () => squat)),
      '$.days must have at most 1000 exercises altogether',
    ],
    [
      'a number that is none',
      planOf([{ ...squat, sets: '3' }]),
      '$.days[0].exercises[0].sets must be a whole number from 1 to 20',
    ],
    [
      'a number beyond all',
      planOf([{ ...squat, reps_min: 1e308 }]),
      '$.days[0].exercises[0].reps_min must be a whole number from 1 to 1000',
    ],
    [
      'an exercise that is not there',
      planOf([{ ...squat, exercise_id: crypto.randomUUID() }]),
      "$.days[0].exercises[0].exercise_id must be an exercise of the library or of one's own",
    ],
    [
      'an exercise instead of itself',
      planOf([{ ...squat, alternatives: [squat.exercise_id] }]),
      '$.days[0].exercises[0].alternatives[0] must be another exercise',
    ],
    ['a name of an operator', planOf([squat], { name: { $gt: '' } }), /^\$\.name must be a text/],
    ['a column that is the server’s', planOf([squat], { popularity_boost: 1 }), '$.popularity_boost is not a field'],
  ] as const)('%s', async ([, template, details]) => {
    const before = await ownedBy(ben.id)
    const { error, status } = await ben.client.rpc('save_template', { template })
    expect({ status, code: error?.code }).toEqual({ status: 400, code: 'invalid_template' })
    expect(error?.details).toEqual(typeof details === 'string' ? details : expect.stringMatching(details))
    expect(await ownedBy(ben.id)).toBe(before)
  })

  test.for([
    ['text that no database takes', JSON.stringify({ template: planOf([{ ...squat, notes: '\u0000' }]) })],
    ['nesting without end', `{"template": {"days": ${'['.repeat(3000)}${']'.repeat(3000)}}}`],
    ['a bare word', '{"template": plan}'],
  ] as const)('%s', async ([, body]) => {
    const answer = await send(ben.accessToken, 'POST', 'rpc/save_template', body)
    expect(answer.status).toBe(400)
    expect(problemOf(answer, ['invalid_template'])).toBeUndefined()
  })
})

test('what is a column of others is not written by the author either', async () => {
  const plan = await save(
    ana,
    planOf([squat], { is_premium: true, featured_order: 1, created_by: ben.id, rating_sum: 500 }),
  )
  expect(plan).toMatchObject({ is_premium: false, featured_order: null, created_by: ana.id, rating_sum: 0 })
  for (const patch of [{ is_published: true }, { is_premium: true }, { featured_order: 1 }, { rating_sum: 5 }]) {
    const { error } = await ana.client.from('workout_templates').update(patch).eq('id', plan.id)
    expect(error?.code).toBe('42501')
  }
})

interface Bounds {
  readonly lower: number | null
  readonly upper: number | null
}

// The bounds that a JSON schema states for a value, where it states any.
function boundsOf(schema: unknown): Bounds {
  const Schema = z.looseObject({ anyOf: z.array(z.unknown()).optional() })
  const { anyOf, ...own } = Schema.parse(schema)
  if (anyOf) return boundsOf(anyOf[0])
  const bound = (...names: readonly string[]) =>
    z
      .number()
      .nullable()
      .parse(names.map((name) => own[name]).find((value) => value !== undefined) ?? null)
  return { lower: bound('minimum', 'minLength', 'minItems'), upper: bound('maximum', 'maxLength', 'maxItems') }
}

test('the contract in TypeScript has the fields and bounds of the database', async () => {
  const Properties = z.looseObject({ properties: z.record(z.string(), z.unknown()) })
  const document = TemplateDocument.shape
  const day = document.days.element.shape
  const levels = [
    ['template', TemplateDocument],
    ['day', document.days.element],
    ['exercise', day.exercises.unwrap().element],
    ['deload', document.deload.unwrap().unwrap()],
    ...Progression.options.map((option) => [`progression.${option.shape.type.value}`, option] as const),
  ] as const
  for (const [level, schema] of levels) {
    const { properties } = Properties.parse(z.toJSONSchema(schema, { io: 'input' }))
    const rules =
      await sql`select name, type, lower::float8, upper::float8 from private.template_fields where level = ${level} and type <> 'derived'`
    expect(new Set(Object.keys(properties)), level).toEqual(new Set(rules.map(({ name }) => name)))
    for (const { name, type, lower, upper } of rules) {
      if (!['integer', 'number', 'text', 'list'].includes(String(type))) continue
      const stated = boundsOf(properties[String(name)])
      expect(stated, `${level}.${name}`).toEqual({ lower: stated.lower === null && lower === 0 ? null : lower, upper })
    }
  }
})
