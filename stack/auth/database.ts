import pg from 'pg'

const POOL_SIZE = 10
const CONNECT_TIMEOUT_MS = 5_000

/** Where statements run: any connection, or the one of a transaction. */
export interface Sql {
  /** The rows of one statement. */
  all<R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<R[]>
  /** The first row of one statement, if there is one. */
  first<R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<R | undefined>
}

/** Auth's connections. A server that goes away costs the requests of that moment and nothing after it is back. */
export class Database implements Sql {
  readonly #pool: pg.Pool

  constructor(connectionString: string, onError: (cause: Error) => void) {
    this.#pool = new pg.Pool({ connectionString, max: POOL_SIZE, connectionTimeoutMillis: CONNECT_TIMEOUT_MS })
    // An idle connection that breaks has been dropped from the pool already; unheard, the event would end the process.
    this.#pool.on('error', onError)
  }

  all<R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<R[]> {
    return statements(this.#pool).all(text, values)
  }

  first<R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<R | undefined> {
    return statements(this.#pool).first(text, values)
  }

  /** Runs `work` in one transaction. Rolls back and rejects with what `work` threw. */
  async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    let failure: Error | undefined
    // Without a listener a connection that breaks between two statements would end the process.
    const onError = (cause: Error): void => {
      failure = cause
    }
    client.on('error', onError)
    try {
      await client.query('begin')
      const result = await work(statements(client))
      await client.query('commit')
      return result
    } catch (cause) {
      await client.query('rollback').catch((broken: Error) => {
        failure = broken
      })
      throw cause
    } finally {
      client.off('error', onError)
      client.release(failure)
    }
  }

  /** Closes every connection once its statement has ended. */
  async end(): Promise<void> {
    await this.#pool.end()
  }
}

function statements(runner: Pick<pg.Pool | pg.PoolClient, 'query'>): Sql {
  const all = async <R extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<R[]> =>
    (await runner.query<R>(text, [...values])).rows
  return { all, first: async (text, values) => (await all<never>(text, values))[0] }
}

/** Whether `cause` says that the database could not be reached, so that the same request may pass a moment later. */
export function isUnreachable(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  return (
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', '57P01', '57P02', '57P03'].includes(code) ||
    code.startsWith('08') ||
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
      cause.message,
    )
  )
}

/** The SQLSTATE that a statement was refused with, if `cause` is such a refusal. */
export function sqlState(cause: unknown): string | undefined {
  return cause instanceof pg.DatabaseError ? cause.code : undefined
}

/** The constraint that a statement was refused for, if `cause` is such a refusal. */
export function violatedConstraint(cause: unknown): string | undefined {
  return cause instanceof pg.DatabaseError ? cause.constraint : undefined
}
