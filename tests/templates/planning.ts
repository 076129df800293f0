import fc from 'fast-check'
import type postgres from 'postgres'
import { z } from 'zod'
import { sql } from '../support/stack.ts'

const Library = z.record(z.string(), z.guid())

/** Ids of exercises of the library by their slugs, one of each way to track a set that plans treat differently. */
export async function readLibrary(): Promise<(slug: string) => string> {
  const [row] = await sql`
    select jsonb_object_agg(slug, id) as ids from public.exercises
    where slug in ('barbell-back-squat', 'barbell-bench-press', 'pull-up', 'plank', 'treadmill-run')
  `
  const ids = Library.parse(row?.ids)
  return (slug) => z.guid().parse(ids[slug])
}

/** An object of a document; what it may have, TemplateDocument says. */
export type Fields = Readonly<Record<string, unknown>>

/** The least document that there may be, of these exercises. */
export const planOf = (exercises: readonly Fields[], patch: Fields = {}): Fields => ({
  name: 'Plan',
  difficulty: 'beginner',
  goal: 'strength',
  days: [{ name: 'A', exercises }],
  ...patch,
})

const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 2 })
const texts = fc.stringMatching(/^[a-zA-Z0-9 äß€🏋]{0,20}[a-z]$/u)

function loads(): fc.Arbitrary<Fields> {
  const kg = fc.integer({ min: 0, max: 60_000 }).map((value) => value / 40)
  const wave = fc.record({
    percent: fc.integer({ min: 40, max: 100 }),
    reps: fc.integer({ min: 1, max: 8 }),
    amrap: fc.boolean(),
  })
  return fc.oneof(
    fc.record({ load_type: fc.constant('fixed'), load_value: kg, progression: some(fc.constant({ type: 'linear' })) }),
    fc.record({ load_type: fc.constant('percent_e1rm'), load_value: fc.integer({ min: 1, max: 150 }) }),
    fc.record({
      load_type: fc.constant('rpe'),
      load_value: fc.integer({ min: 10, max: 20 }).map((half) => half / 2),
      progression: some(fc.constant({ type: 'rpe', tolerance: 1 })),
    }),
    fc.record({
      load_type: fc.constant('percent_training_max'),
      progression: fc.record({
        type: fc.constant('wave'),
        weeks: fc.array(fc.record({ sets: fc.array(wave, { minLength: 1, maxLength: 3 }) }), {
          minLength: 1,
          maxLength: 4,
        }),
      }),
    }),
    fc.constant({ load_type: 'open', reps_max: 12, progression: { type: 'double', step_kg: 1.25 } }),
  )
}

function exercises(library: (slug: string) => string): fc.Arbitrary<Fields> {
  const common = {
    sets: fc.integer({ min: 1, max: 6 }),
    section: fc.constantFrom('warmup', 'main', 'cooldown'),
    rest_seconds: some(fc.integer({ min: 0, max: 600 })),
    notes: some(texts),
  }
  const lifts = fc.record({
    ...common,
    exercise_id: fc.constantFrom(library('barbell-back-squat'), library('barbell-bench-press')),
    reps_min: fc.integer({ min: 1, max: 8 }),
    warmup_sets: fc.integer({ min: 0, max: 3 }),
    last_set_type: some(fc.constantFrom('amrap', 'failure', 'drop')),
    tempo: some(fc.constantFrom('3-1-X-0', '4010')),
    alternatives: fc.constantFrom([], [library('pull-up')]),
    load: loads(),
  })
  return fc.oneof(
    { weight: 3, arbitrary: lifts.map(({ load, ...lift }) => ({ ...lift, ...load })) },
    fc.record({
      ...common,
      exercise_id: fc.constant(library('plank')),
      duration_seconds: fc.integer({ min: 5, max: 300 }),
    }),
    fc.record({
      ...common,
      exercise_id: fc.constant(library('treadmill-run')),
      distance_m: fc.integer({ min: 100, max: 10_000 }),
    }),
  )
}

// Two as a superset now and then; neighbours in a section, as the rules ask.
const paired = (planned: readonly Fields[]): readonly Fields[] =>
  planned.length % 3 !== 2
    ? planned
    : planned.map((exercise, place) =>
        place < 2 ? { ...exercise, section: 'main', superset_group: 1, group_type: 'superset' } : exercise,
      )

/** Any plan that keeps the rules, without ids and places: those are the server's to give. */
export function plans(library: (slug: string) => string): fc.Arbitrary<Fields> {
  const trained = fc.record({
    name: texts,
    weekday: some(fc.constantFrom('monday', 'thursday', 'sunday')),
    week: some(fc.integer({ min: 1, max: 4 })),
    focus_areas: fc.array(texts, { maxLength: 3 }),
    exercises: fc.array(exercises(library), { minLength: 1, maxLength: 5 }).map(paired),
  })
  const rest = fc.record({ name: texts, is_rest_day: fc.constant(true) })
  return fc.record({
    name: texts.map((text) => text.trim()),
    description: texts,
    difficulty: fc.constantFrom('beginner', 'advanced'),
    goal: fc.constantFrom('strength', 'endurance'),
    tags: fc.uniqueArray(fc.constantFrom('home', 'full-body', 'novice')),
    total_weeks: fc.constant(4),
    deload: some(fc.constant({ weeks: [4], load_percent: 80 })),
    days: fc
      .tuple(trained, fc.array(fc.oneof(trained, rest), { maxLength: 4 }))
      .map(([first, others]) => [{ ...first, week: null }, ...others]),
  })
}

class Undo extends Error {}

/** Runs `work` in a transaction that leaves nothing behind. Rejects with what it rejects with. */
export async function rolledBack(work: (tx: postgres.TransactionSql) => Promise<void>): Promise<void> {
  const running = sql.begin(async (tx) => {
    await work(tx)
    throw new Undo()
  })
  await running.catch((cause: unknown) => {
    if (!(cause instanceof Undo)) throw cause
  })
}

/** From here on the transaction runs as this user, as the Data API runs it. */
export async function actAs(tx: postgres.TransactionSql, userId: string): Promise<void> {
  const claims = JSON.stringify({ sub: userId, role: 'authenticated' })
  await tx`select set_config('request.jwt.claims', ${claims}, true), set_config('role', 'authenticated', true)`
}
