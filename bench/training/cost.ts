import type postgres from 'postgres'
import { z } from 'zod'
import { median } from '../support.ts'

/** What a statement costs: the median of some runs, the pages it touches, and how it is done. */
export interface Cost {
  readonly ms: number
  readonly buffers: number
  readonly shape: string
}

interface Node {
  readonly 'Node Type': string
  readonly 'Index Name'?: string | undefined
  readonly Plans?: readonly Node[] | undefined
}

const Node: z.ZodType<Node> = z.lazy(() =>
  z.object({ 'Node Type': z.string(), 'Index Name': z.string().optional(), Plans: z.array(Node).optional() }),
)
const Explained = z.tuple([
  z.object({
    'QUERY PLAN': z.tuple([
      z.object({
        Plan: z.intersection(Node, z.object({ 'Shared Hit Blocks': z.int(), 'Shared Read Blocks': z.int() })),
      }),
    ]),
  }),
])

/** Runs `act` in a transaction as the Data API does for the user of `claims`. Rejects as `act` does. */
export function asAthlete<Answer>(
  api: postgres.Sql,
  claims: string,
  act: (sql: postgres.TransactionSql) => Promise<Answer>,
) {
  return api.begin(async (sql) => {
    await sql`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true)`
    return act(sql)
  })
}

/** The pages that `statement` touches, in all that it runs, and its plan on one line. What it does is done. */
export async function explain(
  sql: postgres.TransactionSql,
  statement: string,
): Promise<{ readonly buffers: number; readonly shape: string }> {
  // Planning reads the catalogue, and is not what grows.
  const rows = await sql.unsafe(`explain (analyze, buffers, timing off, format json) ${statement}`)
  const [
    {
      'QUERY PLAN': [{ Plan: plan }],
    },
  ] = Explained.parse(rows)
  return { buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], shape: shapeOf(plan) }
}

/**
 * What `explain` says, of five runs in a row the middle one: a run that comes upon plans just thrown away, as by
 * autovacuum, reads the catalogue, too.
 */
async function explainWarm(sql: postgres.TransactionSql, statement: string): ReturnType<typeof explain> {
  const runs: Awaited<ReturnType<typeof explain>>[] = []
  for (let run = 0; run < 5; run += 1) runs.push(await explain(sql, statement))
  return { buffers: median(runs.map(({ buffers }) => buffers)), shape: runs.at(-1)?.shape ?? '' }
}

/** What `statement` costs in `sql`, warm: of 20 runs after 5 the median, and of five more the pages. */
export async function costOf(sql: postgres.TransactionSql, statement: string): Promise<Cost> {
  const samples: number[] = []
  for (let run = -5; run < 20; run += 1) {
    const began = performance.now()
    await sql.unsafe(statement)
    if (run >= 0) samples.push(performance.now() - began)
  }
  return { ms: median(samples), ...(await explainWarm(sql, statement)) }
}

/** The exponent with which `cost` grows with `size`, by least squares of the logarithms. NaN for fewer than two points. */
export function slope(points: readonly { readonly size: number; readonly cost: number }[]): number {
  const logs = points.map(({ size, cost }) => ({ x: Math.log(size), y: Math.log(cost) }))
  const mean = (of: (log: { readonly x: number; readonly y: number }) => number): number =>
    logs.reduce((sum, log) => sum + of(log), 0) / logs.length
  const [x, y] = [mean((log) => log.x), mean((log) => log.y)]
  return mean((log) => (log.x - x) * (log.y - y)) / mean((log) => (log.x - x) ** 2)
}

function shapeOf(node: Node): string {
  const below = (node.Plans ?? []).map(shapeOf)
  const name = [node['Node Type'], node['Index Name']].filter((part) => part !== undefined).join(' ')
  return below.length === 0 ? name : `${name} < ${below.join(' + ')}`
}
