import { createUser, type User } from '../support/clients.ts'
import { call, exerciseId } from '../workouts/training.ts'

const plan = (id: string, name: string, exercises: readonly object[]) => ({
  id,
  name,
  description: `${name}: =1+1`,
  difficulty: 'beginner',
  goal: 'strength',
  tags: ['plan'],
  total_weeks: 4,
  days: [
    { name: `${name} A`, notes: name, exercises },
    { name: 'rest', is_rest_day: true, exercises: [] },
  ],
})

/** Publishes a plan of the library's exercises, by somebody who has nothing else; answers its id. */
async function publishPlan(): Promise<string> {
  const coach = await createUser('coach')
  const id = crypto.randomUUID()
  const squat = await exerciseId(coach.client, 'barbell-back-squat')
  await call(coach.client, 'save_template', {
    template: plan(id, 'Coached', [{ exercise_id: squat, sets: 2, reps_min: 5 }]),
  })
  await call(coach.client, 'publish_template', { template_id: id })
  return id
}

/**
 * Gives `user` plans: one of two versions that is followed, one that was deleted while it is, somebody else's that is
 * followed, rated and kept at hand; a training max, a rating of an exercise, and a workout that a plan asked for.
 */
export async function plans({ client }: User, mark: string, ownExerciseId: string): Promise<void> {
  const [own, deleted, others] = [crypto.randomUUID(), crypto.randomUUID(), await publishPlan()]
  const bench = await exerciseId(client, 'barbell-bench-press')
  const wave = {
    type: 'wave',
    weeks: [
      {
        sets: [
          { percent: 65, reps: 5 },
          { percent: 85, reps: 5, amrap: true },
        ],
      },
    ],
  }
  const planned = { exercise_id: bench, sets: 2, load_type: 'percent_training_max', progression: wave }
  const first = plan(own, `${mark} plan`, [planned])
  const ai_generated = { prompt: `${mark} asks`, generated_at: '2026-02-01T08:00:00Z', ai_version: 'planner 1' }
  await client
    .from('training_maxes')
    .insert({ exercise_id: bench, load_kg: 97.125, effective_on: '2026-01-15' })
    .throwOnError()
  await client.from('exercise_ratings').insert({ exercise_id: bench, rating: 4 }).throwOnError()
  await call(client, 'save_template', { template: { ...first, ai_generated } })
  const added = { exercise_id: ownExerciseId, sets: 3, reps_min: 8, reps_max: 12, alternatives: [bench] }
  await call(client, 'save_template', { template: plan(own, `${mark} plan`, [planned, added]) })
  await call(client, 'save_template', { template: plan(deleted, `${mark} deleted`, [planned]) })
  for (const template_id of [own, deleted, others]) await call(client, 'begin_template_run', { template_id })
  await client.from('workout_templates').delete().eq('id', deleted).throwOnError()
  await client
    .from('template_favorites')
    .insert([{ template_id: own }, { template_id: others }])
    .throwOnError()
  await client.from('template_ratings').insert({ template_id: others, rating: 5 }).throwOnError()
  for (const template_id of [own, deleted, others]) await followPlan(client, template_id)
}

// What is next of the plan, begun and cancelled: it is prescribed, and the workout knows its plan.
async function followPlan(client: User['client'], templateId: string): Promise<void> {
  const next = await call(client, 'next_workout', { template_id: templateId })
  const id = crypto.randomUUID()
  await call(client, 'start_workout', { id, template_id: templateId, template_day_id: next.day.id })
  await call(client, 'complete_workout', { workout_id: id })
}
