import fc from 'fast-check'
import postgres from 'postgres'
import { z } from 'zod'
import { startStack } from '../stack/stack.ts'
import { type Matrix, readMatrix } from '../tests/access/read-matrix.ts'
import { type Table as Relation, readTables } from '../tests/intruder/catalogue.ts'
import { decideRows } from '../tests/intruder/decisions.ts'
import { graphs } from '../tests/intruder/graph.ts'
import { decideInserts } from '../tests/intruder/inserting.ts'
import { Session } from '../tests/intruder/session.ts'
import { Verdict } from '../tests/intruder/verdict.ts'
import { World } from '../tests/intruder/world.ts'
import { decideColumns } from '../tests/intruder/writable.ts'
import type { Bench } from './support.ts'

const Mutants = z.array(z.object({ table: z.string(), kind: z.string(), sql: z.string() }))

/** Every policy of the public tables dropped and loosened, and every right of the API roles taken away and given too much. */
const MUTANTS = `
  with policy as (
    select tablename as name, policyname, cmd, roles from pg_policies where schemaname = 'public'
  ),
  relation as (
    select relname as name, oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
  )
  select name as table, 'drop policy' as kind, format('drop policy %I on public.%I', policyname, name) as sql from policy
  union all
  select name, 'using (true)', format('alter policy %I on public.%I using (true)', policyname, name)
  from policy where cmd <> 'INSERT' and (cmd, name) <> ('SELECT', 'plans')
  union all
  select name, 'with check (true)', format('alter policy %I on public.%I with check (true)', policyname, name)
  from policy where cmd = 'INSERT'
  union all
  select name, 'no row level security', format('alter table public.%I disable row level security', name) from relation
  union all
  select name, 'revoke ' || verb, format('revoke %s on public.%I from authenticated', verb, name)
  from relation cross join unnest(array['select', 'insert', 'update', 'delete']) as verb
  where has_any_column_privilege('authenticated', oid, case verb when 'delete' then 'select' else verb end)
    and (verb <> 'delete' or has_table_privilege('authenticated', oid, verb))
  union all
  select name, 'grant ' || verb, format('grant %s on public.%I to %s', verb, name, role)
  from relation cross join unnest(array['insert', 'update']) as verb cross join unnest(array['anon', 'authenticated']) as role
  order by 1, 2, 3`

/** Whether the intruder's tests notice when what protects the data is taken away, one piece at a time. */
export const bench: Bench = {
  question: 'Does the intruder notice every policy and every grant that is dropped or loosened?',
  async run() {
    await using stack = await startStack()
    const sql = postgres(stack.status.db_url, { max: 1, onnotice: () => undefined })
    const [matrix, tables] = [await readMatrix(sql), await readTables(sql)]
    const mutants = Mutants.parse(await sql.unsafe(MUTANTS))
    await sql.end()
    const missed: string[] = []
    await Session.run(stack.status.db_url, async (session) => {
      const world = await worldOf(session, matrix, tables)
      // What is put off to the end would keep a table from being altered.
      await session.sql`set constraints all immediate`
      for (const mutant of mutants) {
        const table = tables.filter(({ name }) => name === mutant.table)
        if (!(await isCaught(session, world, table, mutant.sql))) missed.push(`${mutant.kind}: ${mutant.sql}`)
      }
    })
    const caught = mutants.length - missed.length
    const share = ((caught / mutants.length) * 100).toFixed(1)
    return [
      {
        title: 'Mutants of policies and grants',
        rows: [{ mutants: mutants.length, caught, 'caught of 100': share }],
        notes: missed.length > 0 ? ['Not caught:', ...missed] : ['All are caught.'],
      },
    ]
  },
}

function worldOf(session: Session, matrix: Matrix, tables: readonly Relation[]): Promise<World> {
  const [graph] = fc.sample(graphs, { numRuns: 1, seed: 1 })
  if (!graph) throw new Error('no graph')
  return World.create(session, matrix, tables, graph)
}

/** A mutant is caught by the first disagreement, or by an error that it causes. */
async function isCaught(session: Session, world: World, tables: readonly Relation[], sql: string): Promise<boolean> {
  const verdict = new Verdict()
  await session.undone(async (inner) => {
    await inner.sql.unsafe(sql)
    await decideColumns(inner, tables, verdict)
    if (verdict.disagreements.length === 0) await decideRows(world, tables, verdict)
    if (verdict.disagreements.length === 0) await decideInserts(world, tables, verdict)
  })
  return verdict.disagreements.length > 0
}
