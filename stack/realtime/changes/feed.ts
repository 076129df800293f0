import type { Log } from '../../log.ts'
import type { Identity } from '../credentials.ts'
import { type Delivery, payloadDelivery } from '../hub.ts'
import type { RowChange } from '../replication/pgoutput.ts'
import type { Announcement, ReplicationStream } from '../replication/stream.ts'
import type { Binding } from './binding.ts'
import type { ChangeEvaluator, View } from './evaluator.ts'
import { type Group, SubscriptionRegistry } from './registry.ts'

/** Someone who is told of changes. */
export interface ChangeSubscriber {
  readonly wireTopic: string
  deliver(delivery: Delivery): void
}

const RETRY_MS = 250
const EVENTS = { insert: 'INSERT', update: 'UPDATE', delete: 'DELETE' } as const

/** Changes of published tables, for those who subscribed and may see them. */
export class ChangeFeed {
  readonly #evaluator: ChangeEvaluator
  readonly #stream: () => ReplicationStream
  readonly #log: Log
  readonly #registry = new SubscriptionRegistry<ChangeSubscriber>()
  #running: { readonly stream: ReplicationStream; readonly started: Promise<void> } | undefined
  #stopped = false

  /** `stream` makes the stream, which is started when the first subscription comes. */
  constructor(evaluator: ChangeEvaluator, stream: () => ReplicationStream, log: Log) {
    this.#evaluator = evaluator
    this.#stream = stream
    this.#log = log
  }

  /**
   * Subscribes to `bindings` as `identity`: what is committed after this resolves is announced.
   * The function that it resolves with ends the subscription. Rejects with a `BindingError`, or the database's error.
   */
  async subscribe(subscriber: ChangeSubscriber, identity: Identity, bindings: readonly Binding[]): Promise<() => void> {
    for (const binding of bindings) await this.#evaluator.check(binding, identity)
    await this.#start()
    return this.#registry.add(subscriber, identity, bindings)
  }

  /** Announces a batch in its order; every change is evaluated before it is sent to anyone. */
  async announce(batch: readonly Announcement[]): Promise<void> {
    for (const announcement of batch) {
      if (announcement.kind !== 'row') continue
      const groups = this.#registry.find(announcement.change.relation, EVENTS[announcement.change.kind])
      if (groups.length > 0) await this.#announceChange(announcement.change, announcement.committedAt, groups)
    }
  }

  /** Ends the stream. May be called twice. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running?.stream.stop()
  }

  async #start(): Promise<void> {
    if (!this.#running) {
      const stream = this.#stream()
      this.#running = { stream, started: stream.start() }
      // The next subscription tries again.
      this.#running.started.catch(() => {
        this.#running = undefined
      })
    }
    await this.#running.started
  }

  async #announceChange(change: RowChange, committedAt: Date, groups: Group<ChangeSubscriber>[]): Promise<void> {
    while (!this.#stopped) {
      try {
        const views = await this.#evaluator.describe(change, groups)
        const readers = await Promise.all(views.map((view) => this.#readersOf(change, view, groups)))
        views.forEach((view, index) => {
          send(readers[index] ?? [], dataOf(change, committedAt, view))
        })
        return
      } catch (cause) {
        if (!isOutage(cause)) {
          this.#log.error('a change could not be announced', { table: change.relation.table, cause: String(cause) })
          return
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  async #readersOf(
    change: RowChange,
    view: View,
    groups: Group<ChangeSubscriber>[],
  ): Promise<Group<ChangeSubscriber>[]> {
    const asking = view.asks.flatMap((ask) => groups[ask] ?? [])
    const role = asking[0]?.identity.role
    if (!view.restricted || role === undefined) return asking
    const claims = [...new Set(asking.map(claimsOf))]
    const visible = await this.#evaluator.visibleTo(change, role, claims)
    const seeing = new Set(claims.filter((_, index) => visible[index]))
    return asking.filter((group) => seeing.has(claimsOf(group)))
  }
}

const claimsOf = (group: Group<ChangeSubscriber>): string => JSON.stringify(group.identity.claims)

// One message to a subscriber, however many of its bindings the change satisfies.
function send(groups: readonly Group<ChangeSubscriber>[], data: string): void {
  const ids = new Map<ChangeSubscriber, Set<number>>()
  for (const { members } of groups)
    for (const [subscriber, own] of members) {
      const known = ids.get(subscriber) ?? new Set()
      for (const id of own) known.add(id)
      ids.set(subscriber, known)
    }
  const deliveries = new Map<string, Delivery>()
  for (const [subscriber, own] of ids) {
    const payload = `{"ids":${JSON.stringify([...own])},"data":${data}}`
    const key = `${subscriber.wireTopic} ${payload}`
    const delivery =
      deliveries.get(key) ??
      payloadDelivery('postgres_changes', { topic: subscriber.wireTopic, event: 'postgres_changes', payload })
    deliveries.set(key, delivery)
    subscriber.deliver(delivery)
  }
}

function dataOf(change: RowChange, committedAt: Date, view: View): string {
  const { schema, table } = change.relation
  const names = { schema, table, type: EVENTS[change.kind] }
  const errors = JSON.stringify(view.errors)
  if (view.columns === null) return `${JSON.stringify(names).slice(0, -1)},"errors":${errors}}`
  const record = change.kind === 'delete' ? '' : `,"record":${view.record ?? '{}'}`
  const oldRecord = change.kind === 'insert' ? '' : `,"old_record":${view.old_record ?? '{}'}`
  const head = JSON.stringify({ ...names, commit_timestamp: committedAt.toISOString() }).slice(0, -1)
  return `${head},"columns":${view.columns}${record}${oldRecord},"errors":${errors}}`
}

// Whether the database was away or stopped the query, rather than answered; then the same question may be asked again.
function isOutage(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return !/^[0-9A-Z]{5}$/.test(code) || /^(08|53|57P)/.test(code)
}
