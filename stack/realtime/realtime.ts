import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import pg from 'pg'
import { databaseUrl, type StackContext } from '../context.ts'
import type { HttpService } from '../service.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { RealtimeServer } from './server.ts'

const SCHEMAS = ['./schema.sql', './authorisation.sql', './changes/subscription.sql', './changes/change.sql'].map(
  (path) => new URL(path, import.meta.url),
)

/** The Realtime service: sockets with broadcast, presence and changes of tables, as hosted Supabase has them. */
export class Realtime implements HttpService {
  readonly name = 'realtime'
  readonly needs = ['postgres']
  readonly #context: StackContext
  readonly #limits: Limits
  #server: RealtimeServer | undefined

  constructor(context: StackContext, limits: Partial<Limits> = {}) {
    this.#context = context
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
  }

  async prepare(): Promise<void> {
    const client = new pg.Client({ connectionString: databaseUrl(this.#context, 'supabase_admin') })
    await client.connect()
    try {
      for (const schema of SCHEMAS) await client.query(await readFile(schema, 'utf8'))
    } finally {
      await client.end()
    }
  }

  /** Starts to listen to the database. Rejects, with nothing left behind, when that cannot be done. */
  async start(): Promise<void> {
    const server = new RealtimeServer(this.#context, this.#limits)
    this.#server = server
    try {
      await server.start()
    } catch (cause) {
      await this.stop()
      throw cause
    }
  }

  async ready(): Promise<boolean> {
    return this.#server?.connected ?? false
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    await server?.stop()
  }

  /** Takes over the socket of an upgrade request. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#server) this.#server.sockets.upgrade(request, socket, head)
    else socket.destroy()
  }

  async fetch(request: Request): Promise<Response> {
    return this.#server?.rest.fetch(request) ?? Response.json({ message: 'Realtime is not running' }, { status: 503 })
  }
}
