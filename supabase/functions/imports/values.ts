import { fold } from './columns.ts'
import { type DistanceUnit, LineFault, type Measure, type WeightUnit } from './rows.ts'

const WEIGHT_UNITS: Readonly<Record<string, WeightUnit>> = { kg: 'kg', kgs: 'kg', lb: 'lb', lbs: 'lb', pounds: 'lb' }
const DISTANCE_UNITS: Readonly<Record<string, DistanceUnit>> = {
  m: 'm',
  meter: 'm',
  meters: 'm',
  metre: 'm',
  metres: 'm',
  km: 'km',
  kilometers: 'km',
  mi: 'mi',
  mile: 'mi',
  miles: 'mi',
  ft: 'ft',
  feet: 'ft',
  yd: 'yd',
  yards: 'yd',
}

const PLAIN = /^\d{1,9}(\.\d{1,15})?$/
const NUMBER = /^[+-]?\d{1,9}(\.\d{1,15})?$/
const CLOCK = /^(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:\.\d+)?)$/
const SPAN =
  /^(?:(\d{1,3})\s*(?:h|hr|hrs|std)\.?)?\s*(?:(\d{1,4})\s*(?:m|min|mins)\.?)?\s*(?:(\d{1,6})\s*(?:s|sec|sek)\.?)?$/

/**
 * The number in a cell, with a point or a comma before its decimals; null for an empty one.
 * Throws the fault not_a_number for anything else: formulas, words, infinities.
 */
export function numberIn(cell: string): number | null {
  if (cell === '') return null
  if (PLAIN.test(cell)) return Number(cell)
  const plain = cell.replaceAll(/[\s'\u00A0\u202F]/g, '')
  const point = Math.max(plain.lastIndexOf(','), plain.lastIndexOf('.'))
  const text = point < 0 ? plain : `${plain.slice(0, point).replaceAll(/[.,]/g, '')}.${plain.slice(point + 1)}`
  if (!NUMBER.test(text)) throw new LineFault('not_a_number')
  return Number(text)
}

/** The same for apps that write 0 where nothing was recorded. */
export function recordedIn(cell: string): number | null {
  const value = numberIn(cell)
  return value === 0 ? null : value
}

/** The whole number in a cell. Throws the faults not_a_number and not_a_whole_number. */
export function wholeIn(cell: string): number | null {
  const value = numberIn(cell)
  if (value !== null && !Number.isInteger(value)) throw new LineFault('not_a_whole_number')
  return value
}

/** Seconds written as `1h 10m`, `45m`, `1:10:00`, `2:30` or a number. Throws the fault not_a_duration. */
export function secondsIn(cell: string): number | null {
  const text = fold(cell).trim()
  if (text === '') return null
  const clock = CLOCK.exec(text)
  if (clock) return Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3])
  const span = /[a-z]/.test(text) ? SPAN.exec(text) : null
  if (span) return Number(span[1] ?? 0) * 3600 + Number(span[2] ?? 0) * 60 + Number(span[3] ?? 0)
  try {
    return numberIn(text)
  } catch {
    throw new LineFault('not_a_duration')
  }
}

/** A weight with the unit that the line or the heading gives. Throws the fault unknown_unit. */
export function weightOf(value: number | null, unit: string): Measure<WeightUnit> | null {
  return measure(value, unit, WEIGHT_UNITS)
}

/** A distance with the unit that the line or the heading gives. Throws the fault unknown_unit. */
export function distanceOf(value: number | null, unit: string): Measure<DistanceUnit> | null {
  return measure(value, unit, DISTANCE_UNITS)
}

function measure<Unit extends string>(
  value: number | null,
  name: string,
  units: Readonly<Record<string, Unit>>,
): Measure<Unit> | null {
  if (value === null) return null
  if (name === '') return { value, unit: null }
  const unit = units[fold(name)]
  if (unit === undefined) throw new LineFault('unknown_unit')
  return { value, unit }
}

// By definition: one pound, and one mile, foot and yard.
const METRES: Readonly<Record<DistanceUnit, number>> = { m: 1, km: 1000, mi: 1609.344, ft: 0.3048, yd: 0.9144 }
const KILOGRAMS: Readonly<Record<WeightUnit, number>> = { kg: 1, lb: 0.45359237 }

/** A weight in kilograms, exact for quarter pounds. */
export const kilograms = ({ value, unit }: { readonly value: number; readonly unit: WeightUnit }): number =>
  unit === 'kg' ? value : Number((value * KILOGRAMS[unit]).toFixed(10))

/** A distance in metres, exact for hundredths of a mile. */
export const metres = ({ value, unit }: { readonly value: number; readonly unit: DistanceUnit }): number =>
  Number((value * METRES[unit]).toFixed(5))
