import { type Binding, BindingError, bindingId, readBinding } from './changes/binding.ts'
import type { Channel } from './channel.ts'
import type { JsonObject } from './codec.ts'
import type { Parts } from './parts.ts'
import { JoinRefused } from './refusal.ts'

const RETRY_MS = 5_000

/** A channel's subscriptions to changes of tables. */
export class ChannelChanges {
  readonly #channel: Channel
  readonly #parts: Parts
  #unsubscribe: () => void = () => undefined
  #retry: NodeJS.Timeout | undefined

  constructor(channel: Channel, parts: Parts) {
    this.#channel = channel
    this.#parts = parts
  }

  /** The bindings as the reply to the join repeats them, each with its id. */
  get described(): JsonObject[] {
    return this.#channel.config.postgresChanges.map((binding) => ({ ...binding, id: bindingId(binding) }))
  }

  /** Where the client asked to wait for it, subscribes before the reply. Rejects with `JoinRefused`. */
  async subscribeBeforeReply(): Promise<boolean> {
    const { waitForChanges: wait, postgresChanges } = this.#channel.config
    if (!wait || postgresChanges.length === 0) return false
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<never>((_, reject) => {
      const text = `PostgresChangesSubscribeTimeout: Timed out after ${wait.timeoutMs}ms waiting for the postgres_changes subscription`
      timer = setTimeout(() => reject(new JoinRefused(text)), wait.timeoutMs)
    })
    try {
      await Promise.race([this.#subscribe(), timeout])
    } catch (cause) {
      if (cause instanceof JoinRefused) throw cause
      throw new JoinRefused(`RealtimeDisabledForConfiguration: ${messageOf(cause)}`)
    } finally {
      clearTimeout(timer)
    }
    return true
  }

  /** Subscribes and tells the client how that went; what may pass is tried again. */
  async subscribe(): Promise<void> {
    if (this.#channel.ended || this.#channel.config.postgresChanges.length === 0) return
    try {
      await this.#subscribe()
      this.announce()
    } catch (cause) {
      if (this.#channel.ended) return
      this.#channel.system('postgres_changes', 'error', messageOf(cause))
      if (!(cause instanceof BindingError)) this.#retry = setTimeout(() => void this.subscribe(), RETRY_MS)
    }
  }

  /** Tells the client that it is subscribed. */
  announce(): void {
    if (!this.#channel.ended) this.#channel.system('postgres_changes', 'ok', 'Subscribed to PostgreSQL')
  }

  /** Subscribes anew with what the channel's new token claims. */
  async renew(): Promise<void> {
    if (this.#channel.config.postgresChanges.length === 0) return
    await this.#subscribe().catch((cause: unknown) =>
      this.#channel.system('postgres_changes', 'error', messageOf(cause)),
    )
  }

  stop(): void {
    clearTimeout(this.#retry)
    this.#unsubscribe()
  }

  async #subscribe(): Promise<void> {
    const bindings: Binding[] = this.#channel.config.postgresChanges.map(readBinding)
    const { identity } = this.#channel.access
    const unsubscribe = await this.#parts.changes.subscribe(this.#channel, identity, bindings)
    this.#unsubscribe()
    this.#unsubscribe = unsubscribe
    // The channel may have ended, or the token may have changed, while the database was asked.
    if (this.#channel.ended) unsubscribe()
    else if (this.#channel.access.identity !== identity) await this.#subscribe()
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof BindingError ? cause.message : 'Realtime was unable to connect to the project database'
}
