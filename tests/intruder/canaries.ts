import { z } from 'zod'
import type { Table } from './catalogue.ts'
import type { Session } from './session.ts'
import { TABLES } from './tables.ts'

const CANARY = /zq[g-v]{20}qz/g

/** Where a canary sits. */
export interface Perch {
  readonly table: string
  readonly column: string
  readonly key: string
  /** Whose it is, where no fact of the world says so. */
  readonly owner?: string | null
}

export const Perches = z.array(
  z.object({
    table: z.string(),
    column: z.string(),
    key: z.string(),
    canary: z.string(),
    owner: z.string().nullish(),
  }),
)

// Letters alone: a name, a path, a code and a text may all hold it.
export const canary = (table: string, column: string, key: string): string =>
  `('zq' || translate(left(md5('${table}.${column}.' || ${key}), 20), '0123456789abcdef', 'ghijklmnopqrstuv') || 'qz')`

/** What may be written into a column of this type to have a text found in it, in SQL, the simplest first. */
export function forms(type: string, columns: readonly string[], text: string): readonly string[] {
  const folders = ['user_id', 'id'].filter((name) => columns.includes(name))
  const paths = folders.map((folder) => `t.${folder} || '/' || ${text}`)
  if (type === 'text[]') return [text, ...paths].map((form) => `array[${form}]`)
  if (type.startsWith('json'))
    return [`to_json${type === 'jsonb' ? 'b' : ''}(json_build_object('text', ${text}))`, `jsonb_build_array(${text})`]
  return [text, ...paths]
}

/** What is planted where: every text column of a table whose rows are somebody's. */
interface Bed {
  readonly table: string
  readonly key: string
  readonly owner: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly names: readonly string[]
}

/**
 * Plants a canary in every text of these people, and gives where each sits.
 * Rejects when the rules of a column take none, and the model does not say that it is closed.
 */
export async function plant(
  session: Session,
  tables: readonly Table[],
  people: readonly string[],
): Promise<ReadonlyMap<string, Perch>> {
  const beds = tables.flatMap((table): readonly Bed[] => {
    const model = TABLES[table.name]
    const texts = table.columns.filter(
      ({ name, text, generated }) => text && !generated && !(name in (model?.closed ?? {})),
    )
    return model && texts.length > 0
      ? [
          {
            table: `public.${table.name}`,
            key: table.key.map((column) => `t.${column}::text`).join(` || '/' || `),
            owner: model.owner,
            columns: texts,
            names: table.columns.map(({ name }) => name),
          },
        ]
      : []
  })
  const list = people.map((id) => `'${id}'`).join()
  const plots = beds.flatMap((bed) => bed.columns.map((column) => plot(bed, column, list)))
  const [row] = await session.sql`select pg_temp.plant(${JSON.stringify(plots)}::text::jsonb) as refused`
  const refused = z.array(z.string()).parse(row?.refused)
  if (refused.length > 0)
    throw new Error(`no canary fits into ${refused.join(', ')}: say so under \`closed\` in tests/intruder/tables.ts`)
  const found = Perches.parse(await session.sql.unsafe(beds.map((bed) => perches(bed, list)).join(' union all ')))
  return new Map(
    found.map(({ canary, owner, ...perch }) => [canary, { ...perch, ...(owner === undefined ? {} : { owner }) }]),
  )
}

function plot(bed: Bed, { name, type }: Bed['columns'][number], people: string): object {
  return {
    table: bed.table,
    column: name,
    forms: forms(type, bed.names, canary(bed.table, name, bed.key)).map((form) => form),
    rows: `(${bed.owner}) in (${people})`,
  }
}

function perches(bed: Bed, people: string): string {
  const columns = bed.columns.map(({ name }) => `'${name}'`).join()
  return `
    select
      '${bed.table.replace('public.', '')}' as table, field.key as column, ${bed.key} as key,
      (regexp_match(field.value, 'zq[g-v]{20}qz'))[1] as canary
    from ${bed.table} as t
    cross join lateral jsonb_each_text(to_jsonb(t)) as field
    where (${bed.owner}) in (${people}) and field.key in (${columns}) and field.value ~ 'zq[g-v]{20}qz'`
}

/** The texts in which no canary sits though the model gives no reason, and the reasons that nothing needs. */
export function unwatched(tables: readonly Table[], canaries: ReadonlyMap<string, Perch>): readonly string[] {
  const watched = new Set([...canaries.values()].map(({ table, column }) => `${table}.${column}`))
  return tables.flatMap(({ name: table, columns }) => {
    const closed = TABLES[table]?.closed ?? {}
    const texts = columns.filter(({ text, generated }) => text && !generated).map(({ name }) => name)
    return [
      ...texts
        .filter((name) => !(name in closed) && !watched.has(`${table}.${name}`))
        .map((name) => `${table}.${name}`),
      ...Object.keys(closed)
        .filter((name) => !texts.includes(name))
        .map((name) => `${table}.${name} is no text: take it out`),
    ]
  })
}

/** The canaries that a text lets out. */
export const canariesIn = (text: string): ReadonlySet<string> => new Set(text.match(CANARY) ?? [])
