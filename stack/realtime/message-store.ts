import type pg from 'pg'
import { isJsonObject, type UserBroadcast } from './codec.ts'
import type { Replay } from './join-config.ts'

interface Row {
  readonly id: string
  readonly event: string
  readonly payload: string | null
  readonly binary_payload: Buffer | null
}

/** A message of the past, with the id of its row. */
export interface StoredBroadcast {
  readonly id: string
  readonly broadcast: UserBroadcast
}

/** How long a broadcast is kept: for as long as any other message where `seconds` is undefined. */
export interface Keeping {
  readonly seconds: number | undefined
}

/** What `persist` asks for: `true`, or `{ ttl }` in seconds. Undefined where that is neither, and nothing is to be kept. */
export function readKeeping(persist: unknown): Keeping | undefined {
  if (persist === true) return { seconds: undefined }
  if (!isJsonObject(persist)) return undefined
  const { ttl } = persist
  if (ttl === undefined) return { seconds: undefined }
  return typeof ttl === 'number' && ttl > 0 && Number.isFinite(ttl) ? { seconds: ttl } : undefined
}

/** The rows of `realtime.messages`, as far as the server itself reads and writes them. */
export class MessageStore {
  readonly #pool: pg.Pool

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /** The newest private messages of `topic` that `replay` asks for, oldest first. Rejects with the database's error. */
  async past(topic: string, replay: Replay): Promise<StoredBroadcast[]> {
    const { rows } = await this.#pool.query<Row>({
      name: 'realtime-replay',
      text: `select id, event, payload::text as payload, binary_payload
        from realtime.messages
        where topic = $1 and private and extension = 'broadcast' and event is not null
          and (payload is not null or binary_payload is not null)
          and inserted_at >= $2::timestamptz at time zone 'utc'
          and inserted_at < (now() + interval '1 minute') at time zone 'utc'
          and (expires_at is null or expires_at > now() at time zone 'utc')
        order by inserted_at desc
        limit $3`,
      values: [topic, replay.since.toISOString(), replay.limit],
    })
    return rows.reverse().map(({ id, event, payload, binary_payload: bytes }) => ({
      id,
      broadcast: {
        event,
        encoding: bytes ? 'binary' : 'json',
        body: bytes ?? Buffer.from(payload ?? 'null'),
        metadata: { replayed: true, id },
      },
    }))
  }

  /** Keeps a broadcast that has been sent already, for replay alone, and resolves with its id. Rejects with the database's error. */
  async keep(topic: string, broadcast: UserBroadcast, { seconds }: Keeping): Promise<string> {
    const json = broadcast.encoding === 'json'
    const { rows } = await this.#pool.query<{ id: string }>({
      name: 'realtime-keep',
      text: `insert into realtime.messages
          (topic, event, payload, binary_payload, private, extension, skip_broadcast, expires_at)
        values ($1, $2, $3, $4, true, 'broadcast', true, now() at time zone 'utc' + make_interval(secs => $5))
        returning id`,
      values: [
        topic,
        broadcast.event,
        json ? broadcast.body.toString('utf8') : null,
        json ? null : broadcast.body,
        seconds ?? null,
      ],
    })
    return rows[0]?.id ?? ''
  }
}
