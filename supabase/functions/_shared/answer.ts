import type { z } from 'zod'
import { AppError, DatabaseRefusal } from './errors.ts'

interface Answered {
  readonly data: unknown
  readonly error: unknown
  readonly status: number
}

/**
 * What the Data API answers to `query`, as `schema` has it.
 * Rejects with the refusal that the database raised, with not_authenticated, or with what else went wrong.
 */
export async function answer<T>(schema: z.ZodType<T>, query: PromiseLike<Answered>): Promise<T> {
  const { data, error, status } = await query
  if (error === null) return schema.parse(data)
  if (status === 401) throw new AppError('not_authenticated', { cause: error })
  throw DatabaseRefusal.from(error, status)
}
