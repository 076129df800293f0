import type pg from 'pg'
import { z } from 'zod'
import type { Identity } from '../credentials.ts'
import type { Column, RowChange, Tuple } from '../replication/pgoutput.ts'
import { type Binding, BindingError, describeBinding } from './binding.ts'

/** What a change looks like to those who asked the same way; `asks` are their positions in the question. */
const View = z.object({
  asks: z.array(z.int()),
  columns: z.string().nullable(),
  record: z.string().nullable(),
  old_record: z.string().nullable(),
  errors: z.array(z.string()).nullable(),
  restricted: z.boolean(),
})
/** What the readers of one role see of a change, and which of the questions it answers. */
export type View = Readonly<z.infer<typeof View>>

/** A question about a change: who wants to know, and what. */
export interface Ask {
  readonly identity: Identity
  readonly binding: Pick<Binding, 'filters' | 'select'>
}

const PUBLISHED = `select format('%I.%I', schemaname, tablename)::regclass::oid as entity
  from pg_publication_tables
  where pubname = $1 and ($2 = '*' or schemaname = $2) and ($3 = '*' or tablename = $3)`

/** Asks the database what a change means to whom: types, filters, privileges and policies are its business. */
export class ChangeEvaluator {
  readonly #pool: pg.Pool
  readonly #publication: string

  constructor(pool: pg.Pool, publication: string) {
    this.#pool = pool
    this.#publication = publication
  }

  /** Rejects with a `BindingError` when `identity` cannot subscribe to `binding`. */
  async check(binding: Binding, identity: Identity): Promise<void> {
    const { schema, table, filters, select } = binding
    try {
      const { rows } = await this.#pool.query<{ entity: number }>(PUBLISHED, [this.#publication, schema, table])
      if (rows.length === 0)
        throw new BindingError(
          `Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the given connect parameters: ${describeBinding(binding)}`,
        )
      for (const { entity } of rows)
        await this.#pool.query('select realtime.check_subscription($1, $2, $3, $4)', [
          entity,
          identity.role,
          JSON.stringify(filters),
          select,
        ])
    } catch (cause) {
      if (cause instanceof BindingError) throw cause
      throw new BindingError(
        `Unable to subscribe to changes with given parameters. An exception happened so please check your connect parameters: ${describeBinding(binding)}. Exception: ${describeException(cause)}`,
      )
    }
  }

  /** The views of a change that the asks have; one that it does not satisfy has none. Rejects with the database's error. */
  async describe(change: RowChange, asks: readonly Ask[]): Promise<View[]> {
    const { newValues, oldValues } = valuesOf(change)
    const questions = asks.map(({ identity, binding }) => ({ role: identity.role, ...binding }))
    const { rows } = await this.#pool.query({
      name: 'realtime-describe-change',
      text: 'select * from realtime.describe_change($1, $2, $3, $4, $5)',
      values: [
        change.relation.oid,
        change.kind.toUpperCase(),
        JSON.stringify(newValues),
        JSON.stringify(oldValues),
        JSON.stringify(questions),
      ],
    })
    return z.array(View).parse(rows)
  }

  /** Which of the claims, all of one role, may see the new row. Rejects with the database's error. */
  async visibleTo(change: RowChange, role: string, claims: readonly string[]): Promise<readonly boolean[]> {
    const { rows } = await this.#pool.query<{ visible: boolean[] }>({
      name: 'realtime-visible-to',
      text: 'select realtime.visible_to($1, $2, $3, $4) as visible',
      values: [change.relation.oid, JSON.stringify(valuesOf(change).newValues), role, claims],
    })
    return rows[0]?.visible ?? []
  }
}

type Values = Readonly<Record<string, string | null>>

/**
 * The new row, and of the old one what the replica identity keeps. The WAL leaves out large values that did not change
 * and, in updates that leave the key alone, the old key.
 */
function valuesOf(change: RowChange): { readonly newValues: Values; readonly oldValues: Values } {
  const { columns } = change.relation
  const wholeOldRow = change.oldIsKey ? undefined : change.oldRow
  const newValues = { ...(change.row ? pick(columns, change.row, wholeOldRow) : {}) }
  if (change.kind === 'insert') return { newValues, oldValues: {} }
  const identity = columns.filter((column) => column.key)
  const old = change.oldRow ? pick(columns, change.oldRow) : newValues
  const oldValues = Object.fromEntries(identity.flatMap(({ name }) => (name in old ? [[name, old[name] ?? null]] : [])))
  return { newValues, oldValues }
}

function pick(columns: readonly Column[], tuple: Tuple, fallback?: Tuple): Values {
  return Object.fromEntries(
    columns.flatMap(({ name }, index) => {
      const value = tuple[index] === undefined ? fallback?.[index] : tuple[index]
      return value === undefined ? [] : [[name, value === null ? null : value.toString('utf8')]]
    }),
  )
}

const Exception = z.object({ code: z.string(), message: z.string() })
const CONDITION_NAMES: Readonly<Record<string, string>> = {
  P0001: 'raise_exception',
  '22P02': 'invalid_text_representation',
  '42883': 'undefined_function',
}

function describeException(cause: unknown): string {
  const { data } = Exception.safeParse(cause)
  if (!data) return String(cause)
  const condition = CONDITION_NAMES[data.code]
  return `ERROR ${data.code}${condition ? ` (${condition})` : ''} ${data.message}`
}
