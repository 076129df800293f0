import { describe, expect, test } from 'vitest'
import {
  byFormula,
  effectiveVolumeOf,
  estimatesOf,
  type LoggedSet,
  loadOf,
  maximumOf,
  volumeOf,
} from './independent/load.ts'

/** Bench press, five repetitions at 100 kg. */
const SET: LoggedSet = {
  id: 'set',
  workout_id: 'workout',
  workout_exercise_id: 'entry',
  met: null,
  exercise_id: 'exercise',
  tracking_type: 'weight_reps',
  weight_entry: 'total',
  unilateral: false,
  bodyweight_fraction: null,
  bodyweight_kg: 80,
  set_type: 'working',
  continues: false,
  set_index: 0,
  side: null,
  weight_kg: 100,
  reps: 5,
  rpe: null,
  rest_seconds: null,
  duration_seconds: null,
  distance_m: null,
  energy_kcal: null,
  completed_at: 0,
}

const pull = { tracking_type: 'bodyweight_reps', weight_entry: 'added', bodyweight_fraction: 1, weight_kg: null }
const assisted = { tracking_type: 'assisted_reps', weight_entry: 'assist', bodyweight_fraction: 1 }

// The same golden table as supabase/tests/workouts_load.test.sql: the independent model is held to its sources, too.
describe('load and volume', () => {
  test.each<[string, Partial<LoggedSet>, number | null, number, number]>([
    ['a barbell', {}, 100, 500, 500],
    ['dumbbells, per hand', { weight_entry: 'per_hand', weight_kg: 30 }, 60, 150, 300],
    ['one kettlebell', { weight_entry: 'single_implement', weight_kg: 24 }, 24, 120, 120],
    ['each side in turn', { unilateral: true, weight_kg: 24 }, 24, 120, 240],
    ['the left side alone', { unilateral: true, side: 'left', weight_kg: 24 }, 24, 120, 120],
    ['a pull-up', pull, 80, 0, 400],
    ['a weighted pull-up', { ...pull, weight_kg: 20 }, 100, 100, 500],
    ['a push-up', { ...pull, bodyweight_fraction: 0.64 }, 51.2, 0, 256],
    ...[0.41, 0.49, 0.55, 0.6, 0.68, 0.69, 0.7, 0.74, 0.75, 0.88, 0.95, 0.97].map(
      (fraction): [string, Partial<LoggedSet>, number, number, number] => [
        `${fraction} of the body`,
        { ...pull, bodyweight_fraction: fraction, bodyweight_kg: 100 },
        fraction * 100,
        0,
        fraction * 500,
      ],
    ),
    ['a hand of two dumbbells', { weight_entry: 'per_hand', side: 'left', weight_kg: 30 }, 60, 150, 150],
    ['a weighted pull-up, body weight unknown', { ...pull, weight_kg: 20, bodyweight_kg: null }, 20, 100, 100],
    ['an assisted pull-up', { ...assisted, weight_kg: 30 }, 50, 0, 250],
    ['more assistance than weight', { ...assisted, weight_kg: 90 }, 0, 0, 0],
    [
      'farmer’s handles',
      { tracking_type: 'weight_distance', weight_entry: 'per_hand', weight_kg: 40, reps: null },
      80,
      0,
      0,
    ],
    ['a run', { tracking_type: 'cardio', weight_entry: 'none', weight_kg: null, reps: null }, null, 0, 0],
  ])('%s', (_, set, load, volume, effective) => {
    const done = { ...SET, ...set }
    expect(loadOf(done)).toBe(load)
    expect(volumeOf(done)).toBe(volume)
    expect(effectiveVolumeOf(done)).toBeCloseTo(effective, 9)
  })
})

describe('one-rep maxima', () => {
  // Epley, Brzycki, and the median of those with Lombardi, Mayhew, Wathan and O’Conner, at 100 kg.
  test.each([
    [1, 100, 100, 100],
    [2, 106.67, 102.86, 105.91],
    [3, 110, 105.88, 109.49],
    [5, 116.67, 112.5, 116.62],
    [8, 126.67, 124.14, 125.21],
    [10, 133.33, 133.33, 132.13],
    [12, 140, 144, 137.7],
  ])('by formula at %i repetitions', (reps, epley, brzycki, consensus) => {
    expect(byFormula(100, reps, 'epley')).toBeCloseTo(epley, 2)
    expect(byFormula(100, reps, 'brzycki')).toBeCloseTo(brzycki, 2)
    expect(Math.abs(byFormula(100, reps, 'consensus') - consensus)).toBeLessThanOrEqual(0.01)
  })

  test.each([
    [1, [103.33, 100, 100, 108.86, 101.3, 102.5]],
    [2, [106.67, 102.86, 107.18, 111.44, 105.15, 105]],
    [3, [110, 105.88, 111.61, 113.99, 108.98, 107.5]],
    [5, [116.67, 112.5, 117.46, 119.01, 116.58, 112.5]],
    [8, [126.67, 124.14, 123.11, 126.29, 127.67, 120]],
    [10, [133.33, 133.33, 125.89, 130.93, 134.75, 125]],
    [12, [140, 144, 128.21, 135.4, 141.5, 130]],
    [15, [150, 163.64, 131.1, 141.72, 150.91, 137.5]],
  ])('by each formula at %i repetitions', (reps, estimates) => {
    expect(estimatesOf(100, reps).map((kg) => Math.round(kg * 100) / 100)).toEqual(estimates)
  })

  // The curve from 1 to 16 repetitions to failure in halves.
  test.each(
    [
      ...[100, 97.8, 95.5, 93.9, 92.2, 90.7, 89.2, 87.8, 86.3, 85, 83.7, 82.4, 81.1, 79.9, 78.6, 77.4, 76.2, 75.1],
      ...[73.9, 72.3, 70.7, 69.4, 68, 66.7, 65.3, 64, 62.6, 61.3, 59.9, 58.6, 57.4],
    ].map((percentage, place) => [1 + place / 2, percentage] as const),
  )('%d repetitions to failure leave %d %%', (away, percentage) => {
    const reps = Math.min(Math.trunc(away), 12)
    const maximum = maximumOf({ ...SET, weight_kg: percentage, reps, rpe: reps + 10 - away }, 'epley')
    expect(maximum?.grams).toBe(100_000)
  })

  test.each([
    [110, 5, 9, 131_422],
    [100, 1, 10, 100_000],
    [100, 1, 9, 104_712],
    [100, 2, 10, 104_712],
    [100, 5, 8, 123_305],
    [100, 12, 10, 147_059],
    [100, 12, 6, 174_216],
    [100, 5, 5, 116_667],
    [100, 13, null, null],
    [0, 5, null, null],
  ])('%i kg × %i at RPE %s', (weight_kg, reps, rpe, grams) => {
    expect(maximumOf({ ...SET, weight_kg, reps, rpe }, 'epley')?.grams ?? null).toBe(grams)
  })

  test.each<[string, Partial<LoggedSet>, number | null]>([
    ['a hand of dumbbells', { weight_entry: 'per_hand', weight_kg: 30 }, 35_000],
    ['the whole system of a pull-up', { ...pull, weight_kg: 20 }, 116_667],
    ['what assistance leaves', { ...assisted, weight_kg: 30 }, 58_333],
    ['nothing of a push-up', { ...pull, bodyweight_fraction: 0.64 }, null],
    ['nothing without a body weight', { ...pull, bodyweight_kg: null }, null],
    ['nothing of a cluster', { set_type: 'cluster' }, null],
    ['nothing of a warm-up', { set_type: 'warmup' }, null],
    ['the first part of a rest-pause set', { set_type: 'rest_pause' }, 116_667],
    ['nothing of what goes on with it', { set_type: 'rest_pause', continues: true }, null],
    ['what a drop goes on with', { set_type: 'drop', continues: true }, 116_667],
  ])('are those of %s', (_, set, grams) => {
    expect(maximumOf({ ...SET, ...set }, 'epley')?.grams ?? null).toBe(grams)
  })
})
