import type postgres from 'postgres'

/** The plan by which the athletes of the bench train. */
export const PLAN_ID = '00000000-0000-4000-8000-000000000001'

const RULES = [
  { sets: 5, load_type: 'open', progression: { type: 'linear', step_kg: null, attempts: 3, reset_percent: 10 } },
  {
    sets: 5,
    reps_max: 8,
    load_type: 'open',
    progression: { type: 'double', step_kg: null, attempts: 2, reset_percent: 10, target_rir: null },
  },
  {
    sets: 5,
    load_type: 'rpe',
    load_value: 8,
    progression: { type: 'rpe', tolerance: 0.5, max_change_percent: 5 },
  },
  { sets: 5, load_type: 'percent_training_max', load_value: 80, progression: null },
]

/** Publishes a plan of one day with the exercises of the bench, each by another rule. After `prepare`. */
export async function addPlan(owner: postgres.Sql): Promise<void> {
  await owner`
    insert into public.workout_templates (id, created_by, name, difficulty, goal, visibility, is_published, published_at)
    values (${PLAN_ID}, null, 'Bench', 'beginner', 'strength', 'public', true, now())`
  await owner`
    insert into public.template_versions (template_id, version, request_hash, document)
    select ${PLAN_ID}, 1, gen_random_uuid(), jsonb_build_object(
      'total_weeks', 1, 'deload', null, 'days', jsonb_build_array(jsonb_build_object(
        'id', gen_random_uuid(), 'week', null, 'position', 0, 'weekday', null, 'is_rest_day', false, 'name', 'A',
        'exercises', jsonb_agg(
          '{"superset_group": null, "rounds": null, "set_type": "working", "last_set_type": null, "warmup_sets": 2,
            "reps_min": 5, "reps_max": 5, "reps_target": null, "load_value": null, "alternatives": []}'::jsonb
          || jsonb_build_object('id', gen_random_uuid(), 'exercise_id', exercises.id, 'position', exercises.place)
          || rules.rule
        )
      ))
    )
    from bench.exercises
    join jsonb_array_elements(${owner.json(RULES)}::jsonb) with ordinality as rules (rule, place)
      on rules.place = exercises.place`
}
