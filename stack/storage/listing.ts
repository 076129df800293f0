import { z } from 'zod'
import type { Caller } from './caller.ts'
import type { StorageDatabase } from './database.ts'
import { StorageProblem } from './errors.ts'

/** The body of `list`: one level of the tree, by offset. */
export const ListQuery = z.object({
  prefix: z.string().default(''),
  limit: z.int().min(1).default(100),
  offset: z.int().min(0).default(0),
  search: z.string().default(''),
  sortBy: z
    .object({
      column: z.enum(['name', 'updated_at', 'created_at', 'last_accessed_at']).default('name'),
      order: z.enum(['asc', 'desc']).default('asc'),
    })
    .prefault({}),
})

/** The body of `list-v2`: names in order, by cursor. */
export const ListV2Query = z.object({
  prefix: z.string().default(''),
  limit: z.int().min(1).max(1000).default(1000),
  cursor: z.string().optional(),
  with_delimiter: z.boolean().default(false),
  sortBy: z.object({ column: z.literal('name'), order: z.literal('asc').optional() }).optional(),
})

interface Entry {
  readonly key: string
  readonly name: string
  readonly id: string | null
}

/** Lists what the caller may read. */
export class Listing {
  readonly #database: StorageDatabase

  constructor(database: StorageDatabase) {
    this.#database = database
  }

  /** The folders and files directly below a folder; folders have no id. */
  level(caller: Caller, bucket: string, query: z.infer<typeof ListQuery>): Promise<readonly unknown[]> {
    const prefix = query.prefix === '' || query.prefix.endsWith('/') ? query.prefix : `${query.prefix}/`
    return this.#database.asCaller(
      caller,
      'storage.object.list',
      (sql) => sql`
        select * from storage.search(
          ${prefix}, ${bucket}, ${query.limit}, 1, ${query.offset}, ${query.search},
          ${query.sortBy.column}, ${query.sortBy.order}
        )`,
    )
  }

  /** A page of all names with a prefix. Rejects with InvalidRequest when the cursor is not one of ours. */
  async page(
    caller: Caller,
    bucket: string,
    query: z.infer<typeof ListV2Query>,
  ): Promise<Readonly<Record<string, unknown>>> {
    const after = query.cursor === undefined ? '' : fromCursor(query.cursor)
    const rows = await this.#database.asCaller(
      caller,
      'storage.object.list_v2',
      (sql) => sql<Entry[]>`
        with entry as (
          select
            objects.*,
            case when ${query.with_delimiter} and strpos(substr(name, length(${query.prefix}) + 1), '/') > 0 then
              left(name, length(${query.prefix}) + strpos(substr(name, length(${query.prefix}) + 1), '/'))
            end as folder
          from storage.objects as objects
          where bucket_id = ${bucket} and starts_with(name, ${query.prefix})
        )
        select distinct on (coalesce(folder, name) collate "C")
          coalesce(folder, name) as key,
          coalesce(folder, name) as name,
          case when folder is null then id end as id,
          case when folder is null then updated_at end as updated_at,
          case when folder is null then created_at end as created_at,
          case when folder is null then metadata end as metadata
        from entry
        where coalesce(folder, name) collate "C" > ${after}
        order by coalesce(folder, name) collate "C"
        limit ${query.limit + 1}`,
    )
    const entries = rows.slice(0, query.limit)
    const hasNext = rows.length > query.limit
    return {
      hasNext,
      ...(hasNext ? { nextCursor: Buffer.from(entries.at(-1)?.key ?? '').toString('base64url') } : {}),
      folders: entries.filter(({ id }) => id === null).map(({ key, name }) => ({ key, name })),
      objects: entries.filter(({ id }) => id !== null),
    }
  }
}

function fromCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString('utf8')
  if (key === '' || key.includes('\0')) throw new StorageProblem('InvalidRequest', 'Invalid cursor')
  return key
}
