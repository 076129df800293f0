import { createHash, createHmac } from 'node:crypto'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import { z } from 'zod'
import { AuthError } from './errors.ts'

const TIMEOUT_MS = 5_000
const ALGORITHMS = ['RS256', 'ES256']
const CLOCK_TOLERANCE_SECONDS = 30

const Discovery = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
})
const Tokens = z.object({ access_token: z.string(), id_token: z.string(), refresh_token: z.string().optional() })
const Profile = z.object({
  iss: z.string(),
  sub: z.string().min(1),
  email: z.string().optional(),
  // Some providers write it as a text.
  email_verified: z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]).optional(),
  name: z.string().optional(),
  picture: z.string().optional(),
  nonce: z.string().optional(),
})

/** Who signed in at a provider, as its ID token says. */
export type Profile = Readonly<z.infer<typeof Profile>>

/** A provider of the project, by its settings. */
export interface ProviderSettings {
  readonly name: string
  readonly issuer: string
  /** The first is this project's own; the others are those of its apps, whose ID tokens are taken too. */
  readonly clientIds: readonly string[]
  readonly secret: string
  readonly skipNonceCheck: boolean
}

/** What is sent along to a provider and asked for again when the user comes back, made from the id of the flow. */
export interface FlowSecrets {
  readonly nonce: string
  readonly verifier: string
}

/** The secrets of a flow; nobody can make them who does not have `key`, and so they need not be stored. */
export function flowSecrets(key: string, flowId: string): FlowSecrets {
  const make = (purpose: string): string => createHmac('sha256', key).update(`${purpose}:${flowId}`).digest('base64url')
  return { nonce: make('oidc-nonce'), verifier: make('oidc-verifier') }
}

/** A provider that speaks OpenID Connect. What it says of itself is asked for once. */
export class OidcProvider {
  readonly settings: ProviderSettings
  #known:
    | { readonly endpoints: z.infer<typeof Discovery>; readonly keys: ReturnType<typeof createRemoteJWKSet> }
    | undefined

  constructor(settings: ProviderSettings) {
    this.settings = settings
  }

  /** Where a browser is sent to sign in. Rejects with a 500 when the provider cannot be reached. */
  async authorizationUrl(flow: {
    readonly state: string
    readonly secrets: FlowSecrets
    readonly redirectUri: string
    readonly scopes: readonly string[]
    readonly extra: Readonly<Record<string, string>>
  }): Promise<string> {
    const { endpoints } = await this.#discover()
    const url = new URL(endpoints.authorization_endpoint)
    const parameters = {
      ...flow.extra,
      client_id: this.settings.clientIds[0] ?? '',
      redirect_uri: flow.redirectUri,
      response_type: 'code',
      scope: ['openid', 'email', 'profile', ...flow.scopes].join(' '),
      state: flow.state,
      nonce: flow.secrets.nonce,
      code_challenge: createHash('sha256').update(flow.secrets.verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    return url.href
  }

  /** Trades the code of a sign-in for its tokens. Rejects with a 500 when the provider refuses. */
  async exchange(code: string, secrets: FlowSecrets, redirectUri: string): Promise<z.infer<typeof Tokens>> {
    const { endpoints } = await this.#discover()
    const { clientIds, secret } = this.settings
    try {
      const response = await fetch(endpoints.token_endpoint, {
        method: 'POST',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: 'error',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          redirect_uri: redirectUri,
          client_id: clientIds[0] ?? '',
          client_secret: secret,
          code_verifier: secrets.verifier,
        }),
      })
      if (!response.ok) throw new Error(`${response.status} ${(await response.text()).slice(0, 200)}`)
      return Tokens.parse(await response.json())
    } catch (cause) {
      throw new AuthError(500, 'unexpected_failure', 'Unable to exchange external code', { cause })
    }
  }

  /**
   * Checks signature, issuer, audience and times of an ID token, and answers what it says.
   * Rejects with `validation_failed` for one that is not of this provider for one of `audience`.
   */
  async verify(idToken: string, audience: readonly string[]): Promise<Profile> {
    const { endpoints, keys } = await this.#discover()
    let payload: JWTPayload
    try {
      ;({ payload } = await jwtVerify(idToken, keys, {
        algorithms: ALGORITHMS,
        issuer: endpoints.issuer,
        audience: [...audience],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'iat', 'sub'],
      }))
    } catch (cause) {
      throw new AuthError(400, 'validation_failed', 'Bad ID token', { cause })
    }
    const profile = Profile.safeParse(payload)
    if (!profile.success) throw new AuthError(400, 'validation_failed', 'Bad ID token', { cause: profile.error })
    return profile.data
  }

  async #discover() {
    if (this.#known) return this.#known
    const { issuer } = this.settings
    try {
      const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      const endpoints = Discovery.parse(await response.json())
      if (endpoints.issuer !== issuer) throw new Error(`the issuer calls itself ${endpoints.issuer}`)
      const keys = createRemoteJWKSet(new URL(endpoints.jwks_uri), { timeoutDuration: TIMEOUT_MS })
      this.#known = { endpoints, keys }
      return this.#known
    } catch (cause) {
      throw new AuthError(500, 'unexpected_failure', `The provider ${this.settings.name} cannot be reached`, { cause })
    }
  }
}
