import { imported } from '../imports/importing.ts'
import { createUser, serviceClient, type User } from '../support/clients.ts'
import { call } from '../workouts/training.ts'
import { chooseAvatar } from './archive.ts'
import { circle } from './circle.ts'
import { plans } from './plans.ts'

/** Somebody who has used everything, with a word of their own in every text that they could write. */
export interface Lifter extends User {
  /** Nobody else's texts have it. */
  readonly mark: string
  /** An exercise of their own that nobody else uses, and one that is approved. */
  readonly ownExerciseId: string
  readonly approvedExerciseId: string
  /** What the file of `ownExerciseId` holds. */
  readonly picture: Uint8Array
}

const EXERCISE = {
  exercise_type: 'strength',
  primary_muscles: ['chest'],
  difficulty: 'beginner',
  movement_pattern: 'push',
  tracking_type: 'weight_reps',
  weight_entry: 'total',
}

// As short as a picture can be; what follows its end is of no matter to who shows it.
const PNG = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (letter) => letter.charCodeAt(0),
)

/** Makes a lifter called `name`, through the API where there is one. Rejects when anything of it is refused. */
export async function createLifter(name: string): Promise<Lifter> {
  const mark = `canary${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`
  const user = await createUser(name, {
    username: `${mark}_old`,
    display_name: `${mark} Display`,
    first_name: `${mark} First`,
  })
  const { client, id } = user
  const [ownExerciseId, approvedExerciseId] = [crypto.randomUUID(), crypto.randomUUID()]
  const picture = new Uint8Array([...PNG, ...new TextEncoder().encode(mark)])

  await client
    .from('profiles')
    .update({ bio: `=${mark} bio`, location: mark, timezone: 'Europe/Berlin', fitness_level: 'advanced' })
    .eq('user_id', id)
    .throwOnError()
  await client
    .from('personal_details')
    .update({ last_name: `${mark} Last`, date_of_birth: '1990-04-01', height_cm: 181.5, target_weight_kg: 82.25 })
    .eq('user_id', id)
    .throwOnError()
  await client
    .from('preferences')
    .update({
      units: 'imperial',
      default_rest_seconds: 135,
      workout_reminders: false,
      weekly_goal: 5,
      rest_days_per_week: 1,
      week_starts_on: 7,
    })
    .eq('user_id', id)
    .throwOnError()
  await client
    .from('exercises')
    .insert([
      { ...EXERCISE, id: ownExerciseId, name: `${mark} Press`, description: mark, tags: [mark] },
      { ...EXERCISE, id: approvedExerciseId, name: `Shared Press ${id.slice(0, 8)}` },
    ])
    .throwOnError()
  await client
    .from('exercise_variations')
    .insert({ exercise_id: ownExerciseId, name: `${mark} paused`, difficulty: 'advanced' })
    .throwOnError()
  await client
    .from('exercise_translations')
    .insert({ exercise_id: ownExerciseId, language: 'de', name: `${mark} Drücken` })
    .throwOnError()
  await client.storage
    .from('exercise-media')
    .upload(`${ownExerciseId}/press.png`, new Blob([picture], { type: 'image/png' }))
    .then(({ error }) => {
      if (error) throw error
    })
  // Names of files are in the log of requests: this one says nothing.
  const avatar = `${id}/me.png`
  await client.storage.from('avatars').upload(avatar, new Blob([PNG], { type: 'image/png' }))
  await chooseAvatar(user, avatar)
  await serviceClient()
    .from('exercises')
    .update({ review_status: 'approved' })
    .eq('id', approvedExerciseId)
    .throwOnError()
  await client.from('equipment_pieces').insert({ kind: 'plate', weight: 45, unit: 'lb', count: 6 }).throwOnError()
  await plans(user, mark, ownExerciseId)
  const later = await circle(user, mark)
  await train(client, mark, [ownExerciseId, approvedExerciseId])
  await imported(user, hevy(mark), { timezone: 'Europe/Berlin', unknown: 'create' })
  return { ...later, mark, ownExerciseId, approvedExerciseId, picture }
}

async function train(client: User['client'], mark: string, exerciseIds: readonly string[]): Promise<void> {
  const workoutId = crypto.randomUUID()
  await call(client, 'start_workout', { id: workoutId, name: `${mark} push`, started_at: '2026-02-02T17:00:00Z' })
  for (const [n, exercise_id] of exerciseIds.entries()) {
    const id = crypto.randomUUID()
    await call(client, 'add_workout_exercise', { id, workout_id: workoutId, exercise_id, position: n })
    for (const [set_index, weight_kg] of [60, 62.5, 102.05828325].entries())
      await call(client, 'complete_set', {
        workout_exercise_id: id,
        set_index,
        set_type: set_index === 0 ? 'warmup' : 'working',
        weight_kg,
        reps: 5 + set_index,
        rpe: 8.5,
        notes: `=${mark} "set", ${set_index}\nöäü 💪`,
        completed_at: `2026-02-02T17:1${set_index}:00Z`,
        entered_unit: 'kg',
      })
  }
  await call(client, 'complete_workout', {
    workout_id: workoutId,
    mood_after: 'good',
    notes: `${mark} done`,
    ended_at: '2026-02-02T18:00:00Z',
  })
  await call(client, 'start_workout', { id: crypto.randomUUID(), name: `${mark} live` })
}

const hevy = (mark: string): string =>
  [
    '"title","start_time","end_time","description","exercise_title","superset_id","exercise_notes","set_index","set_type","weight_kg","reps","distance_km","duration_seconds","rpe"',
    `"${mark} import","3 Mar 2025, 18:00","3 Mar 2025, 19:00","${mark}","${mark} Row","","${mark}","0","normal",80,8,,,8`,
    `"${mark} import","3 Mar 2025, 18:00","3 Mar 2025, 19:00","${mark}","${mark} Row","","${mark}","1","dropset",60,8,,,`,
    `"${mark} import","3 Mar 2025, 18:00","3 Mar 2025, 19:00","${mark}","Bench Press (Barbell)","","","0","normal",100,5,,,9`,
    // A line that cannot be read is kept in the report.
    `"${mark} import","3 Mar 2025, 18:00","3 Mar 2025, 19:00","${mark}","Bench Press (Barbell)","","","1","normal",100,,,,`,
  ].join('\n')
