import fc from 'fast-check'
import type { ReservedSql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../support/stack.ts'

/** What may happen to three exercises that turn out to be one. `which` counts what there is, modulo its number. */
type Step =
  | {
      readonly kind: 'set'
      readonly exercise: number
      readonly hour: number
      readonly weight: number
      readonly reps: number
    }
  | { readonly kind: 'edit'; readonly which: number; readonly weight: number }
  | { readonly kind: 'delete'; readonly which: number }
  | { readonly kind: 'merge'; readonly from: number; readonly into: number }
  | { readonly kind: 'unmerge'; readonly exercise: number }

const exercise = fc.integer({ min: 0, max: 2 })
const weight = fc.integer({ min: 8, max: 12 }).map((n) => n * 10)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      exercise,
      hour: fc.integer({ min: 0, max: 400 }),
      weight,
      reps: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('edit' as const), which: fc.nat(20), weight }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), which: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('merge' as const), from: exercise, into: exercise }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unmerge' as const), exercise }) },
)

let db: ReservedSql

beforeAll(async () => {
  db = await sql.reserve()
  await db`
    create or replace function pg_temp.train(p_user_id uuid, p_exercise_id uuid, p_set_id uuid, p_at timestamptz, p_kg numeric, p_reps integer)
    returns void
    language plpgsql
    as $$
    declare
      v_workout_id uuid := gen_random_uuid();
      v_entry_id uuid := gen_random_uuid();
    begin
      perform set_config('request.jwt.claims', json_build_object('sub', p_user_id, 'role', 'authenticated')::text, true);
      perform public.start_workout(id => v_workout_id, timezone => 'UTC', started_at => p_at);
      perform public.add_workout_exercise(workout_id => v_workout_id, exercise_id => p_exercise_id, id => v_entry_id);
      perform public.complete_set(
        id => p_set_id, workout_exercise_id => v_entry_id, weight_kg => p_kg, reps => p_reps, completed_at => p_at
      );
      perform public.complete_workout(workout_id => v_workout_id, ended_at => p_at + interval '1 hour');
    end;
    $$`
})
afterAll(() => db.release())

/** One athlete with as many exercises of their own as asked for, all called alike. */
class Athlete {
  readonly id = crypto.randomUUID()
  readonly exercises: readonly string[]
  readonly sets: string[] = []

  constructor(exercises: number) {
    this.exercises = Array.from({ length: exercises }, () => crypto.randomUUID())
  }

  async create(): Promise<void> {
    await db`
      insert into auth.users (id, aud, role, email, raw_user_meta_data, created_at, updated_at)
      values (${this.id}, 'authenticated', 'authenticated', ${`${this.id}@example.test`}, '{}', now(), now())`
    await db`
      insert into public.exercises (
        id, created_by, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry
      )
      select id, ${this.id}, 'Lift', 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total'
      from unnest(${[...this.exercises]}::uuid[]) as id`
  }

  async train(exercise: number, minute: number, kg: number, reps: number): Promise<void> {
    const set = crypto.randomUUID()
    const id = this.exercises[exercise % this.exercises.length] ?? ''
    await db`
      select pg_temp.train(
        ${this.id}, ${id}, ${set}, timestamptz '2026-01-05 06:00:00+00' + ${minute} * interval '1 minute', ${kg}, ${reps}
      )`
    this.sets.push(set)
  }

  async edit(which: number, kg: number): Promise<void> {
    const id = this.sets[which % this.sets.length]
    await this.act()
    if (id !== undefined) await db`update public.workout_sets set weight_kg = ${kg} where id = ${id}`
  }

  async remove(which: number): Promise<void> {
    const [id] = this.sets.splice(which % Math.max(this.sets.length, 1), 1)
    await this.act()
    if (id !== undefined) await db`delete from public.workout_sets where id = ${id}`
  }

  async act(): Promise<void> {
    const claims = JSON.stringify({ sub: this.id, role: 'authenticated' })
    await db`select set_config('request.jwt.claims', ${claims}, true)`
  }

  /** Everything that is derived, without the ids of what it is derived from. */
  async derived(): Promise<unknown> {
    const [row] = await db`
      select
        (select jsonb_agg(jsonb_build_array(kind, at_reps, at_weight_kg, value, previous_value, achieved_at, superseded_at)
            order by kind, at_reps, at_weight_kg, achieved_at, value)
          from public.personal_records where user_id = ${this.id} and revoked_at is null) as records,
        (select jsonb_agg(to_jsonb(exercise_stats) - '{user_id,exercise_id}'::text[] order by day)
          from public.exercise_stats where user_id = ${this.id}) as days,
        (select jsonb_agg(to_jsonb(weekly_stats) - 'user_id' order by week)
          from public.weekly_stats where user_id = ${this.id}) as weeks,
        (select to_jsonb(user_stats) - 'user_id' from public.user_stats where user_id = ${this.id}) as total`
    return row
  }
}

/** Merges from `from` into `into` unless one of them is merged already; answers whether it did. */
async function merge(athlete: Athlete, merged: Map<number, number>, from: number, into: number): Promise<void> {
  if (from === into || merged.has(from) || merged.has(into)) return
  await athlete.act()
  await db`select public.merge_exercises(${athlete.exercises[from] ?? ''}, ${athlete.exercises[into] ?? ''})`
  merged.set(from, into)
}

async function unmerge(athlete: Athlete, merged: Map<number, number>, exercise: number): Promise<void> {
  if (!merged.delete(exercise)) return
  await athlete.act()
  await db`select public.unmerge_exercise(${athlete.exercises[exercise] ?? ''})`
}

async function play(athlete: Athlete, twin: Athlete, steps: readonly Step[]): Promise<void> {
  const merged = new Map<number, number>()
  for (const [place, step] of steps.entries()) {
    if (step.kind === 'merge') await merge(athlete, merged, step.from, step.into)
    else if (step.kind === 'unmerge') await unmerge(athlete, merged, step.exercise)
    for (const each of [athlete, twin]) {
      if (step.kind === 'set') await each.train(step.exercise, step.hour * 60 + place, step.weight, step.reps)
      else if (step.kind === 'edit') await each.edit(step.which, step.weight)
      else if (step.kind === 'delete') await each.remove(step.which)
    }
  }
  await merge(athlete, merged, 0, 2)
  await merge(athlete, merged, 1, 2)
  // Whatever was merged the other way round: the one that is left is the one that all of them mean.
  const left = [0, 1, 2].filter((exercise) => !merged.has(exercise))
  for (const other of left.slice(1)) await merge(athlete, merged, other, left[0] ?? 2)
}

test('who merges three exercises, in any order and between other things, has what one exercise would have given', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      await db`begin`
      try {
        const athlete = new Athlete(3)
        const twin = new Athlete(1)
        await athlete.create()
        await twin.create()
        await play(athlete, twin, steps)

        expect(await athlete.derived()).toEqual(await twin.derived())
        await athlete.act()
        const [report] = await db`
          select coalesce(sum(repaired.count::integer), 0)::integer as differing
          from jsonb_each_text(public.recompute_my_stats()) as repaired (name, count)`
        expect(report).toEqual({ differing: 0 })
      } finally {
        await db`rollback`
      }
    }),
    { numRuns: 25, endOnFailure: true },
  )
}, 180_000)
