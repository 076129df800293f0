import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { answer } from './answer.ts'
import { DatabaseRefusal } from './errors.ts'

const COUNTING_TIMEOUT_MS = 2_000

/**
 * Counts one request of the user that `db` acts for, in the bucket that the Data API counts theirs in.
 * Rejects with rate_limited when it is empty, and with not_authenticated when the Data API does not take the token.
 */
export async function countRequest(db: SupabaseClient): Promise<void> {
  await answer(z.unknown(), db.rpc('count_request'))
}

/**
 * Counts one request of whoever sent `headers`, by address, in the bucket that the Data API counts strangers in.
 * Rejects with rate_limited when it is empty. Where it cannot be counted it passes: a route that is open to all is also
 * the one that tells of an outage.
 */
export async function countAddress(admin: SupabaseClient, headers: Headers): Promise<void> {
  const address = headers.get('cf-connecting-ip') ?? headers.get('x-forwarded-for')
  const signal = AbortSignal.timeout(COUNTING_TIMEOUT_MS)
  const { error, status } = await admin.rpc('count_address', { address }).abortSignal(signal)
  if (error === null) return
  const cause = DatabaseRefusal.from(error, status)
  if (cause instanceof DatabaseRefusal) throw cause
  console.error(JSON.stringify({ counting: 'address', cause: cause.message }))
}
