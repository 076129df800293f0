import type postgres from 'postgres'
import { z } from 'zod'
import { addPlan, PLAN_ID } from './plan.ts'

/** Four exercises of five sets. */
const SETS_PER_WORKOUT = 20

/** An athlete with a history, who is about to train. */
export interface Athlete {
  readonly id: string
  readonly claims: string
  readonly sets: number
}

const OTHERS_SETS = 2_000
const ATHLETES_AT_ONCE = 100
const Ids = z.array(z.object({ id: z.string() }))
const Counts = z.tuple([z.object({ count: z.coerce.number() })])

/** Makes the bench's own schema, a twin of the table of sets in it, and the plan that is followed. */
export async function prepare(owner: postgres.Sql): Promise<void> {
  await owner`create schema bench`
  // In order of time, as the ids that the backend gives: private.uuid_v7, in the form that the planner puts in place of a call.
  await owner`
    create function bench.next_id() returns uuid language sql volatile as $$
      select encode(
        int8send(((extract(epoch from clock_timestamp()) * 1000)::bigint << 16) | x'7000'::bigint)
          || substring(uuid_send(gen_random_uuid()) from 9),
        'hex'
      )::uuid
    $$`
  await owner`create table bench.workout_sets (like public.workout_sets including all)`
  await owner`grant usage on schema bench to authenticated`
  await owner`grant insert on bench.workout_sets to authenticated`
  await owner`
    create table bench.exercises as
    select row_number() over (order by slug) as place, id, name, weight_entry, unilateral
    from public.exercises
    where tracking_type = 'weight_reps'
    order by slug
    limit 4`
  await addPlan(owner)
}

/** Makes an athlete with `sets` sets behind them. */
export async function createAthlete(owner: postgres.Sql, sets: number): Promise<Athlete> {
  const [id] = await createUsers(owner, 1)
  if (id === undefined) throw new Error('no user')
  return giveHistory(owner, id, sets)
}

/**
 * Gives a user `sets` sets, in workouts of 20 that are spread over at most 25 years.
 * The rows are written past the triggers; what is derived is then written by the functions that derive it.
 */
export async function giveHistory(owner: postgres.Sql, id: string, sets: number): Promise<Athlete> {
  await owner.begin((sql) => writeHistory(sql, [id], sets))
  const claims = JSON.stringify({ sub: id, role: 'authenticated' })
  await owner.begin(async (sql) => {
    await sql`select set_config('request.jwt.claims', ${claims}, true)`
    await sql`select public.recompute_my_stats()`
  })
  return { id, claims, sets }
}

/** Adds other athletes, of 2,000 sets each, until the table has `rows` sets. Two connections write at a time. */
export async function addOthers(connections: readonly postgres.Sql[], rows: number): Promise<void> {
  const [first] = connections
  if (first === undefined) throw new Error('no connection')
  const missing = Math.max(0, Math.round((rows - (await countSets(first))) / OTHERS_SETS))
  const restore = missing * OTHERS_SETS >= 1_000_000 ? await dropIndexes(first) : undefined
  const users = await createUsers(first, missing)
  await Promise.all(
    connections.map(async (connection) => {
      for (let chunk = users.splice(0, ATHLETES_AT_ONCE); chunk.length > 0; chunk = users.splice(0, ATHLETES_AT_ONCE)) {
        const users = chunk
        await connection.begin(async (sql) => {
          await writeHistory(sql, users, OTHERS_SETS)
          await writeDerived(sql, users)
        })
      }
    }),
  )
  await restore?.()
}

/** Adds exercises that others keep to themselves, called as those of the library and numbered, until there are `count`. */
export async function addCustomExercises(owner: postgres.Sql, count: number): Promise<void> {
  await owner`
    insert into public.exercises (
      name, exercise_type, primary_muscles, secondary_muscles, equipment, difficulty, movement_pattern, tracking_type,
      weight_entry, created_by
    )
    select exercises.name || ' ' || n, exercise_type, primary_muscles, secondary_muscles, equipment, difficulty,
      movement_pattern, tracking_type, weight_entry, owners.ids[1 + n % cardinality(owners.ids)]
    from (select array_agg(id) as ids from auth.users) as owners
    cross join (select array_agg(id) as ids from public.exercises where created_by is null) as library
    cross join generate_series(
      (select count(*)::integer from public.exercises where created_by is not null), ${count}::integer
    ) as n
    join public.exercises on exercises.id = library.ids[1 + n % cardinality(library.ids)]`
}

/** Reads what the planner has to know of the tables, and leaves nothing for autovacuum to do meanwhile. */
export async function settle(owner: postgres.Sql): Promise<void> {
  await owner`
    vacuum (analyze) public.workouts, public.workout_exercises, public.workout_sets, public.personal_records,
      public.exercise_stats, public.weekly_stats, public.user_stats, public.exercises, private.exercise_search`
  await owner`checkpoint`
}

/** How many sets there are. */
export async function countSets(owner: postgres.Sql): Promise<number> {
  const [{ count }] = Counts.parse(await owner`select count(*) from public.workout_sets`)
  return count
}

async function createUsers(owner: postgres.Sql, count: number): Promise<string[]> {
  const rows = await owner`
    insert into auth.users (id, aud, role, email, raw_user_meta_data, created_at, updated_at)
    select id, 'authenticated', 'authenticated', id || '@example.com', '{}', now(), now()
    from (select gen_random_uuid() as id from generate_series(1, ${count}::integer)) as made
    returning id`
  return Ids.parse(rows).map(({ id }) => id)
}

// A lifter who gets stronger by steps of a plate over the years, with better and worse days between.
async function writeHistory(sql: postgres.TransactionSql, users: readonly string[], sets: number): Promise<void> {
  const workouts = sets / SETS_PER_WORKOUT
  const hours = Math.min(48, (25 * 365 * 24) / workouts)
  await sql`set local session_replication_role = replica`
  await sql`set local work_mem = '256MB'`
  await sql`
    create temporary table done on commit drop as
    select bench.next_id() as workout_id, user_id, n,
      now() - (${workouts}::integer - n + 1) * ${hours}::numeric * interval '1 hour' - interval '2 hours' as began,
      100 + 2.5 * floor(32.0 * n / ${workouts}::integer) + 2.5 * (n % 3) as weight
    from unnest(${[...users]}::uuid[]) as user_id
    cross join generate_series(1, ${workouts}::integer) as n`
  await sql`
    insert into public.workouts (
      id, user_id, template_id, status, timezone, started_at, ended_at, active_seconds, set_count, rep_count, volume_kg,
      effective_volume_kg
    )
    select workout_id, user_id, ${PLAN_ID}, 'completed', 'UTC', began, began + interval '1 hour', 3600, 20, 100, weight * 100, weight * 100
    from done
    order by n`
  await sql`
    create temporary table entry on commit drop as
    select bench.next_id() as id, done.*, exercises.place, exercises.id as exercise_id, exercises.name, weight_entry, unilateral
    from done
    cross join bench.exercises`
  await sql`
    insert into public.workout_exercises (
      id, user_id, workout_id, exercise_id, exercise_name, tracking_type, weight_entry, unilateral, position, set_count,
      rep_count, volume_kg, effective_volume_kg
    )
    select id, user_id, workout_id, exercise_id, name, 'weight_reps', weight_entry, unilateral, place - 1, 5, 25,
      weight * 25, weight * 25
    from entry
    order by n, place`
  await sql`
    insert into public.workout_sets (
      id, user_id, workout_id, workout_exercise_id, exercise_id, tracking_type, set_index, weight_kg, reps, completed_at,
      load_kg, volume_kg, effective_volume_kg, e1rm_kg, e1rm_method, e1rm_confidence, is_counted
    )
    select bench.next_id(), user_id, workout_id, id, exercise_id, 'weight_reps', set_index, weight, 5,
      began + (place * 5 + set_index) * interval '2 minutes', weight, weight * 5, weight * 5,
      round(weight * (1 + 5 / 30.0), 3), 'epley', 'high', true
    from entry
    cross join generate_series(0, 4) as set_index
    order by n, place, set_index`
}

// Of athletes who only fill the tables: the days, the weeks, and a ledger of first records. They train every other day.
async function writeDerived(sql: postgres.TransactionSql, users: readonly string[]): Promise<void> {
  await sql`
    insert into public.exercise_stats (
      user_id, exercise_id, day, set_count, rep_count, volume_kg, effective_volume_kg, max_weight_kg, best_e1rm_kg, max_reps,
      duration_seconds, distance_m
    )
    select user_id, exercise_id, (began at time zone 'UTC')::date, 5, 25, weight * 25, weight * 25, weight,
      round(weight * (1 + 5 / 30.0), 3), 5, 0, 0
    from entry`
  await sql`
    insert into public.weekly_stats
    select weeks.*
    from unnest(${[...users]}::uuid[]) as user_id
    cross join lateral private.weeks(user_id, '-infinity', 'infinity') as weeks`
  await sql`
    insert into public.personal_records (user_id, exercise_id, exercise_name, kind, value, achieved_at)
    select user_id, exercises.id, exercises.name, kind, 100, now() - interval '200 days'
    from unnest(${[...users]}::uuid[]) as user_id
    cross join bench.exercises
    cross join unnest('{max_weight,best_e1rm}'::public.record_kind[]) as kind`
}

const Definitions = z.array(z.object({ drop: z.string(), create: z.string() }))

// Built once at the end, an index costs a fraction of what it costs row by row.
async function dropIndexes(owner: postgres.Sql): Promise<() => Promise<void>> {
  const definitions = Definitions.parse(
    await owner`
      select
        case when pg_constraint.oid is null then format('drop index %s', indexrelid::regclass)
          else format('alter table %s drop constraint %I', indrelid::regclass, conname) end as drop,
        case when pg_constraint.oid is null then pg_get_indexdef(indexrelid)
          else format('alter table %s add constraint %I %s', indrelid::regclass, conname, pg_get_constraintdef(pg_constraint.oid))
        end as create
      from pg_index
      left join pg_constraint on conindid = indexrelid and contype = 'u'
      where indrelid = 'public.workout_sets'::regclass
        and not indisprimary
        and not exists (select from pg_constraint as reference where reference.contype = 'f' and reference.conindid = indexrelid)`,
  )
  for (const { drop } of definitions) await owner.unsafe(drop)
  return async () => {
    await owner.begin(async (sql) => {
      await sql`set local maintenance_work_mem = '512MB'`
      for (const { create } of definitions) await sql.unsafe(create)
    })
  }
}
