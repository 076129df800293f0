import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import pg from 'pg'
import { databaseUrl, type StackContext } from '../context.ts'
import type { Log } from '../log.ts'
import type { HttpService } from '../service.ts'
import { Tokens } from '../tokens.ts'
import { Authoriser } from './authorisation.ts'
import { Credentials } from './credentials.ts'
import { DatabaseBroadcasts } from './database-broadcasts.ts'
import { Hub } from './hub.ts'
import { DEFAULT_LIMITS, type Limits, Rates } from './limits.ts'
import { MessageStore } from './message-store.ts'
import type { Parts } from './parts.ts'
import { VisibilityGate } from './replication/gate.ts'
import { ReplicationStream } from './replication/stream.ts'
import { RestBroadcast } from './rest.ts'
import { SocketServer } from './socket-server.ts'

const SCHEMA = new URL('./schema.sql', import.meta.url)
const RETENTION = '72 hours'
const MAINTENANCE_MS = 4 * 3_600_000
const POOL_SIZE = 8
const POOL_TIMEOUT_MS = 5_000
/** As hosted names it; one server reads a database. */
const SLOT = 'supabase_realtime_messages_replication_slot'
const PUBLICATION = 'supabase_realtime_messages_publication'

/** What is alive between `start` and `stop`. */
interface Running {
  readonly pool: pg.Pool
  readonly gatePool: pg.Pool
  readonly rates: Rates
  readonly stream: ReplicationStream
  readonly sockets: SocketServer
  readonly rest: RestBroadcast
  readonly maintenance: NodeJS.Timeout
}

/** The Realtime service: sockets with broadcast, presence and changes of tables, as hosted Supabase has them. */
export class Realtime implements HttpService {
  readonly name = 'realtime'
  readonly needs = ['postgres']
  readonly #context: StackContext
  readonly #limits: Limits
  readonly #log: Log
  #running: Running | undefined

  constructor(context: StackContext, limits: Partial<Limits> = {}) {
    this.#context = context
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
    this.#log = context.log.child({ service: 'realtime' })
  }

  async prepare(): Promise<void> {
    const client = new pg.Client({ connectionString: databaseUrl(this.#context, 'supabase_admin') })
    await client.connect()
    try {
      await client.query(await readFile(SCHEMA, 'utf8'))
    } finally {
      await client.end()
    }
  }

  /** Starts to listen to the database. Rejects, with nothing left behind, when that cannot be done. */
  async start(): Promise<void> {
    const running = this.#assemble()
    this.#running = running
    try {
      await this.#maintain(running.pool)
      await running.stream.start()
    } catch (cause) {
      await this.stop()
      throw cause
    }
  }

  async ready(): Promise<boolean> {
    return this.#running?.stream.connected ?? false
  }

  async stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    if (!running) return
    clearInterval(running.maintenance)
    running.sockets.stop()
    running.rates[Symbol.dispose]()
    await running.stream.stop()
    await Promise.all([running.pool.end(), running.gatePool.end()])
  }

  /** Takes over the socket of an upgrade request. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#running) this.#running.sockets.upgrade(request, socket, head)
    else socket.destroy()
  }

  async fetch(request: Request): Promise<Response> {
    return this.#running?.rest.fetch(request) ?? Response.json({ message: 'Realtime is not running' }, { status: 503 })
  }

  #assemble(): Running {
    const connectionString = databaseUrl(this.#context, 'supabase_admin')
    const [pool, gatePool] = [this.#pool(connectionString, POOL_SIZE), this.#pool(connectionString, 1)]
    const rates = new Rates(this.#limits)
    const parts: Parts = {
      hub: new Hub(),
      limits: this.#limits,
      rates,
      authoriser: new Authoriser(pool),
      credentials: new Credentials(this.#context.keys, new Tokens(this.#context.keys)),
      messages: new MessageStore(pool),
      log: this.#log,
      replicationConnected: () => stream.connected,
    }
    const sockets = new SocketServer(parts)
    const broadcasts = new DatabaseBroadcasts(parts, (userId) => sockets.recheck(userId))
    const stream = new ReplicationStream({
      connectionString,
      pool,
      gate: new VisibilityGate(gatePool),
      slot: SLOT,
      publication: PUBLICATION,
      log: this.#log,
      onBatch: (batch) => broadcasts.announce(batch),
      onGap: () => sockets.rejoinPrivate(),
    })
    const maintenance = setInterval(() => {
      this.#maintain(pool).catch((cause: unknown) =>
        this.#log.error('the partitions of realtime.messages could not be maintained', { cause: String(cause) }),
      )
    }, MAINTENANCE_MS)
    return { pool, gatePool, rates, stream, sockets, rest: new RestBroadcast(parts), maintenance }
  }

  #pool(connectionString: string, max: number): pg.Pool {
    const pool = new pg.Pool({ connectionString, max, connectionTimeoutMillis: POOL_TIMEOUT_MS })
    // A connection that breaks while nobody uses it; whoever asks next gets a new one.
    pool.on('error', (cause) => this.#log.warn('a database connection was lost', { cause: cause.message }))
    return pool
  }

  async #maintain(pool: pg.Pool): Promise<void> {
    await pool.query('select realtime.maintain_messages($1)', [RETENTION])
  }
}
