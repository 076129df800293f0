import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Gym } from './athlete.ts'
import { anyStep, type Step } from './steps.ts'

/** How many sequences are tried: `RECORDS_SEQUENCES=2000 npx vitest run tests/records` tries many. */
const SEQUENCES = Number(process.env.RECORDS_SEQUENCES ?? 300)
const BEGIN: Step = { do: 'start', days: 10, late: false }

let gym: Gym
beforeAll(async () => {
  gym = await Gym.open()
})
afterAll(() => gym[Symbol.asyncDispose]())

test(`what is derived equals what an independent recompute gives, after ${SEQUENCES} sequences of anything`, async () => {
  const seen = { done: 0, records: 0, revoked: 0 }
  const sequences = fc.array(anyStep, { minLength: 8, maxLength: 24, size: 'max' })
  await fc.assert(
    fc.asyncProperty(sequences, async (steps) => {
      const { done, derived, due, repaired, revoked } = await gym.train([BEGIN, ...steps])
      expect(derived).toEqual(due)
      expect(Object.values(repaired).filter((rows) => rows !== 0)).toEqual([])
      seen.done += done
      seen.records += derived.personal_records?.length ?? 0
      seen.revoked += revoked
    }),
    { numRuns: SEQUENCES, endOnFailure: SEQUENCES > 1000 },
  )
  // The sequences are worth something: most steps are done, and they come upon records that are revoked again.
  expect(seen.done).toBeGreaterThan(SEQUENCES * 8)
  expect(seen.records).toBeGreaterThan(SEQUENCES * 8)
  expect(seen.revoked).toBeGreaterThan(SEQUENCES)
}, 600_000)
