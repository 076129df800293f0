import { describe, expect, test } from 'vitest'
import { isVisible, parseSnapshot } from '../../stack/realtime/replication/gate.ts'
import { formatLsn } from '../../stack/realtime/replication/wal-connection.ts'

describe('visibility in a snapshot', () => {
  const snapshot = parseSnapshot('100:105:101,103')

  test.each([
    [99, true],
    [100, true],
    [101, false],
    [102, true],
    [103, false],
    [104, true],
    [105, false],
    [106, false],
  ])('transaction %i', (xid, visible) => {
    expect(isVisible(xid, snapshot)).toBe(visible)
  })

  test('ids that wrapped around are compared by what is nearest', () => {
    const epoch = 1n << 32n
    const wrapped = parseSnapshot(`${epoch + 2n}:${epoch + 5n}:${epoch + 3n}`)
    expect(isVisible(4_294_967_295, wrapped)).toBe(true)
    expect(isVisible(1, wrapped)).toBe(true)
    expect(isVisible(3, wrapped)).toBe(false)
    expect(isVisible(4, wrapped)).toBe(true)
    expect(isVisible(6, wrapped)).toBe(false)
  })
})

test('positions are written as Postgres writes them', () => {
  expect(formatLsn(0n)).toBe('0/0')
  expect(formatLsn((22n << 32n) | 0xb374d848n)).toBe('16/B374D848')
})
