import { type LoggedSet, type LoggedWorkout, partOf, sum, volumeOf } from './load.ts'

// Moments are doubles of seconds, good for microseconds.
const wholeSeconds = (seconds: number): number => Math.floor(Math.round(seconds * 10_000) / 10_000)

/** Whole seconds from start to end; null before the end. */
export const durationOf = ({ started_at, ended_at }: LoggedWorkout): number | null =>
  ended_at === null ? null : wholeSeconds(ended_at - started_at)

/** Whole seconds from start to end without the pauses between them; null before the end. */
export function activeTimeOf({ started_at, ended_at, pauses }: LoggedWorkout): number | null {
  if (ended_at === null) return null
  const paused = pauses.map(([from, to]) => Math.max(Math.min(to, ended_at) - Math.max(from, started_at), 0))
  return wholeSeconds(ended_at - started_at - sum(paused))
}

const OTHER_MET = 3.5
const isInMotion = ({ tracking_type, duration_seconds }: LoggedSet): boolean =>
  ['distance_duration', 'cardio'].includes(tracking_type) && duration_seconds !== null

/** The kilocalories of a completed workout; null for any other, and without a body weight or a set. */
export function caloriesOf(workout: LoggedWorkout, sets: readonly LoggedSet[]): number | null {
  const body = workout.bodyweight_kg
  if (workout.status !== 'completed' || body === null || sets.length === 0) return null
  const hours = (seconds: number): number => seconds / 3600
  const metOf = ({ met }: LoggedSet): number => met ?? OTHER_MET
  const moved = sets.filter(isInMotion)
  const others = sets.filter((set) => !isInMotion(set)).map(metOf)
  const cardio = sum(moved.map((set) => set.energy_kcal ?? metOf(set) * body * hours(set.duration_seconds ?? 0)))
  const rest = (activeTimeOf(workout) ?? 0) - sum(moved.map(({ duration_seconds }) => duration_seconds ?? 0))
  const mean = others.length === 0 ? 0 : sum(others) / others.length
  return Math.round(cardio + mean * body * hours(Math.max(rest, 0)) + 1e-9)
}

/** What a workout says of its warm-ups, its effort and its rests. */
export function asides(sets: readonly LoggedSet[]) {
  const warmups = sets.filter(({ set_type }) => set_type === 'warmup')
  const efforts = sets.flatMap(({ set_type, rpe }) => (set_type === 'warmup' || rpe === null ? [] : [rpe]))
  return {
    warmup_set_count: Math.ceil(sum(warmups.map(partOf))),
    warmup_volume_kg: sum(warmups.map((set) => volumeOf(set) * partOf(set))),
    average_rpe: efforts.length === 0 ? null : Math.round((10 * sum(efforts)) / efforts.length + 1e-9) / 10,
    total_rest_seconds: sum(sets.map(({ rest_seconds }) => rest_seconds ?? 0)),
  }
}
