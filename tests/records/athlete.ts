import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { z } from 'zod'
import { stack } from '../support/stack.ts'
import { derivedFrom, inOneOrder } from './independent/derived.ts'
import { EXERCISES, type Step } from './steps.ts'

const Row = z.record(z.string(), z.unknown())
const number = z.number().nullable()

const Facts = z.object({
  preferences: z.object({
    e1rm_formula: z.enum(['epley', 'brzycki', 'consensus']),
    weekly_goal: z.int(),
    rest_days_per_week: z.int(),
    week_starts_on: z.int(),
  }),
  sets: z.array(
    z.object({
      id: z.string(),
      workout_id: z.string(),
      workout_exercise_id: z.string(),
      exercise_id: z.string(),
      met: number,
      tracking_type: z.string(),
      weight_entry: z.string(),
      unilateral: z.boolean(),
      bodyweight_fraction: number,
      bodyweight_kg: number,
      set_type: z.string(),
      continues: z.boolean(),
      set_index: z.number(),
      side: z.string().nullable(),
      weight_kg: number,
      reps: number,
      rpe: number,
      rest_seconds: number,
      duration_seconds: number,
      distance_m: number,
      energy_kcal: number,
      completed_at: z.number(),
    }),
  ),
  workouts: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      local_date: z.string(),
      week: z.string(),
      entered_on: z.string(),
      imported: z.boolean(),
      started_at: z.number(),
      ended_at: number,
      bodyweight_kg: number,
      pauses: z.array(z.tuple([z.number(), z.number()])),
    }),
  ),
  entries: z.array(z.object({ id: z.string() })),
  derived: z.record(z.string(), z.array(Row)),
  revoked: z.int(),
  repaired: z.record(z.string(), z.int()),
})

const Training = z.object({ done: z.array(z.string()), facts: Facts })

/** What came of a sequence of steps: rows by table, as text. */
interface Trained {
  /** The steps that were not refused. */
  readonly done: readonly string[]
  readonly derived: Readonly<Record<string, readonly string[]>>
  readonly due: Readonly<Record<string, readonly string[]>>
  readonly repaired: Readonly<Record<string, number>>
  readonly revoked: number
}

class Undo extends Error {}

/** A connection on which athletes train in transactions that are undone. */
export class Gym implements AsyncDisposable {
  readonly #sql: postgres.Sql

  private constructor(sql: postgres.Sql) {
    this.#sql = sql
  }

  /** Opens one on the shared stack. */
  static async open(): Promise<Gym> {
    const sql = postgres(stack.db_url, { max: 1, onnotice: () => undefined })
    for (const file of ['facts.sql', 'act.sql'])
      await sql.unsafe(await readFile(join(import.meta.dirname, file), 'utf8'))
    return new Gym(sql)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sql.end({ timeout: 1 })
  }

  /**
   * Lets a new athlete do `steps` and answers which were done, what is derived then, what `independent/` makes of the
   * log, and how many rows a recompute found wrong. Rejects when the database fails otherwise than by a rule.
   */
  async train(steps: readonly Step[]): Promise<Trained> {
    const { done, facts } = await this.#undone(async (tx) => {
      const [row] = await tx`select pg_temp.train(${[...EXERCISES]}, ${tx.json(steps)}) as trained`
      return Training.parse(row?.trained)
    })
    const inOrder = (tables: Readonly<Record<string, readonly z.output<typeof Row>[]>>) =>
      Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, inOneOrder(rows)]))
    return {
      done,
      derived: inOrder(facts.derived),
      due: inOrder(derivedFrom(facts)),
      repaired: facts.repaired,
      revoked: facts.revoked,
    }
  }

  async #undone<Answer>(act: (tx: postgres.TransactionSql) => Promise<Answer>): Promise<Answer> {
    let answer: { readonly value: Answer } | undefined
    try {
      await this.#sql.begin(async (tx) => {
        answer = { value: await act(tx) }
        throw new Undo()
      })
    } catch (cause) {
      if (!(cause instanceof Undo)) throw cause
    }
    if (answer === undefined) throw new Error('nothing was done')
    return answer.value
  }
}
