import type postgres from 'postgres'
import { z } from 'zod'
import { Row } from '../access/read-matrix.ts'
import { CALLS } from './calls.ts'
import { type Asked, outcomeOf, owners } from './http-rows.ts'
import { faceless } from './inserting.ts'
import { about } from './model.ts'
import type { Outcome } from './session.ts'
import { relation, type Verdict } from './verdict.ts'
import { askAll, LET_THROUGH, once } from './wire.ts'

const NOBODY = 'nobody'
const Functions = z.array(
  z.object({ name: z.string(), writes: z.boolean(), types: z.record(z.string(), z.string()).nullable() }),
)

/** A function as the database describes it: whether it may write, and the types of its arguments by their names. */
type Called = z.infer<typeof Functions>[number]

async function readFunctions(sql: postgres.Sql): Promise<readonly Called[]> {
  return Functions.parse(
    await sql`
      select
        proname as name, provolatile = 'v' as writes,
        (
          select jsonb_object_agg(argument.name, format_type(argument.type, null))
          from unnest(proargnames[:pronargs], proargtypes::oid[]) as argument (name, type)
        ) as types
      from pg_proc
      where pronamespace = 'public'::regnamespace and prokind = 'f'`,
  )
}

const ARGUMENT = /(?:^|, )"?(\w+)"? => /g

/** The arguments of the model, which are SQL, as an object of JSON in SQL. What is not there is an id of nobody's. */
function argumentsSql({ types }: Called, args: string): string {
  const found = [...args.matchAll(ARGUMENT)]
  const pairs = found.map((match, place) => {
    const [whole, name = ''] = match
    const value = args.slice(match.index + whole.length, found[place + 1]?.index)
    const type = types?.[name] ?? 'text'
    const missing = type === 'uuid' ? 'gen_random_uuid()' : type === 'integer' ? '1' : 'null'
    return `'${name}', to_jsonb(coalesce((${value})::${type}, ${missing}::${type}))`
  })
  return `jsonb_build_object(${pairs.join()})`
}

/** What each function is called with about the things of each person and of nobody, by `name owner`. */
async function readArguments(
  sql: postgres.Sql,
  asked: Asked,
  functions: readonly Called[],
): Promise<ReadonlyMap<string, unknown>> {
  const found = new Map<string, unknown>()
  for (const owner of [undefined, ...asked.world.society.people.keys()]) {
    const queries = functions.map(
      (called) =>
        `select '${called.name}' as name, ${asked.world.fill(argumentsSql(called, CALLS[called.name]?.args ?? ''), owner)} as args`,
    )
    for (const { name, args } of await sql.unsafe(queries.join(' union all ')))
      found.set(`${name} ${owner ?? NOBODY}`, args)
  }
  return found
}

/**
 * Has every viewer call every function over HTTP about their own things, somebody else's and nobody's. What is refused is refused
 * as for nobody's things; what would write is let through; and no answer tells what the viewer may not see.
 */
export async function decideCallsOverHttp(sql: postgres.Sql, asked: Asked, verdict: Verdict): Promise<void> {
  const { world, client } = asked
  const functions = await readFunctions(sql)
  const args = await readArguments(sql, asked, functions)
  const questions = world.viewers.flatMap((viewer, one) =>
    functions.map((called, other) => ({ viewer, called, turn: one + other })),
  )
  const third = questions.filter(({ turn }) => turn % 3 === 0)
  await askAll(third, async ({ viewer, called, turn }) => {
    const model = CALLS[called.name]
    if (!model) return
    const call = async (owner: string | undefined): Promise<Outcome> =>
      outcomeOf(await client(viewer).rpc(called.name, Row.parse(args.get(`${called.name} ${owner ?? NOBODY}`))))
    const refusal = once(async () => faceless(await call(undefined)))
    for (const owner of owners(world, viewer, turn)) {
      const fact = about(owner)
      const may = viewer !== null || model.open === true ? model.may(viewer, fact, world.society) : false
      const outcome = await call(owner)
      const kind = `${relation(world, viewer, fact)}, calls ${called.name} over HTTP`
      if (typeof may === 'string') verdict.compare(kind, outcome.error?.code, may)
      else if (may) verdict.compare(kind, outcome.error?.code, called.writes ? LET_THROUGH : undefined)
      else verdict.compare(kind, faceless(outcome), await refusal())
      verdict.heard(world, viewer, kind, outcome, model.shows)
    }
  })
}
