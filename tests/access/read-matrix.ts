import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type postgres from 'postgres'
import { z } from 'zod'

const SOURCE = fileURLToPath(new URL('../../supabase/tests/support/access.psql', import.meta.url))

/** What a client may try with a table, in the words of the matrix. */
const VERBS = ['select', 'insert', 'update', 'delete'] as const

/** The columns of a row, with names in braces where ids belong. */
export const Row = z.record(z.string(), z.unknown())
/** How a table is tried: which row, what is inserted, what is changed. */
export const Probe = z.object({ table_name: z.string(), match: Row, new_row: Row, patch: Row })
const Matrix = z.object({
  steps: z.array(z.object({ actor: z.string(), statement: z.string() })),
  probes: z.array(Probe),
  cells: z.array(
    z.object({
      table: z.string(),
      actor: z.enum(['owner', 'stranger', 'admin', 'anon']),
      verb: z.enum(VERBS),
      outcome: z.string(),
    }),
  ),
})

/** The access matrix: how its rows come to be, how each table is tried, and what comes of it. */
export type Matrix = Readonly<z.infer<typeof Matrix>>
export type Cell = Matrix['cells'][number]

/** Reads the matrix that the SQL test reads too. Its own tables are made aside and are gone afterwards. */
export async function readMatrix(sql: postgres.Sql): Promise<Matrix> {
  const script = (await readFile(SOURCE, 'utf8')).replaceAll('tests.', 'pg_temp.')
  const undone = new Error('read')
  let found: unknown
  await sql
    .begin(async (transaction) => {
      await transaction.unsafe(script)
      const [row] = await transaction`
        select
          (select jsonb_agg(to_jsonb(access_steps) order by position) from pg_temp.access_steps) as steps,
          (select jsonb_agg(to_jsonb(access_probes)) from pg_temp.access_probes) as probes,
          (
            select jsonb_agg(jsonb_build_object('table', table_name, 'actor', actor, 'verb', verb, 'outcome', outcome)
              order by table_name, actor, verb)
            from pg_temp.access
            cross join lateral (
              values ('select', can_select), ('insert', can_insert), ('update', can_update), ('delete', can_delete)
            ) as cell (verb, outcome)
          ) as cells
      `
      found = row
      throw undone
    })
    .catch((cause: unknown) => {
      if (cause !== undone) throw cause
    })
  return Matrix.parse(found)
}
