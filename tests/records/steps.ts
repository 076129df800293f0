import fc from 'fast-check'
import type { Transaction } from './athlete.ts'

/** One thing that an athlete does, among the rows and exercises that there are. */
export interface Step {
  readonly [fc.toStringMethod]: () => string
  act(tx: Transaction, exercises: readonly string[]): PromiseLike<unknown>
}

const step = (label: string, act: Step['act']): Step => ({ [fc.toStringMethod]: () => label, act })

/** Starts a workout of so many days ago. */
export const start = (daysAgo: number): Step =>
  step(
    `start ${daysAgo} days ago`,
    (tx) => tx`select public.start_workout(started_at => now() - ${daysAgo} * interval '1 day')`,
  )

const complete = step(
  'complete',
  (tx) => tx`
    select public.complete_workout(id, ended_at => started_at + interval '100 minutes')
    from public.workouts where status = 'in_progress'`,
)

const cancel = step(
  'cancel',
  (tx) => tx`select public.cancel_workout(id) from public.workouts where status = 'in_progress'`,
)

// The n-th row of a table, counted round and round.
const nthSet = (tx: Transaction, n: number) => tx`(
  select id from public.workout_sets
  order by id offset ${n} % greatest((select count(*) from public.workout_sets), 1) limit 1
)`
const nthWorkout = (tx: Transaction, n: number) => tx`(
  select id from public.workouts
  order by id offset ${n} % greatest((select count(*) from public.workouts), 1) limit 1
)`

interface Lift {
  readonly exercise: number
  readonly minute: number
  readonly weight: number
  readonly reps: number
  readonly rpe: number | null
  readonly type: string
}

const lift = (set: Lift): Step =>
  step(`lift ${JSON.stringify(set)}`, async (tx, exercises) => {
    const exerciseId = exercises[set.exercise] ?? ''
    await tx`
      select public.add_workout_exercise(workouts.id, ${exerciseId})
      from public.workouts
      where status = 'in_progress' and not exists (
        select from public.workout_exercises
        where workout_id = workouts.id and exercise_id = ${exerciseId}
      )`
    return tx`
      select public.complete_set(
        workout_exercise_id => exercises.id, weight_kg => ${set.weight}, reps => ${set.reps}, rpe => ${set.rpe},
        set_type => ${set.type}::public.set_type,
        completed_at => workouts.started_at + ${set.minute} * interval '1 minute'
      )
      from public.workouts
      join public.workout_exercises as exercises on exercises.workout_id = workouts.id
      where status = 'in_progress' and exercise_id = ${exerciseId}`
  })

const nth = fc.nat({ max: 999 })

const lifts = fc
  .record({
    exercise: fc.nat({ max: 2 }),
    minute: fc.integer({ min: 0, max: 59 }),
    // Half kilograms: the sums of doubles stay exact.
    weight: fc.integer({ min: 0, max: 80 }).map((n) => 60 + n / 2),
    reps: fc.integer({ min: 0, max: 14 }),
    rpe: fc.option(fc.integer({ min: 8, max: 20 }).map((n) => n / 2)),
    type: fc.constantFrom('warmup', 'working', 'working', 'working', 'cluster', 'amrap'),
  })
  .map(lift)

const corrections = fc
  .tuple(
    nth,
    fc.constantFrom<Readonly<Record<string, unknown>>>(
      { weight_kg: 110 },
      { weight_kg: 70, reps: 1 },
      { set_type: 'warmup' },
      { set_type: 'working', rpe: 8 },
      { reps: 12 },
      { rpe: null },
    ),
  )
  .map(([n, change]) =>
    step(
      `correct set ${n}: ${JSON.stringify(change)}`,
      (tx) => tx`update public.workout_sets set ${tx(change)} where id = ${nthSet(tx, n)}`,
    ),
  )

const delays = fc.tuple(nth, fc.integer({ min: -30, max: 30 })).map(([n, minutes]) =>
  step(
    `move set ${n} by ${minutes} minutes`,
    (tx) => tx`
      update public.workout_sets set completed_at = completed_at + ${minutes} * interval '1 minute'
      where id = ${nthSet(tx, n)}`,
  ),
)

const deletions = nth.chain((n) =>
  fc.constantFrom(
    step(`delete set ${n}`, (tx) => tx`delete from public.workout_sets where id = ${nthSet(tx, n)}`),
    step(`delete set ${n}`, (tx) => tx`delete from public.workout_sets where id = ${nthSet(tx, n)}`),
    step(
      `delete the exercise of set ${n}`,
      (tx) => tx`
        delete from public.workout_exercises
        where id = (select workout_exercise_id from public.workout_sets where id = ${nthSet(tx, n)})`,
    ),
    step(`delete workout ${n}`, (tx) => tx`delete from public.workouts where id = ${nthWorkout(tx, n)}`),
  ),
)

const changesOfWorkouts = fc
  .tuple(
    nth,
    fc.constantFrom<Readonly<Record<string, unknown>>>(
      { bodyweight_kg: 70 },
      { bodyweight_kg: 82.5 },
      { bodyweight_kg: null },
      { timezone: 'Asia/Tokyo' },
      { timezone: 'America/Lima' },
    ),
  )
  .map(([n, change]) =>
    step(
      `change workout ${n}: ${JSON.stringify(change)}`,
      (tx) => tx`update public.workouts set ${tx(change)} where id = ${nthWorkout(tx, n)}`,
    ),
  )

const earlierStarts = fc.tuple(nth, fc.integer({ min: 1, max: 1200 })).map(([n, minutes]) =>
  step(
    `start workout ${n} ${minutes} minutes earlier`,
    (tx) => tx`
      update public.workouts set started_at = started_at - ${minutes} * interval '1 minute'
      where id = ${nthWorkout(tx, n)}`,
  ),
)

/** Whatever an athlete may do, mostly lifting. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 16, arbitrary: lifts },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 20 }).map(start) },
  { weight: 3, arbitrary: fc.constant(complete) },
  { weight: 1, arbitrary: fc.constant(cancel) },
  { weight: 4, arbitrary: corrections },
  { weight: 2, arbitrary: delays },
  { weight: 3, arbitrary: deletions },
  { weight: 2, arbitrary: changesOfWorkouts },
  { weight: 1, arbitrary: earlierStarts },
)
