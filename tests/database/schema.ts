import pg from 'pg'

/** One line for each fact of the product's schema: what it holds, what it allows, what it says of itself. */
const FACTS = `
  with space as (
    select oid, nspname, nspacl from pg_namespace where nspname in ('public', 'private')
  ),
  relation as (
    select pg_class.* from pg_class join space on space.oid = relnamespace
  )
  select format('schema %s %s', nspname, nspacl) as fact from space
  union all
  select format('default privileges %s %s %s', defaclnamespace::regnamespace, defaclobjtype, defaclacl)
  from pg_default_acl where defaclrole = 'postgres'::regrole
  union all
  select format('relation %s %s %s rls=%s %s', oid::regclass, relkind, reloptions, relrowsecurity, relacl) from relation
  union all
  select format(
    'column %s.%s %s null=%s identity=%s generated=%s default=%s %s', attrelid::regclass, attname,
    format_type(atttypid, atttypmod), not attnotnull, attidentity, attgenerated, pg_get_expr(adbin, adrelid), attacl
  )
  from pg_attribute
  join relation on relation.oid = attrelid
  left join pg_attrdef on adrelid = attrelid and adnum = attnum
  where attnum > 0 and not attisdropped
  union all
  select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(pg_constraint.oid))
  from pg_constraint join relation on relation.oid = conrelid
  union all
  select 'index ' || pg_get_indexdef(indexrelid) from pg_index join relation on relation.oid = indrelid
  union all
  select format('policy %s %s', to_jsonb(pg_policies), '') from pg_policies
  union all
  select format('trigger %s', pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal
  union all
  select format('function %s %s', pg_get_functiondef(pg_proc.oid), proacl)
  from pg_proc join space on space.oid = pronamespace where prokind = 'f'
  union all
  select format('type %s %s', pg_enum.enumtypid::regtype, string_agg(enumlabel, ', ' order by enumsortorder))
  from pg_enum group by pg_enum.enumtypid
  union all
  select format('comment %s %s', pg_describe_object(classoid, objoid, objsubid), description)
  from pg_description
  where (pg_identify_object(classoid, objoid, objsubid)).schema in ('public', 'private')
  union all
  select format('extension %s in %s', extname, extnamespace::regnamespace) from pg_extension
  union all
  select format('error %s', to_jsonb(error_codes)) from private.error_codes
  union all
  select format('exercise %s', to_jsonb(exercises) - 'created_at' - 'updated_at') from public.exercises
`

/**
 * Everything that the migrations and the reference seed have made of a database, as sorted lines.
 * Rejects when the database does not answer.
 */
export async function describeSchema(databaseUrl: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ fact: string }>(FACTS)
    return rows.map(({ fact }) => fact).sort()
  } finally {
    await client.end()
  }
}
