import { z } from 'zod'
import type { StackConfig } from '../config.ts'
import type { Caller } from './caller.ts'
import type { Bucket, StorageDatabase } from './database.ts'
import { StorageProblem } from './errors.ts'
import type { ObjectFiles } from './files.ts'
import { bucketName, uuidOf } from './keys.ts'

const Size = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d+(\.\d+)?(gb|mb|kb|b)$/i)
    .transform((text) => {
      const factor = { gb: 1e9, mb: 1e6, kb: 1e3 }
      const unit = Object.entries(factor).find(([name]) => text.toLowerCase().endsWith(name))
      return Math.floor(Number.parseFloat(text) * (unit?.[1] ?? 1))
    }),
])
const Settings = z.object({
  public: z.boolean().optional(),
  file_size_limit: Size.nullish(),
  allowed_mime_types: z.array(z.string()).nullish(),
})

/** The body of a request that creates a bucket. */
export const NewBucket = Settings.extend({
  id: z.string().optional(),
  name: z.string(),
  type: z.literal('STANDARD').optional(),
})
/** The body of a request that changes one. */
export const BucketChange = Settings
/** The query of a request for all buckets. */
export const BucketQuery = z.object({
  limit: z.coerce.number().int().min(1).default(100),
  offset: z.coerce.number().int().min(0).default(0),
  sortColumn: z.enum(['id', 'name', 'created_at', 'updated_at']).default('name'),
  sortOrder: z.enum(['asc', 'desc']).default('asc'),
  search: z.string().default(''),
})

/** The buckets, each operation with the rights that policies on `storage.buckets` give its caller. */
export class Buckets {
  readonly #database: StorageDatabase
  readonly #files: ObjectFiles
  /** The largest object that any bucket takes. */
  readonly #largest: number

  constructor(database: StorageDatabase, files: ObjectFiles, largest: number) {
    this.#database = database
    this.#files = files
    this.#largest = largest
  }

  /** Those that the caller may see. */
  list(caller: Caller, query: z.infer<typeof BucketQuery>): Promise<readonly Bucket[]> {
    return this.#database.asCaller(caller, 'storage.bucket.list', async (sql) => {
      const order = query.sortOrder === 'desc' ? sql`desc` : sql`asc`
      return sql<Bucket[]>`
        select id, name, public, owner, type, created_at, updated_at, file_size_limit, allowed_mime_types
        from storage.buckets where starts_with(lower(name), lower(${query.search}))
        order by ${sql(query.sortColumn)} ${order} limit ${query.limit} offset ${query.offset}`
    })
  }

  /** One of them. Rejects with NoSuchBucket when the caller may not see it. */
  async get(caller: Caller, id: string): Promise<Bucket> {
    const [bucket] = await this.#database.asCaller(
      caller,
      'storage.bucket.get',
      (sql) => sql<Bucket[]>`
        select id, name, public, owner, type, created_at, updated_at, file_size_limit, allowed_mime_types
        from storage.buckets where id = ${id}`,
    )
    if (!bucket) throw new StorageProblem('NoSuchBucket')
    return bucket
  }

  /** Creates one. Rejects with InvalidBucketName, EntityTooLarge, KeyAlreadyExists or AccessDenied. */
  async create(caller: Caller, bucket: z.infer<typeof NewBucket>): Promise<void> {
    bucketName(bucket.name)
    bucketName(bucket.id ?? bucket.name)
    this.#checkLimit(bucket.file_size_limit)
    await this.#database.asCaller(
      caller,
      'storage.bucket.create',
      (sql) => sql`
        insert into storage.buckets (id, name, owner, owner_id, public, file_size_limit, allowed_mime_types)
        values (
          ${bucket.id ?? bucket.name}, ${bucket.name}, ${uuidOf(caller.owner)}, ${caller.owner ?? null},
          ${bucket.public ?? false}, ${bucket.file_size_limit ?? null}, ${bucket.allowed_mime_types ?? null}
        )`,
    )
  }

  /** Changes what `change` names and leaves the rest. Rejects as `create`, or with NoSuchBucket. */
  async update(caller: Caller, id: string, change: z.infer<typeof BucketChange>): Promise<void> {
    this.#checkLimit(change.file_size_limit)
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    if (Object.keys(given).length === 0) throw new StorageProblem('InvalidRequest', 'No content provided')
    const changed = await this.#database.asCaller(
      caller,
      'storage.bucket.update',
      (sql) => sql`update storage.buckets set ${sql(given)}, updated_at = now() where id = ${id} returning id`,
    )
    if (changed.length === 0) throw new StorageProblem('NoSuchBucket')
  }

  /** Deletes an empty one. Rejects with ResourceNotEmpty or NoSuchBucket. */
  async remove(caller: Caller, id: string): Promise<void> {
    await this.#database.asOwner(async (sql) => {
      const [object] = await sql`select from storage.objects where bucket_id = ${id} limit 1`
      if (object) throw new StorageProblem('ResourceNotEmpty')
    })
    const deleted = await this.#database.asCaller(
      caller,
      'storage.bucket.delete',
      (sql) => sql`delete from storage.buckets where id = ${id} returning id`,
    )
    if (deleted.length === 0) throw new StorageProblem('NoSuchBucket')
  }

  /** Deletes those objects of a bucket that the caller may delete. Rejects with NoSuchBucket. */
  async empty(caller: Caller, id: string): Promise<void> {
    await this.get(caller, id)
    const deleted = await this.#database.asCaller(
      caller,
      'storage.bucket.empty',
      (sql) => sql<{ version: string }[]>`delete from storage.objects where bucket_id = ${id} returning version`,
    )
    await this.#files.remove(deleted.map((object) => object.version))
  }

  /** Creates the buckets of `config.toml`, or changes them to what it says; the file rules over what was there. */
  async seed(buckets: StackConfig['storage']['buckets']): Promise<void> {
    await this.#database.asOwner(async (sql) => {
      for (const [id, bucket] of Object.entries(buckets))
        await sql`
          insert into storage.buckets as known (id, name, public, file_size_limit, allowed_mime_types)
          values (
            ${bucketName(id)}, ${id}, ${bucket.public}, ${bucket.file_size_limit ?? null},
            ${bucket.allowed_mime_types ?? null}
          )
          on conflict (id) do update set
            public = excluded.public,
            file_size_limit = excluded.file_size_limit,
            allowed_mime_types = excluded.allowed_mime_types,
            updated_at = now()`
    })
  }

  #checkLimit(limit: number | null | undefined): void {
    if ((limit ?? 0) > this.#largest) throw new StorageProblem('EntityTooLarge')
  }
}
