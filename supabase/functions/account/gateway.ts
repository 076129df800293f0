import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { answer } from '../_shared/answer.ts'
import { ExportPlan, FilesToErase, Leaving, Restored } from './contract.ts'

const Card = z.object({ avatar_path: z.string().nullable() })

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

  /** Stores a file of the person's where there is none; answers whether there is one then. */
  async upload(bucket: string, name: string, content: Uint8Array<ArrayBuffer>, type?: string): Promise<boolean> {
    const blob = new Blob([content], { type: type ?? 'application/octet-stream' })
    const { error } = await this.#db.storage.from(bucket).upload(name, blob)
    return error === null || ('statusCode' in error && error.statusCode === '409')
  }

  /** Whether the person's card shows a picture. */
  async hasAvatar(userId: string): Promise<boolean> {
    const query = this.#db.from('profiles').select('avatar_path').eq('user_id', userId).single()
    return (await answer(Card, query)).avatar_path !== null
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

/** What one import of an archive asks of the database, as the backend. Every method rejects with the database's refusal. */
export class ArchiveGateway {
  readonly #admin: SupabaseClient
  readonly #import: { readonly user_id: string; readonly restore_id: string }
  #pages = 0

  constructor(admin: SupabaseClient, userId: string) {
    this.#admin = admin
    this.#import = { user_id: userId, restore_id: crypto.randomUUID() }
  }

  /** Begins the import; one that was begun before is over. */
  async begin(): Promise<void> {
    await this.send('none', '[]')
  }

  /** Keeps rows of a table, as JSON, until they are brought in. */
  async send(relation: string, json: string): Promise<void> {
    const rows: unknown = JSON.parse(json)
    await answer(z.null(), this.#admin.rpc('send_archive_page', { ...this.#import, page: this.#pages, relation, rows }))
    this.#pages += 1
  }

  /** Brings in what was sent of the archive with this SHA-256; answers how many rows each table got, and what was left out. */
  async restore(fileHash: string): Promise<Restored> {
    const sent = { pages: this.#pages, file_hash: fileHash }
    return answer(Restored, this.#admin.rpc('restore_account', { ...this.#import, ...sent }))
  }

  /** Forgets what was sent. */
  async discard(): Promise<void> {
    await answer(z.null(), this.#admin.rpc('discard_archive', this.#import))
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
