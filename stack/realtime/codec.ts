/** The two versions of the Phoenix channel protocol that clients speak. */
export type ProtocolVersion = '1.0.0' | '2.0.0'

/** A JSON object, as payloads are. */
export type JsonObject = Readonly<Record<string, unknown>>

/** A user's broadcast whose payload travels as it came: JSON text, or bytes. */
export interface UserBroadcast {
  readonly event: string
  readonly encoding: 'json' | 'binary'
  readonly body: Buffer
  readonly metadata?: JsonObject | undefined
}

/** What a client sent. */
export interface ClientMessage {
  readonly joinRef: string | null
  readonly ref: string | null
  readonly topic: string
  readonly event: string
  /** A user's broadcast in a binary frame, or the JSON payload of any other frame. */
  readonly payload: UserBroadcastPayload | JsonPayload
}
interface UserBroadcastPayload {
  readonly kind: 'broadcast'
  readonly broadcast: UserBroadcast
}
interface JsonPayload {
  readonly kind: 'json'
  readonly value: unknown
}

/** What the server sends in a text frame. Without a `joinRef` it is for every joining of the topic. */
export interface ServerMessage {
  readonly joinRef?: string | null
  readonly ref?: string | null
  readonly topic: string
  readonly event: string
  readonly payload: JsonObject
}

/** The frame does not follow the protocol; it is dropped and the socket stays open. */
export class MalformedFrame extends Error {
  override readonly name = 'MalformedFrame'
}

const PUSH = 0
const USER_BROADCAST_PUSH = 3
const USER_BROADCAST = 4
const MAX_FIELD_BYTES = 255

/** Reads a frame of a client. Throws `MalformedFrame`. */
export function decode(version: ProtocolVersion, data: Buffer, isBinary: boolean): ClientMessage {
  if (isBinary) return decodeBinary(data)
  let value: unknown
  try {
    value = JSON.parse(data.toString('utf8'))
  } catch {
    throw new MalformedFrame('not JSON')
  }
  return version === '1.0.0' ? fromObject(value) : fromArray(value)
}

function fromObject(value: unknown): ClientMessage {
  if (!isJsonObject(value) || !('payload' in value) || !('ref' in value)) throw new MalformedFrame('missing keys')
  const { topic, event, payload, ref, join_ref: joinRef } = value
  return message(joinRef ?? null, ref, topic, event, payload)
}

function fromArray(value: unknown): ClientMessage {
  if (!Array.isArray(value) || value.length < 5) throw new MalformedFrame('not an array of five')
  const [joinRef, ref, topic, event, payload]: unknown[] = value
  return message(joinRef, ref, topic, event, payload)
}

function message(joinRef: unknown, ref: unknown, topic: unknown, event: unknown, payload: unknown): ClientMessage {
  if (typeof topic !== 'string' || typeof event !== 'string') throw new MalformedFrame('topic and event must be text')
  return { joinRef: refOf(joinRef), ref: refOf(ref), topic, event, payload: { kind: 'json', value: payload } }
}

function refOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw new MalformedFrame('a ref must be text')
}

function decodeBinary(data: Buffer): ClientMessage {
  const kind = data[0]
  if (kind === USER_BROADCAST_PUSH) return decodeUserBroadcast(data)
  if (kind !== PUSH) throw new MalformedFrame('unknown kind of binary frame')
  const { fields } = split(data, 5, [1, 2, 3, 4])
  const [joinRef = '', ref = '', topic = '', event = ''] = fields.map(String)
  // No event takes bytes as its payload, but heartbeats and leaves may come this way.
  return { joinRef: joinRef || null, ref: ref || null, topic, event, payload: { kind: 'json', value: {} } }
}

function decodeUserBroadcast(data: Buffer): ClientMessage {
  const { fields, rest } = split(data, 7, [1, 2, 3, 4, 5])
  const [joinRef = '', ref = '', topic = '', event = '', metadata = ''] = fields.map(String)
  const broadcast: UserBroadcast = {
    event,
    encoding: data[6] === 0 ? 'binary' : 'json',
    body: rest,
    metadata: metadata === '' ? undefined : parseMetadata(metadata),
  }
  return {
    joinRef: joinRef || null,
    ref: ref || null,
    topic,
    event: 'broadcast',
    payload: { kind: 'broadcast', broadcast },
  }
}

function split(data: Buffer, start: number, sizes: readonly number[]): { fields: Buffer[]; rest: Buffer } {
  const fields: Buffer[] = []
  let offset = start
  for (const at of sizes) {
    const end = offset + (data[at] ?? 0)
    if (end > data.length || data.length < start) throw new MalformedFrame('shorter than its sizes say')
    fields.push(data.subarray(offset, end))
    offset = end
  }
  return { fields, rest: data.subarray(offset) }
}

function parseMetadata(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    if (isJsonObject(value)) return value
  } catch {
    // Answered below: metadata that is not JSON and metadata that is no object are the same mistake.
  }
  throw new MalformedFrame('metadata must be a JSON object')
}

/** The text of a message to a client. */
export function encode(version: ProtocolVersion, message: ServerMessage): string {
  const { joinRef = null, ref = null, topic, event, payload } = message
  return version === '1.0.0'
    ? JSON.stringify({ topic, event, payload, ref })
    : JSON.stringify([joinRef, ref, topic, event, payload])
}

/**
 * A user's broadcast as `version` carries it: binary, or text where the protocol or the size of a field asks for it.
 * Undefined where it cannot be said: bytes have no place in version 1.
 */
export function encodeBroadcast(
  version: ProtocolVersion,
  topic: string,
  broadcast: UserBroadcast,
  joinRef: string | null = null,
): Buffer | string | undefined {
  if (version === '2.0.0') {
    const binary = encodeUserBroadcast(topic, broadcast)
    if (binary) return binary
  }
  return broadcast.encoding === 'binary' ? undefined : encodeBroadcastText(version, topic, broadcast, joinRef)
}

/** A JSON broadcast as text; its payload is put in as it came, without being parsed. */
export function encodeBroadcastText(
  version: ProtocolVersion,
  topic: string,
  broadcast: UserBroadcast,
  joinRef: string | null = null,
): string {
  const meta = broadcast.metadata ? `,"meta":${JSON.stringify(broadcast.metadata)}` : ''
  const payload = `{"event":${JSON.stringify(broadcast.event)},"payload":${broadcast.body.toString('utf8')},"type":"broadcast"${meta}}`
  return encodePayload(version, { joinRef, topic, event: 'broadcast', payload })
}

/** As `encode`, for a payload that is JSON text already. */
export function encodePayload(
  version: ProtocolVersion,
  message: Pick<ServerMessage, 'joinRef' | 'topic' | 'event'> & { readonly payload: string },
): string {
  const { joinRef = null, payload } = message
  const topic = JSON.stringify(message.topic)
  const event = JSON.stringify(message.event)
  return version === '1.0.0'
    ? `{"topic":${topic},"event":${event},"payload":${payload},"ref":null}`
    : `[${JSON.stringify(joinRef)},null,${topic},${event},${payload}]`
}

function encodeUserBroadcast(topic: string, broadcast: UserBroadcast): Buffer | undefined {
  const metadata = broadcast.metadata ? JSON.stringify(broadcast.metadata) : ''
  const fields = [Buffer.from(topic), Buffer.from(broadcast.event), Buffer.from(metadata)]
  const sizes = fields.map((field) => field.length)
  if (sizes.some((size) => size > MAX_FIELD_BYTES)) return undefined
  const header = Buffer.from([USER_BROADCAST, ...sizes, broadcast.encoding === 'binary' ? 0 : 1])
  return Buffer.concat([header, ...fields, broadcast.body])
}

/** Whether `value` is a JSON object, and neither null nor a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
