import { sql } from './stack.ts'

/**
 * Everything that the public tables hold of a user, as one text to compare: what a refused request must not have changed.
 * Tables to come are in it by themselves, by their column `user_id` or `created_by`.
 */
export async function ownedBy(userId: string): Promise<string> {
  const tables = await sql<{ name: string; owner: string }[]>`
    select format('%I.%I', table_schema, table_name) as name, column_name as owner
    from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE' and column_name in ('user_id', 'created_by')
    order by 1, 2
  `
  const digests = tables.map(
    ({ name, owner }) =>
      `select '${name}' as name, md5(string_agg(t::text, '|' order by t::text)) from ${name} as t where ${owner} = $1`,
  )
  return JSON.stringify(await sql.unsafe(digests.join(' union all '), [userId]))
}
