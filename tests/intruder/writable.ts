import type { Table } from './catalogue.ts'
import { known } from './decisions.ts'
import type { Attempt, Session } from './session.ts'
import { words } from './tables.ts'
import type { Verdict } from './verdict.ts'

interface Trial {
  readonly name: string
  readonly isWritable: boolean
  readonly attempt: Attempt
}

const ROLES = [
  { role: 'anon', may: false },
  { role: 'authenticated', may: true },
]

/**
 * Tries to write every column there is, by insert and by update, as each role of the Data API. Postgres asks for the
 * right to a column before it looks for rows: so no row is needed, and none is written.
 */
export async function decideColumns(session: Session, tables: readonly Table[], verdict: Verdict): Promise<void> {
  const trials = known(tables).flatMap(({ table, model }) =>
    table.columns.flatMap(({ name }): readonly Trial[] => [
      {
        name: `${table.name}.${name} by insert`,
        isWritable: words(model.insertable).includes(name),
        attempt: {
          sql: `
            insert into public.${table.name} (${name})
            select (jsonb_populate_record(null::public.${table.name}, '{}')).${name} where false`,
          plain: true,
        },
      },
      {
        name: `${table.name}.${name} by update`,
        isWritable: words(model.updatable).includes(name),
        attempt: { sql: `update public.${table.name} set ${name} = default where false`, plain: true },
      },
    ]),
  )
  for (const { role, may } of ROLES) {
    const claims = { role, ...(may ? { sub: crypto.randomUUID() } : {}) }
    const outcomes = await session.attempt(
      claims,
      trials.map(({ attempt }) => attempt),
    )
    for (const [place, { error }] of outcomes.entries()) {
      const trial = trials[place]
      // What is generated is refused before anybody's right to it is asked.
      if (trial && error?.code !== GENERATED)
        verdict.compare(`${role} writes ${trial.name}`, error?.code, trial.isWritable && may ? undefined : '42501')
    }
  }
}

const GENERATED = '428C9'
