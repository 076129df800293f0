import type { Authoriser, Extension, Permissions } from './authorisation.ts'
import { assertNotExpired, type Credentials, type Identity, isApiKey } from './credentials.ts'

/** Who a channel acts for and what the policies said about it; asked once per token and then remembered. */
export class ChannelAccess {
  readonly #authoriser: Authoriser
  readonly #credentials: Credentials
  readonly #topic: string
  readonly #private: boolean
  readonly #headers: Readonly<Record<string, string>>
  #identity: Identity
  #token: string | undefined
  #readable: ReadonlySet<Extension> = new Set()
  readonly #asked = new Map<Extension, Promise<boolean>>()
  #presenceAsked = false

  constructor(
    parts: { readonly authoriser: Authoriser; readonly credentials: Credentials },
    channel: {
      readonly topic: string
      readonly private: boolean
      readonly headers: Readonly<Record<string, string>>
      /** Who the connection's key speaks for, until a token says otherwise. */
      readonly connection: Identity
    },
  ) {
    this.#authoriser = parts.authoriser
    this.#credentials = parts.credentials
    this.#topic = channel.topic
    this.#private = channel.private
    this.#headers = channel.headers
    this.#identity = channel.connection
  }

  get identity(): Identity {
    return this.#identity
  }

  /** Whether the channel may receive messages of this kind now. */
  mayRead(extension: Extension): boolean {
    return !this.#private || this.#readable.has(extension)
  }

  /** Takes over a client's token; whatever was known about writing is forgotten. Rejects with `CredentialError`. */
  async adopt(token: string | undefined): Promise<void> {
    if (token !== undefined && !isApiKey(token)) {
      this.#identity = await this.#credentials.identify(token)
      this.#token = token
    }
    assertNotExpired(this.#identity)
    this.#asked.clear()
  }

  /** Whether `token` would change anything. */
  isNews(token: unknown): token is string {
    return typeof token === 'string' && !isApiKey(token) && token !== this.#token
  }

  /**
   * Asks what the channel may read, and says whether that is anything at all. A public channel may read everything.
   * Rejects with `AuthorisationError`.
   */
  async askToRead(withPresence: boolean): Promise<boolean> {
    if (!this.#private) return true
    this.#presenceAsked ||= withPresence
    const read: Extension[] = this.#presenceAsked ? ['broadcast', 'presence'] : ['broadcast']
    this.#readable = (await this.#ask(read, [])).readable
    return this.#readable.size > 0
  }

  /** As `askToRead` for presence, where that was not asked at the join. */
  async askToReadPresence(): Promise<boolean> {
    if (this.#private && !this.#presenceAsked) await this.askToRead(true)
    return this.mayRead('presence')
  }

  /** Whether the channel may send messages of this kind. Rejects with `AuthorisationError`. */
  async mayWrite(extension: Extension): Promise<boolean> {
    if (!this.#private) return true
    let answer = this.#asked.get(extension)
    if (!answer) {
      answer = this.#ask([], [extension]).then(({ writable }) => writable.has(extension))
      this.#asked.set(extension, answer)
      // A failure is not an answer: the next message asks again.
      answer.catch(() => this.#asked.delete(extension))
    }
    return answer
  }

  /** Throws `CredentialError` once the token has expired. */
  assertNotExpired(): void {
    assertNotExpired(this.#identity)
  }

  /** Forgets what may be written, so that it is asked again. */
  forgetWrites(): void {
    this.#asked.clear()
  }

  #ask(read: readonly Extension[], write: readonly Extension[]): Promise<Permissions> {
    return this.#authoriser.ask({
      topic: this.#topic,
      identity: this.#identity,
      headers: this.#headers,
      read,
      write,
    })
  }
}
