import { type Claims, isRequestRole, type RequestRole, TokenError, type Tokens } from '../tokens.ts'
import { StorageProblem } from './errors.ts'

/** On whose behalf a request is made. */
export interface Caller {
  readonly role: RequestRole
  readonly claims: Claims
  /** The `sub` of the token: who owns what is uploaded. */
  readonly owner: string | undefined
  /** False for a request without a token, to which even a bucket that anon may read looks absent. */
  readonly authenticated: boolean
}

const NOBODY: Caller = { role: 'anon', claims: { role: 'anon' }, owner: undefined, authenticated: false }

/**
 * Who sends the request, by its bearer token.
 * Rejects with AccessDenied when there is none or it does not hold; a `lenient` route takes such a request as nobody's.
 */
export async function callerOf(request: Request, tokens: Tokens, lenient = false): Promise<Caller> {
  const token = /^bearer\s+(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  try {
    const claims = await tokens.verify(token ?? '')
    const role = claims.role
    if (!isRequestRole(role)) throw new StorageProblem('AccessDenied', 'Access denied: Invalid role')
    return { role, claims, owner: claims.sub, authenticated: true }
  } catch (cause) {
    if (lenient) return NOBODY
    throw cause instanceof TokenError ? new StorageProblem('AccessDenied', cause.message, { cause }) : cause
  }
}
