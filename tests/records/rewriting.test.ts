import { expect, test } from 'vitest'
import { expectDerivedAfter, SEQUENCES } from './derived.ts'
import { rewriting } from './steps.ts'

test(`what is derived equals an independent recompute after ${SEQUENCES} sequences that rewrite history`, async () => {
  const seen = await expectDerivedAfter(rewriting)

  // As in derived.test.ts: the sequences are worth something.
  expect(seen.done).toBeGreaterThan(SEQUENCES * 3)
  expect(seen.records).toBeGreaterThan(SEQUENCES * 4)
  expect(seen.revoked).toBeGreaterThan(SEQUENCES / 2)
}, 600_000)
