import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { stack } from './stack.ts'
import './web-socket.ts'

const PASSWORD = 'correct-horse-battery'

/** A user made for one test, with a client that is signed in as them. */
export interface User {
  readonly id: string
  readonly email: string
  readonly password: string
  readonly accessToken: string
  readonly refreshToken: string
  readonly client: SupabaseClient
}

/** A supabase-js client of the shared stack as a phone makes it; `accessToken` is sent as it is, whoever signed it. */
export function newClient(key: string = stack.publishable_key, accessToken?: string): SupabaseClient {
  return createClient(stack.api_url, key, {
    auth: { autoRefreshToken: false, persistSession: false, detectSessionInUrl: false },
    ...(accessToken === undefined ? {} : { accessToken: async () => accessToken }),
  })
}

/** A client that nobody has signed in. */
export const anonClient = (): SupabaseClient => newClient()

/** A client of the backend's own, with the secret key. */
export const serviceClient = (): SupabaseClient => newClient(stack.secret_key)

/** An address that no other test uses. */
export const freshEmail = (name: string): string => `${name}.${crypto.randomUUID()}@example.test`

/**
 * Makes a confirmed user called `name` and signs them in.
 * Rejects when the stack refuses either.
 */
export async function createUser(name: string, metadata: Readonly<Record<string, unknown>> = {}): Promise<User> {
  const email = freshEmail(name)
  const created = await serviceClient().auth.admin.createUser({
    email,
    password: PASSWORD,
    email_confirm: true,
    user_metadata: metadata,
  })
  if (created.error) throw created.error
  return signIn(email, PASSWORD)
}

/** Signs a user in with a client of its own, as on a further device. Rejects when the stack refuses. */
export async function signIn(email: string, password: string = PASSWORD): Promise<User> {
  const client = newClient()
  const { data, error } = await client.auth.signInWithPassword({ email, password })
  if (error) throw error
  return {
    id: data.user.id,
    email,
    password,
    accessToken: data.session.access_token,
    refreshToken: data.session.refresh_token,
    client,
  }
}
