import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { AppError, DatabaseRefusal } from '../_shared/errors.ts'
import { ExportPlan } from './contract.ts'

/** What an account asks of the database, as the person. Every method rejects with the refusal that the database answers. */
export class AccountGateway {
  readonly #db: SupabaseClient

  constructor(db: SupabaseClient) {
    this.#db = db
  }

  /** Takes a copy of everything, to be read page by page. */
  async beginExport(): Promise<ExportPlan> {
    return answer(ExportPlan, this.#db.rpc('begin_export'))
  }

  /** The rows of a page of the copy, as JSON with commas between them. */
  async exportPage(exportId: string, page: number): Promise<string> {
    return answer(z.string(), this.#db.rpc('export_page', { export_id: exportId, page }))
  }

  /** Forgets the copy. */
  async endExport(exportId: string): Promise<void> {
    await answer(z.null(), this.#db.rpc('end_export', { export_id: exportId }))
  }

  /** The content of a file; undefined where there is none any more. */
  async file(bucket: string, name: string): Promise<ReadableStream<Uint8Array> | undefined> {
    const { data } = await this.#db.storage.from(bucket).download(name).asStream()
    return data ?? undefined
  }
}

interface Answered {
  readonly data: unknown
  readonly error: unknown
  readonly status: number
}

async function answer<T>(schema: z.ZodType<T>, query: PromiseLike<Answered>): Promise<T> {
  const { data, error, status } = await query
  if (error === null) return schema.parse(data)
  if (status === 401) throw new AppError('not_authenticated', { cause: error })
  throw DatabaseRefusal.from(error, status)
}
