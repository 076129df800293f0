import pg from 'pg'

/** What arrives on a replication connection. */
export interface WalHandlers {
  /** One message of the output plugin. */
  onData(data: Buffer): void
  /** The server has sent everything up to `walEnd`. */
  onKeepAlive(walEnd: bigint, replyRequested: boolean): void
  /** The connection is gone; called once. */
  onEnd(cause: Error | undefined): void
}

const XLOG_DATA = 0x77
const KEEP_ALIVE = 0x6b
const XLOG_HEADER_BYTES = 25
const STATUS_BYTES = 34
// 2000-01-01, where Postgres' clock starts.
const EPOCH_MS = 946_684_800_000

/** A connection that streams one logical slot through `pgoutput`. */
export class WalConnection {
  readonly #client: pg.Client

  private constructor(client: pg.Client) {
    this.#client = client
  }

  /**
   * Starts streaming `slot` from `position`, or from where the slot was confirmed if that is later.
   * Rejects with the server's error, for instance when the slot is missing, in use, or was invalidated.
   */
  static async open(options: {
    readonly connectionString: string
    readonly slot: string
    readonly publication: string
    readonly position: bigint
    readonly handlers: WalHandlers
  }): Promise<WalConnection> {
    const { slot, publication, position, handlers } = options
    const client = new pg.Client({ connectionString: `${options.connectionString}?replication=database` })
    let ended = false
    let streaming = false
    const end = (cause?: Error): void => {
      if (ended || !streaming) return
      ended = true
      handlers.onEnd(cause)
    }
    client.on('error', end)
    client.on('end', () => end())
    await client.connect()
    const started = new Promise<void>((resolve, reject) => {
      client.connection.once('replicationStart', resolve)
      client.connection.on('copyData', ({ chunk }: { chunk: Buffer }) => receive(chunk, handlers))
      // The grammar of these commands knows upper case only.
      const text = `START_REPLICATION SLOT ${pg.escapeIdentifier(slot)} LOGICAL ${formatLsn(position)}
        (proto_version '1', publication_names ${pg.escapeLiteral(publication)}, messages 'true')`
      client.query(text).then(
        () => end(),
        (cause: Error) => {
          reject(cause)
          end(cause)
        },
      )
    })
    try {
      await started
    } catch (cause) {
      await client.end().catch(() => undefined)
      throw cause
    }
    streaming = true
    return new WalConnection(client)
  }

  /** Tells the server that everything before `position` is done with, so that it may forget it. */
  confirm(position: bigint): void {
    const message = Buffer.alloc(5 + STATUS_BYTES)
    message.write('d', 0, 'latin1')
    message.writeUInt32BE(4 + STATUS_BYTES, 1)
    message.write('r', 5, 'latin1')
    for (const offset of [6, 14, 22]) message.writeBigUInt64BE(position, offset)
    message.writeBigInt64BE(BigInt(Date.now() - EPOCH_MS) * 1000n, 30)
    this.#client.connection.stream.write(message)
  }

  pause(): void {
    this.#client.connection.stream.pause()
  }

  resume(): void {
    this.#client.connection.stream.resume()
  }

  /** Ends the connection at once. `onEnd` is called unless it was already. */
  close(): void {
    this.#client.connection.stream.destroy()
  }
}

function receive(chunk: Buffer, handlers: WalHandlers): void {
  // A copy, because the driver goes on to use the memory of the chunk, and rows are kept until they may be announced.
  if (chunk[0] === XLOG_DATA) handlers.onData(Buffer.from(chunk.subarray(XLOG_HEADER_BYTES)))
  else if (chunk[0] === KEEP_ALIVE) handlers.onKeepAlive(chunk.readBigUInt64BE(1), chunk[17] === 1)
}

/** A position in the WAL as Postgres writes it. */
export function formatLsn(position: bigint): string {
  return `${(position >> 32n).toString(16).toUpperCase()}/${(position & 0xffff_ffffn).toString(16).toUpperCase()}`
}
