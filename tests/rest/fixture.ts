import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { type Stack, startStack } from '../../stack/stack.ts'
import { Tokens } from '../../stack/tokens.ts'
import '../support/web-socket.ts'

/** A stack of its own on the project `tests/rest/fixture`, whose schema knows nothing of the product. */
export interface Fixture extends AsyncDisposable {
  readonly stack: Stack
  /** The database as `postgres`, for what a test arranges and what it checks behind the API's back. */
  readonly sql: postgres.Sql
  readonly anon: SupabaseClient
  readonly service: SupabaseClient
  /** A user with a client that carries their token. There is no account behind it: the Data API asks for none. */
  user(claims?: Readonly<Record<string, unknown>>): Promise<FixtureUser>
  /** A request to the Data API, with the publishable key unless `init` says otherwise. */
  rest(path: string, init?: RequestInit): Promise<Response>
}

export interface FixtureUser {
  readonly id: string
  readonly token: string
  readonly client: SupabaseClient
}

const PROJECT = new URL('./fixture', import.meta.url).pathname

/** Starts the fixture. Rejects when its migrations do not apply. */
export async function startFixture(): Promise<Fixture> {
  const stack = await startStack({ projectDir: PROJECT, onLog: () => undefined })
  const { api_url, db_url, publishable_key, secret_key } = stack.status
  const sql = postgres(db_url, { max: 2, onnotice: () => undefined })
  const tokens = new Tokens(stack.context.keys)
  const client = (key: string, token?: string): SupabaseClient =>
    createClient(api_url, key, {
      auth: { autoRefreshToken: false, persistSession: false, detectSessionInUrl: false },
      ...(token === undefined ? {} : { accessToken: async () => token }),
    })
  return {
    stack,
    sql,
    anon: client(publishable_key),
    service: client(secret_key),
    async user(claims = {}) {
      const id = crypto.randomUUID()
      const exp = Math.floor(Date.now() / 1000) + 600
      const token = await tokens.sign({ sub: id, role: 'authenticated', aud: 'authenticated', exp, ...claims })
      return { id, token, client: client(publishable_key, token) }
    },
    rest(path, init = {}) {
      const headers = new Headers(init.headers)
      if (!headers.has('apikey')) headers.set('apikey', publishable_key)
      if (init.body) headers.set('content-type', 'application/json')
      return fetch(`${api_url}/rest/v1${path}`, { ...init, headers })
    },
    async [Symbol.asyncDispose]() {
      await sql.end({ timeout: 1 })
      await stack.stop()
    },
  }
}
