import postgres from 'postgres'
import { z } from 'zod'
import { databaseUrl } from '../stack/context.ts'
import { startStack } from '../stack/stack.ts'
import { type Bench, short, type Table } from './support.ts'
import { asAthlete, type Cost, costOf, slope } from './training/cost.ts'
import {
  type Athlete,
  addCustomExercises,
  addOthers,
  countSets,
  createAthlete,
  prepare,
  settle,
} from './training/fill.ts'
import { hotReads, type Subject } from './training/reads.ts'
import { measureWrites, writesRow } from './training/writes.ts'

const SMALLEST = 10_000
const LARGEST_BY_DEFAULT = 1_000_000
/** Of the sets in the table, one in so many is the measured athlete's. */
const SHARE = 10
/** Beside the library, there is one that somebody keeps to themselves for so many sets. */
const SETS_PER_CUSTOM_EXERCISE = 100
const MOST_OWN_SETS = 1_000_000
const LARGE_ACCOUNT = 40_000

interface Level {
  readonly rows: number
  readonly athlete: Athlete
  readonly writes: Awaited<ReturnType<typeof measureWrites>>
  readonly reads: ReadonlyMap<string, { readonly api: Cost; readonly owner: Cost }>
}

/** What training costs the database as tables and histories grow a thousandfold. */
export const bench: Bench = {
  question: 'Do logging a set and the reads of a training app stay as cheap when tables and histories grow?',
  async run({ rows: largest = LARGEST_BY_DEFAULT }) {
    await using stack = await startStack()
    const connect = (url: string) => postgres(url, { max: 1, onnotice: () => undefined })
    // As the Data API comes in; histories are written past the triggers, by the role that may.
    const api = connect(databaseUrl(stack.context, 'authenticator'))
    const owners = [connect(stack.status.db_url), connect(databaseUrl(stack.context, 'supabase_admin'))]
    try {
      return await measure(api, owners, largest)
    } finally {
      await Promise.all([api, ...owners].map((connection) => connection.end({ timeout: 1 })))
    }
  },
}

async function measure(api: postgres.Sql, owners: readonly postgres.Sql[], largest: number): Promise<readonly Table[]> {
  const [owner] = owners
  if (owner === undefined) throw new Error('no connection')
  await prepare(owner)
  const levels: Level[] = []
  for (let rows = SMALLEST; rows <= largest; rows *= 10) {
    const athlete = await createAthlete(owner, Math.min(rows / SHARE, MOST_OWN_SETS))
    await addOthers(owners, rows)
    await addCustomExercises(owner, rows / SETS_PER_CUSTOM_EXERCISE)
    await settle(owner)
    levels.push({
      rows: await countSets(owner),
      athlete,
      reads: await measureReads(api, owner, athlete),
      writes: await measureWrites(api, athlete),
    })
  }
  return [writesTable(levels), ...readTables(levels), await openingTable(api, owner)]
}

const Subjects = z.tuple([z.object({ workoutId: z.string(), startedAt: z.string(), exerciseId: z.string() })])

async function subjectOf(owner: postgres.Sql, athlete: Athlete): Promise<Subject> {
  const [subject] = Subjects.parse(
    await owner`
      select workouts.id as "workoutId", workouts.started_at::text as "startedAt", workout_exercises.exercise_id as "exerciseId"
      from public.workouts
      join public.workout_exercises on workout_exercises.workout_id = workouts.id
      where workouts.user_id = ${athlete.id}
      order by workouts.started_at desc, workout_exercises.position
      offset ${(athlete.sets / 20 / 2) * 4}
      limit 1`,
  )
  return { userId: athlete.id, ...subject }
}

async function measureReads(api: postgres.Sql, owner: postgres.Sql, athlete: Athlete): Promise<Level['reads']> {
  const costs = new Map<string, { api: Cost; owner: Cost }>()
  for (const { name, sql: statement } of hotReads(await subjectOf(owner, athlete)))
    costs.set(name, {
      api: await asAthlete(api, athlete.claims, (sql) => costOf(sql, statement)),
      owner: await owner.begin(async (sql) => {
        await sql`select set_config('request.jwt.claims', ${athlete.claims}, true)`
        return costOf(sql, statement)
      }),
    })
  return costs
}

function writesTable(levels: readonly Level[]): Table {
  return {
    title: 'One set, in a transaction of its own, as the Data API runs it (ms)',
    rows: levels.map(({ rows, athlete, writes }) => writesRow(rows, athlete, writes)),
    notes: [
      'The set weighs what the athlete has long left behind; from the sixth of an exercise, the workout beats its best.',
      'a record: a set heavier than all before it, which beats nine bests at once.',
      'bare: the row as complete_set left it, into a table with the same columns, checks and indexes.',
      'Both wait for the commit. The rest of complete_set is the totals, the ledger, the statistics and three or four messages.',
      'buffers: pages of shared memory that one call touches, in all statements it runs.',
    ],
  }
}

function readTables(levels: readonly Level[]): readonly Table[] {
  const names = [...(levels[0]?.reads.keys() ?? [])]
  const perLevel = (name: string, of: (costs: { readonly api: Cost; readonly owner: Cost }) => number) =>
    levels.flatMap(({ rows, reads }) => {
      const costs = reads.get(name)
      return costs === undefined ? [] : [{ size: rows, cost: of(costs) }]
    })
  const row = (name: string, of: (costs: { readonly api: Cost; readonly owner: Cost }) => number) => ({
    read: name,
    ...Object.fromEntries(perLevel(name, of).map(({ size, cost }) => [size.toExponential(0), short(cost)])),
    slope: slope(perLevel(name, of)).toFixed(2),
  })
  return [
    {
      title: 'Reads under row-level security, by sets in the table (ms)',
      rows: names.map((name) => row(name, ({ api }) => api.ms)),
    },
    {
      title: 'The same in pages of shared memory',
      rows: names.map((name) => row(name, ({ api }) => api.buffers)),
      notes: [
        `One set in ${SHARE} is the athlete's own; pages and days are those of the middle of their history.`,
        `For ${SETS_PER_CUSTOM_EXERCISE} sets there is an exercise that somebody else keeps to themselves.`,
      ],
    },
    {
      title: 'Pages under row-level security against the same without, and the plan',
      rows: names.map((name) => securityRow(levels, name)),
    },
  ]
}

function securityRow(levels: readonly Level[], name: string) {
  const costs = levels.at(-1)?.reads.get(name)
  const shapes = new Set(levels.map(({ reads }) => reads.get(name)?.api.shape))
  return {
    read: name,
    'with policies': costs?.api.buffers ?? 0,
    without: costs?.owner.buffers ?? 0,
    ratio: short((costs?.api.buffers ?? 0) / (costs?.owner.buffers ?? 1)),
    plans: shapes.size,
    plan: costs?.api.shape ?? '',
  }
}

async function openingTable(api: postgres.Sql, owner: postgres.Sql): Promise<Table> {
  const athlete = await createAthlete(owner, LARGE_ACCOUNT)
  await settle(owner)
  await asAthlete(api, athlete.claims, (sql) => beginWorkout(sql))
  const reads = await measureReads(api, owner, athlete)
  const screens = ['active_workout', 'my_workouts', 'records of an exercise']
  const rows = screens.map((name) => ({
    read: name,
    ms: reads.get(name)?.api.ms ?? 0,
    buffers: reads.get(name)?.api.buffers ?? 0,
  }))
  const total = {
    read: 'together',
    ms: sum(rows.map(({ ms }) => ms)),
    buffers: sum(rows.map(({ buffers }) => buffers)),
  }
  return {
    title: `An account with ${LARGE_ACCOUNT} sets opens`,
    rows: [...rows, total].map((row) => ({ ...row, ms: short(row.ms) })),
  }
}

// In the middle of the last workout done again: 15 of 20 sets are done.
async function beginWorkout(sql: postgres.TransactionSql): Promise<void> {
  await sql`
    select public.start_workout(
      timezone => 'UTC', from_workout_id => (select id from public.workouts order by started_at desc limit 1)
    )`
  await sql`
    update public.workout_sets
    set weight_kg = planned_weight_kg, reps = 5, completed_at = now()
    where id in (
      select id from public.workout_sets where completed_at is null order by workout_exercise_id, set_index limit 15
    )`
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
