import { describe, expect, test } from 'vitest'
import { TokenBuckets } from '../../stack/auth/rate-limits.ts'
import { parseDuration } from '../../stack/auth/settings.ts'

describe('a token bucket', () => {
  test('gives its burst at once and then one at a time', () => {
    const buckets = new TokenBuckets(1 / 1000, 3)
    const take = (now: number) => buckets.take('a', now)
    expect([take(0), take(0), take(0), take(0)]).toEqual([true, true, true, false])
    expect([take(999), take(1001), take(1001)]).toEqual([false, true, false])
    expect([take(100_000), take(100_000), take(100_000), take(100_000)]).toEqual([true, true, true, false])
  })

  test('is one for each key', () => {
    const buckets = new TokenBuckets(0, 1)
    expect([buckets.take('a', 0), buckets.take('b', 0), buckets.take('a', 0)]).toEqual([true, true, false])
  })

  test('forgets the key that waited longest when there are too many', () => {
    const buckets = new TokenBuckets(0, 1)
    buckets.take('first', 0)
    for (let key = 0; key < 9_999; key++) buckets.take(String(key), 0)
    expect(buckets.take('first', 0)).toBe(false)
    for (let key = 10_000; key < 20_000; key++) buckets.take(String(key), 0)
    expect(buckets.take('first', 0)).toBe(true)
  })
})

describe('a duration', () => {
  test.each([
    ['0', 0],
    ['300ms', 300],
    ['1m', 60_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['168h', 604_800_000],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text, 'x')).toBe(ms))

  test.each(['', '1', '1d', 'h', '1h 30m', '-1h', '1h30'])('%j is none, and the setting is named', (text) =>
    expect(() => parseDuration(text, '[auth] setting')).toThrow('[auth] setting'),
  )
})
