import type postgres from 'postgres'
import { z } from 'zod'

const Tables = z.array(
  z.object({
    name: z.string(),
    key: z.array(z.string()),
    columns: z.array(z.object({ name: z.string(), type: z.string(), generated: z.boolean(), text: z.boolean() })),
  }),
)

/** A table as the database describes it; `text`: the column may hold what somebody has written. */
export type Table = Readonly<z.infer<typeof Tables>[number]>

const describe = (name: string, where: string): string => `
  select
    ${name} as name,
    (
      select coalesce(json_agg(pg_attribute.attname order by pg_attribute.attname), '[]')
      from pg_index
      join pg_attribute on pg_attribute.attrelid = pg_class.oid and pg_attribute.attnum = any (pg_index.indkey)
      where pg_index.indrelid = pg_class.oid and pg_index.indisprimary
    ) as key,
    (
      select json_agg(json_build_object(
        'name', attname, 'type', format_type(atttypid, null), 'generated', attgenerated <> '' or attidentity <> '',
        'text', coalesce('S' in (pg_type.typcategory, element.typcategory), false) or pg_type.typname in ('json', 'jsonb', 'bytea', 'xml')
      ) order by attnum)
      from pg_attribute
      join pg_type on pg_type.oid = atttypid
      left join pg_type as element on element.oid = pg_type.typelem and pg_type.typcategory = 'A'
      where attrelid = pg_class.oid and attnum > 0 and not attisdropped
    ) as columns
  from pg_class
  where ${where}
  order by 1`

const EXPOSED = describe(
  'pg_class.relname',
  "relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')",
)
const UNEXPOSED = describe(
  "relnamespace::regnamespace || '.' || relname",
  `relkind in ('r', 'p', 'm')
    and not relispartition
    and relnamespace::regnamespace::text !~ '^(public|pg_.*|information_schema|extensions|intruder)$'`,
)

/** Every table and view that the Data API shows. */
export async function readTables(sql: postgres.Sql | postgres.TransactionSql): Promise<readonly Table[]> {
  return Tables.parse(await sql.unsafe(EXPOSED))
}

/** Every table with a text that the Data API does not show, its name with its schema. */
export async function readHiddenTables(sql: postgres.Sql | postgres.TransactionSql): Promise<readonly Table[]> {
  const tables = Tables.parse(await sql.unsafe(UNEXPOSED))
  return tables.filter(({ columns }) => columns.some(({ text }) => text))
}

/** Every function that the Data API offers. */
export async function readCalls(sql: postgres.Sql): Promise<readonly string[]> {
  const calls = await sql`
    select distinct proname as name from pg_proc
    where pronamespace = 'public'::regnamespace and prokind = 'f' order by 1`
  return calls.map(({ name }) => String(name))
}

/** Every bucket of Storage. */
export async function readBuckets(sql: postgres.Sql): Promise<readonly string[]> {
  const buckets = await sql`select id as name from storage.buckets order by 1`
  return buckets.map(({ name }) => String(name))
}

const TOPICS = `
  select distinct found[1] as name
  from (
    select prosrc as source from pg_proc where pronamespace = 'private'::regnamespace
    union all
    select concat_ws(' ', qual, with_check) from pg_policies where tablename = 'messages'
  ) as written
  cross join regexp_matches(written.source, 'topic_id[(].*?, ''(\\w+)''', 'g') as found
  order by 1`

/** Every kind of topic that a policy or a function looks for: the word before the id. */
export async function readTopics(sql: postgres.Sql): Promise<readonly string[]> {
  const topics = await sql.unsafe(TOPICS)
  return topics.map(({ name }) => String(name))
}
