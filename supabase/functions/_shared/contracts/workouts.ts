import { z } from 'zod'

/** A moment as the database writes it. */
export const Time = z.iso.datetime({ offset: true })

const day = z.iso.date()
const id = z.guid()
const count = z.int().nonnegative()
const amount = z.number().nonnegative()

/** Who may see something: everyone, the owner's friends, or the owner alone. */
const visibility = z.enum(['public', 'friends', 'private'])

/** The totals of a workout and the place in it. */
export const WorkoutStats = z.object({
  workout_id: id,
  set_count: count,
  warmup_set_count: count,
  rep_count: count,
  volume_kg: amount,
  effective_volume_kg: amount,
  average_rpe: z.number().nullable(),
  total_rest_seconds: count,
  records_set: count,
  current_exercise_index: count,
  current_set_index: count,
})

/** A row of `workouts` as events carry it. */
export const Workout = z.object({
  ...WorkoutStats.omit({ workout_id: true }).shape,
  id,
  user_id: id,
  template_id: id.nullable(),
  template_day_id: id.nullable(),
  import_id: id.nullable(),
  template_run_id: id.nullable(),
  template_week: z.int().nullable(),
  template_name: z.string().nullable(),
  name: z.string(),
  status: z.enum(['planned', 'in_progress', 'completed', 'cancelled']),
  planned_for: day.nullable(),
  timezone: z.string(),
  started_at: Time.nullable(),
  ended_at: Time.nullable(),
  local_date: day.nullable(),
  paused_at: Time.nullable(),
  duration_seconds: count.nullable(),
  active_seconds: count.nullable(),
  location: z.enum(['home', 'gym', 'outdoor', 'travel', 'other']).nullable(),
  mood_before: z.string().nullable(),
  mood_after: z.string().nullable(),
  energy: z.int().nullable(),
  notes: z.string().nullable(),
  visibility,
  bodyweight_kg: z.number().nullable(),
  rest_started_at: Time.nullable(),
  rest_ends_at: Time.nullable(),
  rest_seconds: count.nullable(),
  warmup_volume_kg: amount,
  calories: count.nullable(),
  version: z.int().positive(),
  created_at: Time,
  updated_at: Time,
})

/** The kinds of numbers that a set of an exercise has. */
export const TRACKING_TYPES = [
  'weight_reps',
  'bodyweight_reps',
  'assisted_reps',
  'reps_only',
  'duration',
  'weight_duration',
  'distance_duration',
  'weight_distance',
  'cardio',
] as const
/** Which numbers a set of an exercise has. */
export type TrackingType = (typeof TRACKING_TYPES)[number]

const trackingType = z.enum(TRACKING_TYPES)

const setType = z.enum([
  'warmup',
  'working',
  'top',
  'backoff',
  'amrap',
  'failure',
  'drop',
  'rest_pause',
  'myo_rep',
  'cluster',
])

/** A row of `workout_sets` as events and `get_workout` carry it. */
export const WorkoutSet = z.object({
  id,
  user_id: id,
  workout_id: id,
  workout_exercise_id: id,
  exercise_id: id,
  tracking_type: trackingType,
  parent_set_id: id.nullable(),
  set_index: count,
  set_type: setType,
  side: z.enum(['left', 'right']).nullable(),
  planned_weight_kg: amount.nullable(),
  planned_reps_min: count.nullable(),
  planned_reps_max: count.nullable(),
  planned_duration_seconds: amount.nullable(),
  planned_distance_m: amount.nullable(),
  planned_rpe: amount.nullable(),
  planned_rest_seconds: count.nullable(),
  planned_tempo: z.string().nullable(),
  weight_kg: amount.nullable(),
  entered_unit: z.enum(['kg', 'lb']),
  reps: count.nullable(),
  duration_seconds: amount.nullable(),
  distance_m: amount.nullable(),
  energy_kcal: count.nullable(),
  average_heart_rate: count.nullable(),
  max_heart_rate: count.nullable(),
  incline_percent: z.number().nullable(),
  speed_mps: amount.nullable(),
  level: count.nullable(),
  power_watts: count.nullable(),
  floors: count.nullable(),
  steps: count.nullable(),
  rpe: amount.nullable(),
  rir: amount.nullable(),
  rest_seconds: count.nullable(),
  tempo: z.string().nullable(),
  notes: z.string().nullable(),
  completed_at: Time.nullable(),
  received_at: Time,
  bodyweight_kg: amount.nullable(),
  load_kg: amount.nullable(),
  volume_kg: amount,
  effective_volume_kg: amount,
  e1rm_kg: amount.nullable(),
  e1rm_method: z.enum(['single', 'rpe_table', 'epley', 'brzycki', 'consensus']).nullable(),
  e1rm_confidence: z.enum(['high', 'medium', 'low']).nullable(),
  is_counted: z.boolean(),
  is_record: z.boolean(),
  version: z.int().positive(),
  created_at: Time,
  updated_at: Time,
})

/** A row of `personal_records`. */
export const PersonalRecord = z.object({
  id,
  user_id: id,
  exercise_id: id,
  exercise_name: z.string(),
  kind: z.enum([
    'max_weight',
    'best_e1rm',
    'best_relative',
    'rep_max',
    'max_reps_at_weight',
    'max_reps',
    'max_session_reps',
    'best_set_volume',
    'best_session_volume',
    'least_assist',
    'longest_duration',
    'longest_distance',
    'best_pace',
  ]),
  at_reps: z.int().nullable(),
  at_weight_kg: amount.nullable(),
  value: z.number(),
  previous_value: z.number().nullable(),
  improvement: z.number().nullable(),
  improvement_percent: z.number().nullable(),
  is_baseline: z.boolean(),
  workout_id: id.nullable(),
  set_id: id.nullable(),
  achieved_at: Time,
  superseded_at: Time.nullable(),
  superseded_by: id.nullable(),
  revoked_at: Time.nullable(),
  revoked_because: z.enum(['set_deleted', 'set_changed', 'exercise_changed', 'not_counted', 'outdone']).nullable(),
  created_at: Time,
})

/** An exercise of a workout with its sets, as `get_workout` answers it. */
const WorkoutExercise = z.object({
  id,
  user_id: id,
  workout_id: id,
  exercise_id: id,
  exercise_name: z.string(),
  tracking_type: trackingType,
  weight_entry: z.enum(['total', 'per_hand', 'single_implement', 'stack', 'added', 'assist', 'none']),
  unilateral: z.boolean(),
  bodyweight_fraction: z.number().nullable(),
  position: count,
  section: z.enum(['warmup', 'main', 'cooldown']),
  superset_group: z.int().nullable(),
  group_type: z.enum(['superset', 'giant_set', 'circuit']).nullable(),
  notes: z.string().nullable(),
  set_count: count,
  rep_count: count,
  volume_kg: amount,
  effective_volume_kg: amount,
  version: z.int().positive(),
  created_at: Time,
  updated_at: Time,
  sets: z.array(WorkoutSet),
})

/** What `get_workout` and, unless it is null, `active_workout` answer. */
export const WorkoutDocument = z.object({
  ...Workout.shape,
  pauses: z.array(z.object({ from: Time, to: Time })),
  exercises: z.array(WorkoutExercise),
  records: z.array(PersonalRecord),
  /** Open rows of `workout_conflicts`. */
  conflict_count: count,
})
