import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { sql } from '../support/stack.ts'
import { anyWorkouts, type OfflineWorkout, partOf } from './parts.ts'
import { becomeAthlete, type Transaction, undone } from './undone.ts'

const RUNS = 40
const SLUGS = ['barbell-bench-press', 'barbell-back-squat', 'conventional-deadlift']

const upload = async (tx: Transaction, workouts: readonly OfflineWorkout[]): Promise<string> => {
  const [row] = await tx`select public.upload_workouts(${JSON.stringify(workouts)}::text::jsonb) as answer`
  const { refused, conflicts } = z
    .object({ answer: z.object({ refused: z.int(), conflicts: z.int() }) })
    .parse(row).answer
  return `${refused} refused, ${conflicts} conflicts`
}

/**
 * All that the athlete has and that is derived from it, but for when and in how many steps it came, and where in a workout
 * they are: that is of interest while it is on.
 */
async function everything(tx: Transaction): Promise<unknown> {
  const [row] = await tx`
    select jsonb_build_array(
      (select jsonb_agg(
        to_jsonb(w) - '{version,request_hash,current_exercise_index,current_set_index,created_at,updated_at}'::text[] order by id
      ) from public.workouts as w),
      (select jsonb_agg(to_jsonb(e) - '{version,request_hash,created_at,updated_at}'::text[] order by id)
        from public.workout_exercises as e),
      (select jsonb_agg(to_jsonb(s) - '{version,request_hash,received_at,created_at,updated_at}'::text[] order by id)
        from public.workout_sets as s),
      (select jsonb_agg(jsonb_build_array(kind, set_id, value, previous_value) order by kind, set_id, value)
        from public.personal_records where revoked_at is null),
      (select jsonb_agg(to_jsonb(d) - 'updated_at' order by exercise_id, day) from public.exercise_stats as d),
      (select jsonb_agg(to_jsonb(w) - 'updated_at' order by week) from public.weekly_stats as w)
    ) as rows`
  return row?.rows
}

test('parts that overlap, in any order and twice, come to the same as all at once', async () => {
  let parts = 0
  await undone(
    (act) => sql.begin(act),
    async (outer) => {
      await becomeAthlete(outer)
      const rows = await outer`select id from public.exercises where slug = any (${SLUGS}) order by slug`
      const exerciseIds = z
        .array(z.object({ id: z.string() }))
        .parse(rows)
        .map(({ id }) => id)
      expect(exerciseIds.length).toBe(SLUGS.length)
      const cuts = fc.array(
        fc.record({ isIn: fc.array(fc.boolean(), { minLength: 5, maxLength: 40 }), early: fc.boolean() }),
        {
          maxLength: 4,
        },
      )
      await fc.assert(
        fc.asyncProperty(anyWorkouts(exerciseIds), cuts, fc.nat({ max: 4 }), async (workouts, cut, whole) => {
          let atOnce: unknown
          await undone(
            (act) => outer.savepoint(act),
            async (tx) => {
              expect(await upload(tx, workouts)).toBe('0 refused, 0 conflicts')
              atOnce = await everything(tx)
            },
          )
          const all = cut.map(({ isIn, early }) => partOf(workouts, isIn, early))
          all.splice(whole % (all.length + 1), 0, workouts)
          parts += all.length
          await undone(
            (act) => outer.savepoint(act),
            async (tx) => {
              for (const part of [...all, ...all]) expect(await upload(tx, part)).toBe('0 refused, 0 conflicts')
              expect(await everything(tx)).toEqual(atOnce)
            },
          )
        }),
        { numRuns: RUNS },
      )
    },
  )
  expect(parts).toBeGreaterThan(RUNS)
}, 600_000)
