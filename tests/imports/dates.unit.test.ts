import { expect, test } from 'vitest'
import { dateOrderOf, momentIn, secondsBetween } from '../../supabase/functions/imports/dates.ts'
import { numberIn, secondsIn } from '../../supabase/functions/imports/values.ts'

test.each([
  ['2025-03-05 06:07:08', '2025-03-05T06:07:08'],
  ['2025-03-05', '2025-03-05T00:00:00'],
  ['2025-03-05 12:07:08\u202FAM', '2025-03-05T00:07:08'],
  ['2025-03-05 12:07:08\u202FPM', '2025-03-05T12:07:08'],
  ['2025-03-05T06:07:08.123Z', '2025-03-05T06:07:08Z'],
  ['2025-03-05T06:07:08+02:00', '2025-03-05T06:07:08+02:00'],
  ['22 Dec 2025, 08:00', '2025-12-22T08:00:00'],
  ['22 Dez. 2025, 08:00', '2025-12-22T08:00:00'],
  ['1 märz 2025, 08:00', '2025-03-01T08:00:00'],
  ['1 juil. 2025, 08:00', '2025-07-01T08:00:00'],
  ['1 juin 2025, 08:00', '2025-06-01T08:00:00'],
  ['1 de enero de 2025, 08:00', '2025-01-01T08:00:00'],
  ['Dec 22, 2025, 8:00 PM', '2025-12-22T20:00:00'],
  ['5/3/2025', '2025-03-05T00:00:00'],
])('%s is %s', (cell, moment) => {
  expect(momentIn(cell, 'dmy')).toBe(moment)
})

test('the dates of a file together tell days from months', () => {
  expect(dateOrderOf(['01/02/2025', '13/02/2025'])).toBe('dmy')
  expect(dateOrderOf(['01/02/2025', '02/13/2025'])).toBe('mdy')
  expect(dateOrderOf(['01/02/2025', '03/04/2025'])).toBeUndefined()
  expect(dateOrderOf(['2025-01-02', 'nothing'])).toBe('dmy')
})

test('lengths of workouts', () => {
  expect(secondsBetween('2025-01-01T10:00:00', '2025-01-01T11:30:00')).toBe(5400)
  expect(secondsBetween('2025-01-01T10:00:00Z', '2025-01-01T13:00:00+02:00')).toBe(3600)
  expect(secondsBetween('2025-01-01T10:00:00', '2025-01-01T10:00:00')).toBeNull()
})

test.each([
  ['1h 10m', 4200],
  ['45m', 2700],
  ['2h', 7200],
  ['90s', 90],
  ['0:30:00', 1800],
  ['1:30', 90],
  ['1:30.5', 90.5],
  ['3600', 3600],
  ['', null],
])('%s is %s seconds', (cell, seconds) => {
  expect(secondsIn(cell)).toBe(seconds)
})

test.each([
  ['82,5', 82.5],
  ['1.234,5', 1234.5],
  ['1,234.5', 1234.5],
  ['-20', -20],
  [' 1 000 ', 1000],
  ['', null],
])('%s is the number %s', (cell, number) => {
  expect(numberIn(cell)).toBe(number)
})
