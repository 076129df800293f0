import type { Log } from '../log.ts'
import type { Authoriser } from './authorisation.ts'
import type { ChangeFeed } from './changes/feed.ts'
import type { Credentials } from './credentials.ts'
import type { Hub } from './hub.ts'
import type { Limits, Rates } from './limits.ts'
import type { MessageStore } from './message-store.ts'

/** What all channels of one server share. */
export interface Parts {
  readonly hub: Hub
  readonly limits: Limits
  readonly rates: Rates
  readonly authoriser: Authoriser
  readonly credentials: Credentials
  readonly messages: MessageStore
  readonly changes: ChangeFeed
  readonly log: Log
  /** Whether messages from the database are being announced at this moment. */
  replicationConnected(): boolean
}
