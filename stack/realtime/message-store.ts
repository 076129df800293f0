import type pg from 'pg'
import type { UserBroadcast } from './codec.ts'
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

  /** Keeps a broadcast that has been sent already, for replay alone. Rejects with the database's error. */
  async keep(topic: string, broadcast: UserBroadcast): Promise<string> {
    const json = broadcast.encoding === 'json'
    const { rows } = await this.#pool.query<{ id: string }>({
      name: 'realtime-keep',
      text: `insert into realtime.messages (topic, event, payload, binary_payload, private, extension, skip_broadcast)
        values ($1, $2, $3, $4, true, 'broadcast', true)
        returning id`,
      values: [topic, broadcast.event, json ? broadcast.body.toString('utf8') : null, json ? null : broadcast.body],
    })
    return rows[0]?.id ?? ''
  }
}
