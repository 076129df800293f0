import postgres from 'postgres'
import { z } from 'zod'
import { databaseUrl } from '../stack/context.ts'
import { startStack } from '../stack/stack.ts'
import { type Bench, median, quantile, short, timeInTurns } from './support.ts'

const HISTORIES = [1_000, 10_000, 100_000]
const ROUNDS = { rounds: 150, warmUp: 15 }
/** Entries of the workout in progress among which the sets are spread. */
const ENTRIES = 8

/** What a logged set costs with all that follows from it, whatever the athlete's history. */
export const bench: Bench = {
  question: 'What does complete_set cost beside a bare insert of the same row, and does it grow with the history?',
  async run() {
    await using stack = await startStack()
    // As the Data API comes in; the history is written past the triggers, by the role that may.
    const api = postgres(databaseUrl(stack.context, 'authenticator'), { max: 1, onnotice: () => undefined })
    const owner = postgres(stack.status.db_url, { max: 1, onnotice: () => undefined })
    try {
      await createTwin(owner)
      const rows = []
      for (const sets of HISTORIES) rows.push(await measure(api, owner, sets))
      return [
        {
          title: 'One set, in a transaction of its own, as the Data API runs it (ms)',
          rows,
          notes: [
            'bare: the row as complete_set left it, into a table with the same columns, checks and indexes.',
            'Both wait for the commit. The rest of complete_set is the totals, the ledger, the day and four messages.',
            'buffers: pages of shared memory that one call touches, in all statements it runs.',
          ],
        },
      ]
    } finally {
      await Promise.all([api.end({ timeout: 1 }), owner.end({ timeout: 1 })])
    }
  },
}

async function createTwin(owner: postgres.Sql): Promise<void> {
  await owner`create schema bench`
  await owner`create table bench.workout_sets (like public.workout_sets including all)`
  await owner`grant usage on schema bench to authenticated`
  await owner`grant insert on bench.workout_sets to authenticated`
}

async function measure(api: postgres.Sql, owner: postgres.Sql, sets: number) {
  const athlete = await createAthlete(owner, sets)
  const asAthlete = <Answer>(act: (sql: postgres.TransactionSql) => Promise<Answer>) =>
    api.begin(async (sql) => {
      await sql`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${athlete.claims}, true)`
      return act(sql)
    })
  const entries = await asAthlete((sql) => startWorkout(sql, athlete.exercises))
  let round = 0
  const lift = (sql: postgres.TransactionSql) => sql`
    select * from public.complete_set(
      id => ${crypto.randomUUID()}, workout_exercise_id => ${entries[round++ % ENTRIES] ?? ''}, weight_kg => 100, reps => 5
    )`
  const [row] = await asAthlete(lift)
  const [full, bare] = await timeInTurns(
    [
      { name: 'complete_set', run: () => asAthlete(lift) },
      {
        name: 'bare',
        run: () =>
          asAthlete(
            (sql) => sql`
          insert into bench.workout_sets ${sql({ ...row, id: crypto.randomUUID(), workout_exercise_id: crypto.randomUUID() })}`,
          ),
      },
    ],
    ROUNDS,
  )
  const [full50, bare50] = [median(full?.samples ?? []), median(bare?.samples ?? [])]
  return {
    'sets before': sets,
    complete_set: short(full50),
    p95: short(quantile(full?.samples ?? [], 0.95)),
    bare: short(bare50),
    ratio: short(full50 / bare50),
    buffers: await buffers(api, athlete.claims, entries[0] ?? ''),
  }
}

const Entries = z.array(z.object({ id: z.string() }))

async function startWorkout(sql: postgres.TransactionSql, exercises: readonly string[]): Promise<readonly string[]> {
  const [workout] = Entries.parse(await sql`select id from public.start_workout()`)
  const entries: string[] = []
  for (let n = 0; n < ENTRIES; n += 1) {
    const [entry] = Entries.parse(
      await sql`select id from public.add_workout_exercise(${workout?.id ?? ''}, ${exercises[n % exercises.length] ?? ''})`,
    )
    if (entry) entries.push(entry.id)
  }
  return entries
}

const Plan = z.tuple([
  z.object({
    'QUERY PLAN': z.tuple([
      z.object({ Plan: z.object({ 'Shared Hit Blocks': z.int(), 'Shared Read Blocks': z.int() }) }),
    ]),
  }),
])

async function buffers(api: postgres.Sql, claims: string, entry: string): Promise<number> {
  const rows = await api.begin(async (sql) => {
    await sql`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true)`
    return sql.unsafe(
      `explain (analyze, buffers, format json)
       select public.complete_set(workout_exercise_id => '${entry}', weight_kg => 100, reps => 5)`,
    )
  })
  const [
    {
      'QUERY PLAN': [plan],
    },
  ] = Plan.parse(rows)
  return plan.Plan['Shared Hit Blocks'] + plan.Plan['Shared Read Blocks']
}

interface Athlete {
  readonly claims: string
  readonly exercises: readonly string[]
}

/** An athlete with so many sets behind them: workouts of 20 sets, one every other day until yesterday. */
async function createAthlete(owner: postgres.Sql, sets: number): Promise<Athlete> {
  const id = crypto.randomUUID()
  const claims = JSON.stringify({ sub: id, role: 'authenticated' })
  const exercises = Entries.parse(
    await owner`select id from public.exercises where tracking_type = 'weight_reps' order by slug limit 4`,
  ).map((exercise) => exercise.id)
  await owner`
    insert into auth.users (id, aud, role, email, raw_user_meta_data, created_at, updated_at)
    values (${id}, 'authenticated', 'authenticated', ${`${id}@example.com`}, '{}', now(), now())`
  await owner.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await writeHistory(sql, id, exercises, sets)
  })
  await owner.begin(async (sql) => {
    await sql`select set_config('request.jwt.claims', ${claims}, true)`
    await sql`select public.recompute_my_stats()`
  })
  await owner`analyze public.workouts, public.workout_exercises, public.workout_sets, public.personal_records,
    public.exercise_stats`
  return { claims, exercises }
}

async function writeHistory(sql: postgres.TransactionSql, userId: string, exercises: readonly string[], sets: number) {
  await sql`
    insert into public.workouts (user_id, status, timezone, started_at, ended_at, active_seconds, set_count)
    select ${userId}, 'completed', 'UTC', began, began + interval '1 hour', 3600, 20
    from generate_series(1, ${sets / 20}::integer) as n
    cross join lateral (select now() - n * interval '12 hours' as began) as time`
  await sql`
    insert into public.workout_exercises (
      user_id, workout_id, exercise_id, exercise_name, tracking_type, weight_entry, unilateral, position
    )
    select ${userId}, workouts.id, exercises.id, exercises.name, tracking_type, weight_entry, unilateral, place - 1
    from public.workouts
    cross join unnest(${sql.array([...exercises])}::uuid[]) with ordinality as chosen (id, place)
    join public.exercises on exercises.id = chosen.id
    where workouts.user_id = ${userId}`
  await sql`
    insert into public.workout_sets (
      user_id, workout_id, workout_exercise_id, exercise_id, tracking_type, set_index, weight_kg, reps, completed_at,
      load_kg, volume_kg, effective_volume_kg, e1rm_kg, e1rm_method, e1rm_confidence, is_counted
    )
    select
      ${userId}, workout_id, done.id, exercise_id, tracking_type, place, 100, 5,
      started_at + (position * 5 + place) * interval '2 minutes', 100, 500, 500, 116.667, 'epley', 'high', true
    from public.workout_exercises as done
    join public.workouts on workouts.id = workout_id
    cross join generate_series(0, 4) as place
    where done.user_id = ${userId}`
}
