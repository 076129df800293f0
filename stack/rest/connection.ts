import { AsyncLocalStorage } from 'node:async_hooks'
import { type AnyAST, type ConnectionContextOptions, fuzzyMatch, type VarsContext } from '@supabase/lite'
import { PostgresConnection } from '@supabase/lite/postgres'
import { Kysely } from 'kysely'
import type { Catalogue, Schema } from './catalogue.ts'
import { databaseFailure, isDatabaseError, RestError } from './errors.ts'
import type { Exchange } from './exchange.ts'
import type { Session } from './session.ts'
import { sessionDialect } from './session-dialect.ts'
import type { SessionPool } from './session-pool.ts'
import { runTransaction } from './transaction.ts'

// Lite answers an error of this wording without writing it to the console; its answer is then replaced.
const ABANDONED = 'Invalid JSON body: the request has failed already'

/**
 * Lite's way to the database, with PostgREST's manners: one transaction for each request, opened and closed in one round
 * trip each, as the role that the token names; no grant is ever touched. A request is run inside `within`.
 */
export class RestConnection extends PostgresConnection {
  readonly #catalogue: Catalogue
  readonly #pool: SessionPool
  readonly #exchanges = new AsyncLocalStorage<Exchange>()

  constructor(catalogue: Catalogue, pool: SessionPool) {
    super({})
    this.#catalogue = catalogue
    this.#pool = pool
    this.kysely = new Kysely({ dialect: sessionDialect(() => this.#session()) })
  }

  /** Runs `work` for one request: everything that it asks of this connection is asked for `exchange`. */
  within<T>(exchange: Exchange, work: () => Promise<T>): Promise<T> {
    return this.#exchanges.run(exchange, work)
  }

  /** The request that is being answered. Throws outside of `within`. */
  get exchange(): Exchange {
    const exchange = this.#exchanges.getStore()
    if (!exchange) throw new Error('No request is being answered here.')
    return exchange
  }

  override async introspect(): Promise<Schema> {
    return this.#catalogue.schema
  }

  // Lite would print each unknown table as an error of its own.
  override async onPostgrestAST(ast: AnyAST): Promise<AnyAST> {
    const name = ast.from
    if (name === undefined) return ast
    const { tables, views, default_schema: standard = 'public' } = this.#catalogue.schema
    const schema = ast.schema ?? standard
    const names = [...tables, ...views]
      .filter((relation) => relation.schema === schema)
      .map((relation) => relation.name)
    if (names.includes(name)) return ast
    const similar = fuzzyMatch(name, names)
    return this.#abandon(
      new RestError(404, {
        code: 'PGRST205',
        message: `Could not find the table '${schema}.${name}' in the schema cache`,
        hint: similar === null ? null : `Perhaps you meant the table '${schema}.${similar}'`,
      }),
    )
  }

  override async withContext<T>(
    _vars: VarsContext | undefined,
    work: (db: Kysely<unknown>) => Promise<T>,
    _options?: ConnectionContextOptions,
  ): Promise<T> {
    const { exchange } = this
    try {
      return await this.#pool.lend(async (session) => {
        exchange.session = session
        const { settings } = this.#catalogue
        const { result, overrides } = await runTransaction(session, exchange.settings, settings, () =>
          work(this.kysely),
        )
        exchange.overrides = overrides
        return result
      })
    } catch (cause) {
      // What Lite itself found wrong with the request it knows best how to answer.
      if (!isDatabaseError(cause)) throw cause
      return this.#abandon(databaseFailure(cause, exchange.settings.role !== 'anon'))
    } finally {
      exchange.session = undefined
    }
  }

  /** Notes what Lite can only call a failure of the server; Lite prints what this returns. */
  override normalizeDbError(cause: unknown): unknown {
    this.exchange.unexplained = cause
    return `${this.exchange.settings.path}: ${cause instanceof Error ? cause.message : String(cause)}`
  }

  override viewOptionsMetadata(name: string, schema: string): ReturnType<PostgresConnection['viewOptionsMetadata']> {
    return this.#catalogue.viewOptions(name, schema)
  }

  override async close(): Promise<void> {
    await this.#pool.close()
  }

  #session(): Session {
    const { exchange } = this
    if (!exchange.session) throw new Error('A statement outside of the transaction of its request.')
    exchange.queried = true
    return exchange.session
  }

  #abandon(failure: RestError): never {
    this.exchange.failure = failure
    throw new Error(ABANDONED)
  }
}
