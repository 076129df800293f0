import type { Tokens } from '../tokens.ts'
import { isUnreachable, type Sql } from './database.ts'
import { AuthError } from './errors.ts'
import { callTokenHook } from './hooks.ts'
import type { Json } from './json.ts'
import type { Sender } from './requests.ts'
import { type AuthMethod, insertRefreshToken, insertSession, type Session } from './sessions.ts'
import type { AuthSettings } from './settings.ts'
import { type User, updateUser, userJson } from './users.ts'

/** What a client gets when it has signed in or refreshed: GoTrue's token response. */
export interface Grant {
  readonly access_token: string
  readonly token_type: 'bearer'
  readonly expires_in: number
  readonly expires_at: number
  readonly refresh_token: string
  readonly user: Json
}

/** Turns a proven identity into a session with its tokens. */
export class Grants {
  readonly #tokens: Tokens
  readonly #settings: AuthSettings

  constructor(tokens: Tokens, settings: AuthSettings) {
    this.#tokens = tokens
    this.#settings = settings
  }

  /** Begins a session of `user`. Rejects, so that the transaction leaves nothing, when the token hook refuses it. */
  async signIn(sql: Sql, user: User, method: AuthMethod, sender: Sender): Promise<Grant> {
    const session = await insertSession(sql, user.id, method, sender)
    const refreshToken = await insertRefreshToken(sql, session)
    const signedIn = await updateUser(sql, user.id, { last_sign_in_at: new Date() })
    return this.grant(sql, { user: signedIn, session, refreshToken, method, sender })
  }

  /** Signs an access token for a session that goes on. Rejects as `signIn` does. */
  async grant(
    sql: Sql,
    given: {
      readonly user: User
      readonly session: Session
      readonly refreshToken: string
      readonly method: AuthMethod
      readonly sender: Sender
    },
  ): Promise<Grant> {
    const { user, session, method, sender } = given
    const issuedAt = Math.floor(Date.now() / 1000)
    const expiresAt = issuedAt + this.#settings.tokenSeconds
    const claims = {
      iss: this.#settings.authUrl,
      sub: user.id,
      aud: user.aud,
      exp: expiresAt,
      iat: issuedAt,
      email: user.email ?? '',
      phone: user.phone ?? '',
      app_metadata: user.raw_app_meta_data,
      user_metadata: user.raw_user_meta_data,
      role: user.role,
      aal: session.aal,
      amr: session.amr,
      session_id: session.id,
      is_anonymous: user.is_anonymous,
    }
    const hook = this.#settings.tokenHook
    const customised =
      hook === undefined
        ? claims
        : await callTokenHook(sql, hook, {
            user_id: user.id,
            claims,
            authentication_method: method,
            ip: sender.ip,
          }).catch((cause: unknown) => {
            if (cause instanceof AuthError || isUnreachable(cause)) throw cause
            throw new AuthError(500, 'unexpected_failure', 'error generating jwt token', { cause })
          })
    return {
      access_token: await this.#tokens.sign({ ...customised }),
      token_type: 'bearer',
      expires_in: expiresAt - issuedAt,
      expires_at: expiresAt,
      refresh_token: given.refreshToken,
      user: userJson(user),
    }
  }
}
