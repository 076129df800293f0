import type { SupabaseClient } from '@supabase/supabase-js'
import { AppError, DatabaseRefusal } from './errors.ts'

/**
 * Counts one request of the user that `db` acts for, in the bucket that the Data API counts theirs in.
 * Rejects with rate_limited when it is empty, and with not_authenticated when the Data API does not take the token.
 *
 * @example
 * app.post('/portal', route.user(handle)) // every route of a user has called this before its handler
 */
export async function countRequest(db: SupabaseClient): Promise<void> {
  const { error, status } = await db.rpc('count_request')
  if (error === null) return
  if (status === 401) throw new AppError('not_authenticated', { cause: error })
  throw DatabaseRefusal.from(error, status)
}
