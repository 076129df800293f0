import type postgres from 'postgres'
import { z } from 'zod'
import type { Table } from './catalogue.ts'
import { type Asked, named, nameOf, outcomeOf, Rows } from './http-rows.ts'
import { TABLES, words } from './tables.ts'
import { relation, type Verdict } from './verdict.ts'
import { askAll } from './wire.ts'
import type { World } from './world.ts'

const Embeds = z.array(
  z.object({
    from: z.string(),
    to: z.string(),
    hint: z.string(),
    through: z.string().nullable(),
    on: z.array(z.tuple([z.string(), z.string()])),
    onThrough: z.array(z.tuple([z.string(), z.string()])),
  }),
)

/** A table that PostgREST reads with another, by a foreign key either way or by a table between them. */
type Embed = Readonly<z.infer<typeof Embeds>[number]>

/** Every embed that the foreign keys between exposed tables make. `on` pairs the columns that have to be equal. */
const EMBEDS = `
  with pair as (
    select
      conname as name, child.relname as child, parent.relname as parent,
      jsonb_agg(jsonb_build_array(child_column.attname, parent_column.attname)) as columns,
      jsonb_agg(jsonb_build_array(parent_column.attname, child_column.attname)) as turned,
      bool_and(child_column.attnum = any (
        select unnest(indkey) from pg_index where indrelid = conrelid and indisprimary
      )) as is_in_key
    from pg_constraint
    join pg_class as child on child.oid = conrelid
    join pg_class as parent on parent.oid = confrelid
    cross join lateral unnest(conkey, confkey) as key (child_number, parent_number)
    join pg_attribute as child_column on child_column.attrelid = conrelid and child_column.attnum = key.child_number
    join pg_attribute as parent_column on parent_column.attrelid = confrelid and parent_column.attnum = key.parent_number
    where contype = 'f'
      and child.relnamespace = 'public'::regnamespace
      and parent.relnamespace = 'public'::regnamespace
    group by 1, 2, 3
  )
  select child as "from", parent as "to", name as hint, null as through, columns as on, '[]'::jsonb as "onThrough" from pair
  union all
  select parent, child, name, null, turned, '[]' from pair
  union all
  select one.parent, other.parent, one.child, one.child, one.turned, other.columns
  from pair as one
  join pair as other using (child)
  where one.name <> other.name and one.is_in_key and other.is_in_key
  order by 1, 2, 3`

async function readEmbeds(sql: postgres.Sql): Promise<readonly Embed[]> {
  return Embeds.parse(await sql.unsafe(EMBEDS))
}

/** Which rows belong together, by the name of the row that is read: what an embed would show to somebody who sees all. */
async function partners(
  sql: postgres.Sql,
  asked: Asked,
  embed: Embed,
): Promise<ReadonlyMap<string, readonly Partner[]>> {
  const [from, to] = [tableOf(asked, embed.from), tableOf(asked, embed.to)]
  const between = embed.through === null ? to : tableOf(asked, embed.through)
  const equal = (pairs: Embed['on'], one: string, other: string): string =>
    pairs.map(([left, right]) => `${one}.${left} = ${other}.${right}`).join(' and ')
  const key = (table: Table, alias: string): string =>
    table.key.map((name) => `${alias}.${name}::text`).join(` || '/' || `)
  const rows = await sql.unsafe(
    `select ${key(from, 'a')} as one, ${key(between, 'b')} as between, ${key(to, 'c')} as other
     from public.${from.name} as a
     join public.${between.name} as b on ${equal(embed.on, 'a', 'b')}
     join public.${to.name} as c on ${
       embed.through === null
         ? equal(
             to.key.map((name) => [name, name]),
             'b',
             'c',
           )
         : equal(embed.onThrough, 'b', 'c')
     }
     where ${key(from, 'a')} = any ($1)`,
    [asked.world.factsOf(from.name).map((fact) => fact.key)],
  )
  const found = new Map<string, Partner[]>()
  for (const { one, between: way, other } of z.array(z.record(z.string(), z.string())).parse(rows))
    found.set(one ?? '', [...(found.get(one ?? '') ?? []), { between: way ?? '', other: other ?? '' }])
  return found
}

interface Partner {
  readonly between: string
  readonly other: string
}

function tableOf({ tables }: Asked, name: string): Table {
  const table = tables.find((known) => known.name === name)
  if (!table) throw new Error(`no table ${name}`)
  return table
}

// Whoever reads one table with another reads the columns by which they belong together.
const isReadable = ({ from, to, through, on, onThrough }: Embed, viewer: string | null): boolean => {
  const read = [...on, ...onThrough].flat()
  return [from, to, ...(through === null ? [] : [through])].every((name) => {
    const { open, forMembers, secret } = TABLES[name] ?? {}
    const hidden = [...words(secret), ...(viewer === null ? words(forMembers) : [])]
    return (viewer !== null || open === true) && !hidden.some((column) => read.includes(column))
  })
}

const sees = (world: World, viewer: string | null, table: string, key: string): boolean => {
  const fact = world.fact(table, key)
  return fact !== undefined && TABLES[table]?.select(viewer, fact, world.society) === true
}

/** Has every viewer read every table with every other that belongs to it: what is embedded is what they see by itself. */
export async function decideEmbeds(sql: postgres.Sql, asked: Asked, verdict: Verdict): Promise<void> {
  const embeds = await readEmbeds(sql)
  const all = []
  for (const embed of embeds) all.push({ embed, related: await partners(sql, asked, embed) })
  const { world } = asked
  const questions = all.flatMap((question, one) =>
    world.viewers.flatMap((viewer, other) => ((one + other) % 2 === 0 ? [{ ...question, viewer }] : [])),
  )
  await askAll(questions, async ({ embed, related, viewer }) => {
    const [from, to] = [tableOf(asked, embed.from), tableOf(asked, embed.to)]
    const facts = world.factsOf(from.name)
    const answer = await asked
      .client(viewer)
      .from(from.name)
      .select(`${from.key.join()},embedded:${to.name}!${embed.hint}(${to.key.join()})`)
      .or(named(from, facts))
    const kind = `${embed.from} with ${embed.to} by ${embed.hint}`
    verdict.compare(
      `${viewer === null ? 'nobody' : 'somebody'}, reads ${kind}`,
      answer.error?.code,
      isReadable(embed, viewer) ? undefined : '42501',
    )
    verdict.heard(world, viewer, kind, outcomeOf(answer))
    for (const row of Rows.parse(answer.data ?? [])) {
      const fact = world.fact(from.name, nameOf(from, row))
      const embedded = Rows.parse([row.embedded ?? []].flat()).map((other) => nameOf(to, other))
      const shown = (related.get(nameOf(from, row)) ?? []).filter(
        ({ between, other }) =>
          sees(world, viewer, to.name, other) &&
          (embed.through === null || sees(world, viewer, embed.through, between)),
      )
      verdict.compare(
        `${relation(world, viewer, fact)}, reads ${kind}`,
        embedded.sort(),
        shown.map(({ other }) => other).sort(),
      )
    }
  })
}
