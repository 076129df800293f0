import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { sql } from '../support/stack.ts'
import { Device, type Shared, Witness } from './devices.ts'
import { becomeAthlete, type Transaction, undone } from './undone.ts'

/** How many sequences are tried: `DEVICE_SEQUENCES=1000 npx vitest run tests/workouts` tries many. */
const RUNS = Number(process.env.DEVICE_SEQUENCES ?? 200)

/** An athlete in `tx` with a workout on and one exercise in it. */
async function athlete(tx: Transaction): Promise<{ readonly userId: string; readonly shared: Shared }> {
  const userId = await becomeAthlete(tx)
  const startedAt = new Date(Date.now() - 7_200_000).toISOString()
  const shared = { workoutId: crypto.randomUUID(), entryId: crypto.randomUUID(), startedAt }
  await tx`select public.start_workout(id => ${shared.workoutId}, started_at => ${startedAt})`
  await tx`
    select public.add_workout_exercise(id => ${shared.entryId}, workout_id => ${shared.workoutId}, exercise_id => exercises.id)
    from public.exercises where slug = 'barbell-bench-press'`
  return { userId, shared }
}

const command = fc.record({
  device: fc.nat({ max: 2 }),
  what: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('log', 'correct') },
    { weight: 5, arbitrary: fc.constant('delete') },
    { weight: 9, arbitrary: fc.constantFrom('sync', 'sync', 'overwrite', 'refresh', 'redeliver') },
    { weight: 1, arbitrary: fc.constantFrom('drop exercise', 'drop exercise', 'drop workout') },
  ),
  n: fc.nat({ max: 99 }),
  live: fc.boolean(),
  lost: fc.boolean(),
})
type Command = typeof command extends fc.Arbitrary<infer Shape> ? Shape : never

async function run({ what, n, live, lost }: Command, device: Device, witness: Witness): Promise<unknown> {
  switch (what) {
    case 'log':
      return device.log(1 + (n % 60), live, lost)
    case 'correct':
      return device.correct(n, live, lost)
    case 'delete':
      return device.delete(n, live, lost)
    case 'overwrite':
      return device.overwrite(n)
    case 'drop exercise':
      return device.drop('workout_exercises')
    case 'drop workout':
      return device.drop('workouts')
    case 'sync':
      return device.sync(((n % 3) + 1) / 3, lost)
    case 'redeliver': {
      const upload = witness.uploads[n % Math.max(witness.uploads.length, 1)]
      return upload?.device.deliver(upload.items, true)
    }
    default:
      return device.refresh()
  }
}

const rowsOf = async (tx: Transaction): Promise<unknown> => [
  ...(await tx`select id, set_index, weight_kg::float8 as weight, version from public.workout_sets order by id`),
]
const keptValues = async (tx: Transaction): Promise<ReadonlySet<string>> =>
  new Set(
    (await tx`select row_id || ' ' || (value ->> 'weight_kg')::float8 as kept from public.workout_conflicts`).map(
      ({ kept }) => String(kept),
    ),
  )

test('whatever devices do to one workout, no value of the athlete’s is lost, and all see the same', async () => {
  const seen = { stored: 0, conflicts: 0, kept: 0, tooLate: 0 }
  await undone(
    (act) => sql.begin(act),
    async (outer) => {
      const { userId, shared } = await athlete(outer)
      const sequences = fc.tuple(
        fc.integer({ min: 2, max: 3 }),
        fc.array(command, { minLength: 4, maxLength: 16, size: 'max' }),
      )
      await fc.assert(
        fc.asyncProperty(sequences, ([count, commands]) =>
          undone(
            (act) => outer.savepoint(act),
            async (tx) => {
              const witness = new Witness()
              const devices = Array.from({ length: count }, () => new Device(tx, userId, shared, witness))
              for (const next of commands) {
                const device = devices[next.device % count]
                if (device) await run(next, device, witness)
              }
              for (const device of devices) await device.sync(1, false)

              const rows = z.array(z.object({ id: z.string(), weight: z.number() })).parse(await rowsOf(tx))
              const stored = new Set(rows.map(({ id, weight }) => `${id} ${weight}`))
              const kept = await keptValues(tx)
              for (const [value, setId] of witness.entered) {
                const place = `${setId} ${value}`
                expect(stored.has(place) || kept.has(place) || witness.givenUp.has(value), `${place} is lost`).toBe(
                  true,
                )
              }
              const documents = []
              for (const device of devices) documents.push(await device.refresh())
              for (const document of documents) expect(document).toEqual(documents[0])

              // Once more, all of it, the last first.
              const before = await rowsOf(tx)
              for (const { device, items } of witness.uploads.toReversed()) await device.deliver(items, true)
              expect(await rowsOf(tx)).toEqual(before)
              seen.stored += witness.stored
              seen.conflicts += witness.conflicts
              seen.kept += kept.size
              seen.tooLate += witness.tooLate
            },
          ),
        ),
        { numRuns: RUNS },
      )
    },
  )
  // The sequences are worth something.
  expect(seen.stored).toBeGreaterThan(RUNS / 4)
  expect(seen.conflicts).toBeGreaterThan(RUNS / 20)
  expect(seen.kept).toBeGreaterThan(RUNS / 20)
  expect(seen.tooLate).toBeGreaterThan(RUNS / 20)
}, 600_000)
