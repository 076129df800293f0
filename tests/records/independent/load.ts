/**
 * What sets and workouts come to, worked out from what was logged alone, by other means than the database's: plain loops
 * over everything. What the product derives has to come to the same.
 */

/** A set that was done, with what its exercise and workout say. */
export interface LoggedSet {
  readonly id: string
  readonly workout_id: string
  readonly workout_exercise_id: string
  readonly exercise_id: string
  readonly met: number | null
  readonly tracking_type: string
  readonly weight_entry: string
  readonly unilateral: boolean
  readonly bodyweight_fraction: number | null
  readonly bodyweight_kg: number | null
  readonly set_type: string
  readonly continues: boolean
  readonly set_index: number
  readonly side: string | null
  readonly weight_kg: number | null
  readonly reps: number | null
  readonly rpe: number | null
  readonly rest_seconds: number | null
  readonly duration_seconds: number | null
  readonly distance_m: number | null
  readonly energy_kcal: number | null
  readonly completed_at: number
}

/** A workout as it was logged. */
export interface LoggedWorkout {
  readonly id: string
  readonly status: string
  readonly local_date: string
  readonly week: string
  /** The local day on which it was entered. */
  readonly entered_on: string
  readonly imported: boolean
  readonly started_at: number
  readonly ended_at: number | null
  readonly bodyweight_kg: number | null
  readonly pauses: readonly (readonly [number, number])[]
}

/** The formula that the athlete prefers. */
export type Formula = 'epley' | 'brzycki' | 'consensus'

// Tuchscherer's table, row by row as it is printed, from RPE 10 down to 6 in halves.
const RPE_TABLE: readonly (readonly number[])[] = [
  [100, 95.5, 92.2, 89.2, 86.3, 83.7, 81.1, 78.6, 76.2, 73.9, 70.7, 68],
  [97.8, 93.9, 90.7, 87.8, 85, 82.4, 79.9, 77.4, 75.1, 72.3, 69.4, 66.7],
  [95.5, 92.2, 89.2, 86.3, 83.7, 81.1, 78.6, 76.2, 73.9, 70.7, 68, 65.3],
  [93.9, 90.7, 87.8, 85, 82.4, 79.9, 77.4, 75.1, 72.3, 69.4, 66.7, 64],
  [92.2, 89.2, 86.3, 83.7, 81.1, 78.6, 76.2, 73.9, 70.7, 68, 65.3, 62.6],
  [90.7, 87.8, 85, 82.4, 79.9, 77.4, 75.1, 72.3, 69.4, 66.7, 64, 61.3],
  [89.2, 86.3, 83.7, 81.1, 78.6, 76.2, 73.9, 70.7, 68, 65.3, 62.6, 59.9],
  [87.8, 85, 82.4, 79.9, 77.4, 75.1, 72.3, 69.4, 66.7, 64, 61.3, 58.6],
  [86.3, 83.7, 81.1, 78.6, 76.2, 73.9, 70.7, 68, 65.3, 62.6, 59.9, 57.4],
]

/** Kilograms in whole grams. */
const wholeGrams = (kg: number): number => Math.round(kg * 1000)

/** The sum of `numbers`. */
export const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** Entered weight times repetitions, where that is what volume means. */
export const volumeOf = (set: LoggedSet): number =>
  ['weight_reps', 'bodyweight_reps'].includes(set.tracking_type) ? (set.weight_kg ?? 0) * (set.reps ?? 0) : 0

/** What one repetition moves; null where nothing is weighed. */
export function loadOf(set: LoggedSet): number | null {
  const body = (set.bodyweight_fraction ?? 0) * (set.bodyweight_kg ?? 0)
  if (set.tracking_type === 'bodyweight_reps') return body + (set.weight_kg ?? 0)
  if (set.tracking_type === 'assisted_reps') return Math.max(body - (set.weight_kg ?? 0), 0)
  if (set.tracking_type === 'reps_only') return body === 0 ? null : body
  if (set.weight_kg === null) return null
  return set.weight_kg * (set.weight_entry === 'per_hand' ? 2 : 1)
}

/** How much of a set for both sides it is. */
export const partOf = ({ side }: LoggedSet): number => (side === null ? 1 : 1 / 2)

/** Load times repetitions, of both sides. */
export const effectiveVolumeOf = (set: LoggedSet): number =>
  (loadOf(set) ?? 0) * (set.reps ?? 0) * (set.unilateral ? 2 : 1) * partOf(set)

/** What Epley, Brzycki, Lombardi, Mayhew, Wathan and O’Conner make of `load` lifted `reps` times, also once. */
export const estimatesOf = (load: number, reps: number): readonly [number, number, ...number[]] => [
  load * (1 + reps / 30),
  (load * 36) / (37 - reps),
  load * reps ** 0.1,
  (100 * load) / (52.2 + 41.9 * Math.exp(-0.055 * reps)),
  (100 * load) / (48.8 + 53.8 * Math.exp(-0.075 * reps)),
  load * (1 + 0.025 * reps),
]

/** The one-rep maximum for `load` lifted `reps` times to failure, by `formula`. */
export function byFormula(load: number, reps: number, formula: Formula): number {
  const estimates = estimatesOf(load, reps)
  if (reps === 1) return load
  if (formula === 'epley') return estimates[0]
  if (formula === 'brzycki') return estimates[1]
  const sorted = [...estimates].sort((a, b) => a - b)
  return ((sorted[2] ?? 0) + (sorted[3] ?? 0)) / 2
}

/** Whether the set is a mini-set: it goes on after a breath, and tells of nothing by itself. */
export const isMiniSet = ({ set_type, continues }: LoggedSet): boolean =>
  continues && ['rest_pause', 'myo_rep'].includes(set_type)

/** A one-rep maximum in grams, and how it was found. */
export interface Maximum {
  readonly grams: number
  readonly method: string
}

/** The one-rep maximum that a set stands for; null where it tells nothing of it. */
export function maximumOf(set: LoggedSet, formula: Formula): Maximum | null {
  const { reps, rpe } = set
  if (reps === null || reps < 1 || reps > 12) return null
  if (isMiniSet(set) || ['warmup', 'cluster'].includes(set.set_type)) return null
  const wholeBody =
    ['bodyweight_reps', 'assisted_reps'].includes(set.tracking_type) &&
    set.bodyweight_fraction === 1 &&
    set.bodyweight_kg !== null
  if (!wholeBody && set.tracking_type !== 'weight_reps') return null
  const load = wholeBody ? (loadOf(set) ?? 0) : (set.weight_kg ?? 0)
  if (load <= 0) return null
  if (reps === 1 && (rpe === null || rpe === 10)) return { grams: wholeGrams(load), method: 'single' }
  const percentage = rpe === null ? undefined : RPE_TABLE[(10 - rpe) * 2]?.[reps - 1]
  return percentage === undefined
    ? { grams: wholeGrams(byFormula(load, reps, formula)), method: formula }
    : { grams: wholeGrams((load * 100) / percentage), method: 'rpe_table' }
}

/** The one-rep maximum as records and statistics take it: of up to ten repetitions. */
export const trustedMaximumOf = (set: LoggedSet, formula: Formula): number | null =>
  (set.reps ?? 0) <= 10 ? (maximumOf(set, formula)?.grams ?? null) : null
