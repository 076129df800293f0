import { expect, test } from 'vitest'
import { expectDerivedAfter, SEQUENCES, stepsDone } from './derived.ts'
import { training } from './steps.ts'

test(`what is derived equals an independent recompute after ${SEQUENCES} sequences of training`, async () => {
  const seen = await expectDerivedAfter(training)

  // The sequences are worth something: most steps are done, and they come upon records that are revoked again.
  expect(stepsDone(seen)).toBeGreaterThan(SEQUENCES * 3)
  expect(seen.records).toBeGreaterThan(SEQUENCES * 4)
  expect(seen.revoked).toBeGreaterThan(SEQUENCES / 4)
  expect(seen.longestStreak).toBeGreaterThan(1)
}, 600_000)
