import { z } from 'zod'
import { PersonalRecord } from './workouts.ts'

const day = z.iso.date()
const count = z.int().nonnegative()
const amount = z.number().nonnegative()

/** A streak as it stands today: none when `current` is 0. */
const Streak = z.object({
  current: count,
  began_on: day.nullable(),
  holds_until: day.nullable(),
  longest: count,
})

/** What `my_streaks` answers: of days and of weeks, and how far the athlete is in this week. */
export const MyStreaks = z.object({
  today: day,
  days: Streak,
  weeks: Streak,
  week: z.object({ starts_on: day, goal: z.int().positive(), trained: count }),
})

/** A row of `exercise_stats`: what the sets of an exercise came to on a day. */
const ExerciseDay = z.object({
  day,
  set_count: count,
  rep_count: count,
  volume_kg: amount,
  effective_volume_kg: amount,
  max_weight_kg: amount.nullable(),
  least_assist_kg: amount.nullable(),
  best_e1rm_kg: amount.nullable(),
  best_added_e1rm_kg: z.number().nullable(),
  max_reps: count.nullable(),
  duration_seconds: amount,
  distance_m: amount,
})

/** What `strength_progress` answers. */
export const StrengthProgress = z.object({
  exercise_id: z.guid(),
  from_date: day,
  to_date: day,
  days: z.array(ExerciseDay),
  records: z.array(PersonalRecord.omit({ user_id: true })),
  trend: z.object({
    weeks: z.int().positive(),
    exposures: count,
    percent_per_week: z.number().nullable(),
    change_percent: z.number().nullable(),
    adherence_percent: amount,
    direction: z.enum(['improving', 'maintaining', 'declining']).nullable(),
    finding: z.enum(['insufficient_data', 'regression', 'inconsistent', 'plateau']).nullable(),
  }),
  standard: z
    .object({
      ratio: amount,
      tier: z.enum(['beginner', 'novice', 'intermediate', 'advanced', 'elite']),
      next_ratio: amount.nullable(),
    })
    .nullable(),
  consistency_percent: amount,
})
