import { expect, test } from 'vitest'
import { expectDerivedAfter, SEQUENCES, stepsDone } from './derived.ts'
import { rewriting } from './steps.ts'

test(`what is derived equals an independent recompute after ${SEQUENCES} sequences that rewrite history`, async () => {
  const seen = await expectDerivedAfter(rewriting)

  expect([...seen.steps.keys()].sort()).toEqual(
    [
      ...[
        'cancel',
        'complete',
        'correct all',
        'correct set',
        'delete exercise',
        'delete set',
        'delete workout',
        'import',
      ],
      ...['join set', 'lift', 'merge', 'move set', 'part set', 'plan', 'prefer', 'session', 'show', 'start'],
      ...['start earlier', 'travel', 'undo import', 'unmerge', 'upload', 'weigh'],
    ].sort(),
  )
  // As in derived.test.ts: the sequences are worth something.
  expect(stepsDone(seen)).toBeGreaterThan(SEQUENCES * 3)
  expect(seen.records).toBeGreaterThan(SEQUENCES * 4)
  expect(seen.revoked).toBeGreaterThan(SEQUENCES / 2)
}, 600_000)
