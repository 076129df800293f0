import type { Identity } from '../credentials.ts'
import type { Relation } from '../replication/pgoutput.ts'
import type { Binding } from './binding.ts'

/** Subscriptions that ask the same question: same filters and columns, same caller. */
export interface Group<Subscriber> {
  readonly binding: Pick<Binding, 'event' | 'filters' | 'select'>
  readonly identity: Identity
  /** Who asked, and under which ids. */
  readonly members: Map<Subscriber, Set<number>>
}

/** Who is subscribed to which tables. */
export class SubscriptionRegistry<Subscriber> {
  readonly #tables = new Map<string, Map<string, Group<Subscriber>>>()

  /** Adds a subscriber's bindings. The function that it answers takes them out again. */
  add(subscriber: Subscriber, identity: Identity, bindings: readonly Binding[]): () => void {
    const removals = bindings.map((binding) => this.#addOne(subscriber, identity, binding))
    return () => {
      for (const remove of removals) remove()
    }
  }

  /** The groups that listen to this kind of change of the table. */
  find(relation: Pick<Relation, 'schema' | 'table'>, event: Binding['event']): Group<Subscriber>[] {
    const { schema, table } = relation
    const keys = new Set([`${schema}.${table}`, `${schema}.*`, `*.${table}`, '*.*'])
    return [...keys]
      .flatMap((key) => [...(this.#tables.get(key)?.values() ?? [])])
      .filter(({ binding }) => binding.event === '*' || binding.event === event)
  }

  #addOne(subscriber: Subscriber, identity: Identity, binding: Binding): () => void {
    const table = `${binding.schema}.${binding.table}`
    const { event, filters, select } = binding
    const question = JSON.stringify([event, filters, select, identity.role, identity.claims])
    const groups = this.#tables.get(table) ?? new Map<string, Group<Subscriber>>()
    this.#tables.set(table, groups)
    const group = groups.get(question) ?? { binding: { event, filters, select }, identity, members: new Map() }
    groups.set(question, group)
    group.members.set(subscriber, (group.members.get(subscriber) ?? new Set()).add(binding.id))
    return () => {
      group.members.delete(subscriber)
      if (group.members.size === 0) groups.delete(question)
      if (groups.size === 0) this.#tables.delete(table)
    }
  }
}
