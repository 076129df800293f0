import type { Log } from '../log.ts'
import type { Tokens } from '../tokens.ts'
import type { Attempts } from './attempts.ts'
import type { UnsentMails } from './codes.ts'
import type { Database } from './database.ts'
import type { Grants } from './grants.ts'
import type { Mailer } from './mailer.ts'
import type { OidcProvider } from './oidc.ts'
import type { RateLimits } from './rate-limits.ts'
import type { AuthSettings } from './settings.ts'

/** What the routes of Auth work with. */
export interface AuthParts {
  readonly settings: AuthSettings
  readonly database: Database
  readonly tokens: Tokens
  readonly grants: Grants
  readonly mailer: Mailer
  readonly limits: RateLimits
  readonly unsent: UnsentMails
  readonly attempts: Attempts
  /** The providers that people can sign in at, by name. */
  readonly providers: ReadonlyMap<string, OidcProvider>
  /** What the secrets of flows are made with. */
  readonly flowKey: string
  readonly log: Log
}
