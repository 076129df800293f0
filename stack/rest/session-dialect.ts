import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import { isDatabaseError, RestError } from './errors.ts'
import type { Result, Session } from './session.ts'

const COUNTED = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])
const JSON_ARGUMENT = /" := \$(\d+)::jsonb?\b/g
const QUOTED_OR_ARGUMENT = /"(?:[^"]|"")*"|'(?:[^']|'')*'|(?<=[(,]\s*(?:variadic )?)([a-z_]\w*) := /gi

/** A Kysely dialect whose every statement goes to the session that `current` names at that moment, or throws. */
export function sessionDialect(current: () => Session): Dialect {
  const connection = new SessionConnection(current)
  const driver: Driver = {
    init: async () => undefined,
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    beginTransaction: unsupported,
    commitTransaction: unsupported,
    rollbackTransaction: unsupported,
    destroy: async () => undefined,
  }
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => driver,
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
}

class SessionConnection implements DatabaseConnection {
  readonly #current: () => Session

  constructor(current: () => Session) {
    this.#current = current
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const text = withQuotedArguments(withDefaults(query.sql))
    if (!returnsRows(query)) {
      const { command, count, rows } = await this.#send<R>(text, query.parameters)
      return COUNTED.has(command) ? { numAffectedRows: BigInt(count), rows } : { rows }
    }
    const { rows } = await this.#send<{ readonly row: R }>(asJson(text), query.parameters)
    return { rows: rows.map(({ row }) => row) }
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query)
  }

  async #send<R>(text: string, parameters: readonly unknown[]): Promise<Result<R>> {
    try {
      return await this.#current().query<R>(text, withJsonArguments(text, parameters))
    } catch (cause) {
      if (isDatabaseError(cause)) throw cause
      // The driver could not write a value as the type that the database expects of it.
      throw new RestError(400, { code: '22P02', message: 'invalid input: a value does not fit the type of its column' })
    }
  }
}

function returnsRows({ query }: CompiledQuery): boolean {
  return query.kind === 'SelectQueryNode' || ('returning' in query && query.returning !== undefined)
}

// Postgres itself makes the JSON of a row, as it does for PostgREST: nothing else knows every type.
function asJson(text: string): string {
  return `with _row as (${text}) select to_json(_row) as row from _row`
}

// Lite writes rows without a column in a way that is no SQL.
function withDefaults(text: string): string {
  const [insert, into, rows] = /^(insert into \S+) \(\) values (\(\)(?:, \(\))*)/.exec(text) ?? []
  if (insert === undefined || into === undefined || rows === undefined) return text
  return `${into} select from generate_series(1, ${rows.split(',').length})${text.slice(insert.length)}`
}

// Lite writes the names of a function's arguments bare, and a function may call one of them limit. Quoted text stays as it
// is: an alias is a client's choice, and a quote put into it would end it.
function withQuotedArguments(text: string): string {
  return text.replace(QUOTED_OR_ARGUMENT, (all, name: string | undefined) =>
    name === undefined ? all : `"${name}" := `,
  )
}

async function unsupported(): Promise<void> {
  throw new Error('A request has one transaction, which Lite does not end.')
}

// Lite writes lists and objects as their text, which would be a text within JSON.
function withJsonArguments(text: string, parameters: readonly unknown[]): readonly unknown[] {
  const places = new Set(Array.from(text.matchAll(JSON_ARGUMENT), ([, number]) => Number(number) - 1))
  return places.size === 0 ? parameters : parameters.map((value, n) => (places.has(n) ? structureOf(value) : value))
}

function structureOf(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
