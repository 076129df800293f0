import type { Step } from './session.ts'

const POSTGRES = 'postgres'

const template = (name: string, isPremium: boolean): readonly string[] => [
  `insert into public.workout_templates (
     id, created_by, name, difficulty, goal, visibility, is_published, published_at, is_premium
   )
   values ('{${name}}', null, 'House Plan', 'beginner', 'strength', 'public', true, now(), ${isPremium})`,
  `insert into public.template_days (id, template_id, position, name) values ('{${name}_day}', '{${name}}', 0, 'A')`,
  `insert into public.template_exercises (id, template_id, day_id, exercise_id, position, sets)
   values ('{${name}_exercise}', '{${name}}', '{${name}_day}', '{house_exercise}', 0, 3)`,
  `insert into public.template_versions (template_id, version, created_by, is_premium, document, request_hash)
   values ('{${name}}', 1, null, ${isPremium}, '{"days": []}', gen_random_uuid())`,
]

/** The product's own rows: an exercise with what belongs to it, a plan for all and one for those who pay. */
export const HOUSE: readonly Step[] = [
  `insert into public.exercises (
     id, slug, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry, review_status
   )
   values (
     '{house_exercise}', 'house-{house_exercise}', 'House Lift', 'strength', array['chest']::public.muscle[], 'beginner', 'push', 'weight_reps',
     'total', 'approved'
   )`,
  `insert into public.exercise_variations (id, exercise_id, name, difficulty)
   values ('{house_variation}', '{house_exercise}', 'Paused', 'advanced')`,
  `insert into public.exercise_translations (exercise_id, language, name) values ('{house_exercise}', 'de', 'Hausheben')`,
  ...template('house_template', false),
  ...template('premium_template', true),
].map((statement) => ({ actor: POSTGRES, statement }))

/** What everybody says of them; and nobody of their own plan, as the matrix has it. */
export const OPINIONS: readonly Step[] = [
  { actor: POSTGRES, statement: `delete from public.template_ratings where template_id = '{template}'` },
  {
    actor: 'owner',
    statement: `insert into public.template_ratings (template_id, rating) values ('{premium_template}', 4)`,
  },
]

/** The plans of the price list, which are the product's own from the first. */
export const PLANS = ['anonymous', 'free', 'premium', 'pro', 'admin'] as const
