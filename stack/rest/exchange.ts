import type { Caller } from './authentication.ts'
import type { RestError } from './errors.ts'
import type { Session } from './session.ts'
import type { RequestSettings } from './settings.ts'
import type { Overrides } from './transaction.ts'

/** One request on its way through Lite, and what is to become of Lite's answer. */
export class Exchange {
  readonly caller: Caller
  readonly settings: RequestSettings
  /** The session of the transaction that is under way. */
  session: Session | undefined
  /** Whether a statement of the request itself has been sent. */
  queried = false
  /** Takes the place of Lite's answer. */
  failure: RestError | undefined
  /** What Lite could not explain, and answered with a 500. */
  unexplained: unknown
  /** Status and headers that the database set for the answer. */
  overrides: Overrides | undefined

  constructor(caller: Caller, settings: RequestSettings) {
    this.caller = caller
    this.settings = settings
  }
}
