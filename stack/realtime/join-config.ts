import { isJsonObject, type JsonObject } from './codec.ts'

/** What a client asks for when it joins; a field of the wrong type has its default. */
export interface JoinConfig {
  readonly private: boolean
  readonly broadcast: {
    readonly ack: boolean
    readonly self: boolean
    readonly replicationReady: boolean
    readonly replay: Replay | 'invalid' | undefined
  }
  readonly presence: { readonly enabled: boolean; readonly key: string }
  /** As the client sent them, because the reply repeats them. */
  readonly postgresChanges: readonly JsonObject[]
  readonly waitForChanges: { readonly timeoutMs: number } | undefined
  readonly accessToken: string | undefined
}

/** Which past messages a client asks for. */
export interface Replay {
  readonly since: Date
  readonly limit: number
}

const REPLAY_LIMIT_DEFAULT = 10
const REPLAY_LIMIT_MAX = 25
const WAIT_DEFAULT_MS = 15_000
const WAIT_MAX_MS = 20_000

/** Reads the payload of `phx_join` to `topic` (without its prefix). Never fails. */
export function readJoin(topic: string, payload: unknown): JoinConfig {
  const join = objectAt(payload)
  const config = objectAt(join.config)
  const broadcast = objectAt(config.broadcast)
  const presence = objectAt(config.presence)
  return {
    private: flag(config.private),
    broadcast: {
      ack: flag(broadcast.ack),
      self: flag(broadcast.self),
      replicationReady: flag(broadcast.replication_ready),
      replay: readReplay(broadcast.replay),
    },
    presence: { enabled: flag(presence.enabled), key: presenceKey(presence.key) },
    postgresChanges: isJsonObject(join.config) ? bindings(config.postgres_changes) : bindingOfTopic(topic),
    waitForChanges: readWait(config.postgres_changes_options),
    accessToken: typeof join.user_token === 'string' ? join.user_token : textAt(join.access_token),
  }
}

const objectAt = (value: unknown): JsonObject => (isJsonObject(value) ? value : {})
const textAt = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function flag(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true')
}

function presenceKey(value: unknown): string {
  if (value === null || value === undefined || value === '') return crypto.randomUUID()
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function bindings(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

// The first clients had no config: what they listen to is in the name, `schema[:table[:filter]]`.
function bindingOfTopic(topic: string): readonly JsonObject[] {
  const [schema = '', table, ...filter] = topic.split(':')
  return [
    {
      event: '*',
      schema,
      ...(table === undefined ? {} : { table }),
      ...(filter.length > 0 ? { filter: filter.join(':') } : {}),
    },
  ]
}

function readReplay(value: unknown): JoinConfig['broadcast']['replay'] {
  if (!isJsonObject(value)) return undefined
  const { since = 0, limit = REPLAY_LIMIT_DEFAULT } = value
  if (!Number.isSafeInteger(since) || !Number.isSafeInteger(limit)) return 'invalid'
  const from = new Date(Number(since))
  if (Number.isNaN(from.getTime())) return 'invalid'
  return { since: from, limit: Math.min(Math.max(Number(limit), 1), REPLAY_LIMIT_MAX) }
}

function readWait(value: unknown): JoinConfig['waitForChanges'] {
  const options = objectAt(value)
  if (!flag(options.wait)) return undefined
  const { timeout } = options
  const timeoutMs = typeof timeout === 'number' && timeout > 0 ? timeout : WAIT_DEFAULT_MS
  return { timeoutMs: Math.min(timeoutMs, WAIT_MAX_MS) }
}
