import postgres from 'postgres'
import type { Caller } from './caller.ts'
import { StorageProblem } from './errors.ts'

/** A row of `storage.buckets`. */
export interface Bucket {
  readonly id: string
  readonly name: string
  readonly public: boolean
  readonly file_size_limit: number | null
  readonly allowed_mime_types: string[] | null
}

/** A row of `storage.objects`, as far as the API needs it. */
export interface StoredObject {
  readonly id: string
  readonly bucket_id: string
  readonly name: string
  readonly version: string
  readonly metadata: ObjectMetadata
  readonly user_metadata: Record<string, unknown> | null
  readonly created_at: Date
  readonly updated_at: Date
}

/** What the API keeps about an object's bytes. */
export interface ObjectMetadata {
  readonly eTag: string
  readonly size: number
  readonly mimetype: string
  readonly cacheControl: string
  readonly lastModified: string
  readonly contentLength: number
  readonly httpStatusCode: number
}

class RolledBack extends Error {}

/** The transactions of the Storage API: as a caller under row-level security, or as the owner of the tables. */
export class StorageDatabase {
  readonly #sql: postgres.Sql

  constructor(url: string) {
    this.#sql = postgres(url, { max: 10, onnotice: () => undefined, types: { bigint: BIGINT } })
  }

  /** Runs `work` as the caller, whose policies see the claims and the `operation`. */
  async asCaller<T>(caller: Caller, operation: string, work: (sql: postgres.TransactionSql) => Promise<T>): Promise<T> {
    const outcome = await this.#sql.begin(async (sql) => {
      await sql`
        select
          set_config('role', ${caller.role}, true),
          set_config('request.jwt.claims', ${JSON.stringify(caller.claims)}, true),
          set_config('request.jwt.claim.sub', ${caller.owner ?? ''}, true),
          set_config('request.jwt.claim.role', ${caller.role}, true),
          set_config('storage.operation', ${operation}, true),
          set_config('storage.allow_delete_query', 'true', true),
          set_config('search_path', 'storage, public, extensions', true)`
      return { value: await work(sql) }
    })
    return outcome.value
  }

  /** Whether the caller may do `work`, which is undone. Rejects with the database's refusal. */
  async probe(
    caller: Caller,
    operation: string,
    work: (sql: postgres.TransactionSql) => Promise<unknown>,
  ): Promise<void> {
    try {
      await this.asCaller(caller, operation, async (sql) => {
        await work(sql)
        throw new RolledBack()
      })
    } catch (cause) {
      if (!(cause instanceof RolledBack)) throw cause
    }
  }

  /** Runs `work` as the owner of the tables, whom no policy binds. */
  async asOwner<T>(work: (sql: postgres.TransactionSql) => Promise<T>): Promise<T> {
    const outcome = await this.#sql.begin(async (sql) => {
      await sql`select set_config('storage.allow_delete_query', 'true', true)`
      return { value: await work(sql) }
    })
    return outcome.value
  }

  /** The bucket, whoever asks. Rejects with NoSuchBucket. */
  async bucket(id: string): Promise<Bucket> {
    const [bucket] = await this.#sql<Bucket[]>`
      select id, name, public, file_size_limit, allowed_mime_types from storage.buckets where id = ${id}`
    if (!bucket) throw new StorageProblem('NoSuchBucket')
    return bucket
  }

  /** The versions that rows name. */
  async versions(): Promise<ReadonlySet<string>> {
    const rows = await this.#sql<{ version: string }[]>`
      select version from storage.objects where version is not null`
    return new Set(rows.map((row) => row.version))
  }

  async close(): Promise<void> {
    // Long enough for a connection that is being made: the driver then asks for types, and nobody could catch that failing.
    await this.#sql.end({ timeout: 20 })
  }
}

/** Finds one object among those that the transaction's role may see. Rejects with NoSuchKey, for a row without bytes too. */
export async function findObject(sql: postgres.TransactionSql, bucket: string, name: string): Promise<StoredObject> {
  const [object] = await sql<StoredObject[]>`
    select id, bucket_id, name, version, metadata, user_metadata, created_at, updated_at
    from storage.objects
    where bucket_id = ${bucket} and name = ${name} and version is not null and metadata is not null`
  if (!object) throw new StorageProblem('NoSuchKey')
  return object
}

// Sizes are far below what a double holds exactly.
const BIGINT = {
  to: 20,
  from: [20],
  serialize: (value: number) => String(value),
  parse: (value: string) => Number(value),
}
