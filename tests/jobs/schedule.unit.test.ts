import { describe, expect, test } from 'vitest'
import { parseSchedule } from '../../stack/jobs/schedule.ts'

const next = (schedule: string, after: string): string | undefined =>
  parseSchedule(schedule).next(new Date(after))?.toISOString()

describe('a schedule', () => {
  test.each([
    ['* * * * *', '2026-03-01T10:00:30Z', '2026-03-01T10:01:00.000Z'],
    ['*/15 * * * *', '2026-03-01T10:50:00Z', '2026-03-01T11:00:00.000Z'],
    ['0 3 * * mon', '2026-03-01T10:00:00Z', '2026-03-02T03:00:00.000Z'],
    ['0 3 * * 7', '2026-03-02T10:00:00Z', '2026-03-08T03:00:00.000Z'],
    ['0 0 $ * *', '2028-02-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    // As with Vixie cron, either of the two days will do.
    ['0 0 13 * fri', '2026-03-01T00:00:00Z', '2026-03-06T00:00:00.000Z'],
    ['@daily', '2026-03-01T10:00:00Z', '2026-03-02T00:00:00.000Z'],
    ['30 seconds', '2026-03-01T10:00:00Z', '2026-03-01T10:00:30.000Z'],
  ])('%j is due after %s at %s', (schedule, after, due) => {
    expect(next(schedule, after)).toBe(due)
  })

  test('skips what was due before: only the next time counts', () => {
    expect(next('0 * * * *', '2026-03-01T23:59:00Z')).toBe('2026-03-02T00:00:00.000Z')
  })

  test('ignores the clock change of zones, because it is in UTC', () => {
    expect(next('30 2 * * *', '2026-03-29T00:00:00Z')).toBe('2026-03-29T02:30:00.000Z')
  })

  test('of @reboot is due once, at the start', () => {
    expect(parseSchedule('@reboot').atStart).toBe(true)
    expect(next('@reboot', '2026-03-01T00:00:00Z')).toBeUndefined()
  })

  test('that has no next time is never due', () => {
    expect(next('0 0 31 2 *', '2026-03-01T00:00:00Z')).toBeUndefined()
  })

  test.each(['', 'x', '60 * * * *', '1 2 3 4'])('%j is not one', (schedule) => {
    expect(() => parseSchedule(schedule)).toThrow('CronPattern')
  })
})
