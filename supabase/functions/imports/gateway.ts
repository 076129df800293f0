import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { answer } from '../_shared/answer.ts'
import { TRACKING_TYPES, type TrackingType } from '../_shared/contracts/workouts.ts'
import { ImportRow, NameMatch } from './contract.ts'
import type { CustomExercise } from './names.ts'
import type { Source } from './rows.ts'

const NAMES_AT_ONCE = 200
// As for writing, in import.ts.
const UNDO_FOR_MS = 100_000

const Profile = z.object({ timezone: z.string() })
const Exercises = z.array(z.object({ id: z.guid(), name: z.string(), tracking_type: z.enum(TRACKING_TYPES) }))
const Preview = z.object({
  lines: z.array(z.object({ line: z.int(), outcome: z.enum(['duplicate', 'skipped', 'failed']), code: z.string() })),
  workouts: z.array(z.string()),
})
const Remarks = z.array(
  z.object({
    line: z.int(),
    outcome: z.enum(['imported', 'duplicate', 'skipped', 'failed']),
    code: z.string(),
  }),
)

/** What an import asks of the database, whoever answers. */
export type Imports = Pick<ImportGateway, keyof ImportGateway>

/** What an import asks of the database, as the athlete. Every method rejects with the refusal that the database answers. */
export class ImportGateway {
  readonly #db: SupabaseClient

  constructor(db: SupabaseClient) {
    this.#db = db
  }

  /** The zone that the athlete lives in. */
  async timezone(userId: string): Promise<string> {
    const query = this.#db.from('profiles').select('timezone').eq('user_id', userId).single()
    return (await answer(Profile, query)).timezone
  }

  /** Which exercises these names mean. */
  async match(names: readonly string[]): Promise<readonly NameMatch[]> {
    const matches: NameMatch[] = []
    for (let n = 0; n < names.length; n += NAMES_AT_ONCE) {
      const query = this.#db.rpc('match_exercise_names', { names: names.slice(n, n + NAMES_AT_ONCE) })
      matches.push(...(await answer(z.array(NameMatch), query)))
    }
    return matches
  }

  /** The exercises with these ids, by id. Those that there are not, or not for this athlete, are missing. */
  async exercises(ids: readonly string[]) {
    const query = this.#db
      .from('exercises')
      .select('id, name, tracking_type')
      .in('id', [...ids])
    const rows = ids.length === 0 ? [] : await answer(Exercises, query)
    return new Map(
      rows.map(({ id, name, tracking_type }): [string, { name: string; trackingType: TrackingType }] => [
        id,
        { name, trackingType: tracking_type },
      ]),
    )
  }

  /** Adds exercises of the athlete's own. */
  async create(exercises: readonly CustomExercise[]): Promise<void> {
    if (exercises.length > 0) await answer(z.null(), this.#db.from('exercises').insert([...exercises]))
  }

  /** Which of these lines would be no new sets, and which workouts the others would make. */
  async preview(source: Source, timezone: string, rows: readonly object[]) {
    return answer(Preview, this.#db.rpc('preview_import', { source, timezone, rows }))
  }

  /** Begins an import, or goes on with it. */
  async begin(args: Readonly<Record<string, unknown>>): Promise<ImportRow> {
    return answer(ImportRow, this.#db.rpc('begin_import', args))
  }

  /** Writes lines of an import. */
  async write(importId: string, rows: readonly object[]): Promise<ImportRow> {
    return answer(ImportRow, this.#db.rpc('import_sets', { import_id: importId, rows }))
  }

  /** Ends an import. */
  async finish(importId: string): Promise<ImportRow> {
    return answer(ImportRow, this.#db.rpc('finish_import', { import_id: importId }))
  }

  /** The first lines of an import that became no sets, or lost something. */
  async remarks(importId: string, most: number) {
    const query = this.#db
      .from('import_rows')
      .select('line, outcome, code')
      .eq('import_id', importId)
      .not('code', 'is', null)
      .order('line')
      .limit(most)
    return answer(Remarks, query)
  }

  /** Takes an import back, part by part; undoing when that takes longer than a request may. */
  async undo(importId: string, keepChanged: boolean): Promise<ImportRow> {
    const until = performance.now() + UNDO_FOR_MS
    for (;;) {
      const row = await answer(
        ImportRow,
        this.#db.rpc('undo_import', { import_id: importId, keep_changed: keepChanged }),
      )
      if (row.status === 'undone' || performance.now() > until) return row
    }
  }
}
