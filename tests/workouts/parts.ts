import fc from 'fast-check'

interface OfflineSet {
  readonly id: string
  readonly [column: string]: unknown
}
interface OfflineExercise {
  readonly id: string
  readonly exercise_id: string
  readonly position: number
  readonly sets: readonly OfflineSet[]
}
/** A workout as a phone has it that was offline all the time. */
export interface OfflineWorkout {
  readonly id: string
  readonly name: string
  readonly timezone: string
  readonly started_at: string
  readonly ended_at?: string
  readonly exercises: readonly OfflineExercise[]
}

const HOUR = 3_600_000

/** What one phone has: up to three workouts of an hour each, on days in a row, of these exercises. */
export const anyWorkouts = (exerciseIds: readonly string[]): fc.Arbitrary<readonly OfflineWorkout[]> =>
  fc
    .array(fc.array(fc.array(fc.integer({ min: 80, max: 240 }), { maxLength: 4 }), { maxLength: 3 }), {
      minLength: 1,
      maxLength: 3,
    })
    .map((workouts) => workouts.map((exercises, day) => workoutOf(exercises, day, exerciseIds)))

function workoutOf(
  exercises: readonly (readonly number[])[],
  day: number,
  exerciseIds: readonly string[],
): OfflineWorkout {
  const start = Date.now() - (4 - day) * 24 * HOUR
  const at = (minute: number): string => new Date(start + minute * 60_000).toISOString()
  return {
    id: crypto.randomUUID(),
    name: `Day ${day}`,
    timezone: 'Europe/Berlin',
    started_at: at(0),
    ended_at: at(60),
    exercises: exercises.map((weights, position) => ({
      id: crypto.randomUUID(),
      exercise_id: exerciseIds[position % exerciseIds.length] ?? '',
      position,
      sets: weights.map((half, set_index) => ({
        id: crypto.randomUUID(),
        set_index,
        set_type: set_index === 0 ? 'warmup' : 'working',
        weight_kg: half / 2,
        reps: 5,
        completed_at: at(position * 15 + set_index * 3 + 1),
      })),
    })),
  }
}

/** A part of `workouts`: of each row whether it is in, the heads of what is in always. `early`: before the last one ended. */
export function partOf(
  workouts: readonly OfflineWorkout[],
  isIn: readonly boolean[],
  early: boolean,
): readonly OfflineWorkout[] {
  let row = 0
  const chosen = (): boolean => isIn[row++ % isIn.length] ?? true
  return workouts.flatMap((workout, n) => {
    const exercises = workout.exercises
      .map((exercise) => ({ ...exercise, sets: exercise.sets.filter(chosen) }))
      .filter(({ sets }) => chosen() || sets.length > 0)
    if (!chosen() && exercises.length === 0) return []
    const { ended_at, ...head } = workout
    const isOver = !early || n < workouts.length - 1
    return [{ ...head, exercises, ...(isOver && ended_at !== undefined ? { ended_at } : {}) }]
  })
}
