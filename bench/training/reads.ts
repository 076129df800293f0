import { PLAN_ID } from './plan.ts'

/** A statement that clients send often, of an athlete and one of their exercises and workouts. */
export interface Read {
  readonly name: string
  readonly sql: string
}

/** What the statements are about. */
export interface Subject {
  readonly userId: string
  readonly exerciseId: string
  readonly workoutId: string
  readonly startedAt: string
}

/** The reads of a training app, as the Data API sends them: the filter by user comes from the client. */
export function hotReads({ userId, exerciseId, workoutId, startedAt }: Subject): readonly Read[] {
  const own = `user_id = '${userId}'`
  const ownExercise = `${own} and exercise_id = '${exerciseId}'`
  return [
    { name: 'my_workouts', sql: 'select public.my_workouts()' },
    {
      name: 'my_workouts, a month in the middle',
      sql: `select public.my_workouts('${startedAt}'::date - 15, '${startedAt}'::date + 15)`,
    },
    {
      name: 'last 20 workouts, from the table',
      sql: `select * from public.workouts where ${own} order by started_at desc, id desc limit 20`,
    },
    {
      name: 'history page, from the table',
      sql: `select * from public.workouts where ${own} and (started_at, id) < ('${startedAt}', '${workoutId}')
            order by started_at desc, id desc limit 20`,
    },
    {
      name: 'days of a month',
      sql: `select local_date, id, name from public.workouts where ${own}
            and local_date between ('${startedAt}'::date - 15) and ('${startedAt}'::date + 15)`,
    },
    { name: 'get_workout', sql: `select public.get_workout('${workoutId}')` },
    {
      name: 'sets of a workout, from the table',
      sql: `select * from public.workout_sets where workout_id = '${workoutId}' order by completed_at`,
    },
    { name: 'active_workout', sql: 'select public.active_workout()' },
    {
      name: 'records of an exercise',
      sql: `select * from public.personal_records where ${ownExercise} and superseded_at is null and revoked_at is null`,
    },
    { name: 'exercise_history', sql: `select public.exercise_history('${exerciseId}')` },
    {
      name: 'last 20 sets of an exercise, from the table',
      sql: `select * from public.workout_sets where ${ownExercise} and is_counted order by completed_at desc limit 20`,
    },
    {
      name: '90 days of an exercise',
      sql: `select * from public.exercise_stats where ${ownExercise} and day > '${startedAt}'::date - 90 and day <= '${startedAt}'::date`,
    },
    {
      name: '12 weeks',
      sql: `select * from public.weekly_stats where ${own} and week > '${startedAt}'::date - 84 and week <= '${startedAt}'::date`,
    },
    { name: 'next_workout', sql: `select public.next_workout('${PLAN_ID}')` },
    { name: 'totals', sql: `select * from public.user_stats where ${own}` },
    { name: 'search', sql: `select public.search_exercises('bench press')` },
    { name: 'search with a typing error', sql: `select public.search_exercises('sqaut')` },
    { name: 'search without words', sql: `select public.search_exercises()` },
  ]
}
