import { z } from 'zod'
import { Row } from '../access/read-matrix.ts'
import type { Table } from './catalogue.ts'
import { known, readable } from './decisions.ts'
import { faceless } from './inserting.ts'
import { about, type Fact } from './model.ts'
import { Outcome } from './session.ts'
import { type TableModel, words } from './tables.ts'
import { relation, type Verdict } from './verdict.ts'
import { askAll, LET_THROUGH, once, type Wire } from './wire.ts'
import type { World } from './world.ts'

export const Rows = z.array(Row)

/** An answer of the Data API as the intruder's tests compare it. */
interface Answer {
  readonly data: unknown
  readonly error: {
    readonly code: string
    readonly message: string
    readonly details: string
    readonly hint: string
  } | null
  readonly status: number
}

/** What came of a request, in the words of an attempt in SQL. */
export function outcomeOf({ data, error }: Answer): Outcome {
  if (error === null) return { answer: data }
  const { code, message, details, hint } = error
  return Outcome.parse({ error: { code, message, detail: details, hint } })
}

/** The name of a row, as the world names it. */
export const nameOf = ({ key }: Table, row: Readonly<Record<string, unknown>>): string =>
  key.map((column) => String(row[column])).join('/')

/** A filter that finds these rows and no others, in PostgREST's words. */
export function named({ key }: Table, facts: readonly Fact[]): string {
  const one = (fact: Fact): string => {
    const values = fact.key.split('/')
    return `and(${key.map((column, place) => `${column}.eq."${values[place]}"`).join()})`
  }
  // No row is named so; a filter without an alternative would be an error.
  return facts.length > 0 ? facts.map(one).join() : `${key[0]}.is.null`
}

/** Has every viewer read every table: the rows that come are those of the model, and so is every text in them. */
export async function decideReads({ world, tables, client }: Asked, verdict: Verdict): Promise<void> {
  await askAll(questions(world, tables), async ({ viewer, table, model }) => {
    const facts = world.factsOf(table.name)
    const answer = await client(viewer)
      .from(table.name)
      .select(readable(table, model, viewer).join())
      .or(named(table, facts))
    const isOpen = viewer !== null || model.open === true
    verdict.compare(`select ${table.name} over HTTP`, answer.error?.code, isOpen ? undefined : '42501')
    verdict.compare(`select ${table.name} over HTTP, status`, answer.status, isOpen ? 200 : 401)
    const reached = new Set(Rows.parse(answer.data ?? []).map((row) => nameOf(table, row)))
    for (const fact of facts)
      verdict.compare(
        `${relation(world, viewer, fact)}, reads ${table.name} over HTTP`,
        reached.has(fact.key),
        model.select(viewer, fact, world.society),
      )
    verdict.heard(world, viewer, `reading ${table.name} over HTTP`, outcomeOf(answer))
    if (readable(table, model, viewer).length < table.columns.length) {
      const all = await client(viewer).from(table.name).select('*')
      verdict.compare(`all columns of ${table.name} over HTTP`, all.error?.code, '42501')
    }
  })
}

/**
 * Has every viewer change and delete, over HTTP, what the model forbids, which reaches no row; and what it allows, which
 * reaches all of it: a request for a single row says how many there would have been.
 */
export async function decideWrites({ world, tables, client }: Asked, verdict: Verdict): Promise<void> {
  await askAll(questions(world, tables), async ({ viewer, table, model, turn }) => {
    const command = turn % 2 === 0 ? 'update' : 'delete'
    // Whoever names rows in a condition reads them.
    const reaches = (fact: Fact): boolean =>
      model[command](viewer, fact, world.society) && model.select(viewer, fact, world.society)
    const allowed = world.factsOf(table.name).filter(reaches)
    const forbidden = world.factsOf(table.name).filter((fact) => !allowed.includes(fact))
    const patch = model.patch ?? world.probe(table.name).patch
    for (const facts of [forbidden, allowed]) {
      if (facts.length === 0) continue
      const from = client(viewer).from(table.name)
      const request = command === 'update' ? from.update(patch) : from.delete()
      const { error } = await request.or(named(table, facts)).select(table.key.join()).single()
      const kind = `${viewer === null ? 'nobody' : world.society.people.get(viewer)?.account}, ${command} of ${table.name} over HTTP`
      const expected = facts === allowed ? allowed.length : 0
      if (facts === allowed && command === 'delete' && error?.code === model.kept) continue
      // Without the right to the table no row is looked for.
      verdict.compare(kind, error?.code === '42501' ? 0 : affected(error), expected)
    }
  })
}

// One row is let through; for any other number a single one cannot be answered, and the details say how many there are.
const affected = (error: Answer['error']): unknown => {
  if (error?.code === LET_THROUGH) return 1
  return error?.code === 'PGRST116' ? Number(/\d+/.exec(error.details)?.[0]) : error?.code
}

/** Has every viewer insert, over HTTP, what names their own things, somebody else's and nobody's. */
export async function decideInsertions(asked: Asked, verdict: Verdict): Promise<void> {
  const { world, tables, client } = asked
  const third = questions(world, tables).filter(({ turn }) => turn % 3 === 0)
  await askAll(third, async ({ viewer, table, model }) => {
    const insert = async (owner: string | undefined): Promise<Outcome> => {
      const proposed =
        model.proposal === undefined ? world.probe(table.name, owner).new_row : world.row(model.proposal, owner)
      const granted = Object.entries(proposed).filter(([column]) => words(model.insertable).includes(column))
      const row = granted.length > 0 ? Object.fromEntries(granted) : proposed
      return outcomeOf(await client(viewer).from(table.name).insert(row))
    }
    const refusal = once(async () => faceless(await insert(undefined)))
    for (const owner of owners(world, viewer, table.name.length)) {
      const fact = { ...about(owner), table: table.name }
      const may = model.insert === 'own' ? viewer !== null : model.insert(viewer, fact, world.society)
      const outcome = await insert(owner)
      const kind = `${relation(world, viewer, fact)}, insert into ${table.name} over HTTP`
      if (typeof may === 'string') verdict.compare(kind, outcome.error?.code, may)
      else if (may) verdict.compare(kind, outcome.error?.code, LET_THROUGH)
      else verdict.compare(kind, faceless(outcome), await refusal())
      verdict.heard(world, viewer, kind, outcome)
    }
  })
}

/** The viewer, and one of the others; who, is left to `turn`. */
export function owners(world: World, viewer: string | null, turn: number): readonly string[] {
  const others = [...world.society.people.keys()].filter((id) => id !== viewer)
  const start = turn % others.length
  return [...(viewer === null ? [] : [viewer]), ...[...others.slice(start), ...others].slice(0, 1)]
}

/** What a question over HTTP needs of the wire. */
export type Asked = Pick<Wire, 'world' | 'tables'> & { readonly client: Wire['client'] }

interface Question {
  readonly viewer: string | null
  readonly table: Table
  readonly model: TableModel
  /** By which the one or the other is asked where all of it would take too long. */
  readonly turn: number
}

const questions = (world: World, tables: readonly Table[]): readonly Question[] =>
  world.viewers.flatMap((viewer, one) =>
    known(tables).map(({ table, model }, other) => ({ viewer, table, model, turn: one + other })),
  )
