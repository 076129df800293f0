import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { z } from 'zod'
import { databaseUrl, type StackContext } from '../../stack/context.ts'
import { Storage } from '../../stack/storage/storage.ts'
import { Tokens } from '../../stack/tokens.ts'
import { startDatabase } from '../support/database.ts'
import '../support/web-socket.ts'

const OWN = `(storage.foldername(name))[1] = (select current_setting('request.jwt.claims', true)::json ->> 'sub')`

/** A Storage on a database of its own, where users may do what they like below their id, and four people. */
export interface World {
  readonly context: StackContext
  readonly storage: Storage
  /** A connection as the role that runs migrations. */
  readonly db: postgres.Sql
  readonly ownerId: string
  readonly ownerToken: string
  readonly owner: SupabaseClient
  readonly stranger: SupabaseClient
  readonly anon: SupabaseClient
  readonly service: SupabaseClient
  /** A name in the owner's folder. */
  mine(name: string): string
  /** Sends a request as the gateway does, and reads the answer whole. */
  send(path: string, init?: RequestInit): Promise<Response>
  /** The files on disk. */
  files(): Promise<readonly string[]>
  stop(): Promise<void>
}

const Problem = z.object({ statusCode: z.string(), code: z.string(), error: z.string(), message: z.string() })
const Failure = z.object({ statusCode: z.string() }).nullable()

/** The code of a refusal, which has to have the Storage API's shape. */
export const codeOf = async (response: Response): Promise<string> => Problem.parse(await response.json()).code
/** The status that the Storage API tells supabase-js; undefined where nothing failed. */
export const statusOf = (result: { readonly error: unknown }): string | undefined =>
  Failure.parse(result.error)?.statusCode
/** The header that carries a token. */
export const bearer = (token: string): { readonly authorization: string } => ({ authorization: `Bearer ${token}` })

/** Starts a Storage with buckets as a migration and as `config.toml` make them. */
export async function startWorld(): Promise<World> {
  const database = await startDatabase()
  const { context } = database
  const storage = new Storage({
    ...context,
    config: {
      ...context.config,
      storage: {
        file_size_limit: 1_000_000,
        buckets: { configured: { public: true, file_size_limit: 1000, allowed_mime_types: ['image/png'] } },
      },
    },
  })
  await storage.prepare()
  await storage.prepare()
  const db = postgres(databaseUrl(context, 'postgres'), { onnotice: () => undefined })
  await migrate(db)
  await storage.start()
  const send = async (path: string, init?: RequestInit): Promise<Response> => {
    const response = await storage.fetch(new Request(`http://stack.test${path}`, init))
    // Read whole at once, because a body that nobody reads keeps its file open.
    const body = await response.arrayBuffer()
    return new Response(body.byteLength === 0 ? null : body, { status: response.status, headers: response.headers })
  }
  const clientOf = (token: string): SupabaseClient =>
    createClient('http://stack.test', token, {
      auth: { persistSession: false, autoRefreshToken: false },
      // supabase-js calls with a text.
      global: {
        fetch: (input, init) => send(z.string().parse(input).replace('http://stack.test/storage/v1', ''), init),
      },
    })
  const userToken = (sub: string): Promise<string> =>
    new Tokens(context.keys).sign({ sub, role: 'authenticated', exp: Math.floor(Date.now() / 1000) + 600 })
  const ownerId = crypto.randomUUID()
  const ownerToken = await userToken(ownerId)
  return {
    context,
    storage,
    db,
    ownerId,
    ownerToken,
    owner: clientOf(ownerToken),
    stranger: clientOf(await userToken(crypto.randomUUID())),
    anon: clientOf(context.keys.anonKey),
    service: clientOf(context.keys.serviceRoleKey),
    mine: (name) => `${ownerId}/${name}`,
    send,
    files: () => readdir(join(context.dataDir, 'storage', 'objects')),
    async stop() {
      await storage.stop()
      await storage.stop()
      await db.end()
      await database.stop()
    },
  }
}

// As a migration written for hosted Supabase does.
async function migrate(db: postgres.Sql): Promise<void> {
  await db`
    insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
      ('private', 'private', false, null, null),
      ('open', 'open', true, null, null),
      ('pictures', 'pictures', false, 2000, '{image/png,image/jpeg}'),
      ('any-image', 'any-image', false, null, '{image/*}')`
  for (const command of ['select', 'insert', 'update', 'delete'])
    await db.unsafe(`
      create policy ${command}_own on storage.objects for ${command} to authenticated
      ${command === 'insert' ? 'with check' : 'using'} (${OWN})`)
}
