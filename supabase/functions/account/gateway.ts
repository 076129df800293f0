import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { answer } from '../_shared/answer.ts'
import { ExportPlan, FilesToErase, Leaving, Restored } from './contract.ts'

/** What an account asks of the database, as the person. Every method rejects with the refusal that the database answers. */
export class AccountGateway {
  readonly #db: SupabaseClient

  constructor(db: SupabaseClient) {
    this.#db = db
  }

  /** Has the account erased, when the grace period is over. */
  async leave(): Promise<Leaving> {
    return answer(Leaving, this.#db.rpc('delete_my_account'))
  }

  /** Stores a file of the person's; answers whether Storage took it. */
  async upload(bucket: string, name: string, content: Uint8Array<ArrayBuffer>, type?: string): Promise<boolean> {
    const blob = new Blob([content], { type: type ?? 'application/octet-stream' })
    const { error } = await this.#db.storage.from(bucket).upload(name, blob, { upsert: true })
    return error === null
  }

  /** The content of a file; undefined where there is none any more. */
  async file(bucket: string, name: string): Promise<ReadableStream<Uint8Array> | undefined> {
    const { data } = await this.#db.storage.from(bucket).download(name).asStream()
    return data ?? undefined
  }
}

/** What taking a copy asks of the database, as the backend. Every method rejects with the database's refusal. */
export class ExportGateway {
  readonly #admin: SupabaseClient
  readonly #userId: string

  constructor(admin: SupabaseClient, userId: string) {
    this.#admin = admin
    this.#userId = userId
  }

  /** Takes a copy of everything that is held of the person, to be read page by page. */
  async begin(): Promise<ExportPlan> {
    return answer(ExportPlan, this.#admin.rpc('begin_export', { user_id: this.#userId }))
  }

  /** The rows of a page of the copy, as JSON with commas between them. */
  async page(exportId: string, page: number): Promise<string> {
    return answer(z.string(), this.#admin.rpc('export_page', { user_id: this.#userId, export_id: exportId, page }))
  }

  /** Forgets the copy. */
  async end(exportId: string): Promise<void> {
    await answer(z.null(), this.#admin.rpc('end_export', { user_id: this.#userId, export_id: exportId }))
  }
}

/** What bringing in an archive asks of the database, as the backend. Every method rejects with the database's refusal. */
export class ArchiveGateway {
  readonly #admin: SupabaseClient

  constructor(admin: SupabaseClient) {
    this.#admin = admin
  }

  /** Keeps rows, as JSON, until they are brought in; page 0 forgets those before. */
  async send(part: {
    readonly userId: string
    readonly relation: string
    readonly page: number
    readonly rows: string
  }): Promise<void> {
    const { userId, relation, page } = part
    const rows: unknown = JSON.parse(part.rows)
    await answer(z.null(), this.#admin.rpc('send_archive_page', { user_id: userId, relation, page, rows }))
  }

  /** Brings in what was sent; answers how many rows each table got, and what was left out. */
  async restore(userId: string): Promise<Restored> {
    return answer(Restored, this.#admin.rpc('restore_account', { user_id: userId }))
  }
}

/**
 * Deletes the files that the database lists, as the backend: those of people whose deletion is final and of exercises that
 * are gone, or pictures that no card shows. Answers how many there were. Goes through all of them, and then rejects where
 * Storage did not delete some: the next run tries again.
 */
export async function eraseFiles(admin: SupabaseClient, list: 'files_to_erase' | 'discarded_avatars'): Promise<number> {
  let count = 0
  let after: string | null = null
  const refusals: Error[] = []
  for (;;) {
    const files: FilesToErase = await answer(FilesToErase, admin.rpc(list, { limit: 100, after }))
    const last = files.at(-1)
    if (last === undefined) break
    after = `${last.bucket}/${last.name}`
    for (const bucket of new Set(files.map((file) => file.bucket))) {
      const names = files.filter((file) => file.bucket === bucket).map(({ name }) => name)
      const { error } = await admin.storage.from(bucket).remove(names)
      if (error) refusals.push(error)
    }
    count += files.length
  }
  if (refusals.length > 0) throw new AggregateError(refusals, 'Storage does not delete files')
  return count
}
