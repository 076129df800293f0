import type postgres from 'postgres'
import { z } from 'zod'
import { median, quantile, short, timeInTurns } from '../support.ts'
import { asAthlete, explain } from './cost.ts'
import type { Athlete } from './fill.ts'

const ROUNDS = { rounds: 100, warmUp: 15 }
const RECORDS = { rounds: 20, warmUp: 5 }
/** More than the athletes of the bench have ever lifted, and what each record adds to it. */
const HEAVY = { kg: 400, step: 2.5 }
/** Exercises of the workout in progress among which the sets are spread. */
const ENTRIES = 8
const Rows = z.array(z.object({ id: z.string() }))

/** What one logged set costs `athlete` beside a bare insert of the same row, in transactions of their own (ms). */
export async function measureWrites(api: postgres.Sql, athlete: Athlete) {
  const entries = await asAthlete(api, athlete.claims, startWorkout)
  let round = 0
  const lift = (sql: postgres.TransactionSql, id: string = crypto.randomUUID(), kg = 100) => sql`
    select public.complete_set(
      id => ${id}, workout_exercise_id => ${entries[round++ % ENTRIES] ?? ''}, weight_kg => ${kg}, reps => 5
    )`
  const row = await asAthlete(api, athlete.claims, async (sql) => {
    const id = crypto.randomUUID()
    await lift(sql, id)
    const [stored] = await sql`select * from public.workout_sets where id = ${id}`
    return stored
  })
  const bare = (sql: postgres.TransactionSql) => sql`
    insert into bench.workout_sets
    ${sql({ ...row, id: crypto.randomUUID(), workout_exercise_id: crypto.randomUUID() })}`
  const [full, plain] = await timeInTurns(
    [
      { name: 'complete_set', run: () => asAthlete(api, athlete.claims, (sql) => lift(sql)) },
      { name: 'bare', run: () => asAthlete(api, athlete.claims, bare) },
    ],
    ROUNDS,
  )
  const [full50, bare50] = [median(full?.samples ?? []), median(plain?.samples ?? [])]
  const pages: number[] = []
  for (let run = 0; run < 5; run += 1)
    pages.push((await asAthlete(api, athlete.claims, (sql) => explain(sql, completeSet(entries[0] ?? '')))).buffers)
  const heavier = () =>
    asAthlete(api, athlete.claims, (sql) => lift(sql, crypto.randomUUID(), HEAVY.kg + HEAVY.step * round))
  const [record] = await timeInTurns([{ name: 'record', run: heavier }], RECORDS)
  return {
    full50,
    bare50,
    full95: quantile(full?.samples ?? [], 0.95),
    buffers: median(pages),
    record50: median(record?.samples ?? []),
  }
}

const completeSet = (entry: string): string =>
  `select public.complete_set(workout_exercise_id => '${entry}', weight_kg => 100, reps => 5)`

/** The row of a table for what `measureWrites` found. */
export function writesRow(rows: number, athlete: Athlete, found: Awaited<ReturnType<typeof measureWrites>>) {
  return {
    'sets in the table': rows,
    'own sets': athlete.sets,
    complete_set: short(found.full50),
    p95: short(found.full95),
    bare: short(found.bare50),
    ratio: short(found.full50 / found.bare50),
    buffers: found.buffers,
    'a record': short(found.record50),
  }
}

async function startWorkout(sql: postgres.TransactionSql): Promise<readonly string[]> {
  const [workout] = Rows.parse(await sql`select id from public.start_workout(timezone => 'UTC')`)
  const exercises = Rows.parse(
    await sql`select id from public.exercises where tracking_type = 'weight_reps' order by slug limit 4`,
  )
  const entries: string[] = []
  for (let n = 0; n < ENTRIES; n += 1) {
    const exercise = exercises[n % exercises.length]?.id ?? ''
    const [entry] = Rows.parse(await sql`select id from public.add_workout_exercise(${workout?.id ?? ''}, ${exercise})`)
    if (entry) entries.push(entry.id)
  }
  return entries
}
