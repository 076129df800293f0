import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from './codec.ts'

/** One meta as clients see it: what was tracked, and the reference of that track. */
type Meta = JsonObject & { readonly phx_ref: string }
/** Metas by presence key, as `presence_state` carries them. */
export type PresenceState = Record<string, { metas: Meta[] }>
/** What a track or an untrack changed, as `presence_diff` carries it. */
export interface PresenceDiff {
  readonly joins: PresenceState
  readonly leaves: PresenceState
}

interface Entry {
  readonly key: string
  readonly payload: JsonObject
  readonly meta: Meta
}

let counter = 0
const nextRef = (): string => Buffer.from(`${Date.now().toString(36)}${(counter++).toString(36)}`).toString('base64url')

/** Who is present on one topic: at most one meta per channel, several channels to a key. */
export class Presence {
  readonly #entries = new Map<object, Entry>()

  /** Records `payload` for `channel` under `key`. Undefined when that is what was tracked already. */
  track(channel: object, key: string, payload: JsonObject): PresenceDiff | undefined {
    const before = this.#entries.get(channel)
    if (before && isDeepStrictEqual(before.payload, payload)) return undefined
    const previous = before ? { phx_ref_prev: before.meta.phx_ref } : {}
    const meta = { ...payload, ...previous, phx_ref: nextRef() }
    this.#entries.set(channel, { key, payload, meta })
    return { joins: { [key]: { metas: [meta] } }, leaves: before ? { [before.key]: { metas: [before.meta] } } : {} }
  }

  /** Forgets what `channel` tracked. Undefined when it tracked nothing. */
  untrack(channel: object): PresenceDiff | undefined {
    const entry = this.#entries.get(channel)
    if (!entry) return undefined
    this.#entries.delete(channel)
    return { joins: {}, leaves: { [entry.key]: { metas: [entry.meta] } } }
  }

  state(): PresenceState {
    const metas = new Map<string, Meta[]>()
    for (const { key, meta } of this.#entries.values()) metas.set(key, [...(metas.get(key) ?? []), meta])
    return Object.fromEntries([...metas].map(([key, list]) => [key, { metas: list }]))
  }
}
