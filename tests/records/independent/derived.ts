import { type Achievement, achievements } from './ledger.ts'
import {
  effectiveVolumeOf,
  type Formula,
  type LoggedSet,
  type LoggedWorkout,
  loadOf,
  maximumOf,
  volumeOf,
} from './load.ts'
import { exerciseDays, lifetime, totals, weeks } from './stats.ts'
import { type Rules, streaks } from './streaks.ts'
import { activeTimeOf, asides, caloriesOf, durationOf } from './workout.ts'

/** What an athlete logged. */
export interface Log {
  readonly preferences: Rules & { readonly e1rm_formula: Formula }
  readonly sets: readonly LoggedSet[]
  readonly workouts: readonly LoggedWorkout[]
  readonly entries: readonly { readonly id: string }[]
}

type Row = Readonly<Record<string, unknown>>

/** Rows in an order and with numbers that do not depend on who worked them out. */
export const inOneOrder = (rows: readonly Row[]): readonly string[] =>
  rows
    .map((row) =>
      JSON.stringify(
        Object.entries(row)
          .map(([name, value]) => [name, typeof value === 'number' ? Math.round(value * 1000) / 1000 : value])
          .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      ),
    )
    .sort()

const thousandth = (value: number | null): number | null => (value === null ? null : value / 1000)

function ledgerRow(record: Achievement): Row {
  const { at_weight, previous, value, ...row } = record
  const gain = previous === null ? null : value - previous
  const better = ['least_assist', 'best_pace'].includes(record.kind) && gain !== null ? -gain : gain
  return {
    ...row,
    at_weight_kg: thousandth(at_weight),
    value: value / 1000,
    previous_value: thousandth(previous),
    improvement: thousandth(better),
    improvement_percent: better === null || !previous ? null : Math.round((10_000 * better) / previous + 1e-7) / 100,
    is_baseline: previous === null,
  }
}

function maximumRow(set: LoggedSet, formula: Formula): Row {
  const maximum = maximumOf(set, formula)
  const reps = set.reps ?? 0
  return {
    e1rm_kg: thousandth(maximum?.grams ?? null),
    e1rm_method: maximum?.method ?? null,
    e1rm_confidence: maximum === null ? null : reps <= 5 ? 'high' : reps <= 10 ? 'medium' : 'low',
  }
}

const isOfSession = ({ kind }: Achievement): boolean => ['best_session_volume', 'max_session_reps'].includes(kind)

/** Every derived row of the athlete's, table by table, as it follows from `log` alone. */
export function derivedFrom({ preferences, sets, workouts, entries }: Log): Readonly<Record<string, readonly Row[]>> {
  const formula = preferences.e1rm_formula
  const stateOf = new Map(workouts.map(({ id, status }) => [id, status]))
  const dayOf = new Map(workouts.map(({ id, local_date }) => [id, local_date]))
  const isCounted = (set: LoggedSet): boolean =>
    set.set_type !== 'warmup' && stateOf.get(set.workout_id) !== 'cancelled'
  const counted = sets.filter(isCounted)
  const completed = workouts.filter(({ status }) => status === 'completed')
  const setsOf = (id: string): readonly LoggedSet[] => sets.filter(({ workout_id }) => workout_id === id)
  const ledger = achievements(counted, formula)
  const celebrated = ledger.filter(({ previous }) => previous !== null)
  const recordsOf = (id: string): number =>
    new Set(celebrated.filter(({ workout_id }) => workout_id === id).map(({ set_id, kind }) => `${set_id} ${kind}`))
      .size
  return {
    personal_records: ledger.map(ledgerRow),
    workout_sets: sets.map((set) => ({
      id: set.id,
      ...maximumRow(set, formula),
      is_record: celebrated.some((record) => record.set_id === set.id && !isOfSession(record)),
      is_counted: isCounted(set),
      load_kg: loadOf(set),
      volume_kg: volumeOf(set),
      effective_volume_kg: effectiveVolumeOf(set),
    })),
    workout_exercises: entries.map(({ id }) => ({
      id,
      ...totals(sets.filter(({ workout_exercise_id }) => workout_exercise_id === id)),
    })),
    workouts: workouts.map((workout) => ({
      id: workout.id,
      duration_seconds: durationOf(workout),
      active_seconds: activeTimeOf(workout),
      calories: caloriesOf(workout, setsOf(workout.id)),
      ...totals(setsOf(workout.id)),
      ...asides(setsOf(workout.id)),
      records_set: recordsOf(workout.id),
    })),
    exercise_stats: exerciseDays(counted, (id) => dayOf.get(id) ?? '', formula),
    weekly_stats: weeks(completed, setsOf, recordsOf),
    user_stats: lifetime(completed, setsOf, recordsOf),
    user_streaks: streaks(
      completed.filter(({ id }) => setsOf(id).some(isCounted)),
      preferences,
    ),
  }
}
