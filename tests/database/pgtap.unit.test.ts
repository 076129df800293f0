import { expect, test } from 'vitest'
import { parseTap } from './pgtap.ts'

test('counts what passed against the plan, and keeps the diagnostics of what failed', () => {
  const report = parseTap(['1..3', 'ok 1 - a', 'not ok 2 - b\n# Failed test 2: "b"', '#     have: 1', 'ok 3 - c'])

  expect(report).toEqual({
    planned: 3,
    passed: 2,
    failures: ['not ok 2 - b\n# Failed test 2: "b"\n#     have: 1'],
  })
})

test('a file that stops half-way passes fewer than it planned', () => {
  expect(parseTap(['1..3', 'ok 1'])).toEqual({ planned: 3, passed: 1, failures: [] })
})

test('a file without a plan plans nothing that could be met', () => {
  expect(parseTap(['ok 1']).planned).toBe(-1)
})
