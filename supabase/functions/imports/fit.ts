import type { TrackingType } from '../_shared/contracts/workouts.ts'
import { LineFault, type PlacedSet, type WeightUnit } from './rows.ts'
import { shortened } from './text.ts'
import { kilograms, metres } from './values.ts'

/** The numbers of a set as its exercise takes them. */
export interface FittedSet {
  readonly weight_kg: number | null
  readonly entered_unit: WeightUnit
  readonly reps: number | null
  readonly duration_seconds: number | null
  readonly distance_m: number | null
  readonly rpe: number | null
  readonly rir: number | null
  readonly notes: string | null
  /** What could not be kept as a number: it stands in the notes, or is left out. */
  readonly code: string | null
}

type Field = 'weight' | 'reps' | 'duration' | 'distance'

const FIELDS: Readonly<Record<TrackingType, { readonly needs: readonly Field[]; readonly takes: readonly Field[] }>> = {
  weight_reps: { needs: ['reps'], takes: ['weight'] },
  bodyweight_reps: { needs: ['reps'], takes: ['weight'] },
  assisted_reps: { needs: ['reps'], takes: ['weight'] },
  reps_only: { needs: ['reps'], takes: [] },
  duration: { needs: ['duration'], takes: [] },
  weight_duration: { needs: ['duration'], takes: ['weight'] },
  distance_duration: { needs: ['distance', 'duration'], takes: [] },
  weight_distance: { needs: ['distance'], takes: ['weight', 'duration'] },
  cardio: { needs: ['duration'], takes: ['distance'] },
}
// Done with the bar alone, or with no assistance: a 0 that the export did not write.
const WEIGHED: readonly TrackingType[] = ['weight_reps', 'assisted_reps', 'weight_duration', 'weight_distance']
const LIMITS: Readonly<Record<Field, number>> = { weight: 1500, reps: 1000, duration: 86_400, distance: 500_000 }

/**
 * A set's numbers as an exercise of `type` takes them; numbers that it has no place for are told in the notes.
 * Throws the faults missing_reps, missing_duration, missing_distance, number_out_of_range and negative_weight.
 */
export function fitSet(set: PlacedSet, type: TrackingType): FittedSet {
  const { needs, takes } = FIELDS[type]
  const numbers = numbersOf(set, type)
  for (const field of needs) if (numbers[field] === null) throw new LineFault(`missing_${field}`)
  const kept = (field: Field): number | null => {
    const value = needs.includes(field) || takes.includes(field) ? numbers[field] : null
    if (value !== null && (value < 0 || value > LIMITS[field])) throw new LineFault('number_out_of_range')
    return value
  }
  const left = FIELD_NAMES.filter((field) => numbers[field] && !needs.includes(field) && !takes.includes(field))
  const rpe = inHalves(set.rpe, 1, 10)
  // One of the two says it all: where both are given the RPE is kept.
  const rir = rpe === null ? inHalves(set.rir, 0, 9) : null
  const effort = set.rpe ?? (set.rir === null ? null : 10 - set.rir)
  const keptEffort = rpe ?? (rir === null ? null : 10 - rir)
  const notes = [set.notes, ...left.map((field) => told(set, field))].filter(Boolean).join('; ')
  return {
    weight_kg: kept('weight') ?? (WEIGHED.includes(type) ? 0 : null),
    entered_unit: set.weight?.unit ?? 'kg',
    reps: kept('reps'),
    duration_seconds: kept('duration'),
    distance_m: kept('distance'),
    rpe,
    rir,
    notes: shortened(notes, 1000) || null,
    code: left.length > 0 ? 'field_not_tracked' : effort === keptEffort ? null : 'effort_not_kept',
  }
}

const FIELD_NAMES = ['weight', 'reps', 'duration', 'distance'] as const

// Assistance is written as less than nothing by some apps. Elsewhere such a weight means nothing.
function numbersOf(set: PlacedSet, type: TrackingType): Readonly<Record<Field, number | null>> {
  const weight = set.weight && kilograms(set.weight)
  if (weight !== null && weight < 0 && type !== 'assisted_reps') throw new LineFault('negative_weight')
  return {
    weight: weight === null ? null : Math.abs(weight),
    reps: set.reps,
    duration: set.seconds,
    distance: set.distance && metres(set.distance),
  }
}

function told(set: PlacedSet, field: Field): string {
  if (field === 'weight') return `${set.weight?.value} ${set.weight?.unit}`
  if (field === 'distance') return `${set.distance?.value} ${set.distance?.unit}`
  return field === 'reps' ? `${set.reps} reps` : `${set.seconds} s`
}

const inHalves = (effort: number | null, lowest: number, highest: number): number | null =>
  effort !== null && effort >= lowest && effort <= highest && Number.isInteger(effort * 2) ? effort : null
