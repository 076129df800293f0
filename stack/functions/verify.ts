import { decodeProtectedHeader } from 'jose'
import type { Keys } from '../keys.ts'
import type { Tokens } from '../tokens.ts'
import type { AnswerCode } from './answers.ts'

/**
 * Why hosted Supabase would refuse a request to a function with `verify_jwt`; undefined when it would not.
 * As there, an API key of the new kind is as good as a token where the request brings no token.
 */
export async function refusal(headers: Headers, tokens: Tokens, keys: Keys): Promise<AnswerCode | undefined> {
  const authorization = headers.get('authorization')
  const key = headers.get('apikey')
  const [scheme = '', token = '', ...rest] = (authorization ?? '').trim().split(/\s+/)
  const isBearer = scheme.toLowerCase() === 'bearer' && rest.length === 0 && token !== ''
  if (!isBearer || token.startsWith('sb_')) {
    if (key === keys.publishableKey || key === keys.secretKey) return undefined
    return authorization === null ? 'UNAUTHORIZED_NO_AUTH_HEADER' : 'UNAUTHORIZED_INVALID_JWT_FORMAT'
  }
  const algorithm = algorithmOf(token)
  if (algorithm === undefined) return 'UNAUTHORIZED_INVALID_JWT_FORMAT'
  if (!['HS256', 'ES256', 'RS256'].includes(algorithm)) return 'UNAUTHORIZED_UNSUPPORTED_TOKEN_ALGORITHM'
  try {
    await tokens.verify(token)
    return undefined
  } catch {
    return algorithm === 'HS256' ? 'UNAUTHORIZED_LEGACY_JWT' : 'UNAUTHORIZED_ASYMMETRIC_JWT'
  }
}

function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg
  } catch {
    return undefined
  }
}
