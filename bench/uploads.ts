import postgres from 'postgres'
import { z } from 'zod'
import { databaseUrl } from '../stack/context.ts'
import { startStack } from '../stack/stack.ts'
import { type Bench, median, short, type Table } from './support.ts'
import { asAthlete, explain, slope } from './training/cost.ts'
import { type Athlete, createAthlete, prepare, settle } from './training/fill.ts'

const SMALLEST = 1_000
const LARGEST_BY_DEFAULT = 100_000
const ROUNDS = 7
const WORKOUTS = 25
const SETS_OF_AN_EXERCISE = 5

interface Level {
  readonly sets: number
  readonly upload: number
  readonly again: number
  readonly bare: number
  readonly buffers: number
}

/** What an upload of a month offline costs as the athlete's history grows. */
export const bench: Bench = {
  question: 'What does an upload of 500 offline sets cost, and does it grow with the history?',
  async run({ rows: largest = LARGEST_BY_DEFAULT }) {
    await using stack = await startStack()
    const connect = (url: string) => postgres(url, { max: 1, onnotice: () => undefined })
    const [api, owner] = [connect(databaseUrl(stack.context, 'authenticator')), connect(stack.status.db_url)]
    try {
      await prepare(owner)
      const levels: Level[] = []
      for (let sets = SMALLEST; sets <= largest; sets *= 10) {
        const athlete = await createAthlete(owner, sets)
        await settle(owner)
        levels.push(await measure(api, owner, athlete))
      }
      return [table(levels)]
    } finally {
      await Promise.all([api, owner].map((connection) => connection.end({ timeout: 1 })))
    }
  },
}

async function measure(api: postgres.Sql, owner: postgres.Sql, athlete: Athlete): Promise<Level> {
  const ids = z.array(z.object({ id: z.string() })).parse(await owner`select id from bench.exercises order by place`)
  const exercises = ids.map(({ id }) => id)
  const samples = { upload: [] as number[], again: [] as number[], bare: [] as number[] }
  // The first two rounds warm up.
  for (let round = -2; round < ROUNDS; round += 1) {
    const document = JSON.stringify(monthOffline(exercises))
    await undone(api, athlete, async (sql) => {
      const upload = await timed(() => sql`select public.upload_workouts(${document}::text::jsonb)`)
      const again = await timed(() => sql`select public.upload_workouts(${document}::text::jsonb)`)
      if (round >= 0) samples.upload.push(upload)
      if (round >= 0) samples.again.push(again)
    })
    await undone(owner, athlete, async (sql) => {
      const bare = await timed(() => insertBare(sql, athlete))
      if (round >= 0) samples.bare.push(bare)
    })
  }
  let buffers = 0
  await undone(api, athlete, async (sql) => {
    const document = JSON.stringify(monthOffline(exercises)).replaceAll("'", "''")
    buffers = (await explain(sql, `select public.upload_workouts('${document}')`)).buffers
  })
  const [upload, again, bare] = [median(samples.upload), median(samples.again), median(samples.bare)]
  return { sets: athlete.sets, upload, again, bare, buffers }
}

const insertBare = (sql: postgres.TransactionSql, { id }: Athlete) => sql`
  insert into bench.workout_sets
  select copied.*
  from (select * from public.workout_sets where user_id = ${id} limit 500) as sets
  cross join lateral jsonb_populate_record(
    null::public.workout_sets,
    to_jsonb(sets) || jsonb_build_object('id', gen_random_uuid(), 'workout_exercise_id', gen_random_uuid())
  ) as copied`

class Undo extends Error {}

/** Runs `act` as the athlete, and takes back what it did, so that each round finds the same history. */
async function undone(
  connection: postgres.Sql,
  athlete: Athlete,
  act: (sql: postgres.TransactionSql) => Promise<void>,
) {
  const run = async (sql: postgres.TransactionSql): Promise<never> => {
    await act(sql)
    throw new Undo()
  }
  await (connection.options.user === 'authenticator'
    ? asAthlete(connection, athlete.claims, run)
    : connection.begin(run)
  ).catch((cause: unknown) => {
    if (!(cause instanceof Undo)) throw cause
  })
}

async function timed(act: () => PromiseLike<unknown>): Promise<number> {
  const began = performance.now()
  await act()
  return performance.now() - began
}

/** A workout a day of four exercises with five sets each, the last of them an hour ago. */
function monthOffline(exercises: readonly string[]) {
  const at = (day: number, minute: number): string =>
    new Date(Date.now() - (day * 1440 + 120 - minute) * 60_000).toISOString()
  return Array.from({ length: WORKOUTS }, (_, day) => ({
    id: crypto.randomUUID(),
    name: 'Offline',
    timezone: 'UTC',
    started_at: at(day, 0),
    ended_at: at(day, 60),
    exercises: exercises.map((exercise_id, position) => ({
      id: crypto.randomUUID(),
      exercise_id,
      position,
      sets: Array.from({ length: SETS_OF_AN_EXERCISE }, (_, set_index) => ({
        id: crypto.randomUUID(),
        set_index,
        weight_kg: 60 + ((day + set_index) % 10) * 2.5,
        reps: 5 + (set_index % 4),
        rpe: 8,
        completed_at: at(day, 10 + position * 10 + set_index * 2),
      })),
    })),
  }))
}

function table(levels: readonly Level[]): Table {
  const slopeOf = (of: (level: Level) => number): string =>
    slope(levels.map((level) => ({ size: level.sets, cost: of(level) }))).toFixed(2)
  return {
    title: `${WORKOUTS} workouts with 500 sets in one call, as the Data API runs it (ms)`,
    rows: [
      ...levels.map(({ sets, upload, again, bare, buffers }) => ({
        'own sets': sets,
        upload: short(upload),
        'a set': short(upload / 500),
        again: short(again),
        bare: short(bare),
        ratio: short(upload / bare),
        buffers,
      })),
      {
        'own sets': 'slope',
        upload: slopeOf(({ upload }) => upload),
        again: slopeOf(({ again }) => again),
        buffers: slopeOf(({ buffers }) => buffers),
      },
    ],
    notes: [
      `Medians of ${ROUNDS}. again: the same document once more, which changes nothing.`,
      'bare: 500 rows into a table with the same columns, checks and indexes; no workouts, exercises or derived data.',
    ],
  }
}
