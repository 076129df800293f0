import { z } from 'zod'

const id = z.guid()
const line = (longest: number) => z.string().min(1).max(longest)
const whole = (least: number, most: number) => z.int().min(least).max(most)
const amount = (least: number, most: number) => z.number().min(least).max(most)
const week = whole(1, 52)
const stepKg = amount(0.05, 50).nullish()
const resetPercent = amount(1, 50).default(10)

/** The rule by which the load of a planned exercise grows, evaluated by `private.prescribe_exercise`. */
export const Progression = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('linear'),
      step_kg: stepKg,
      attempts: whole(1, 10).default(3),
      reset_percent: resetPercent,
    })
    .describe('All sets done: a step more. After `attempts` failures in a row: `reset_percent` less.'),
  z
    .strictObject({
      type: z.literal('double'),
      step_kg: stepKg,
      target_rir: whole(0, 5).nullish(),
      attempts: whole(1, 10).default(2),
      reset_percent: resetPercent,
    })
    .describe('Repetitions first; at `reps_max` in all sets a step more, from `reps_min` again.'),
  z
    .strictObject({
      type: z.literal('wave'),
      step_kg: stepKg,
      reset_percent: resetPercent,
      weeks: z
        .array(
          z.strictObject({
            sets: z
              .array(
                z.strictObject({ percent: amount(1, 150), reps: whole(1, 100), amrap: z.boolean().default(false) }),
              )
              .min(1)
              .max(20),
          }),
        )
        .min(1)
        .max(12),
    })
    .describe('Sets in percent, week by week; after the last a step more on the training max.'),
  z
    .strictObject({
      type: z.literal('rpe'),
      tolerance: amount(0, 2).default(0.5),
      max_change_percent: amount(1, 20).default(5),
    })
    .describe('The load at which the next set takes the effort that was planned.'),
])

// An exercise of a day: what is asked for, how its load is found and how that load grows.
const PlannedExercise = z.strictObject({
  id: id.nullish(),
  exercise_id: id,
  section: z.enum(['warmup', 'main', 'cooldown']).default('main'),
  position: whole(0, 49).nullish(),
  superset_group: whole(1, 50).nullish(),
  group_type: z.enum(['superset', 'giant_set', 'circuit']).nullish(),
  rounds: whole(1, 20).nullish(),
  sets: whole(1, 20),
  set_type: z
    .enum(['warmup', 'working', 'top', 'backoff', 'amrap', 'failure', 'drop', 'rest_pause', 'myo_rep', 'cluster'])
    .default('working'),
  last_set_type: z
    .enum(['warmup', 'working', 'top', 'backoff', 'amrap', 'failure', 'drop', 'rest_pause', 'myo_rep', 'cluster'])
    .nullish(),
  warmup_sets: whole(0, 5).default(0),
  reps_min: whole(1, 1000).nullish(),
  reps_max: whole(1, 1000).nullish(),
  reps_target: whole(1, 1000).nullish(),
  duration_seconds: amount(1, 86_400).nullish(),
  distance_m: amount(1, 500_000).nullish(),
  load_type: z
    .enum(['open', 'bodyweight', 'fixed', 'percent_e1rm', 'percent_training_max', 'rpe', 'rir'])
    .default('open'),
  load_value: amount(0, 1500).nullish(),
  rest_seconds: whole(0, 3600).nullish(),
  tempo: z
    .string()
    .regex(/^[0-9X](-?[0-9X]){3}$/)
    .min(4)
    .max(7)
    .nullish(),
  notes: line(2000).nullish(),
  alternatives: z.array(id).max(10).default([]),
  progression: Progression.nullish(),
})

// A day of a plan: of one week, or of every week that has no days of its own.
const PlannedDay = z.strictObject({
  id: id.nullish(),
  week: week.nullish(),
  position: whole(0, 13).nullish(),
  weekday: z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']).nullish(),
  is_rest_day: z.boolean().default(false),
  name: line(120),
  focus_areas: z.array(line(60)).max(10).default([]),
  notes: line(2000).nullish(),
  exercises: z.array(PlannedExercise).max(50).default([]),
})

// Weeks that are lighter: fewer sets, less load, further from failure. Waves have their own.
const Deload = z.strictObject({
  weeks: z.array(week).min(1).max(26),
  sets_percent: whole(10, 100).default(50),
  load_percent: whole(10, 100).default(90),
  rir_add: whole(0, 5).default(2),
})

/**
 * The document that `save_template` takes. The database holds the same rules (`private.template_fields`), and those
 * between fields besides: what this parses may still be refused with `invalid_template`.
 */
export const TemplateDocument = z.strictObject({
  id: id.nullish(),
  version: whole(1, 2_147_483_647).nullish().describe('The version that the change was made in.'),
  name: line(120),
  language: z
    .string()
    .regex(/^[a-z]{2}(-[A-Z]{2})?$/)
    .min(2)
    .max(5)
    .default('en'),
  description: z.string().max(4000).default(''),
  difficulty: z.enum(['beginner', 'intermediate', 'advanced']),
  goal: z.enum(['strength', 'muscle_building', 'fat_loss', 'endurance', 'power', 'general_health']),
  category: z.enum(['beginner', 'intermediate', 'advanced', 'specialized']).nullish(),
  tags: z
    .array(line(40).regex(/^[a-z0-9]+(-[a-z0-9]+)*$/))
    .max(10)
    .default([]),
  total_weeks: week.default(1),
  deload: Deload.nullish(),
  days: z.array(PlannedDay).min(1).max(366),
  ai_generated: z
    .strictObject({
      prompt: line(4000),
      generated_at: z.iso.datetime({ offset: true }),
      ai_version: line(100),
    })
    .nullish(),
})
