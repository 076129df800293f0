import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { createUser, type User } from '../support/clients.ts'
import { sql } from '../support/stack.ts'
import { bestLoad, heftOf, type Load, type Piece, platesOf } from './brute-force.ts'

const Part = z.object({ weight: z.number(), unit: z.enum(['kg', 'lb']) })
const Plan = z.object({
  loadable_kg: z.number().nullable(),
  remainder_kg: z.number().nullable(),
  implement: Part.extend({ kind: z.string() }).nullable(),
  sides: z.number(),
  plates_per_side: z.array(Part.extend({ count: z.number() })),
})

let ana: User
let ben: User
let benchPress: string
beforeAll(async () => {
  ;[ana, ben] = await Promise.all([createUser('ana'), createUser('ben')])
  const { data } = await ana.client.from('exercises').select('id').eq('slug', 'barbell-bench-press').single()
  benchPress = z.object({ id: z.string() }).parse(data).id
})

const planOf = (user: User, args: Readonly<Record<string, unknown>> = {}) =>
  user.client.rpc('plate_plan', { exercise_id: benchPress, weight_kg: 101.25, ...args })

test('an athlete is told the plates of a side, of what a gym has and then of what they have', async () => {
  expect((await planOf(ana)).data).toEqual({
    weight_kg: 101.25,
    manner: 'bar',
    loadable_kg: 102.5,
    remainder_kg: -1.25,
    implement: { kind: 'barbell', weight: 20, unit: 'kg' },
    sides: 2,
    plates_per_side: [
      { weight: 25, unit: 'kg', count: 1 },
      { weight: 15, unit: 'kg', count: 1 },
      { weight: 1.25, unit: 'kg', count: 1 },
    ],
  })
  expect((await planOf(ana, { never_above: true })).data).toMatchObject({ loadable_kg: 100, remainder_kg: 1.25 })

  const id = crypto.randomUUID()
  const told = await ana.client.from('equipment_pieces').insert({ id, kind: 'plate', weight: 45, unit: 'lb', count: 4 })
  expect(told.error).toBeNull()
  expect((await planOf(ana)).data).toMatchObject({
    loadable_kg: 101.647,
    remainder_kg: -0.397,
    plates_per_side: [{ weight: 45, unit: 'lb', count: 2 }],
  })

  await ana.client.from('equipment_pieces').update({ count: 2 }).eq('id', id)
  expect((await planOf(ana)).data).toMatchObject({ loadable_kg: 60.823, remainder_kg: 40.427 })
  expect((await planOf(ben)).data).toMatchObject({ loadable_kg: 102.5 })
  await ana.client.from('equipment_pieces').delete().eq('id', id)
  expect((await planOf(ana)).data).toMatchObject({ loadable_kg: 102.5 })
})

test('an account that goes takes its equipment along', async () => {
  const carl = await createUser('carl')
  await carl.client.from('equipment_pieces').insert({ kind: 'barbell', weight: 12.5 })
  const left = () => sql`select from public.equipment_pieces where user_id = ${carl.id}`
  expect(await left()).toHaveLength(1)
  await sql`delete from auth.users where id = ${carl.id}`
  expect(await left()).toHaveLength(0)
})

test.for([
  ['an exercise that is not there', { exercise_id: '00000000-0000-4000-8000-000000000000' }, 'exercise_not_found'],
  ['a weight below 0', { weight_kg: -1 }, 'invalid_argument'],
  ['a weight above all', { weight_kg: 1500.001 }, 'invalid_argument'],
  ['what is no number', { weight_kg: 'NaN' }, 'invalid_argument'],
  ['no weight', { weight_kg: null }, 'invalid_argument'],
  ['no rounding', { never_above: null }, 'invalid_argument'],
] as const)('%s is refused', async ([, args, code]) => {
  expect((await planOf(ben, args)).error?.code).toBe(code)
})

const anyPieceOf = (kind: Piece['kind'], quarters: readonly number[], most: number) =>
  fc.record({
    kind: fc.constant(kind),
    weight: fc.constantFrom(...quarters).map((weight) => weight / 4),
    unit: fc.constantFrom('kg', 'lb'),
    count: fc.integer({ min: 0, max: most }),
  })
const anyInventory = fc
  .tuple(
    fc.array(anyPieceOf('barbell', [40, 60, 80, 180], 1), { maxLength: 3 }),
    // Weights of which the heaviest first is often not the best.
    fc.array(anyPieceOf('plate', [1, 2, 5, 10, 12, 20, 28, 36, 40, 60, 80], 9), { maxLength: 4 }),
  )
  .map(([bars, plates]): readonly Piece[] => [
    ...new Map([...bars, ...plates].map((piece) => [`${piece.kind} ${piece.weight} ${piece.unit}`, piece])).values(),
  ])

/** What the database answers for a barbell. */
async function solved(pieces: readonly Piece[], grams: number, neverAbove: boolean): Promise<z.infer<typeof Plan>> {
  const [row] = await sql`
    select private.solve_load(
      ${grams}::numeric / 1000, ${neverAbove}, '(bar,barbell)', ${sql.json(pieces.map((piece) => ({ ...piece })))}
    ) as plan`
  return Plan.parse(row?.plan)
}

function expectOwned(plates: z.infer<typeof Plan>['plates_per_side'], pieces: readonly Piece[]): void {
  for (const { weight, unit, count } of plates) {
    const owned = pieces.find((piece) => piece.kind === 'plate' && piece.weight === weight && piece.unit === unit)
    expect(2 * count).toBeLessThanOrEqual(owned?.count ?? 0)
  }
}

/** What the plates of a side and the bar of an answer weigh, added up here. */
function addedUp(
  { implement, plates_per_side: plates }: z.infer<typeof Plan>,
  pieces: readonly Piece[],
): Load | undefined {
  if (implement === null) return undefined
  const bar = heftOf(implement)
  return {
    heft: plates.reduce((total, plate) => total + heftOf(plate, 2 * plate.count), bar),
    bar,
    plates: platesOf(pieces).map(
      ({ weight, unit }) => plates.find((plate) => plate.weight === weight && plate.unit === unit)?.count ?? 0,
    ),
  }
}

const kilograms = (heft: bigint): number => Number(heft) / 1e10

test('the load and its plates are those of a brute force, for any bars, plates and target', async () => {
  const seen = { without: 0, exact: 0, mixed: 0 }
  await fc.assert(
    fc.asyncProperty(
      anyInventory,
      fc.integer({ min: 0, max: 200_000 }),
      fc.boolean(),
      async (pieces, near, neverAbove) => {
        // One of two targets is what can be loaded, cut to the gram.
        const grams = near % 2 === 0 ? near : Number((bestLoad(pieces, near, false)?.heft ?? 0n) / 10_000_000n)
        const plan = await solved(pieces, grams, neverAbove)
        const load = addedUp(plan, pieces)
        expect(load).toEqual(bestLoad(pieces, grams, neverAbove))
        expectOwned(plan.plates_per_side, pieces)
        if (load === undefined) {
          expect(plan).toMatchObject({ loadable_kg: null, remainder_kg: null, plates_per_side: [] })
        } else {
          expect(plan.loadable_kg).toBeCloseTo(kilograms(load.heft), 3)
          expect(plan.remainder_kg).toBeCloseTo(grams / 1000 - kilograms(load.heft), 3)
        }
        if (load === undefined) seen.without += 1
        if (plan.remainder_kg === 0) seen.exact += 1
        if (new Set(plan.plates_per_side.map(({ unit }) => unit)).size === 2) seen.mixed += 1
      },
    ),
    { numRuns: 300 },
  )
  expect(Math.min(seen.without, seen.exact, seen.mixed)).toBeGreaterThan(0)
})
