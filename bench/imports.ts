import postgres from 'postgres'
import { z } from 'zod'
import { databaseUrl } from '../stack/context.ts'
import { startStack } from '../stack/stack.ts'
import { fitSet } from '../supabase/functions/imports/fit.ts'
import { placeSets } from '../supabase/functions/imports/place.ts'
import { readSets } from '../supabase/functions/imports/read.ts'
import type { PlacedSet } from '../supabase/functions/imports/rows.ts'
import { readTable } from '../supabase/functions/imports/table.ts'
import { type Bench, short, type Table } from './support.ts'
import { asAthlete, costOf, explain, slope } from './training/cost.ts'

const SIZES = [5_000, 50_000]
const ROWS_AT_ONCE = 1_000
const WORKOUTS_AT_ONCE = 50
const SETS_OF_A_WORKOUT = 20
const NAMES = [1, 50, 200]

/** What a file of another app's costs, to read, to write and to take back. */
export const bench: Bench = {
  question:
    'What does a line of an import cost, does it grow with the file, and does each part fit the platform’s limits?',
  async run() {
    await using stack = await startStack()
    const connect = (url: string) => postgres(url, { max: 1, onnotice: () => undefined })
    const [api, owner] = [connect(databaseUrl(stack.context, 'authenticator')), connect(stack.status.db_url)]
    try {
      const names = await matching(api, owner)
      const levels: Level[] = []
      for (const lines of SIZES) levels.push(await measure(api, owner, lines))
      return [writing(levels), names]
    } finally {
      await Promise.all([api, owner].map((connection) => connection.end({ timeout: 1 })))
    }
  },
}

interface Level {
  readonly lines: number
  /** Seconds of a processor that reading takes: the platform gives a request two. */
  readonly cpu: number
  readonly parts: readonly number[]
  readonly undone: readonly number[]
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

function writing(levels: readonly Level[]): Table {
  const slopeOf = (cost: (level: Level) => number): string =>
    slope(levels.map((level) => ({ size: level.lines, cost: cost(level) }))).toFixed(2)
  return {
    title: 'A file of Strong’s: 20 sets a workout, every other day, four of twelve exercises',
    rows: levels.map(({ lines, cpu, parts, undone }) => ({
      lines,
      'read, CPU s': short(cpu),
      'written, s': short(sum(parts) / 1000),
      'lines/s': short((lines / sum(parts)) * 1000),
      'slowest call, s': short(Math.max(...parts) / 1000),
      'undone, s': short(sum(undone) / 1000),
      'slowest undo, s': short(Math.max(...undone) / 1000),
    })),
    notes: [
      'read: cut, read, placed and fitted, the first time in the process. written: by import_sets, 1,000 lines a call, with all that',
      'is derived from them. undone: by undo_import, 50 workouts a call. A statement of an athlete may take 8 seconds.',
      `Slope, log-log: written ${slopeOf(({ parts }) => sum(parts))}, undone ${slopeOf(({ undone }) => sum(undone))}; 1 is a line that costs the same in any file.`,
    ],
  }
}

const Exercises = z.array(z.object({ id: z.string(), name: z.string() }))

async function matching(api: postgres.Sql, owner: postgres.Sql): Promise<Table> {
  const claims = await createAthlete(owner)
  const library = Exercises.parse(await owner`select id, name from public.exercises order by slug`)
  const known = library.map(({ name }) => name)
  // One letter is wrong, and one word is too many.
  const unknown = known.map((name) => `${name.replace(/[aeiou]/, 'y')} machine`)
  const rows = []
  for (const count of NAMES)
    for (const [kind, names] of [['known', known] as const, ['unknown', unknown] as const]) {
      const list = Array.from({ length: count }, (_, n) => `'${names[n % names.length]?.replaceAll("'", "''")}'`)
      const statement = `select public.match_exercise_names(array[${list.join(', ')}])`
      const { ms, buffers } = await asAthlete(api, claims, (sql) => costOf(sql, statement))
      rows.push({ names: `${count} ${kind}`, ms: short(ms), 'ms a name': short(ms / count), buffers })
    }
  const probe = (condition: string) =>
    owner.begin((sql) => explain(sql, `select exercise_id from private.exercise_names where ${condition}`))
  const [exact, like] = [
    await probe(`key = 'barbell bench press'`),
    await probe(`called operator(extensions.%) 'bench'`),
  ]
  return {
    title: 'match_exercise_names, warm',
    rows,
    notes: [`By key: ${exact.shape}. By likeness: ${like.shape}. The library has ${library.length} exercises.`],
  }
}

async function measure(api: postgres.Sql, owner: postgres.Sql, lines: number): Promise<Level> {
  const claims = await createAthlete(owner)
  const call = (act: (sql: postgres.TransactionSql) => Promise<unknown>) => timed(() => asAthlete(api, claims, act))
  const exercises = Exercises.parse(
    await owner`select id, name from public.exercises where tracking_type = 'weight_reps' order by slug limit 12`,
  )
  const text = fileOf(lines, exercises)
  const before = process.cpuUsage()
  const file = readSets(readTable(text))
  const ids = new Map(exercises.map(({ id, name }) => [name, id]))
  const rows = placeSets(file.source, file.sets, {}).sets.map((set) => rowOf(set, ids))
  const { user, system } = process.cpuUsage(before)

  const id = crypto.randomUUID()
  await call(
    (sql) => sql`
    select public.begin_import(
      id => ${id}, source => 'strong', file_hash => ${'0'.repeat(64)}, timezone => 'UTC', line_count => ${lines}
    )`,
  )
  const parts: number[] = []
  for (let n = 0; n < rows.length; n += ROWS_AT_ONCE) {
    const part = JSON.stringify(rows.slice(n, n + ROWS_AT_ONCE))
    parts.push(await call((sql) => sql`select public.import_sets(${id}, ${part}::text::jsonb)`))
  }
  await call((sql) => sql`select public.finish_import(${id})`)
  const undone: number[] = []
  for (let n = 0; n <= lines / SETS_OF_A_WORKOUT; n += WORKOUTS_AT_ONCE)
    undone.push(await call((sql) => sql`select public.undo_import(${id})`))
  return { lines, cpu: (user + system) / 1e6, parts, undone }
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
  ...fitSet(set, 'weight_reps'),
})

async function createAthlete(owner: postgres.Sql): Promise<string> {
  const id = crypto.randomUUID()
  await owner`
    insert into auth.users (id, aud, role, email, raw_user_meta_data, created_at, updated_at)
    values (${id}, 'authenticated', 'authenticated', ${`${id}@example.com`}, '{}', now(), now())`
  return JSON.stringify({ sub: id, role: 'authenticated' })
}
