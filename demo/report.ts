import { EVENTS, type EventName } from '../supabase/functions/_shared/contracts/events.ts'

const WIDTH = 22

/** One event as a device heard it. */
export interface Heard {
  readonly event: EventName
  readonly topic: string
  readonly id: string
  /** From the moment the database wrote it, shortly before the commit, until it was here. */
  readonly delayMs: number
}

/** What a device hears, checked against the contract and printed as it comes. */
export class Listener {
  readonly heard: Heard[] = []
  readonly #problems: string[] = []

  /** What did not keep the contract. */
  get problems(): readonly string[] {
    return this.#problems
  }

  /** Takes one message of `topic`. */
  take(topic: string, event: string, payload: unknown): void {
    const arrived = Date.now()
    const name = nameOf(event)
    if (!name) return void this.#problems.push(`${event} is not an event of the contract`)
    const parsed = EVENTS[name].safeParse(payload)
    if (!parsed.success) return void this.#problems.push(`${event}: ${parsed.error.message}`)
    const { at, id } = parsed.data
    const delayMs = arrived - Date.parse(at)
    this.heard.push({ event: name, topic, id, delayMs })
    console.log(`    ${event.padEnd(WIDTH)} ${String(Math.round(delayMs)).padStart(4)} ms   ${topic.split(':')[0]}`)
  }
}

/** The things that have to hold, each printed when it is known. */
export class Claims {
  readonly #broken: string[] = []

  get broken(): readonly string[] {
    return this.#broken
  }

  /** Notes whether `claim` holds; `because` says what was seen instead. */
  hold(claim: string, holds: boolean, because: unknown = ''): void {
    console.log(`  ${holds ? '✓' : '✗'} ${claim}${holds || because === '' ? '' : `: ${JSON.stringify(because)}`}`)
    if (!holds) this.#broken.push(claim)
  }
}

function nameOf(event: string): EventName | undefined {
  return Object.keys(EVENTS).find((name): name is EventName => name === event)
}
