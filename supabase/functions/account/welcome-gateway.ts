import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { answer } from '../_shared/answer.ts'
import { DueWelcome } from './contract.ts'
import type { Undelivered } from './post-office.ts'

/** What welcomes ask of the database, as the backend. Every method rejects with the database's refusal. */
export class WelcomeGateway {
  readonly #admin: SupabaseClient

  constructor(admin: SupabaseClient) {
    this.#admin = admin
  }

  /** The welcome that has been due longest, which nobody else is given from now on; null when none is due. */
  async take(): Promise<DueWelcome> {
    return answer(DueWelcome, this.#admin.rpc('take_welcome_mail'))
  }

  /** Says what became of a welcome that was taken: it was sent, or why it was not. */
  async end(userId: string, undelivered: Undelivered | undefined): Promise<void> {
    const { reason: failure = null, again = false } = undelivered ?? {}
    await answer(z.null(), this.#admin.rpc('end_welcome_mail', { user_id: userId, failure, again }))
  }
}
