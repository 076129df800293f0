import { describe, expect, test } from 'vitest'
import { AuthorisationError, type AuthorisationProblem } from '../../stack/realtime/authorisation.ts'
import { CredentialError } from '../../stack/realtime/credentials.ts'
import { endOfAccess, joinRefusal } from '../../stack/realtime/refusal.ts'

const noDatabase = 'Realtime was unable to connect to the project database'
const unreadable = 'You do not have permissions to read from this Channel topic: room'

describe('hosted’s words', () => {
  test.each<[AuthorisationProblem, string, string]>([
    ['policy', `Unauthorized: ${unreadable}`, unreadable],
    ['cancelled', 'QueryCanceled: Error: too slow', 'Query was cancelled, please try again'],
    ['partition', 'MissingPartition: Realtime was unable to find the expected messages partition', noDatabase],
    ['pool', 'IncreaseConnectionPool: Please increase your connection pool size', noDatabase],
    ['unavailable', `UnableToConnectToProject: ${noDatabase}`, noDatabase],
  ])('where the policies gave no answer: %s', (problem, atJoin, later) => {
    const cause = new AuthorisationError(problem, { cause: new Error('too slow') })
    expect([joinRefusal('room', cause), endOfAccess('room', cause)]).toEqual([atJoin, later])
  })

  test('where a token is refused, and where nobody knows why', () => {
    const cause = new CredentialError('MalformedJWT', 'The token provided is not a valid JWT')
    expect(joinRefusal('room', cause)).toBe('MalformedJWT: The token provided is not a valid JWT')
    expect(endOfAccess('room', cause)).toBe('The token provided is not a valid JWT')
    expect(joinRefusal('room', new Error('a fault'))).toBe('Unknown Error on Channel')
  })
})
