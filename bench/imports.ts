import postgres from 'postgres'
import { z } from 'zod'
import { databaseUrl } from '../stack/context.ts'
import { startStack } from '../stack/stack.ts'
import { placeSets } from '../supabase/functions/imports/place.ts'
import { readSets } from '../supabase/functions/imports/read.ts'
import type { PlacedSet } from '../supabase/functions/imports/rows.ts'
import { readTable } from '../supabase/functions/imports/table.ts'
import { type Bench, short } from './support.ts'

const SIZES = [1_000, 10_000, 50_000]
const ROWS_AT_ONCE = 1_000
const SETS_OF_A_WORKOUT = 20

/** What a file of another app's costs, to read, to write and to take back. */
export const bench: Bench = {
  question: 'What does a line of an import cost, and does it grow with the file?',
  async run() {
    await using stack = await startStack()
    const api = postgres(databaseUrl(stack.context, 'authenticator'), { max: 1, onnotice: () => undefined })
    const owner = postgres(stack.status.db_url, { max: 1, onnotice: () => undefined })
    try {
      const rows = []
      for (const lines of SIZES) rows.push(await measure(api, owner, lines))
      return [
        {
          title: 'A file of Strong’s: 20 sets a workout, every other day, four of twelve exercises (seconds)',
          rows,
          notes: [
            'read: cut, read and placed. written: by import_sets, 1,000 lines a call, with all that is derived from them.',
            'ms a set: of writing, in the first call and in the last. undone: by undo_import, 50 workouts a call.',
          ],
        },
      ]
    } finally {
      await Promise.all([api.end({ timeout: 1 }), owner.end({ timeout: 1 })])
    }
  },
}

const Exercises = z.array(z.object({ id: z.string(), name: z.string() }))

async function measure(api: postgres.Sql, owner: postgres.Sql, lines: number) {
  const claims = await createAthlete(owner)
  const call = (act: (sql: postgres.TransactionSql) => Promise<unknown>) =>
    timed(() =>
      api.begin(async (sql) => {
        await sql`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true)`
        return act(sql)
      }),
    )
  const exercises = Exercises.parse(
    await owner`select id, name from public.exercises where tracking_type = 'weight_reps' order by slug limit 12`,
  )
  const text = fileOf(lines, exercises)
  let sets: readonly PlacedSet[] = []
  const read = await timed(async () => {
    const file = readSets(readTable(text))
    sets = placeSets(file.source, file.sets, {}).sets
  })
  const ids = new Map(exercises.map(({ id, name }) => [name, id]))
  const id = crypto.randomUUID()
  await call(
    (sql) => sql`
    select public.begin_import(
      id => ${id}, source => 'strong', file_hash => ${'0'.repeat(64)}, timezone => 'UTC', line_count => ${lines}
    )`,
  )
  const parts: number[] = []
  for (let n = 0; n < sets.length; n += ROWS_AT_ONCE) {
    const part = JSON.stringify(sets.slice(n, n + ROWS_AT_ONCE).map((set) => rowOf(set, ids)))
    parts.push(await call((sql) => sql`select public.import_sets(${id}, ${part}::text::jsonb)`))
  }
  await call((sql) => sql`select public.finish_import(${id})`)
  const workouts = lines / SETS_OF_A_WORKOUT
  let undone = 0
  for (let n = 0; n <= workouts; n += 50) undone += await call((sql) => sql`select public.undo_import(${id})`)
  return {
    lines,
    read: short(read / 1000),
    written: short(parts.reduce((sum, part) => sum + part, 0) / 1000),
    'ms a set, first': short((parts[0] ?? 0) / ROWS_AT_ONCE),
    'ms a set, last': short((parts.at(-1) ?? 0) / ROWS_AT_ONCE),
    undone: short(undone / 1000),
  }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await act()
  return performance.now() - began
}

function fileOf(lines: number, exercises: readonly { readonly name: string }[]): string {
  const rows = Array.from({ length: lines }, (_, n) => {
    const workout = Math.floor(n / SETS_OF_A_WORKOUT)
    const day = new Date(Date.UTC(2010, 0, 1 + 2 * workout)).toISOString().slice(0, 10)
    const place = Math.floor((n % SETS_OF_A_WORKOUT) / 5)
    const { name = '' } = exercises[(workout * 4 + place) % exercises.length] ?? {}
    return `${day} 18:00:00,Push,1h,${name},${(n % 5) + 1},${60 + (n % 400) / 4},${5 + (n % 5)}`
  })
  return `Date,Workout Name,Duration,Exercise Name,Set Order,Weight (kg),Reps\n${rows.join('\n')}\n`
}

const rowOf = (set: PlacedSet, ids: ReadonlyMap<string, string>) => ({
  line: set.line,
  start: set.start,
  workout: set.workout,
  workout_seconds: set.workoutSeconds,
  exercise: set.exercise,
  exercise_id: ids.get(set.exercise),
  block: set.block,
  occurrence: set.occurrence,
  ordinal: set.ordinal,
  at_second: set.at,
  weight_kg: set.weight?.value,
  reps: set.reps,
})

async function createAthlete(owner: postgres.Sql): Promise<string> {
  const id = crypto.randomUUID()
  await owner`
    insert into auth.users (id, aud, role, email, raw_user_meta_data, created_at, updated_at)
    values (${id}, 'authenticated', 'authenticated', ${`${id}@example.com`}, '{}', now(), now())`
  return JSON.stringify({ sub: id, role: 'authenticated' })
}
