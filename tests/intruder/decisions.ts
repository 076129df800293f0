import type { Table } from './catalogue.ts'
import { creator } from './model.ts'
import type { Attempt, Outcome } from './session.ts'
import { TABLES, type TableModel, words } from './tables.ts'
import { relation, type Verdict } from './verdict.ts'
import { keyOf, quote, type World } from './world.ts'

/** What may be done with a row that is there. */
const COMMANDS = ['select', 'update', 'delete'] as const
type Command = (typeof COMMANDS)[number]

interface Subject {
  readonly table: Table
  readonly model: TableModel
}

/** The tables of which the model knows, with what it says. */
export const known = (tables: readonly Table[]): readonly Subject[] =>
  tables.flatMap((table) => {
    const model = TABLES[table.name]
    return model === undefined ? [] : [{ table, model }]
  })

/** The columns of a table that the model lets a viewer read. */
export const readable = (
  { columns }: Table,
  { secret, forMembers }: TableModel,
  viewer: string | null,
): readonly string[] => {
  const hidden = [...words(secret), ...(viewer === null ? words(forMembers) : [])]
  return columns.map(({ name }) => name).filter((name) => !hidden.includes(name))
}

/** Asks every viewer for every row: which they reach by reading, and by writing without looking. */
export async function decideRows(world: World, tables: readonly Table[], verdict: Verdict): Promise<void> {
  const subjects = known(tables)
  for (const viewer of world.viewers)
    for (const command of COMMANDS) {
      const attempts = subjects.map((subject) => ATTEMPTS[command](subject, world, viewer))
      const outcomes = await world.session.attempt(world.claims(viewer), attempts)
      for (const [place, outcome] of outcomes.entries()) {
        const subject = subjects[place]
        if (subject) judge({ world, viewer, command, subject }, outcome, verdict)
      }
    }
}

interface Question {
  readonly world: World
  readonly viewer: string | null
  readonly command: Command
  readonly subject: Subject
}

function judge({ world, viewer, command, subject }: Question, outcome: Outcome, verdict: Verdict): void {
  const { table, model } = subject
  const { error, answer, after } = outcome
  const isOpen = viewer !== null || model.open === true
  // What is written may be refused to all.
  if (error || command === 'select')
    verdict.compare(`${command} ${table.name}`, error?.code, command === 'select' && isOpen ? undefined : '42501')
  const reached = new Set(list(command === 'select' ? answer : after))
  for (const fact of world.factsOf(table.name))
    verdict.compare(
      `${relation(world, viewer, fact)}, may ${command} ${table.name}`,
      reached.has(fact.key),
      model[command](viewer, fact, world.society),
    )
}

/** What an update sets, in SQL. */
export const changes = ({ name }: Table, patch: Readonly<Record<string, unknown>>): string =>
  Object.keys(patch)
    .map((column) => `${column} = (jsonb_populate_record(null::public.${name}, ${quote(patch)})).${column}`)
    .join()

const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

const keysOf = (world: World, table: Table): string =>
  [...world.factsOf(table.name).map(({ key }) => `'${key}'`), 'null'].join()

// Which of the rows are not where they were: changed or gone.
const moved = (table: Table): string => `
  select jsonb_agg(b.key) from intruder_before as b
  where b.table_name = '${table.name}'
    and not exists (select from public.${table.name} as t where ${keyOf(table)} = b.key and t.ctid::text = b.place)`

// An admin may write all of the product's library.
const limit = (world: World, table: Table, viewer: string | null | false): string =>
  viewer !== false && world.society.isAdmin(viewer) ? `where ${keyOf(table)} in (${keysOf(world, table)})` : ''

const ATTEMPTS: Readonly<Record<Command, (subject: Subject, world: World, viewer: string | null) => Attempt>> = {
  select: ({ table }, world) => ({
    sql: `select jsonb_agg(${keyOf(table)}) from public.${table.name} as t where ${keyOf(table)} in (${keysOf(world, table)})`,
  }),
  // Without a condition: a policy for reading protects what is written only where a condition reads.
  update: ({ table, model }, world, viewer) => {
    const patch = model.patch ?? world.probe(table.name).patch
    return {
      sql: `update public.${table.name} as t set ${changes(table, patch)} ${limit(world, table, model.update === creator && viewer)}`,
      plain: true,
      after: moved(table),
    }
  },
  delete: ({ table, model }, world, viewer) => ({
    sql: `delete from public.${table.name} as t ${limit(world, table, model.delete === creator && viewer)}`,
    plain: true,
    after: moved(table),
  }),
}

/** Has every viewer read every text of every row they are after, and every column that is nobody's to read. */
export async function decideTexts(world: World, tables: readonly Table[], verdict: Verdict): Promise<void> {
  const subjects = known(tables)
  for (const viewer of world.viewers) {
    const asked = subjects.map(({ table, model }) => readAll(world, table, readable(table, model, viewer)))
    const outcomes = await world.session.attempt(world.claims(viewer), asked)
    for (const [place, outcome] of outcomes.entries()) {
      const subject = subjects[place]
      if (!subject) continue
      const isOpen = viewer !== null || subject.model.open === true
      verdict.compare(`all of ${subject.table.name} is read`, outcome.error?.code, isOpen ? undefined : '42501')
      verdict.heard(world, viewer, `reading ${subject.table.name}`, outcome)
    }
    const secrets = subjects.flatMap(({ table, model }) =>
      [...words(model.secret), ...(viewer === null ? words(model.forMembers) : [])].map(
        (column) => `${table.name}.${column}`,
      ),
    )
    const refused = await world.session.attempt(
      world.claims(viewer),
      secrets.map((name) => ({ sql: `select to_jsonb(count(${name})) from public.${name.split('.')[0]}` })),
    )
    for (const [place, { error }] of refused.entries())
      verdict.compare(`${secrets[place]} is read`, error?.code, '42501')
  }
}

function readAll(world: World, table: Table, columns: readonly string[]): Attempt {
  const list = columns.map((name) => `t.${name}`).join()
  return {
    sql: `
      select jsonb_agg(to_jsonb(r))
      from (select ${list} from public.${table.name} as t where ${keyOf(table)} in (${keysOf(world, table)})) as r`,
  }
}
