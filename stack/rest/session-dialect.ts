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
import type { Session } from './session.ts'

const COUNTED = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

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
    const { command, count, rows } = await this.#current()
      .query<R>(query.sql, query.parameters)
      .catch((cause: unknown) => {
        if (isDatabaseError(cause)) throw cause
        // The driver could not write a value as the type that the database expects of it.
        throw new RestError(400, {
          code: '22P02',
          message: 'invalid input: a value does not fit the type of its column',
        })
      })
    return COUNTED.has(command) ? { numAffectedRows: BigInt(count), rows } : { rows }
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query)
  }
}

async function unsupported(): Promise<void> {
  throw new Error('A request has one transaction, which Lite does not end.')
}
