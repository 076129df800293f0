import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { sql } from '../support/stack.ts'
import { becomeAthlete, expectDerived, type Transaction } from './athlete.ts'
import { anyStep, type Step, start } from './steps.ts'

const RUNS = 40
const REFUSALS = ['PGRST', '23514']

/** A step that the rules refuse, such as a second workout, has to leave no trace either. Answers whether it was done. */
async function attempt(tx: Transaction, step: Step, exercises: readonly string[]): Promise<boolean> {
  return tx
    .savepoint(async (inner) => {
      await step.act(inner, exercises)
      return true
    })
    .catch((cause: unknown) => {
      if (cause instanceof Error && 'code' in cause && REFUSALS.includes(String(cause.code))) return false
      throw cause
    })
}

class Undo extends Error {}

/** Runs `act` in a transaction that is undone. Rejects with what `act` does. */
async function undone(act: (tx: Transaction) => Promise<void>): Promise<void> {
  try {
    await sql.begin(async (tx) => {
      await act(tx)
      throw new Undo()
    })
  } catch (cause) {
    if (!(cause instanceof Undo)) throw cause
  }
}

test('what is derived equals what an independent recompute gives, after anything', async () => {
  const seen = { done: 0, records: 0, revoked: 0 }
  const sequences = fc.array(anyStep, { minLength: 10, maxLength: 40, size: 'max' })
  await fc.assert(
    fc.asyncProperty(sequences, (steps) =>
      undone(async (tx) => {
        const exercises = await becomeAthlete(tx)
        for (const step of [start(10), ...steps]) if (await attempt(tx, step, exercises)) seen.done += 1
        await expectDerived(tx)
        const [repaired] = await tx`select public.recompute_my_stats() as rows`
        expect(repaired?.rows).toEqual({ personal_records: 0, exercise_stats: 0, weekly_stats: 0, user_stats: 0 })
        const [ledger] = await tx`
          select
            count(*) filter (where not is_baseline)::integer as records,
            count(revoked_at)::integer as revoked
          from public.personal_records`
        const { records, revoked } = z.object({ records: z.int(), revoked: z.int() }).parse(ledger)
        seen.records += records
        seen.revoked += revoked
      }),
    ),
    { numRuns: RUNS },
  )
  // The sequences are worth something: most steps are done, and they come upon records that are revoked again.
  expect(seen.done).toBeGreaterThan(RUNS * 8)
  expect(seen.records).toBeGreaterThan(RUNS / 4)
  expect(seen.revoked).toBeGreaterThan(RUNS / 4)
}, 120_000)
