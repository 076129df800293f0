import { describe, expect, test } from 'vitest'
import type { TrackingType } from '../../supabase/functions/_shared/contracts/workouts.ts'
import { fitSet } from '../../supabase/functions/imports/fit.ts'
import { placeSets } from '../../supabase/functions/imports/place.ts'
import type { FileSet } from '../../supabase/functions/imports/rows.ts'
import { readText } from './files.ts'

/** A set of Strong's with these numbers, fitted to an exercise of `type`. */
function fitted(type: TrackingType, numbers: Partial<FileSet>) {
  const { sets } = readText('Date,Exercise Name,Set Order,Reps\n2025-01-01,Anything,1,1\n')
  const [set] = placeSets(
    'strong',
    sets.map((each) => ({ ...each, reps: null, ...numbers })),
    {},
  ).sets
  if (!set) throw new Error('no set')
  return fitSet(set, type)
}

const kg = (value: number) => ({ weight: { value, unit: 'kg' as const } })

describe('a set has the numbers of its exercise', () => {
  test.each<[TrackingType, Partial<FileSet>, object]>([
    ['weight_reps', { ...kg(100), reps: 5 }, { weight_kg: 100, reps: 5, code: null }],
    ['weight_reps', { reps: 5 }, { weight_kg: 0, reps: 5, code: null }],
    ['bodyweight_reps', { reps: 8 }, { weight_kg: null, reps: 8 }],
    ['bodyweight_reps', { ...kg(10), reps: 8 }, { weight_kg: 10, reps: 8 }],
    ['assisted_reps', { ...kg(-20), reps: 8 }, { weight_kg: 20, reps: 8 }],
    ['reps_only', { ...kg(10), reps: 8 }, { weight_kg: null, reps: 8, notes: '10 kg', code: 'field_not_tracked' }],
    ['duration', { seconds: 60 }, { duration_seconds: 60 }],
    ['weight_duration', { ...kg(20), seconds: 60 }, { weight_kg: 20, duration_seconds: 60 }],
    [
      'distance_duration',
      { distance: { value: 1, unit: 'mi' }, seconds: 400 },
      { distance_m: 1609.344, duration_seconds: 400 },
    ],
    ['weight_distance', { ...kg(60), distance: { value: 40, unit: 'm' } }, { weight_kg: 60, distance_m: 40 }],
    ['cardio', { seconds: 1800, distance: { value: 5.2, unit: 'km' } }, { distance_m: 5200, duration_seconds: 1800 }],
  ])('%s', (type, numbers, expected) => {
    expect(fitted(type, numbers)).toMatchObject(expected)
  })

  test.each<[string, TrackingType, Partial<FileSet>]>([
    ['missing_reps', 'weight_reps', kg(100)],
    ['missing_duration', 'cardio', { distance: { value: 5, unit: 'km' } }],
    ['missing_distance', 'distance_duration', { seconds: 60 }],
    ['negative_weight', 'weight_reps', { ...kg(-20), reps: 5 }],
    ['number_out_of_range', 'weight_reps', { ...kg(1501), reps: 5 }],
    ['number_out_of_range', 'weight_reps', { ...kg(100), reps: -1 }],
    ['number_out_of_range', 'duration', { seconds: 86_401 }],
  ])('%s', (code, type, numbers) => {
    expect(() => fitted(type, numbers)).toThrow(expect.objectContaining({ code }))
  })

  test('pounds are exact to the quarter', () => {
    expect(fitted('weight_reps', { weight: { value: 132.25, unit: 'lb' }, reps: 1 })).toMatchObject({
      weight_kg: 59.9875909325,
      entered_unit: 'lb',
    })
  })

  test('an effort that no set can have is left out, and told', () => {
    expect(fitted('reps_only', { reps: 5, rpe: 8.5, rir: 2 })).toMatchObject({ rpe: 8.5, rir: null, code: null })
    expect(fitted('reps_only', { reps: 5, rir: 2 })).toMatchObject({ rpe: null, rir: 2, code: null })
    expect(fitted('reps_only', { reps: 5, rir: 12 })).toMatchObject({ rir: null, code: 'effort_not_kept' })
    expect(fitted('reps_only', { reps: 5, rpe: 8.3 })).toMatchObject({ rpe: null, code: 'effort_not_kept' })
    expect(fitted('reps_only', { reps: 5, rpe: 0 })).toMatchObject({ rpe: null, code: 'effort_not_kept' })
  })
})
