import type { Channel } from './channel.ts'
import type { ChannelChanges } from './channel-changes.ts'
import { isJsonObject } from './codec.ts'
import { endOfAccess, noPermission, permissionLost } from './refusal.ts'

const REFRESH_WINDOW_MS = 10_000
const EXPIRY_CHECK_MAX_MS = 3_600_000

/** The life of a channel's token: new ones replace it, and the channel ends when it expires or allows nothing. */
export class ChannelToken {
  readonly #channel: Channel
  readonly #changes: ChannelChanges
  #expiry: NodeJS.Timeout | undefined
  /** Open since the last refresh; the newest token that comes meanwhile is applied when it ends. */
  #window: NodeJS.Timeout | undefined
  #waiting: string | undefined

  constructor(channel: Channel, changes: ChannelChanges) {
    this.#channel = channel
    this.#changes = changes
  }

  /** Takes the payload of `access_token`. Keys, and the token that is in use, change nothing. */
  async receive(payload: unknown): Promise<void> {
    const token = isJsonObject(payload) ? payload.access_token : undefined
    if (!this.#channel.access.isNews(token)) return
    if (this.#window) {
      this.#waiting = token
      return
    }
    this.#openWindow()
    await this.#apply(token)
  }

  /** Ends the channel when what it could read is lost. Rejects never. */
  async checkAccess(): Promise<void> {
    const { access, address } = this.#channel
    const before = { broadcast: access.mayRead('broadcast'), presence: access.mayRead('presence') }
    try {
      access.forgetWrites()
      if (!(await access.askToRead(false))) return this.#channel.end(noPermission(address.topic))
    } catch (cause) {
      return this.#channel.end(endOfAccess(address.topic, cause))
    }
    const lost = (before.broadcast && !access.mayRead('broadcast')) || (before.presence && !access.mayRead('presence'))
    if (lost) this.#channel.end(permissionLost(address.topic))
  }

  /** Ends the channel when the token expires. */
  armExpiry(): void {
    clearTimeout(this.#expiry)
    const { expiresAt } = this.#channel.access.identity
    if (expiresAt === undefined) return
    const delay = Math.min(Math.max(expiresAt * 1000 - Date.now(), 0), EXPIRY_CHECK_MAX_MS)
    this.#expiry = setTimeout(() => {
      try {
        this.#channel.access.assertNotExpired()
        this.armExpiry()
      } catch (cause) {
        this.#channel.end(endOfAccess(this.#channel.address.topic, cause))
      }
    }, delay)
  }

  stop(): void {
    clearTimeout(this.#expiry)
    clearTimeout(this.#window)
  }

  #openWindow(): void {
    this.#window = setTimeout(() => {
      this.#window = undefined
      const token = this.#waiting
      this.#waiting = undefined
      if (token === undefined) return
      this.#openWindow()
      void this.#channel.enqueue(() => this.#apply(token))
    }, REFRESH_WINDOW_MS)
  }

  async #apply(token: string): Promise<void> {
    try {
      await this.#channel.access.adopt(token)
    } catch (cause) {
      return this.#channel.end(endOfAccess(this.#channel.address.topic, cause))
    }
    if (this.#channel.address.private) await this.checkAccess()
    if (this.#channel.ended) return
    this.armExpiry()
    await this.#changes.renew()
  }
}
