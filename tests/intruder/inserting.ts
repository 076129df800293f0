import { z } from 'zod'
import type { Table } from './catalogue.ts'
import { changes, known } from './decisions.ts'
import { about } from './model.ts'
import type { Attempt, Outcome } from './session.ts'
import { type TableModel, words } from './tables.ts'
import { relation, type Verdict } from './verdict.ts'
import { keyOf, quote, type World } from './world.ts'

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

const Raised = z.object({ code: z.string(), message: z.string(), details: z.string().nullable(), hint: z.string() })

/** A refusal without the ids in it: what must not tell whether there is somebody. */
export function faceless({ error }: Outcome): string | undefined {
  if (!error) return undefined
  const raised = error.code === 'PGRST' ? Raised.parse(JSON.parse(error.message)) : { ...error, details: error.detail }
  const { code, message, details, hint } = raised
  return [code, message, details, hint].join(' | ').replaceAll(ID, '{id}')
}

/**
 * Has every viewer insert a row that names the things of everybody, and of nobody. What is refused looks as for nobody's
 * things; what is not refused has become the viewer's own.
 */
export async function decideInserts(world: World, tables: readonly Table[], verdict: Verdict): Promise<void> {
  const owners = [undefined, ...world.society.people.keys()]
  for (const viewer of world.viewers)
    for (const { table, model } of known(tables)) {
      const attempts = owners.map((owner) => insertion(world, table, model, owner))
      const outcomes = await world.session.attempt(world.claims(viewer), attempts)
      const refusal = outcomes[0] && faceless(outcomes[0])
      for (const [place, outcome] of outcomes.entries()) {
        const owner = owners[place]
        if (owner === undefined) continue
        const fact = { ...about(owner), table: table.name }
        const may = model.insert === 'own' ? viewer !== null : model.insert(viewer, fact, world.society)
        const kind = `${relation(world, viewer, fact)}, insert into ${table.name}`
        const becomes = model.insert === 'own' ? viewer : owner
        const found = outcome.error ? faceless(outcome) : outcome.after
        if (typeof may === 'string') verdict.compare(kind, outcome.error?.code, may)
        else verdict.compare(kind, found, may ? [becomes] : refusal)
        verdict.heard(world, viewer, kind, outcome)
      }
    }
}

function insertion(world: World, table: Table, model: TableModel, owner: string | undefined): Attempt {
  const proposed =
    model.proposal === undefined ? world.probe(table.name, owner).new_row : world.row(model.proposal, owner)
  const granted = Object.keys(proposed).filter((column) => words(model.insertable).includes(column))
  const columns = granted.length > 0 ? granted : Object.keys(proposed)
  return {
    sql: `
      insert into public.${table.name} (${columns.join()})
      select ${columns.join()} from jsonb_populate_record(null::public.${table.name}, ${quote(proposed)})`,
    plain: true,
    live: true,
    after: `
      select jsonb_agg(${model.owner}) from public.${table.name} as t
      where not exists (
        select from intruder_before as b where b.table_name = '${table.name}' and b.key = ${keyOf(table)}
      )
      and (${model.owner}) in (${[...world.society.people.keys()].map((id) => `'${id}'`).join()})`,
  }
}

/** Has everybody change a row of their own into somebody else's, where the columns that say whose it is may be written. */
export async function decideGifts(world: World, tables: readonly Table[], verdict: Verdict): Promise<void> {
  for (const { table, model } of known(tables).filter((subject) => subject.model.gift !== undefined))
    for (const viewer of world.viewers) {
      const own = world.factsOf(table.name).find((fact) => fact.owner === viewer && viewer !== null)
      const others = own ? [...world.society.people.keys()].filter((id) => id !== viewer) : []
      const outcomes = await world.session.attempt(
        world.claims(viewer),
        others.map((other) => ({
          sql: `update public.${table.name} as t set ${changes(table, world.row(model.gift ?? {}, other))} where ${keyOf(table)} = '${own?.key}'`,
          plain: true,
        })),
      )
      for (const [place, { error }] of outcomes.entries()) {
        const fact = { ...about(others[place] ?? ''), table: table.name }
        // An admin may write all of the library, and nobody else gives anything away.
        const may = model.update(viewer, fact, world.society)
        verdict.compare(
          `${relation(world, viewer, fact)}, is given ${table.name}`,
          error?.code,
          may ? undefined : '42501',
        )
      }
    }
}
