import { z } from 'zod'
import { canary, forms, type Perch, Perches } from './canaries.ts'
import type { Table } from './catalogue.ts'
import { HIDDEN, type HiddenTable, NOBODYS } from './hidden.ts'
import type { Session } from './session.ts'

const IS_CANARY = 'zq[g-v]{20}qz'
// Another one for each row, and for each place in it.
const FRESH = `' || 'zq' || translate(left(md5(gen_random_uuid()::text), 20), '0123456789abcdef', 'ghijklmnopqrstuv') || 'qz`

/** A table that the model knows, with what it says. */
interface Bed {
  readonly table: Table
  readonly model: HiddenTable
}

// In the order of the model, where what refers to another comes after it.
const beds = (tables: readonly Table[]): readonly Bed[] =>
  Object.entries(HIDDEN).flatMap(([name, model]) => {
    const table = tables.find((one) => one.name === name)
    return table === undefined ? [] : [{ table, model }]
  })

const open = ({ table, model }: Bed): Table['columns'] =>
  table.columns.filter(({ name, text, generated }) => text && !generated && !(name in (model.closed ?? {})))

/**
 * Plants a canary in every text about these people that lies where the Data API shows nothing, in rows that it makes where
 * there are none, and gives where each sits. Rejects when the rules of a column take none, and the model does not say so.
 */
export async function plantHidden(
  session: Session,
  tables: readonly Table[],
  people: readonly string[],
): Promise<ReadonlyMap<string, Perch>> {
  const all = beds(tables)
  const list = `{${people.join()}}`
  for (const { model } of all)
    if (model.make !== undefined) await session.sql.unsafe(made(model.make).replaceAll('{people}', list))
  const before = new Set((await read(session, all)).map(({ table, column }) => `${table}.${column}`))
  const plots = all.flatMap((bed) =>
    open(bed)
      .filter(({ name }) => !before.has(`${bed.table.name}.${name}`))
      .map((column) => plot(bed, column, list)),
  )
  const [row] = await session.sql`select pg_temp.plant(${JSON.stringify(plots)}::text::jsonb) as refused`
  const refused = z.array(z.string()).parse(row?.refused)
  if (refused.length > 0)
    throw new Error(`no canary fits into ${refused.join(', ')}: say so under \`closed\` in tests/intruder/hidden.ts`)
  return new Map(
    (await read(session, all)).map(({ canary: text, ...perch }) => [text, { ...perch, owner: perch.owner ?? null }]),
  )
}

/** The texts that are nowhere watched though the model gives no reason, and the reasons that nothing needs, as sentences. */
export function unwatchedHidden(tables: readonly Table[], canaries: ReadonlyMap<string, Perch>): readonly string[] {
  const watched = new Set([...canaries.values()].map(({ table, column }) => `${table}.${column}`))
  const names = tables.map(({ name }) => name)
  const known = [...Object.keys(HIDDEN), ...Object.keys(NOBODYS)]
  return [
    ...names.filter((name) => !known.includes(name)).map((name) => `say in tests/intruder/hidden.ts whose ${name} is`),
    ...known.filter((name) => !names.includes(name)).map((name) => `${name} has no text: take it out`),
    ...beds(tables).flatMap((bed) => [
      ...open(bed)
        .map(({ name }) => `${bed.table.name}.${name}`)
        .filter((name) => !watched.has(name)),
      ...Object.keys(bed.model.closed ?? {})
        .filter((name) => !bed.table.columns.some((column) => column.name === name && column.text))
        .map((name) => `${bed.table.name}.${name} is no text: take it out`),
    ]),
  ]
}

// What is written as a text or as JSON in SQL becomes one that is put together.
const made = (statement: string): string =>
  statement.replaceAll(/'([^']*)\{canary\}[^']*'/g, (text, start: string) => {
    const composed = `(${text.replaceAll('{canary}', FRESH)})`
    return start.startsWith('{') || start.startsWith('[') ? `${composed}::jsonb` : composed
  })

function plot({ table, model }: Bed, { name, type }: Table['columns'][number], people: string): object {
  const names = table.columns.map((column) => column.name)
  return {
    table: table.name,
    column: name,
    forms: forms(type, names, canary(table.name, name, `(${model.key})`)),
    rows: `(${model.owner}) = any ('${people}'::uuid[])`,
  }
}

async function read({ sql }: Session, all: readonly Bed[]): Promise<z.infer<typeof Perches>> {
  const queries = all.map((bed) => {
    const { table, model } = bed
    const columns = open(bed).map(({ name }) => `'${name}'`)
    return `
      select '${table.name}' as table, field.key as column, ${model.key} as key, (${model.owner})::text as owner, found[1] as canary
      from ${table.name} as t
      cross join lateral jsonb_each_text(to_jsonb(t)) as field
      cross join lateral regexp_matches(field.value, '${IS_CANARY}', 'g') as found
      where field.key in (${columns.join()})`
  })
  return Perches.parse(await sql.unsafe(queries.join(' union all ')))
}
