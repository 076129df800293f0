import pg from 'pg'
import { authUrl, databaseUrl, type StackContext } from '../context.ts'
import type { Log } from '../log.ts'
import { Tokens } from '../tokens.ts'
import { Authoriser } from './authorisation.ts'
import { ChangeEvaluator } from './changes/evaluator.ts'
import { ChangeFeed } from './changes/feed.ts'
import { Credentials } from './credentials.ts'
import { DatabaseBroadcasts } from './database-broadcasts.ts'
import { Hub } from './hub.ts'
import { type Limits, Rates } from './limits.ts'
import { MessageStore } from './message-store.ts'
import type { Parts } from './parts.ts'
import { VisibilityGate } from './replication/gate.ts'
import { ReplicationStream, type StreamOptions } from './replication/stream.ts'
import { RestBroadcast } from './rest.ts'
import { SocketServer } from './socket-server.ts'

const RETENTION = '72 hours'
const MAINTENANCE_MS = 4 * 3_600_000
const POOL_SIZE = 8
const POOL_TIMEOUT_MS = 5_000

// Publications and slots as hosted names them.
const MESSAGES = {
  publication: 'supabase_realtime_messages_publication',
  slot: 'supabase_realtime_messages_replication_slot',
}
const CHANGES = { publication: 'supabase_realtime', slot: 'supabase_realtime_replication_slot' }

/** Everything that is alive between the start and the stop of the service, put together. */
export class RealtimeServer {
  readonly sockets: SocketServer
  readonly rest: RestBroadcast
  readonly #log: Log
  readonly #connectionString: string
  readonly #pool: pg.Pool
  /** Of its own, because whoever waits for visibility must not wait for anything else. */
  readonly #gatePool: pg.Pool
  readonly #gate: VisibilityGate
  readonly #rates: Rates
  readonly #messages: ReplicationStream
  readonly #changes: ChangeFeed
  #maintenance: NodeJS.Timeout | undefined

  constructor(context: StackContext, limits: Limits) {
    this.#log = context.log.child({ service: 'realtime' })
    this.#connectionString = databaseUrl(context, 'supabase_admin')
    this.#pool = this.#newPool(POOL_SIZE)
    this.#gatePool = this.#newPool(1)
    this.#gate = new VisibilityGate(this.#gatePool)
    this.#rates = new Rates(limits)
    this.#changes = new ChangeFeed(
      new ChangeEvaluator(this.#pool, CHANGES.publication),
      () => this.#changeStream(),
      this.#log,
    )
    const parts: Parts = {
      hub: new Hub(),
      limits,
      rates: this.#rates,
      authoriser: new Authoriser(this.#pool),
      credentials: new Credentials(context.keys, new Tokens(context.keys, authUrl(context))),
      messages: new MessageStore(this.#pool),
      changes: this.#changes,
      log: this.#log,
      replicationConnected: () => this.connected,
    }
    this.sockets = new SocketServer(parts)
    this.rest = new RestBroadcast(parts)
    this.#messages = this.#messageStream(parts)
  }

  /** Whether messages from the database are being announced at this moment. */
  get connected(): boolean {
    return this.#messages.connected
  }

  /** Rejects when the database refuses; what has begun is ended by `stop`. */
  async start(): Promise<void> {
    await this.#maintain()
    await this.#gatePool.query('select')
    await this.#messages.start()
    this.#maintenance = setInterval(() => {
      this.#maintain().catch((cause: unknown) =>
        this.#log.error('the partitions of realtime.messages were not maintained', { cause: String(cause) }),
      )
    }, MAINTENANCE_MS)
  }

  async stop(): Promise<void> {
    clearInterval(this.#maintenance)
    this.sockets.stop()
    this.#rates[Symbol.dispose]()
    await Promise.all([this.#messages.stop(), this.#changes.stop()])
    await Promise.all([this.#pool.end(), this.#gatePool.end()])
  }

  #messageStream(parts: Parts): ReplicationStream {
    const broadcasts = new DatabaseBroadcasts(parts, (userId) => this.sockets.recheck(userId))
    return this.#stream({
      ...MESSAGES,
      onBatch: (batch) => broadcasts.announce(batch),
      onGap: () => this.sockets.rejoin((channel) => channel.address.private),
    })
  }

  #changeStream(): ReplicationStream {
    return this.#stream({
      ...CHANGES,
      onBatch: (batch) => this.#changes.announce(batch),
      onGap: () => this.sockets.rejoin((channel) => channel.config.postgresChanges.length > 0),
    })
  }

  #stream(options: Pick<StreamOptions, 'slot' | 'publication' | 'onBatch' | 'onGap'>): ReplicationStream {
    return new ReplicationStream({
      ...options,
      connectionString: this.#connectionString,
      pool: this.#pool,
      gate: this.#gate,
      log: this.#log,
    })
  }

  #newPool(max: number): pg.Pool {
    const pool = new pg.Pool({
      connectionString: this.#connectionString,
      max,
      connectionTimeoutMillis: POOL_TIMEOUT_MS,
      // A message after a quiet time must not wait for a new connection.
      idleTimeoutMillis: 0,
    })
    // A connection that breaks while nobody uses it; whoever asks next gets a new one.
    pool.on('error', (cause) => this.#log.warn('a database connection was lost', { cause: cause.message }))
    return pool
  }

  async #maintain(): Promise<void> {
    await this.#pool.query('select realtime.maintain_messages($1)', [RETENTION])
  }
}
