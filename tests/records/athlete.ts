import type postgres from 'postgres'
import { expect } from 'vitest'
import { achievements, exerciseDays, type LoggedSet, type LoggedWorkout, totals, weeks } from './independent.ts'

/** A transaction in which one athlete trains; it is never committed. */
export type Transaction = postgres.TransactionSql

const EXERCISES = ['barbell-bench-press', 'pull-up', 'dumbbell-walking-lunge'] as const

/** Makes an athlete in `tx` and lets it act as them. Answers the exercises that they do. */
export async function becomeAthlete(tx: Transaction): Promise<readonly string[]> {
  const id = crypto.randomUUID()
  await tx`
    insert into auth.users (id, aud, role, email, raw_user_meta_data, created_at, updated_at)
    values (${id}, 'authenticated', 'authenticated', ${`${id}@example.test`}, '{"timezone": "Europe/Berlin"}', now(), now())`
  const claims = JSON.stringify({ sub: id, role: 'authenticated' })
  await tx`select set_config('request.jwt.claims', ${claims}, true), set_config('role', 'authenticated', true)`
  const rows = await tx<
    { id: string }[]
  >`select id from public.exercises where slug = any (${[...EXERCISES]}) order by slug`
  return rows.map((row) => row.id)
}

const byKey = <Row>(rows: readonly Row[], keyOf: (row: Row) => string): readonly Row[] =>
  [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))

/** Compares every derived row of the athlete's with what the sets come to by `independent.ts`. */
export async function expectDerived(tx: Transaction): Promise<void> {
  const sets = await loggedSets(tx)
  const workouts = await loggedWorkouts(tx)
  const counted = sets.filter(
    (set) => set.set_type !== 'warmup' && workouts.find(({ id }) => id === set.workout_id)?.status !== 'cancelled',
  )
  const setsOf = (id: string): readonly LoggedSet[] => sets.filter(({ workout_id }) => workout_id === id)
  const dayOf = (id: string): string => workouts.find((workout) => workout.id === id)?.local_date ?? ''
  const completed = workouts.filter(({ status }) => status === 'completed')
  const due = achievements(counted)

  expect(await ledger(tx)).toEqual(byKey(due, keyOfRecord))
  expect(await flags(tx)).toEqual(
    [...new Set(due.flatMap(({ set_id, previous }) => (previous === null ? [] : set_id)))].sort(),
  )
  expect(await workoutTotals(tx)).toEqual(
    byKey(
      workouts.map(({ id }) => ({
        id,
        ...totals(setsOf(id)),
        records_set: due.filter(
          ({ set_id, previous }) => previous !== null && setsOf(id).some((set) => set.id === set_id),
        ).length,
      })),
      ({ id }) => id,
    ),
  )
  expect(await exerciseStats(tx)).toEqual(byKey(exerciseDays(counted, dayOf), ({ key }) => key))
  expect(await weeklyStats(tx)).toEqual(byKey(weeks(completed, setsOf), ({ week }) => week))
  expect(await userStats(tx)).toEqual(
    completed.length === 0
      ? []
      : [{ workout_count: completed.length, ...totals(completed.flatMap(({ id }) => setsOf(id))) }],
  )
}

const loggedSets = (tx: Transaction) => tx<LoggedSet[]>`
  select
    sets.id, sets.workout_id, sets.exercise_id, exercises.tracking_type, exercises.weight_entry, exercises.unilateral,
    exercises.bodyweight_fraction::float8, workouts.bodyweight_kg::float8, sets.set_type, sets.set_index, sets.side,
    sets.weight_kg::float8, sets.reps, sets.rpe::float8, sets.rest_seconds,
    extract(epoch from sets.completed_at)::float8 as completed_at
  from public.workout_sets as sets
  join public.exercises on exercises.id = sets.exercise_id
  join public.workouts on workouts.id = sets.workout_id
  where sets.completed_at is not null`

const loggedWorkouts = (tx: Transaction) => tx<LoggedWorkout[]>`
  select
    id, status, (started_at at time zone timezone)::date::text as local_date,
    date_trunc('week', started_at at time zone timezone)::date::text as week,
    floor(extract(epoch from ended_at - started_at))::integer as seconds, active_seconds
  from public.workouts`

const keyOfRecord = ({ exercise_id, kind, value }: { exercise_id: string; kind: string; value: number }): string =>
  `${exercise_id} ${kind} ${String(value).padStart(9, '0')}`

async function ledger(tx: Transaction) {
  const rows = await tx<ReturnType<typeof achievements>[number][]>`
    select
      exercise_id, kind, set_id, round(value * 1000)::integer as value,
      round(previous_value * 1000)::integer as previous, superseded_at is null as stands
    from public.personal_records
    where revoked_at is null`
  return byKey([...rows], keyOfRecord)
}

async function flags(tx: Transaction): Promise<readonly string[]> {
  const rows = await tx<{ id: string }[]>`select id from public.workout_sets where is_record`
  return rows.map(({ id }) => id).sort()
}

const workoutTotals = async (tx: Transaction) => [
  ...(await tx`
    select id, set_count, rep_count, volume_kg::float8, effective_volume_kg::float8, records_set
    from public.workouts order by id`),
]

const exerciseStats = async (tx: Transaction) => [
  ...(await tx`
    select
      exercise_id || ' ' || day as key, set_count, rep_count, volume_kg::float8, effective_volume_kg::float8,
      round(max_weight_kg * 1000)::integer as max_weight, round(best_e1rm_kg * 1000)::integer as best_e1rm, max_reps
    from public.exercise_stats order by key`),
]

const weeklyStats = async (tx: Transaction) => [
  ...(await tx`
    select
      week::text, workout_count, training_days, set_count, rep_count, volume_kg::float8, effective_volume_kg::float8,
      duration_seconds, active_seconds
    from public.weekly_stats order by week`),
]

const userStats = async (tx: Transaction) => [
  ...(await tx`
    select workout_count, set_count, rep_count, volume_kg::float8, effective_volume_kg::float8 from public.user_stats`),
]
