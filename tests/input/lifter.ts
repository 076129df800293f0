import { createUser, type User } from '../support/clients.ts'
import { sql } from '../support/stack.ts'

/** A user in the middle of a workout, so that bad input finds something to spoil. */
export interface Lifter extends User {
  readonly workoutId: string
  readonly exerciseId: string
  readonly workoutExerciseId: string
  readonly setId: string
  /** Every id above, and the user's own. */
  readonly ids: readonly string[]
}

/** Makes a user with a workout in progress, an exercise of the library in it, and one set. */
export async function createLifter(name: string): Promise<Lifter> {
  const user = await createUser(name)
  const [exercise] = await sql`select id from public.exercises where name = 'Barbell Bench Press' limit 1`
  const exerciseId = String(exercise?.id)
  const [workoutId, workoutExerciseId, setId] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()] as const
  const calls = [
    ['start_workout', { id: workoutId, timezone: 'UTC' }],
    ['add_workout_exercise', { workout_id: workoutId, exercise_id: exerciseId, id: workoutExerciseId }],
    ['complete_set', { id: setId, workout_exercise_id: workoutExerciseId, weight_kg: 100, reps: 5 }],
  ] as const
  for (const [call, args] of calls) {
    const { error } = await user.client.rpc(call, args)
    if (error) throw error
  }
  const ids = [user.id, workoutId, exerciseId, workoutExerciseId, setId]
  return { ...user, workoutId, exerciseId, workoutExerciseId, setId, ids }
}
