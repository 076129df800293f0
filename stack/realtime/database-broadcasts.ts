import type { Log } from '../log.ts'
import { type Address, broadcastDelivery, combineDeliveries, type Delivery, type Hub } from './hub.ts'
import { type Limits, maxPayloadBytes } from './limits.ts'
import type { RowChange } from './replication/pgoutput.ts'
import type { Announcement } from './replication/stream.ts'

/** The prefix under which `realtime.recheck` writes to the WAL. */
const RECHECK_PREFIX = 'supabase_realtime_recheck'

/** Takes what the WAL says of `realtime.messages` to those who joined: messages, and requests to check access again. */
export class DatabaseBroadcasts {
  readonly #parts: { readonly hub: Hub; readonly limits: Limits; readonly log: Log }
  readonly #recheck: (userId: string) => void

  constructor(
    parts: { readonly hub: Hub; readonly limits: Limits; readonly log: Log },
    recheck: (userId: string) => void,
  ) {
    this.#parts = parts
    this.#recheck = recheck
  }

  /** Announces a batch, in its order. What follows one another to the same address goes out in one piece. */
  announce(batch: readonly Announcement[]): void {
    let run: { readonly address: Address; readonly deliveries: Delivery[] } | undefined
    const publish = (): void => {
      if (run) this.#parts.hub.publish(run.address, combineDeliveries(run.deliveries))
      run = undefined
    }
    for (const announcement of batch) {
      if (announcement.kind === 'message') {
        publish()
        if (announcement.prefix === RECHECK_PREFIX) this.#recheck(announcement.content)
        continue
      }
      const next = this.#deliveryOf(announcement.change)
      if (!next) continue
      if (run?.address.topic !== next.address.topic || run.address.private !== next.address.private) publish()
      run ??= { address: next.address, deliveries: [] }
      run.deliveries.push(next.delivery)
    }
    publish()
  }

  // Undefined when the row is no message, or nobody has joined its topic.
  #deliveryOf(change: RowChange): { readonly address: Address; readonly delivery: Delivery } | undefined {
    if (change.kind !== 'insert' || change.relation.schema !== 'realtime') return undefined
    const message = readMessage(change, maxPayloadBytes(this.#parts.limits))
    if (typeof message === 'string') {
      this.#parts.log.warn('UnableToBroadcastChanges', { reason: message })
      return undefined
    }
    const { id, topic, event, encoding, body } = message
    const address = { topic, private: message.private }
    if (!this.#parts.hub.find(address)) return undefined
    return { address, delivery: broadcastDelivery(address, { event, encoding, body, metadata: { id } }, { id }) }
  }
}

interface DatabaseMessage {
  readonly id: string
  readonly topic: string
  readonly event: string
  readonly private: boolean
  readonly encoding: 'json' | 'binary'
  readonly body: Buffer
}

// A row that is no message is answered with the reason.
function readMessage({ relation, row = [] }: RowChange, maxBytes: number): DatabaseMessage | string {
  const value = (name: string): Buffer | undefined =>
    row[relation.columns.findIndex((column) => column.name === name)] ?? undefined
  const [id, topic, event, isPrivate] = ['id', 'topic', 'event', 'private'].map((name) => value(name)?.toString('utf8'))
  if (id === undefined || topic === undefined || event === undefined || isPrivate === undefined)
    return 'a column is missing'
  const bytes = value('binary_payload')
  // Postgres writes bytea as `\x` and hexadecimal digits; JSON goes out as it wrote it.
  const body = bytes ? Buffer.from(bytes.toString('latin1', 2), 'hex') : value('payload')
  if (!body) return 'payload_missing'
  if (body.length > maxBytes) return 'payload_size_exceeded'
  return { id, topic, event, private: isPrivate === 't', encoding: bytes ? 'binary' : 'json', body }
}
