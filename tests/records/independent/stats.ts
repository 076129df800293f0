import {
  effectiveVolumeOf,
  type Formula,
  type LoggedSet,
  type LoggedWorkout,
  partOf,
  sum,
  trustedMaximumOf,
  volumeOf,
} from './load.ts'

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
    set_count: Math.ceil(sum(working.map(partOf))),
    rep_count: Math.ceil(sum(working.map((set) => (set.reps ?? 0) * partOf(set)))),
    volume_kg: sum(working.map((set) => volumeOf(set) * partOf(set))),
    effective_volume_kg: sum(working.map(effectiveVolumeOf)),
  }
}

const highest = (numbers: readonly (number | null)[]): number | null =>
  numbers.reduce((best, number) => (number === null || (best !== null && best >= number) ? best : number), null)

const lowest = (numbers: readonly (number | null)[]): number | null => {
  const highestBelow = highest(numbers.map((number) => (number === null ? null : -number)))
  return highestBelow === null ? null : Math.abs(highestBelow)
}

// A failed single lifted nothing, and the weight of an assisted exercise is help.
const wasLifted = ({ tracking_type, reps }: LoggedSet): boolean => tracking_type !== 'assisted_reps' && reps !== 0
const wasHelped = ({ tracking_type, reps }: LoggedSet): boolean => tracking_type === 'assisted_reps' && (reps ?? 0) > 0

// Of a maximum of the whole system what is not the body.
function addedMaximumOf(set: LoggedSet, formula: Formula): number | null {
  const maximum = trustedMaximumOf(set, formula)
  const movesTheBody = ['bodyweight_reps', 'assisted_reps'].includes(set.tracking_type)
  return maximum === null || !movesTheBody ? null : maximum / 1000 - (set.bodyweight_kg ?? 0)
}

/** `exercise_stats` of the counted sets. */
export function exerciseDays(sets: readonly LoggedSet[], dayOf: (workoutId: string) => string, formula: Formula) {
  return groups(sets, (set) => `${set.exercise_id} ${dayOf(set.workout_id)}`).map(([key, done]) => {
    const [exercise_id, day] = key.split(' ')
    const best = highest(done.map((set) => trustedMaximumOf(set, formula)))
    return {
      exercise_id,
      day,
      ...totals(done),
      max_weight_kg: highest(done.filter(wasLifted).map(({ weight_kg }) => weight_kg)),
      least_assist_kg: lowest(done.filter(wasHelped).map(({ weight_kg }) => weight_kg)),
      best_e1rm_kg: best === null ? null : best / 1000,
      best_added_e1rm_kg: highest(done.map((set) => addedMaximumOf(set, formula))),
      max_reps: highest(done.map(({ reps }) => reps)),
      duration_seconds: sum(done.map((set) => (set.duration_seconds ?? 0) * partOf(set))),
      distance_m: sum(done.map((set) => (set.distance_m ?? 0) * partOf(set))),
    }
  })
}

/** `weekly_stats` of the completed workouts. */
export function weeks(
  workouts: readonly LoggedWorkout[],
  setsOf: (workoutId: string) => readonly LoggedSet[],
  recordsOf: (workoutId: string) => number,
) {
  return groups(workouts, ({ week }) => week).map(([week, done]) => ({
    week,
    workout_count: done.length,
    training_days: new Set(done.map(({ local_date }) => local_date)).size,
    ...totals(done.flatMap(({ id }) => setsOf(id))),
    duration_seconds: sum(done.map(({ seconds }) => seconds ?? 0)),
    active_seconds: sum(done.map(({ active_seconds }) => active_seconds ?? 0)),
    calories: sum(done.map(({ calories }) => calories ?? 0)),
    records_set: sum(done.map(({ id }) => recordsOf(id))),
  }))
}

/** `user_stats` of the completed workouts: no row without one. */
export function lifetime(
  workouts: readonly LoggedWorkout[],
  setsOf: (workoutId: string) => readonly LoggedSet[],
  recordsOf: (workoutId: string) => number,
) {
  if (workouts.length === 0) return []
  return [
    {
      workout_count: workouts.length,
      ...totals(workouts.flatMap(({ id }) => setsOf(id))),
      duration_seconds: sum(workouts.map(({ seconds }) => seconds ?? 0)),
      active_seconds: sum(workouts.map(({ active_seconds }) => active_seconds ?? 0)),
      calories: sum(workouts.map(({ calories }) => calories ?? 0)),
      records_set: sum(workouts.map(({ id }) => recordsOf(id))),
    },
  ]
}
