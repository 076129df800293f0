import fc from 'fast-check'
import { expect } from 'vitest'
import { Gym } from './athlete.ts'
import type { Step } from './steps.ts'

/** How many sequences a file tries: `RECORDS_SEQUENCES=10000 npx vitest run tests/records` tries many more. */
export const SEQUENCES = Number(process.env.RECORDS_SEQUENCES ?? 1000)

const BEGIN: Step = { do: 'start', days: 10, late: false }

/** What all sequences together came upon. */
export interface Seen {
  /** How often each step was done. */
  readonly steps: ReadonlyMap<string, number>
  readonly records: number
  readonly revoked: number
  readonly longestStreak: number
}

/**
 * Lets a new athlete do each of `SEQUENCES` sequences of these steps, and expects every derived row to equal what
 * `independent/` makes of the log, and a recompute to find nothing. Answers what they came upon.
 */
export async function expectDerivedAfter(step: fc.Arbitrary<Step>): Promise<Seen> {
  const steps = new Map<string, number>()
  const seen = { steps, records: 0, revoked: 0, longestStreak: 0 }
  const sequences = fc.array(step, { minLength: 3, maxLength: 10, size: 'max' })
  await using gym = await Gym.open()
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      const { done, derived, due, repaired, revoked } = await gym.train([BEGIN, ...sequence])
      expect(derived).toEqual(due)
      expect(Object.values(repaired).filter((rows) => rows !== 0)).toEqual([])
      for (const name of done) steps.set(name, (steps.get(name) ?? 0) + 1)
      seen.records += derived.personal_records?.length ?? 0
      seen.revoked += revoked
      for (const run of derived.user_streaks ?? [])
        seen.longestStreak = Math.max(seen.longestStreak, Number(/"length",(\d+)/.exec(run)?.[1]))
    }),
    { numRuns: SEQUENCES, endOnFailure: SEQUENCES > 1000 },
  )
  return seen
}

/** How many steps were done, of any kind. */
export const stepsDone = ({ steps }: Seen): number => [...steps.values()].reduce((total, times) => total + times, 0)
