import { AuthorisationError } from './authorisation.ts'
import { CredentialError } from './credentials.ts'

/** A join is refused; the message is what the client is told. */
export class JoinRefused extends Error {
  override readonly name = 'JoinRefused'
}

/** The words with which hosted refuses a join to `topic` for `cause`. */
export function joinRefusal(topic: string, cause: unknown): string {
  if (cause instanceof JoinRefused) return cause.message
  if (cause instanceof CredentialError) return `${cause.code}: ${cause.message}`
  if (!(cause instanceof AuthorisationError)) return 'Unknown Error on Channel'
  switch (cause.problem) {
    case 'policy':
      return unauthorised(topic)
    case 'cancelled':
      return `QueryCanceled: ${String(cause.cause)}`
    case 'partition':
      return 'MissingPartition: Realtime was unable to find the expected messages partition'
    case 'pool':
      return 'IncreaseConnectionPool: Please increase your connection pool size'
    case 'unavailable':
      return 'UnableToConnectToProject: Realtime was unable to connect to the project database'
  }
}

/** The refusal of a join by the policies. */
export function unauthorised(topic: string): string {
  return `Unauthorized: ${noPermission(topic)}`
}

/** The words with which hosted ends a channel whose new token fails for `cause`. */
export function endOfAccess(topic: string, cause: unknown): string {
  if (cause instanceof CredentialError) return cause.message
  if (cause instanceof AuthorisationError && cause.problem === 'policy') return noPermission(topic)
  if (cause instanceof AuthorisationError && cause.problem === 'cancelled')
    return 'Query was cancelled, please try again'
  return 'Realtime was unable to connect to the project database'
}

/** Nothing may be read. */
export function noPermission(topic: string): string {
  return `You do not have permissions to read from this Channel topic: ${topic}`
}

/** Something could be read, and now cannot. */
export function permissionLost(topic: string): string {
  return `You no longer have permission to read from this Channel topic: ${topic}`
}
