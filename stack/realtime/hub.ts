import {
  encode,
  encodeBroadcast,
  encodeBroadcastText,
  encodePayload,
  type ProtocolVersion,
  type ServerMessage,
  type UserBroadcast,
} from './codec.ts'
import { frame } from './frame.ts'
import { Presence } from './presence.ts'

/** A topic's name and which of the two disjoint spaces it is in. */
export interface Address {
  /** Without the prefix `realtime:`. */
  readonly topic: string
  readonly private: boolean
}

/** One message for all members of a topic, framed at most once per version of the protocol. */
export interface Delivery {
  readonly kind: 'broadcast' | 'presence' | 'postgres_changes'
  /** Of the row it was read from, where there is one. */
  readonly id?: string | undefined
  /** The messages that this one is made of, where it is several in one piece. */
  readonly parts?: readonly Delivery[]
  /** Undefined where that version cannot express it. */
  framed(version: ProtocolVersion): Buffer | undefined
}

/** Someone who has joined a topic. */
export interface Member {
  deliver(delivery: Delivery): void
}

/** Everyone who has joined one topic, and who of them is present. */
export interface Topic {
  readonly address: Address
  readonly members: Set<Member>
  readonly presence: Presence
}

/** All joined topics. A topic is there as long as it has members. */
export class Hub {
  readonly #topics = new Map<string, Topic>()

  join(address: Address, member: Member): Topic {
    const key = keyOf(address)
    let topic = this.#topics.get(key)
    if (!topic) {
      topic = { address, members: new Set(), presence: new Presence() }
      this.#topics.set(key, topic)
    }
    topic.members.add(member)
    return topic
  }

  leave(topic: Topic, member: Member): void {
    topic.members.delete(member)
    if (topic.members.size === 0) this.#topics.delete(keyOf(topic.address))
  }

  find(address: Address): Topic | undefined {
    return this.#topics.get(keyOf(address))
  }

  /** Every joined topic. */
  topics(): Iterable<Topic> {
    return this.#topics.values()
  }

  /** Hands `delivery` to every member but `except`, and says to how many. */
  publish(address: Address, delivery: Delivery, except?: Member): number {
    const topic = this.find(address)
    if (!topic) return 0
    for (const member of topic.members) if (member !== except) member.deliver(delivery)
    return topic.members.size
  }
}

/** The name under which clients know a topic. */
function wireTopic(address: Address): string {
  return `realtime:${address.topic}`
}

/** A user's broadcast to an address; `id` is that of its row. `asText` keeps it out of binary frames. */
export function broadcastDelivery(
  address: Address,
  broadcast: UserBroadcast,
  options: { readonly id?: string; readonly asText?: boolean } = {},
): Delivery {
  const topic = wireTopic(address)
  return delivery('broadcast', options.id, (version) =>
    options.asText && broadcast.encoding === 'json'
      ? encodeBroadcastText(version, topic, broadcast)
      : encodeBroadcast(version, topic, broadcast),
  )
}

/**
 * Messages to one address in one piece: a socket is written to once for all of them, which is what a busy topic with
 * many members costs most.
 */
export function combineDeliveries(parts: readonly Delivery[]): Delivery {
  const [first, ...others] = parts
  if (first && others.length === 0) return first
  const frames = new Map<ProtocolVersion, Buffer>()
  return {
    kind: 'broadcast',
    parts,
    framed: (version) => {
      const known = frames.get(version)
      if (known) return known
      const all = Buffer.concat(parts.flatMap((part) => part.framed(version) ?? []))
      frames.set(version, all)
      return all
    },
  }
}

/** A message that every member gets as text. */
export function textDelivery(kind: Delivery['kind'], message: ServerMessage): Delivery {
  return delivery(kind, undefined, (version) => encode(version, message))
}

/** As `textDelivery`, for a payload that is JSON text already. */
export function payloadDelivery(
  kind: Delivery['kind'],
  message: { readonly topic: string; readonly event: string; readonly payload: string },
): Delivery {
  return delivery(kind, undefined, (version) => encodePayload(version, message))
}

function delivery(
  kind: Delivery['kind'],
  id: string | undefined,
  encodeFor: (version: ProtocolVersion) => Buffer | string | undefined,
): Delivery {
  const frames = new Map<ProtocolVersion, Buffer | undefined>()
  return {
    kind,
    id,
    framed: (version) => {
      if (!frames.has(version)) {
        const encoded = encodeFor(version)
        frames.set(version, encoded === undefined ? undefined : frame(encoded))
      }
      return frames.get(version)
    },
  }
}

function keyOf(address: Address): string {
  return `${address.private ? 'private' : 'public'}:${address.topic}`
}
