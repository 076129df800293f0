/**
 * Records and statistics worked out from what was logged alone, by other means than the database's: plain loops over
 * everything, in the order in which it was done. What the product derives has to come to the same.
 */

/** A set as it was logged, with what its exercise and workout say. */
export interface LoggedSet {
  readonly id: string
  readonly workout_id: string
  readonly exercise_id: string
  readonly tracking_type: string
  readonly weight_entry: string
  readonly unilateral: boolean
  readonly bodyweight_fraction: number | null
  readonly bodyweight_kg: number | null
  readonly set_type: string
  readonly set_index: number
  readonly side: string | null
  readonly weight_kg: number | null
  readonly reps: number | null
  readonly rpe: number | null
  readonly rest_seconds: number | null
  readonly completed_at: number
}

/** A workout as it was logged. */
export interface LoggedWorkout {
  readonly id: string
  readonly status: string
  readonly local_date: string
  readonly week: string
  readonly seconds: number | null
  readonly active_seconds: number | null
}

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

const grams = (kg: number): number => Math.round(kg * 1000)
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
const volumeOf = (set: LoggedSet): number => (set.weight_kg ?? 0) * (set.reps ?? 0)

function loadOf(set: LoggedSet): number {
  const body = (set.bodyweight_fraction ?? 0) * (set.bodyweight_kg ?? 0)
  if (set.tracking_type === 'bodyweight_reps') return body + (set.weight_kg ?? 0)
  return (set.weight_kg ?? 0) * (set.weight_entry === 'per_hand' ? 2 : 1)
}

const effectiveVolumeOf = (set: LoggedSet): number =>
  loadOf(set) * (set.reps ?? 0) * (set.unilateral && set.side === null ? 2 : 1)

/** The one-rep maximum in grams that a set stands for in records; undefined where it stands for none. */
function maximumOf(set: LoggedSet): number | undefined {
  const { reps, rpe, weight_kg } = set
  if (reps === null || reps < 1 || reps > 10 || ['warmup', 'cluster', 'rest_pause', 'myo_rep'].includes(set.set_type))
    return undefined
  const wholeBody = set.tracking_type === 'bodyweight_reps' && set.bodyweight_fraction === 1
  if (wholeBody && set.bodyweight_kg === null) return undefined
  if (!wholeBody && set.tracking_type !== 'weight_reps') return undefined
  const load = wholeBody ? loadOf(set) : (weight_kg ?? 0)
  if (load <= 0) return undefined
  if (reps === 1 && (rpe === null || rpe === 10)) return grams(load)
  const percentage = rpe === null ? undefined : RPE_TABLE[(10 - rpe) * 2]?.[reps - 1]
  if (percentage !== undefined) return grams((load * 100) / percentage)
  return reps === 1 ? grams(load) : grams(load * (1 + reps / 30))
}

/** A record as the ledger should have it, in grams. */
export interface Achievement {
  readonly exercise_id: string
  readonly kind: string
  readonly set_id: string
  readonly value: number
  readonly previous: number | null
  readonly stands: boolean
}

const inOrder = (a: LoggedSet, b: LoggedSet): number =>
  a.completed_at - b.completed_at || a.set_index - b.set_index || (a.id < b.id ? -1 : 1)

/** Every record, exercise by exercise, in the order in which they were achieved. */
export function achievements(sets: readonly LoggedSet[]): readonly Achievement[] {
  const kinds = {
    max_weight: (set: LoggedSet) =>
      set.weight_kg !== null && set.weight_kg > 0 && (set.reps ?? 0) >= 1 ? grams(set.weight_kg) : undefined,
    best_e1rm: maximumOf,
  }
  return [...new Set(sets.map(({ exercise_id }) => exercise_id))].flatMap((exercise_id) =>
    Object.entries(kinds).flatMap(([kind, measure]) => {
      const found: Achievement[] = []
      let best: number | null = null
      for (const set of sets.filter((each) => each.exercise_id === exercise_id).sort(inOrder)) {
        const value = measure(set)
        if (value === undefined || (best !== null && value - best <= 10)) continue
        found.push({ exercise_id, kind, set_id: set.id, value, previous: best, stands: false })
        best = value
      }
      return found.map((entry, n) => ({ ...entry, stands: n === found.length - 1 }))
    }),
  )
}

const groups = <Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): readonly (readonly [string, Item[]])[] => {
  const found = new Map<string, Item[]>()
  for (const item of items) found.set(keyOf(item), [...(found.get(keyOf(item)) ?? []), item])
  return [...found]
}

/** The totals of some sets, warm-ups aside. */
export function totals(sets: readonly LoggedSet[]) {
  const working = sets.filter(({ set_type }) => set_type !== 'warmup')
  return {
    set_count: working.length,
    rep_count: sum(working.map(({ reps }) => reps ?? 0)),
    volume_kg: sum(working.map(volumeOf)),
    effective_volume_kg: sum(working.map(effectiveVolumeOf)),
  }
}

/** `exercise_stats` by exercise and day. */
export function exerciseDays(sets: readonly LoggedSet[], dayOf: (workoutId: string) => string) {
  return groups(sets, (set) => `${set.exercise_id} ${dayOf(set.workout_id)}`).map(([key, done]) => {
    const maxima = done.map(maximumOf).filter((value) => value !== undefined)
    return {
      key,
      ...totals(done),
      max_weight: grams(Math.max(...done.map(({ weight_kg }) => weight_kg ?? 0))),
      best_e1rm: maxima.length > 0 ? Math.max(...maxima) : null,
      max_reps: Math.max(...done.map(({ reps }) => reps ?? 0)),
    }
  })
}

/** `weekly_stats` of the completed workouts. */
export function weeks(workouts: readonly LoggedWorkout[], setsOf: (workoutId: string) => readonly LoggedSet[]) {
  return groups(workouts, ({ week }) => week).map(([week, done]) => ({
    week,
    workout_count: done.length,
    training_days: new Set(done.map(({ local_date }) => local_date)).size,
    ...totals(done.flatMap(({ id }) => setsOf(id))),
    duration_seconds: sum(done.map(({ seconds }) => seconds ?? 0)),
    active_seconds: sum(done.map(({ active_seconds }) => active_seconds ?? 0)),
  }))
}
