import postgres from 'postgres'
import { z } from 'zod'
import { type ImportAnswer, ImportOptions, ImportRow, NameMatch } from '../../../supabase/functions/imports/contract.ts'
import type { Imports } from '../../../supabase/functions/imports/gateway.ts'
import { importFile } from '../../../supabase/functions/imports/import.ts'
import { stack } from '../../support/stack.ts'
import type { AnyFile } from './files.ts'

const Preview = z.object({
  lines: z.array(z.object({ line: z.int(), outcome: z.enum(['duplicate', 'skipped', 'failed']), code: z.string() })),
  workouts: z.array(z.string()),
})
const Remarks = z.array(
  z.object({ line: z.int(), outcome: z.enum(['imported', 'duplicate', 'skipped', 'failed']), code: z.string() }),
)

/** The connection breaks: what was written until then stays. */
export class Broken extends Error {}

class Undone extends Error {}

/** An athlete who imports files over one connection, in a transaction that is rolled back. */
export class Athlete {
  readonly #tx: postgres.TransactionSql
  readonly #userId: string

  private constructor(tx: postgres.TransactionSql, userId: string) {
    this.#tx = tx
    this.#userId = userId
  }

  /** Lets a new athlete `act`, and undoes all of it. Rejects when `act` does. */
  static async visit(sql: postgres.Sql, act: (athlete: Athlete) => Promise<void>): Promise<void> {
    const userId = crypto.randomUUID()
    const visit = sql.begin(async (tx) => {
      await tx`
        insert into auth.users (id, aud, role, email, raw_user_meta_data, created_at, updated_at)
        values (${userId}, 'authenticated', 'authenticated', ${`${userId}@example.test`}, '{}', now(), now())`
      const claims = JSON.stringify({ sub: userId, role: 'authenticated' })
      await tx`select set_config('request.jwt.claims', ${claims}, true), set_config('role', 'authenticated', true)`
      await act(new Athlete(tx, userId))
      throw new Undone()
    })
    await visit.catch((cause: unknown) => {
      if (!(cause instanceof Undone)) throw cause
    })
  }

  /** Opens a connection for visits. */
  static connect = (): postgres.Sql => postgres(stack.db_url, { max: 1, onnotice: () => undefined })

  /** Lets the athlete `act`, and undoes that alone. */
  async tries<Answer>(act: (athlete: Athlete) => Promise<Answer>): Promise<Answer> {
    const found: Answer[] = []
    const attempt = this.#tx.savepoint(async (tx) => {
      found.push(await act(new Athlete(tx, this.#userId)))
      throw new Undone()
    })
    await attempt.catch((cause: unknown) => {
      if (!(cause instanceof Undone)) throw cause
    })
    const [answer] = found
    if (answer === undefined) throw new Error('nothing was tried')
    return answer
  }

  /** Imports a file, or rejects with Broken after `breaksAfter` lines. */
  async imports(file: AnyFile, more: object = {}, breaksAfter = Number.POSITIVE_INFINITY): Promise<ImportAnswer> {
    const options = ImportOptions.parse({ timezone: 'Europe/Berlin', ...file.options, ...more })
    return importFile(this.#gateway(breaksAfter), this.#userId, { bytes: new TextEncoder().encode(file.text), options })
  }

  /** Takes an import back, one workout at a time. */
  async undoes(importId: string): Promise<void> {
    for (let status = ''; status !== 'undone'; ) {
      const [row] = await this.#tx`select (public.undo_import(${importId}, true, 1)).status`
      status = z.object({ status: z.string() }).parse(row).status
    }
  }

  /** Every row of the athlete's training, and what is derived from it. */
  async training(): Promise<readonly string[]> {
    const rows = await this.#tx`
      select row from (
        select 'workout' as kind, to_jsonb(workouts) as row from public.workouts
        union all select 'entry', to_jsonb(workout_exercises) from public.workout_exercises
        union all select 'set', to_jsonb(workout_sets) from public.workout_sets
        union all select 'day', to_jsonb(exercise_stats) from public.exercise_stats
        union all select 'week', to_jsonb(weekly_stats) from public.weekly_stats
        union all select 'total', to_jsonb(user_stats) from public.user_stats
        union all select 'streak', to_jsonb(user_streaks) from public.user_streaks
        union all select 'record', to_jsonb(record) - '{id,superseded_by,created_at}'::text[]
          from public.personal_records as record where record.revoked_at is null
        union all select 'own', to_jsonb(exercises) from public.exercises where created_by = ${this.#userId}
      ) as rows (kind, content), lateral (select jsonb_build_array(kind, content - 'updated_at')) as text (row)
      order by row`
    return rows.map(({ row }) => JSON.stringify(row))
  }

  /** The same as somebody sees it, without what is drawn by lot. */
  async looks(): Promise<readonly string[]> {
    const rows = await this.#tx`
      select row from (
        select jsonb_build_array(
          workouts.started_at, workouts.ended_at, workouts.name, workouts.notes, workouts.set_count, workouts.volume_kg,
          workouts.records_set, entries.position, entries.exercise_name, entries.notes, sets.set_index, sets.set_type,
          sets.weight_kg, sets.entered_unit, sets.reps, sets.duration_seconds, sets.rpe, sets.notes, sets.is_record,
          sets.completed_at
        )
        from public.workout_sets as sets
        join public.workout_exercises as entries on entries.id = sets.workout_exercise_id
        join public.workouts on workouts.id = sets.workout_id
        union all
        select jsonb_build_array(exercise_name, kind, at_reps, at_weight_kg, value, previous_value, achieved_at, superseded_at)
        from public.personal_records where revoked_at is null
        union all select jsonb_build_array(week, workout_count, set_count, rep_count, volume_kg) from public.weekly_stats
        union all select jsonb_build_array('total', workout_count, set_count, volume_kg) from public.user_stats
        union all select jsonb_build_array(kind, began_on, ended_on, length) from public.user_streaks
      ) as rows (row)
      order by row`
    return rows.map(({ row }) => JSON.stringify(row))
  }

  /** What became of each line of an import. */
  async report(importId: string): Promise<readonly (readonly unknown[])[]> {
    const rows = await this.#tx`
      select line, outcome, code, line_text from public.import_rows where import_id = ${importId} order by line`
    return rows.map((row) => Object.values(row))
  }

  /** How many derived rows a full recompute finds wrong, table by table. */
  async repaired(): Promise<Readonly<Record<string, number>>> {
    const [row] = await this.#tx`select public.recompute_my_stats() as wrong`
    return z.object({ wrong: z.record(z.string(), z.number()) }).parse(row).wrong
  }

  async #answer<Shape extends z.ZodType>(shape: Shape, rows: Promise<readonly postgres.Row[]>) {
    const [row] = await rows
    return shape.parse(row?.answer)
  }

  #gateway(breaksAfter: number): Imports {
    const tx = this.#tx
    const text = (value: unknown) => tx`${JSON.stringify(value)}::text::jsonb`
    let left = breaksAfter
    const importSets = (id: string, rows: readonly object[]) =>
      this.#answer(ImportRow, tx`select to_jsonb(public.import_sets(${id}, ${text(rows)})) as answer`)
    return {
      timezone: async () => 'Europe/Berlin',
      match: (names) =>
        this.#answer(z.array(NameMatch), tx`select public.match_exercise_names(${[...names]}) as answer`),
      exercises: async () => new Map(),
      create: async (exercises) => {
        await tx`
          insert into public.exercises (
            id, name, tracking_type, weight_entry, exercise_type, primary_muscles, difficulty, movement_pattern
          )
          select id, name, tracking_type, weight_entry, exercise_type, primary_muscles, difficulty, movement_pattern
          from jsonb_populate_recordset(null::public.exercises, ${text(exercises)})`
      },
      preview: (source, timezone, rows) =>
        this.#answer(Preview, tx`select public.preview_import(${source}, ${timezone}, ${text(rows)}) as answer`),
      begin: ({ id = crypto.randomUUID(), ...args }) =>
        this.#answer(
          ImportRow,
          tx`
            select to_jsonb(public.begin_import(
              (sent ->> 'id')::uuid, (sent ->> 'source')::public.import_source, sent ->> 'file_hash',
              sent ->> 'timezone', (sent ->> 'line_count')::integer, sent -> 'settings', sent -> 'names'
            )) as answer from (values (${text({ id, ...args })})) as given (sent)`,
        ),
      write: async (id, rows) => {
        const part = rows.slice(0, left)
        left -= part.length
        const row = await importSets(id, part)
        if (part.length < rows.length) throw new Broken()
        return row
      },
      finish: (id) => this.#answer(ImportRow, tx`select to_jsonb(public.finish_import(${id})) as answer`),
      remarks: (id, most) =>
        this.#answer(
          Remarks,
          tx`
            select coalesce(jsonb_agg(to_jsonb(remark) order by line), '[]') as answer
            from (
              select line, outcome, code from public.import_rows
              where import_id = ${id} and code is not null order by line limit ${most}
            ) as remark`,
        ),
      undo: (id) => this.#answer(ImportRow, tx`select to_jsonb(public.undo_import(${id})) as answer`),
    }
  }
}
