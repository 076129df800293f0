/** What one project may ask of the server. Rates are averages over up to a minute, as hosted counts them. */
export interface Limits {
  readonly connections: number
  readonly joinsPerSecond: number
  /** Broadcasts received, and each delivery of one to a channel. */
  readonly messagesPerSecond: number
  readonly presenceMessagesPerSecond: number
  readonly channelsPerConnection: number
  readonly presenceCallsPer30Seconds: number
  readonly payloadKilobytes: number
  readonly frameBytes: number
  readonly requestBytes: number
  /** Bytes that may wait for a slow client before it is disconnected. */
  readonly sendBufferBytes: number
  /** A socket from which nothing comes for this long is closed. */
  readonly idleMs: number
  /** A socket that has had no channel for this long is closed. */
  readonly noChannelMs: number
  /** How long refusals of connections and joins are held back, which slows clients that try again at once. */
  readonly refusalDelayMs: number
  /** Between two samples of the rates. */
  readonly rateSampleMs: number
  /** Joins of public channels are refused. */
  readonly privateOnly: boolean
}

/** Hosted's limits of the Team plan, except that messages per second are bounded by the machine and not by a plan. */
export const DEFAULT_LIMITS: Limits = {
  connections: 10_000,
  joinsPerSecond: 2_500,
  messagesPerSecond: 1_000_000,
  presenceMessagesPerSecond: 1_000,
  channelsPerConnection: 100,
  presenceCallsPer30Seconds: 5,
  payloadKilobytes: 3_000,
  frameBytes: 5_000_000,
  requestBytes: 8_000_000,
  sendBufferBytes: 8_000_000,
  idleMs: 60_000,
  noChannelMs: 600_000,
  refusalDelayMs: 50,
  rateSampleMs: 5_000,
  privateOnly: false,
}

// The settings of a project of hosted, under the names of its own table, and which limit each is.
const NUMBERS = {
  REALTIME_MAX_CONCURRENT_USERS: 'connections',
  REALTIME_MAX_JOINS_PER_SECOND: 'joinsPerSecond',
  REALTIME_MAX_EVENTS_PER_SECOND: 'messagesPerSecond',
  REALTIME_MAX_PRESENCE_EVENTS_PER_SECOND: 'presenceMessagesPerSecond',
  REALTIME_MAX_CHANNELS_PER_CLIENT: 'channelsPerConnection',
  REALTIME_MAX_CLIENT_PRESENCE_EVENTS_PER_WINDOW: 'presenceCallsPer30Seconds',
  REALTIME_MAX_PAYLOAD_SIZE_IN_KB: 'payloadKilobytes',
} as const satisfies Record<string, keyof Limits>
const PRIVATE_ONLY = 'REALTIME_PRIVATE_ONLY'

/** The limits that the environment sets; the others keep their defaults. Throws with all that is wrong in one message. */
export function readLimits(get: (name: string) => string | undefined): Partial<Limits> {
  const problems: string[] = []
  const numbers = Object.entries(NUMBERS).flatMap(([name, limit]) => {
    const text = get(name)?.trim() ?? ''
    if (text === '') return []
    if (!/^[1-9]\d{0,8}$/.test(text)) problems.push(`${name} must be a positive whole number`)
    return [[limit, Number(text)]]
  })
  const privateOnly = get(PRIVATE_ONLY)?.trim() ?? ''
  if (!['', 'true', 'false'].includes(privateOnly)) problems.push(`${PRIVATE_ONLY} must be true or false`)
  if (problems.length > 0) throw new Error(`environment: ${problems.join('; ')}`)
  return { ...Object.fromEntries(numbers), ...(privateOnly === '' ? {} : { privateOnly: privateOnly === 'true' }) }
}

/** The largest payload of a broadcast; the allowance is for the envelope around what the user sent. */
export function maxPayloadBytes(limits: Limits): number {
  return limits.payloadKilobytes * 1000 + 500
}

const SAMPLES = 12

/** Counts events of one kind and says whether their rate is at its limit. */
export class RateCounter {
  readonly #limit: number
  readonly #sampleMs: number
  readonly #samples: number[] = []
  #current = 0
  #average = 0

  constructor(limit: number, sampleMs: number) {
    this.#limit = limit
    this.#sampleMs = sampleMs
  }

  /** Events per second, averaged over the samples kept. */
  get average(): number {
    return this.#average
  }

  get limit(): number {
    return this.#limit
  }

  get exceeded(): boolean {
    return this.#average >= this.#limit
  }

  add(events = 1): void {
    this.#current += events
  }

  /** Closes the current sample; to be called every `sampleMs`. */
  sample(): void {
    this.#samples.push(this.#current)
    if (this.#samples.length > SAMPLES) this.#samples.shift()
    this.#current = 0
    const sum = this.#samples.reduce((total, count) => total + count, 0)
    this.#average = sum / this.#samples.length / (this.#sampleMs / 1000)
  }
}

/** The project's counters, and the timer that samples them. */
export class Rates implements Disposable {
  readonly joins: RateCounter
  readonly messages: RateCounter
  readonly presence: RateCounter
  readonly #timer: NodeJS.Timeout

  constructor(limits: Limits) {
    this.joins = new RateCounter(limits.joinsPerSecond, limits.rateSampleMs)
    this.messages = new RateCounter(limits.messagesPerSecond, limits.rateSampleMs)
    this.presence = new RateCounter(limits.presenceMessagesPerSecond, limits.rateSampleMs)
    this.#timer = setInterval(() => {
      for (const counter of [this.joins, this.messages, this.presence]) counter.sample()
    }, limits.rateSampleMs)
    this.#timer.unref()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
