import type postgres from 'postgres'
import type { Caller } from './caller.ts'
import { findObject, type ObjectMetadata, type StorageDatabase, type StoredObject } from './database.ts'
import { StorageProblem } from './errors.ts'
import type { ObjectFiles, Written } from './files.ts'
import { uuidOf } from './keys.ts'
import type { Upload } from './upload.ts'

/** Where an object is. */
export interface Place {
  readonly bucket: string
  readonly name: string
}

/** How an object is written: by whom, and whether over one that is there. */
export interface Write {
  readonly owner: string | undefined
  readonly upsert: boolean
}

interface NewRow extends Place, Write {
  readonly version: string
  readonly metadata: Partial<ObjectMetadata>
  readonly userMetadata: Record<string, unknown> | undefined
}

/** Writes, copies, moves and deletes objects: rows by the caller's rights, bytes when the rows allow it. */
export class Objects {
  readonly #database: StorageDatabase
  readonly #files: ObjectFiles

  constructor(database: StorageDatabase, files: ObjectFiles) {
    this.#database = database
    this.#files = files
  }

  /** Whether the caller may write there, asked before any byte is taken. Rejects with the refusal. */
  async mayWrite(caller: Caller, operation: string, row: Place & Write & Pick<NewRow, 'metadata'>): Promise<void> {
    await this.#database.probe(caller, operation, (sql) =>
      write(sql, { ...row, version: crypto.randomUUID(), userMetadata: undefined }),
    )
  }

  /**
   * Stores an upload that `mayWrite` allowed, and answers the object's id.
   * Rejects with EntityTooLarge, or with KeyAlreadyExists when another was first; nothing is left then.
   */
  async store(place: Place, options: Write, upload: Upload): Promise<string> {
    const written = await this.#files.write(upload.body, upload.limit)
    const metadata = metadataOf(written, upload)
    const row = await this.#commit({ ...place, ...options, ...written, metadata, userMetadata: upload.userMetadata })
    return row.id
  }

  /** Finds one object with the caller's rights. Rejects with NoSuchKey. */
  find(caller: Caller, operation: string, place: Place): Promise<StoredObject> {
    return this.#database.asCaller(caller, operation, (sql) => findObject(sql, place.bucket, place.name))
  }

  /** Finds one object for whoever may have it without asking: a public bucket's reader, or a signed URL's holder. */
  findUnchecked(place: Place): Promise<StoredObject> {
    return this.#database.asOwner((sql) => findObject(sql, place.bucket, place.name))
  }

  /** Those of `names` that the caller may read. */
  async readable(caller: Caller, bucket: string, names: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#database.asCaller(
      caller,
      'storage.object.sign_many',
      (sql) => sql<{ name: string }[]>`
        select name from storage.objects where bucket_id = ${bucket} and name = any (${[...names]})`,
    )
    return new Set(rows.map((row) => row.name))
  }

  /** Gives an object another place; its bytes stay where they are. Rejects with NoSuchKey or KeyAlreadyExists. */
  async move(caller: Caller, from: Place, to: Place): Promise<StoredObject> {
    return this.#database.asCaller(caller, 'storage.object.move', async (sql) => {
      await findObject(sql, from.bucket, from.name)
      const [moved] = await sql<StoredObject[]>`
        update storage.objects
        set
          bucket_id = ${to.bucket}, name = ${to.name},
          owner = coalesce(${uuidOf(caller.owner)}, owner), owner_id = coalesce(${caller.owner ?? null}, owner_id)
        where bucket_id = ${from.bucket} and name = ${from.name}
        returning *`
      if (!moved) throw new StorageProblem('AccessDenied')
      return moved
    })
  }

  /** Copies an object. Rejects with NoSuchKey, KeyAlreadyExists or AccessDenied. */
  async copy(
    caller: Caller,
    from: Place,
    to: Place & { readonly upsert: boolean; readonly userMetadata: Record<string, unknown> | undefined },
  ): Promise<StoredObject> {
    const source = await this.find(caller, 'storage.object.copy', from)
    const options = { ...to, owner: caller.owner, metadata: source.metadata }
    await this.mayWrite(caller, 'storage.object.copy', options)
    const version = await this.#files.copy(source.version)
    const metadata = { ...source.metadata, lastModified: new Date().toISOString() }
    const userMetadata = to.userMetadata ?? source.user_metadata ?? undefined
    return this.#commit({ ...options, version, metadata, userMetadata })
  }

  /** Deletes those of `names` that the caller may delete, and answers them. */
  async remove(caller: Caller, operation: string, bucket: string, names: readonly string[]): Promise<StoredObject[]> {
    const deleted = await this.#database.asCaller(
      caller,
      operation,
      (sql) => sql<StoredObject[]>`
        delete from storage.objects where bucket_id = ${bucket} and name = any (${[...names]}) returning *`,
    )
    // After the commit, so that no row is ever without its bytes.
    await this.#files.remove(deleted.map((object) => object.version))
    return [...deleted]
  }

  // The bytes are there; the row makes them an object, or they go again.
  async #commit(row: NewRow): Promise<StoredObject> {
    try {
      const { stored, replaced } = await this.#database.asOwner(async (sql) => {
        await sql`select pg_advisory_xact_lock(hashtextextended(${`${row.bucket}/${row.name}`}, 0))`
        const [known] = await sql<{ version: string }[]>`
          select version from storage.objects where bucket_id = ${row.bucket} and name = ${row.name} for update`
        return { stored: await write(sql, row), replaced: known ? [known.version] : [] }
      })
      await this.#files.remove(replaced)
      return stored
    } catch (cause) {
      await this.#files.remove([row.version])
      throw cause
    }
  }
}

async function write(sql: postgres.TransactionSql, row: NewRow): Promise<StoredObject> {
  const onConflict = row.upsert
    ? sql`
        on conflict (bucket_id, name) do update set
          version = excluded.version, metadata = excluded.metadata, user_metadata = excluded.user_metadata,
          owner = excluded.owner, owner_id = excluded.owner_id`
    : sql``
  const [stored] = await sql<StoredObject[]>`
    insert into storage.objects (bucket_id, name, owner, owner_id, version, metadata, user_metadata)
    values (
      ${row.bucket}, ${row.name}, ${uuidOf(row.owner)}, ${row.owner ?? null}, ${row.version},
      ${JSON.stringify(row.metadata)}::text::jsonb,
      ${row.userMetadata ? JSON.stringify(row.userMetadata) : null}::text::jsonb
    )
    ${onConflict}
    returning *`
  if (!stored) throw new StorageProblem('AccessDenied')
  return stored
}

function metadataOf(written: Written, upload: Upload): ObjectMetadata {
  return {
    eTag: written.eTag,
    size: written.size,
    mimetype: upload.mimetype,
    cacheControl: upload.cacheControl,
    lastModified: new Date().toISOString(),
    contentLength: written.size,
    httpStatusCode: 200,
  }
}
