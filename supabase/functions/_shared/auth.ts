import { createHash, timingSafeEqual } from 'node:crypto'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { z } from 'zod'
import type { Env } from './env.ts'
import { AppError } from './errors.ts'

// By an Auth of Supabase's: whose, its signature says; a custom domain gives it another name.
const UserClaims = z.object({
  sub: z.uuid(),
  role: z.literal('authenticated'),
  iss: z.string().endsWith('/auth/v1').optional(),
})

/** A signed-in user, by an access token that was checked. */
export interface User {
  readonly id: string
  readonly accessToken: string
}

/** Who sends a request, checked against the keys of `env`. */
export class Guard {
  readonly #jwks: ReturnType<typeof createLocalJWKSet>
  readonly #serviceKeys: readonly Buffer[]

  constructor(env: Pick<Env, 'jwks' | 'serviceKeys'>) {
    this.#jwks = createLocalJWKSet(env.jwks)
    this.#serviceKeys = env.serviceKeys.map(digest)
  }

  /** The user whose access token the request brings. Rejects with not_authenticated, whatever is wrong with it. */
  async user(headers: Headers): Promise<User> {
    const accessToken = bearerOf(headers) ?? ''
    try {
      // The public keys of Auth alone: a token signed with the shared legacy secret is no user's.
      const { payload } = await jwtVerify(accessToken, this.#jwks, {
        algorithms: ['ES256', 'RS256'],
        audience: 'authenticated',
      })
      return { id: UserClaims.parse(payload).sub, accessToken }
    } catch (cause) {
      throw new AppError('not_authenticated', { cause })
    }
  }

  /** Returns when the request brings a secret key. Throws service_only otherwise. */
  service(headers: Headers): void {
    if (!this.isService(headers)) throw new AppError('service_only')
  }

  /** Whether the request brings a secret key. */
  isService(headers: Headers): boolean {
    const given = [headers.get('apikey'), bearerOf(headers)].flatMap((key) => (key ? [digest(key)] : []))
    return given.some((key) => this.#serviceKeys.some((serviceKey) => timingSafeEqual(key, serviceKey)))
  }
}

function bearerOf(headers: Headers): string | undefined {
  return /^bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
}

// Of one length whatever the key's, as the comparison demands.
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
