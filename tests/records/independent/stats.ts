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
import { activeTimeOf, caloriesOf, durationOf } from './workout.ts'

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

// Halves of sets are rounded up workout by workout.
const added = (parts: readonly ReturnType<typeof totals>[]): ReturnType<typeof totals> => ({
  set_count: sum(parts.map(({ set_count }) => set_count)),
  rep_count: sum(parts.map(({ rep_count }) => rep_count)),
  volume_kg: sum(parts.map(({ volume_kg }) => volume_kg)),
  effective_volume_kg: sum(parts.map(({ effective_volume_kg }) => effective_volume_kg)),
})

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

const effort = (workouts: readonly LoggedWorkout[], setsOf: (workoutId: string) => readonly LoggedSet[]) => ({
  duration_seconds: sum(workouts.map((workout) => durationOf(workout) ?? 0)),
  active_seconds: sum(workouts.map((workout) => activeTimeOf(workout) ?? 0)),
  calories: sum(workouts.map((workout) => caloriesOf(workout, setsOf(workout.id)) ?? 0)),
})

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
    ...added(done.map(({ id }) => totals(setsOf(id)))),
    ...effort(done, setsOf),
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
      ...added(workouts.map(({ id }) => totals(setsOf(id)))),
      ...effort(workouts, setsOf),
      records_set: sum(workouts.map(({ id }) => recordsOf(id))),
    },
  ]
}
