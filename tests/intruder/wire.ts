import { readFile } from 'node:fs/promises'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { type Stack, startStack } from '../../stack/stack.ts'
import { Tokens } from '../../stack/tokens.ts'
import { readMatrix } from '../access/read-matrix.ts'
import { eventually } from '../support/eventually.ts'
import '../support/web-socket.ts'
import { CAST } from './cast.ts'
import { readTables, type Table } from './catalogue.ts'
import { Session } from './session.ts'
import { World } from './world.ts'

const UNDOING = new URL('./undoing.sql', import.meta.url)
const HOUR_SECONDS = 3600
const AT_A_TIME = 6

/** What answers a request that was let through and would have written. */
export const LET_THROUGH = 'PT418'

/** A world that stays, on a stack of its own, with supabase-js in the hands of each of its people. */
export class Wire {
  readonly stack: Stack
  readonly world: World
  readonly tables: readonly Table[]
  /** The database as `supabase_admin`, past every policy. */
  readonly sql: postgres.Sql
  readonly #tokens: ReadonlyMap<string, string>
  readonly #clients = new Map<string | null, SupabaseClient>()

  private constructor(made: Pick<Wire, 'stack' | 'world' | 'tables' | 'sql'>, tokens: ReadonlyMap<string, string>) {
    this.stack = made.stack
    this.world = made.world
    this.tables = made.tables
    this.sql = made.sql
    this.#tokens = tokens
  }

  /** Starts the stack and makes the people of `CAST` on it. What requests of the Data API write there is undone. */
  static async start(): Promise<Wire> {
    const stack = await startStack({ seeds: ['tests/support/limits.sql'] })
    const admin = new URL(stack.status.db_url)
    admin.username = 'supabase_admin'
    const sql = postgres(admin.href, { max: 1, onnotice: () => undefined })
    const [matrix, tables] = [await readMatrix(sql), await readTables(sql)]
    const world = await Session.keep(admin.href, (session) => World.create(session, matrix, tables, CAST))
    await sql.unsafe(await readFile(UNDOING, 'utf8'))
    const signer = new Tokens(stack.context.keys)
    const tokens = new Map<string, string>()
    for (const id of world.society.people.keys())
      tokens.set(id, await signer.sign({ ...world.claims(id), ...timesFrom(Date.now()), aud: 'authenticated' }))
    const wire = new Wire({ stack, world, tables, sql }, tokens)
    await wire.#awaitUndoing()
    return wire
  }

  /** The token of somebody, which claims all that it likes; nobody's is undefined. */
  token(viewer: string | null): string | undefined {
    return viewer === null ? undefined : this.#tokens.get(viewer)
  }

  /** Somebody without power and without a plan. */
  get athlete(): string {
    const found = [...this.world.society.people.values()].find(
      ({ account, plan }) => account === 'athlete' && plan === 'none',
    )
    if (!found) throw new Error('the cast has no athlete')
    return found.id
  }

  /** The client of somebody, null for one that is not signed in. */
  client(viewer: string | null): SupabaseClient {
    const known = this.#clients.get(viewer)
    if (known) return known
    const token = this.token(viewer)
    const client = createClient(this.stack.status.api_url, this.stack.status.publishable_key, {
      auth: { autoRefreshToken: false, persistSession: false, detectSessionInUrl: false },
      global: { headers: { 'x-undo': 'yes' } },
      ...(token === undefined ? {} : { accessToken: async () => token }),
    })
    this.#clients.set(viewer, client)
    return client
  }

  /** A request with this token, whoever signed it. */
  ask(token: string | undefined, path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('apikey', this.stack.status.publishable_key)
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
    return fetch(`${this.stack.status.api_url}${path}`, { ...init, headers })
  }

  /** A client of the backend's own. */
  service(): SupabaseClient {
    return createClient(this.stack.status.api_url, this.stack.status.secret_key, { auth: { persistSession: false } })
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.values()) await client.removeAllChannels()
    await this.sql.end()
    await this.stack.stop()
  }

  async #awaitUndoing(): Promise<void> {
    const [viewer = null] = this.world.society.people.keys()
    await eventually(async () => {
      const { error } = await this.client(viewer).from('preferences').update({ units: 'metric' }).eq('user_id', viewer)
      if (error?.code !== LET_THROUGH) throw new Error('the Data API does not undo what it writes')
    })
  }
}

function timesFrom(now: number): { readonly iat: number; readonly exp: number } {
  const seconds = Math.floor(now / 1000)
  return { iat: seconds, exp: seconds + HOUR_SECONDS }
}

/** Asks every question, a few at a time. Rejects with the first that does. */
export async function askAll<T>(questions: readonly T[], ask: (question: T) => Promise<void>): Promise<void> {
  const waiting = questions.values()
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (const question of waiting) await ask(question)
    }),
  )
}

/** What `make` resolves with, made when it is first wanted and then kept. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
