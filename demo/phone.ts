import { createClient, type RealtimeChannel, type SupabaseClient } from '@supabase/supabase-js'
import { WebSocket } from 'ws'
import { z } from 'zod'
import type { StackStatus } from '../stack/status.ts'

// Node 20 has no WebSocket of its own; supabase-js takes the global one wherever there is one, as on a phone.
if (!('WebSocket' in globalThis)) Object.assign(globalThis, { WebSocket })

const MAIL_WITHIN_MS = 10_000
const Found = z.object({ messages: z.array(z.object({ ID: z.string() })) })
const Message = z.object({ Text: z.string() })

/** A phone with the app on it: an unmodified supabase-js client. */
export function newPhone(stack: StackStatus): SupabaseClient {
  return createClient(stack.api_url, stack.publishable_key, {
    auth: { autoRefreshToken: false, persistSession: false, detectSessionInUrl: false },
  })
}

/** Signs up on `phone`, reads the code in the mail, and enters it. Rejects when one of the three does not work. */
export async function signUp(
  stack: StackStatus,
  phone: SupabaseClient,
  email: string,
  password: string,
): Promise<string> {
  const { data, error } = await phone.auth.signUp({ email, password })
  if (error) throw error
  if (data.session) throw new Error('signed in before the address was confirmed')
  const token = /\b\d{6}\b/.exec(await mailTo(stack, email))?.[0]
  if (token === undefined) throw new Error('the mail has no code')
  const confirmed = await phone.auth.verifyOtp({ email, token, type: 'email' })
  if (confirmed.error) throw confirmed.error
  if (!confirmed.data.user) throw new Error('confirmed, but not signed in')
  return confirmed.data.user.id
}

/** Joins a private channel and hands over whatever it carries. Resolves with the state that the join ended in. */
export function join(
  phone: SupabaseClient,
  topic: string,
  onEvent: (event: string, payload: unknown) => void,
): Promise<`${Parameters<NonNullable<Parameters<RealtimeChannel['subscribe']>[0]>>[0]}`> {
  return new Promise((resolve) => {
    phone
      .channel(topic, { config: { private: true } })
      .on('broadcast', { event: '*' }, ({ event, payload }) => onEvent(event, payload))
      .subscribe((state) => resolve(state))
  })
}

async function mailTo(stack: StackStatus, address: string): Promise<string> {
  const mailbox = async (path: string): Promise<unknown> => (await fetch(`${stack.mailbox_url}${path}`)).json()
  for (const deadline = Date.now() + MAIL_WITHIN_MS; Date.now() < deadline; ) {
    const query = new URLSearchParams({ query: `to:"${address}"` })
    const [found] = Found.parse(await mailbox(`/api/v1/search?${query}`)).messages
    if (found) return Message.parse(await mailbox(`/api/v1/message/${found.ID}`)).Text
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`no mail to ${address} came`)
}
