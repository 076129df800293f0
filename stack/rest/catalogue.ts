import { PostgresConnection } from '@supabase/lite/postgres'
import postgres, { type Sql } from 'postgres'
import type { Log } from '../log.ts'
import { loadRoleSettings, type RoleSettings } from './settings.ts'

/** What the Data API knows of the database's schema, in Lite's form. */
export type Schema = Awaited<ReturnType<PostgresConnection['introspect']>>

/** The schema cache and the role settings, read as a role that sees all of it, and again whenever a migration asks. */
export class Catalogue {
  readonly #options: CatalogueOptions
  readonly #sql: Sql
  readonly #reader: PostgresConnection
  #schema: Schema | undefined
  #settings: RoleSettings | undefined
  #loading: Promise<void> | undefined
  #stale = false

  constructor(options: CatalogueOptions) {
    this.#options = options
    this.#sql = postgres(options.url, {
      max: 1,
      // A question of the driver's own, which nobody could catch when a stop breaks it off.
      fetch_types: false,
      // After a crash of the server its schema shall be known again soon; the driver would wait ever longer.
      backoff: () => 0.25,
      onnotice: () => undefined,
      connection: { application_name: 'data-api' },
    })
    this.#reader = new PostgresConnection({
      url: options.url,
      postgresOptions: { max: 2, idle_timeout: 5, onnotice: () => undefined },
    })
  }

  /** Reads everything once, and from then on whenever the channel `pgrst` says so. Rejects when the database is not there. */
  async start(): Promise<void> {
    await this.#load()
    await this.#sql.listen(
      'pgrst',
      () => this.#reload(),
      () => this.#reload(),
    )
  }

  async stop(): Promise<void> {
    await Promise.all([this.#sql.end({ timeout: 1 }), this.#reader.driver.end({ timeout: 1 })])
    await this.#loading?.catch(() => undefined)
  }

  get schema(): Schema {
    if (!this.#schema) throw new Error('The catalogue has not been read yet.')
    return this.#schema
  }

  get settings(): RoleSettings {
    if (!this.#settings) throw new Error('The catalogue has not been read yet.')
    return this.#settings
  }

  /** What may be done with a view, for the answer to `OPTIONS`. */
  viewOptions(name: string, schema: string): ReturnType<PostgresConnection['viewOptionsMetadata']> {
    return this.#reader.viewOptionsMetadata(name, schema)
  }

  // A migration notifies once for each statement: what comes while one reading is under way is answered by one more.
  #reload(): void {
    if (this.#loading) {
      this.#stale = true
      return
    }
    this.#loading = this.#load()
      .then(this.#options.onReload)
      .catch((cause: unknown) => this.#options.log.error('the schema could not be read', { cause: String(cause) }))
      .finally(() => {
        this.#loading = undefined
        if (!this.#stale) return
        this.#stale = false
        this.#reload()
      })
  }

  async #load(): Promise<void> {
    const [schema, settings] = await Promise.all([this.#reader.introspect(), loadRoleSettings(this.#sql)])
    // Lite answers an empty schema where its own query failed.
    if (!schema.timezones) throw new Error('The database could not be introspected.')
    this.#schema = exposed(schema, this.#options.schemas)
    this.#settings = settings
  }
}

interface CatalogueOptions {
  readonly url: string
  /** The schemas of `config.toml`'s `[api]`; nothing outside them is known to the Data API. */
  readonly schemas: readonly string[]
  readonly log: Log
  /** Called after each reading but the first. */
  readonly onReload: () => void
}

function exposed(schema: Schema, schemas: readonly string[]): Schema {
  const only = <T extends { readonly schema: string }>(all: readonly T[]): T[] =>
    all.filter((one) => schemas.includes(one.schema))
  return {
    ...schema,
    tables: only(schema.tables),
    views: only(schema.views),
    columns: only(schema.columns),
    // A row has one partner where a constraint says so; an index may be unique for some of the rows alone.
    indexes: only(schema.indexes).map((index) => ({ ...index, unique: false })),
    primary_keys: only(schema.primary_keys),
    foreign_keys: only(schema.foreign_keys),
    check_constraints: only(schema.check_constraints),
    unique_constraints: only(schema.unique_constraints),
    comments: only(schema.comments),
    functions: only(schema.functions ?? []),
    partitions: only(schema.partitions ?? []),
    default_schema: schemas[0] ?? 'public',
  }
}
