import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { type Stack, startStack } from '../../stack/stack.ts'
import '../support/web-socket.ts'

const PASSWORD = 'correct-horse-battery'

/** A stack of its own with the limits that the product has; every other test shares one that gives more. */
export interface World extends AsyncDisposable {
  readonly stack: Stack
  /** The database as `postgres`. */
  readonly sql: postgres.Sql
  /** A signed-in user, who subscribes to a plan of their own where `limits` says how much that gives. */
  user(limits?: Limits): Promise<LimitedUser>
  /** A request to a path below the gateway; with the publishable key unless `init` says otherwise. */
  send(path: string, init?: RequestInit): Promise<Response>
}

/** What the plan of a test gives. */
interface Limits {
  readonly requests: number
  readonly live: number
  /** 1 where it is not said. */
  readonly transfers?: number
  readonly windowSeconds: number
}

/** A user made for one test. */
export interface LimitedUser {
  readonly id: string
  readonly client: SupabaseClient
  /** A request of this user's: a POST when it has a body. */
  send(path: string, body?: unknown): Promise<Response>
}

/** Starts one. Rejects when the stack does not start. */
export async function startWorld(): Promise<World> {
  const stack = await startStack({ onLog: () => undefined })
  const { api_url, db_url, publishable_key, secret_key } = stack.status
  const sql = postgres(db_url, { max: 2, onnotice: () => undefined })
  const options = { auth: { autoRefreshToken: false, persistSession: false, detectSessionInUrl: false } }
  const send = (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    if (!headers.has('apikey')) headers.set('apikey', publishable_key)
    if (init.body) headers.set('content-type', 'application/json')
    return fetch(`${api_url}${path}`, { ...init, headers })
  }
  const user = async (limits?: Limits): Promise<LimitedUser> => {
    const email = `${crypto.randomUUID()}@example.test`
    const account = { email, password: PASSWORD }
    const made = await createClient(api_url, secret_key, options).auth.admin.createUser({
      ...account,
      email_confirm: true,
    })
    if (made.error) throw made.error
    const client = createClient(api_url, publishable_key, options)
    const { data, error } = await client.auth.signInWithPassword(account)
    if (error) throw error
    if (limits) await subscribe(sql, data.user.id, limits)
    const authorization = `Bearer ${data.session.access_token}`
    return {
      id: data.user.id,
      client,
      send: (path, body) =>
        send(path, {
          headers: { authorization },
          ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        }),
    }
  }
  return {
    stack,
    sql,
    user,
    send,
    async [Symbol.asyncDispose]() {
      await sql.end({ timeout: 1 })
      await stack.stop()
    },
  }
}

// After the plans of the product.
let lastPosition = 1_000
const nextPosition = (): number => {
  lastPosition += 1
  return lastPosition
}

async function subscribe(sql: postgres.Sql, userId: string, limits: Limits): Promise<void> {
  const id = `plan_${userId.replace(/[^a-z]/g, '')}`.slice(0, 30)
  await sql`
    insert into public.plans (
      id, position, is_sold, requests_per_window, live_requests_per_window, transfer_requests_per_window, window_seconds
    )
    values (${id}, ${nextPosition()}, false, ${limits.requests}, ${limits.live}, ${limits.transfers ?? 1},
      ${limits.windowSeconds})`
  await sql`
    insert into public.subscriptions (user_id, plan_id, status, started_at)
    values (${userId}, ${id}, 'active', now())`
}
