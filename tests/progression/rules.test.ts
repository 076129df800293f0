import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { sql } from '../support/stack.ts'

interface Session {
  readonly load_kg: number
  readonly reps: readonly number[]
  readonly rpes: readonly (number | null)[]
}

interface Inputs {
  readonly rule: Readonly<Record<string, unknown>>
  readonly sessions: readonly Session[]
  readonly loading: '(bar,barbell)' | '(two,dumbbell)' | null
  readonly scheme: {
    readonly sets: number
    readonly reps_min: number
    readonly reps_max: number
    readonly step_kg: number
  }
}

const Answer = z.object({
  code: z.string(),
  reason: z.string().min(1),
  weight_kg: z.number(),
  reps_min: z.number().nullable(),
  lightest_kg: z.number(),
  next_kg: z.number().nullable(),
  is_loadable: z.boolean(),
})
type Answer = z.infer<typeof Answer>

const anyScheme = fc.record({
  sets: fc.integer({ min: 1, max: 5 }),
  reps_min: fc.integer({ min: 1, max: 10 }),
  reps_max: fc.integer({ min: 11, max: 15 }),
  reps_target: fc.constant(null),
  rpe: fc.integer({ min: 12, max: 19 }).map((halves) => halves / 2),
  step_kg: fc.constantFrom(1.25, 2.5, 5),
})
const anyRule = fc.oneof(
  fc.record({
    type: fc.constantFrom('linear', 'double'),
    step_kg: fc.constantFrom(null, 1, 2.5, 20),
    attempts: fc.integer({ min: 1, max: 4 }),
    reset_percent: fc.constantFrom(5, 10, 50),
    target_rir: fc.constantFrom(null, 2),
  }),
  fc.record({
    type: fc.constant('rpe'),
    tolerance: fc.constantFrom(0, 0.5),
    max_change_percent: fc.constantFrom(1, 5, 20),
  }),
)
const anySet = fc.tuple(
  fc.integer({ min: 0, max: 20 }),
  fc.option(fc.integer({ min: 2, max: 20 }).map((halves) => halves / 2)),
)
const anyGoodSet = fc.tuple(fc.integer({ min: 15, max: 20 }), fc.constantFrom(null, 7, 8))
const anySession = fc
  .tuple(
    fc.integer({ min: 1, max: 120 }),
    fc.oneof(fc.array(anySet, { minLength: 1, maxLength: 6 }), fc.array(anyGoodSet, { minLength: 5, maxLength: 5 })),
  )
  .map(
    ([steps, sets]): Session => ({
      load_kg: steps * 2.5,
      reps: sets.map(([reps]) => reps),
      rpes: sets.map(([, rpe]) => rpe),
    }),
  )
const anyInputs = fc.record({
  rule: anyRule,
  scheme: anyScheme,
  loading: fc.constantFrom('(bar,barbell)', '(two,dumbbell)', null),
  sessions: fc.array(anySession, { minLength: 1, maxLength: 4 }),
})

/** What the database answers to inputs, and what can be loaded around it. */
async function prescribed({ scheme, ...inputs }: Inputs): Promise<Answer> {
  const document = {
    is_assisted: false,
    body_kg: 0,
    e1rm_kg: null,
    training_max_kg: null,
    break_percent: 0,
    is_deload: false,
    units: 'metric',
    waves: [],
    sets: [{ load_value: null, load_share: 1, reps_min: scheme.reps_min, reps_max: scheme.reps_max }],
    scheme: { ...scheme, load_type: 'open', load_value: null },
    ...inputs,
  }
  const [row] = await sql`
    with inputs as (
      select ${JSON.stringify(document)}::text::jsonb
        || jsonb_build_object('equipment', (select jsonb_agg(usual) from private.usual_pieces('metric') as usual)) as document
    )
    select answer || jsonb_build_object(
      'is_loadable', private.fit_weight(inputs.document, (answer ->> 'weight_kg')::numeric, null, ladders)
        = (answer ->> 'weight_kg')::numeric,
      'lightest_kg', private.fit_weight(inputs.document, 0, null, ladders),
      'next_kg', private.harder_weight(inputs.document, ${inputs.sessions[0]?.load_kg ?? 0}, ladders)
    ) as answer
    from inputs
    cross join lateral private.prescribe(inputs.document) as answer
    cross join lateral private.prescription_ladders(inputs.document) as ladders`
  return Answer.parse(row?.answer)
}

/** The most that a rule may ask for after a session, weights that can be made not considered. */
function mostAfter({ load_kg: last }: Session, { rule, scheme }: Inputs): number {
  if (rule.type === 'rpe') return last * (1 + Number(rule.max_change_percent) / 100)
  return Math.max(last * 1.1, last + Number(rule.step_kg ?? scheme.step_kg))
}

// Epley: whether the repetitions of every set foretell the plan's with the next weight.
function foretells(session: Session, nextKg: number, { scheme }: Inputs): boolean {
  const weakest = Math.min(...session.reps.toSorted((one, other) => other - one).slice(0, scheme.sets))
  return session.load_kg * (1 + weakest / 30) >= nextKg * (1 + scheme.reps_min / 30) - 1e-6
}

test('never more than the rule allows, always what can be loaded, and the same again', async () => {
  const seen = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(anyInputs, async (inputs) => {
      const answer = await prescribed(inputs)
      expect(answer.is_loadable).toBe(true)
      expect(await prescribed(inputs)).toEqual(answer)
      seen.set(answer.code, (seen.get(answer.code) ?? 0) + 1)
      const [last] = inputs.sessions
      if (last === undefined || answer.weight_kg === answer.lightest_kg) return
      const isForetold =
        answer.code === 'step' && answer.weight_kg === answer.next_kg && foretells(last, answer.weight_kg, inputs)
      if (!isForetold) expect(answer.weight_kg).toBeLessThanOrEqual(mostAfter(last, inputs) + 0.001)
      if (!['step', 'heavier'].includes(answer.code)) expect(answer.weight_kg).toBeLessThanOrEqual(last.load_kg)
    }),
    { numRuns: 80 },
  )
  const codes = ['step', 'repeat', 'more_reps', 'heavier', 'lighter']
  expect(codes.filter((code) => !seen.has(code))).toEqual([])
})

/** The loads of some sessions in a row in which the athlete did so many repetitions more than were asked for. */
async function trained(inputs: Inputs, surplus: number, count: number): Promise<readonly Answer[]> {
  let sessions = inputs.sessions
  const answers: Answer[] = []
  for (let session = 0; session < count; session += 1) {
    const answer = await prescribed({ ...inputs, sessions })
    answers.push(answer)
    const reps = Math.max((answer.reps_min ?? inputs.scheme.reps_min) + surplus, 0)
    const done = Array.from({ length: inputs.scheme.sets }, () => reps)
    sessions = [{ load_kg: answer.weight_kg, reps: done, rpes: done.map(() => null) }, ...sessions].slice(0, 6)
  }
  return answers
}

const anyCounted = anyInputs
  .filter(({ rule }) => rule.type !== 'rpe')
  .map((inputs) => ({
    ...inputs,
    sessions: [{ load_kg: 40, reps: Array.from({ length: 5 }, () => 20), rpes: [] }],
  }))

test('who misses nothing never goes back, and goes on', async () => {
  await fc.assert(
    fc.asyncProperty(anyCounted, async (inputs) => {
      const answers = await trained(inputs, 0, 14)
      const weights = answers.map(({ weight_kg: weight }) => weight)
      expect(weights).toEqual(weights.toSorted((one, other) => one - other))
      expect(weights.at(-1)).toBeGreaterThan(40)
    }),
    { numRuns: 5 },
  )
})

test('who misses everything never goes up, and comes down', async () => {
  await fc.assert(
    fc.asyncProperty(anyCounted, async (inputs) => {
      const answers = await trained(inputs, -20, 6)
      const weights = answers.map(({ weight_kg: weight }) => weight)
      expect(weights).toEqual(weights.toSorted((one, other) => other - one))
      expect(answers.at(-1)?.weight_kg).toBeLessThan(answers[0]?.weight_kg ?? 0)
    }),
    { numRuns: 5 },
  )
})
