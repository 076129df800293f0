import { z } from 'zod'
import { sql } from '../support/stack.ts'

const Field = z.object({ name: z.string(), type: z.string(), labels: z.array(z.string()).nullable() })
const Surface = z.object({
  functions: z.array(z.object({ name: z.string(), fields: z.array(Field) })),
  tables: z.array(z.object({ name: z.string(), key: z.string(), insert: z.array(Field), update: z.array(Field) })),
  codes: z.array(z.string()),
})

/** An argument of a function, or a column that a client may write; `labels` are those of an enum. */
export type Field = Readonly<z.infer<typeof Field>>

/** All that a signed-in client can call and write, and the error codes of the product. */
export type Surface = Readonly<z.infer<typeof Surface>>

/** Reads the surface from the catalogue, so that what is added to it is tested without being named here. */
export async function readSurface(): Promise<Surface> {
  const [row] = await sql`
    with field as (
      select pg_type.oid as type_oid, jsonb_build_object(
        'type', format_type(pg_type.oid, null),
        'labels', (
          select jsonb_agg(enumlabel order by enumsortorder)
          from pg_enum where enumtypid = case typelem when 0 then pg_type.oid else typelem end
        )
      ) as described
      from pg_type
    ),
    writable as (
      select table_name, privilege_type,
        jsonb_agg(described || jsonb_build_object('name', columns.column_name) order by columns.ordinal_position) as fields
      from information_schema.column_privileges
      join information_schema.columns using (table_schema, table_name, column_name)
      join field on field.type_oid = (
        select atttypid from pg_attribute
        where attrelid = format('public.%I', columns.table_name)::regclass and attname = columns.column_name
      )
      where table_schema = 'public' and grantee = 'authenticated' and privilege_type in ('INSERT', 'UPDATE')
      group by 1, 2
    )
    select
      (
        select jsonb_agg(jsonb_build_object('name', proname, 'fields', coalesce((
          select jsonb_agg(described || jsonb_build_object('name', proargnames[position]) order by position)
          from unnest(proargtypes::oid[]) with ordinality as argument (type_oid, position)
          join field using (type_oid)
        ), '[]')) order by proname)
        from pg_proc
        where pronamespace = 'public'::regnamespace
          and prorettype <> 'trigger'::regtype
          and has_function_privilege('authenticated', oid, 'execute')
      ) as functions,
      (
        select jsonb_agg(jsonb_build_object('name', table_name, 'key', key, 'insert', inserts, 'update', updates) order by table_name)
        from (
          select
            table_name,
            (
              select attname from pg_index join pg_attribute on attrelid = indrelid and attnum = indkey[0]
              where indisprimary and indrelid = format('public.%I', table_name)::regclass
            ) as key,
            coalesce(jsonb_path_query_first(jsonb_agg(fields) filter (where privilege_type = 'INSERT'), '$[0]'), '[]') as inserts,
            coalesce(jsonb_path_query_first(jsonb_agg(fields) filter (where privilege_type = 'UPDATE'), '$[0]'), '[]') as updates
          from writable group by table_name
        ) as verbs
      ) as tables,
      (select jsonb_agg(code) from private.error_codes) as codes
  `
  return Surface.parse(row)
}
