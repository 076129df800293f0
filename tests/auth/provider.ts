import { createHash } from 'node:crypto'
import { createAdaptorServer } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'

/** Somebody who has an account at the provider. */
export interface Person {
  readonly sub: string
  readonly email?: string
  readonly email_verified?: boolean
  readonly name?: string
}

interface Grant {
  readonly person: Person
  readonly redirectUri: string
  readonly challenge: string
  readonly nonce: string
}

interface Keys {
  readonly published: Awaited<ReturnType<typeof generateKeyPair>>
  readonly foreign: CryptoKey
}

/** An OpenID provider of the tests' own: discovery, keys, codes with PKCE, and signed ID tokens. */
export class Provider implements AsyncDisposable {
  readonly clientId = `app-${crypto.randomUUID()}`
  readonly secret: string = crypto.randomUUID()
  readonly #keys: Keys
  readonly #grants = new Map<string, Grant>()
  readonly #server: ReturnType<typeof createAdaptorServer>
  #person: Person | undefined
  #lies: JWTPayload = {}

  private constructor(keys: Keys) {
    this.#keys = keys
    const app = new Hono()
    app.get('/.well-known/openid-configuration', (c) => c.json(this.#discovery()))
    app.get('/keys', async (c) => {
      const key = await exportJWK(keys.published.publicKey)
      return c.json({ keys: [{ ...key, kid: 'one', alg: 'RS256' }] })
    })
    app.get('/authorize', (c) => this.#authorize(c))
    app.post('/token', (c) => this.#token(c))
    this.#server = createAdaptorServer(app)
  }

  /** Starts one. */
  static async start(): Promise<Provider> {
    const foreign = await generateKeyPair('RS256')
    const provider = new Provider({ published: await generateKeyPair('RS256'), foreign: foreign.privateKey })
    await new Promise<void>((resolve) => provider.#server.listen(0, '127.0.0.1', resolve))
    return provider
  }

  get issuer(): string {
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  }

  /** Who signs in from now on; nobody says no. */
  signIn(person: Person | undefined): void {
    this.#person = person
    this.#lies = {}
  }

  /** What the ID tokens of this person say otherwise than they should. */
  lie(claims: JWTPayload): void {
    this.#lies = claims
  }

  /** An ID token as an app gets it from the provider's own library; `forge` signs with a key that is not published. */
  idToken(person: Person, claims: JWTPayload = {}, forge = false): Promise<string> {
    return this.#sign({ ...person, ...claims }, forge ? this.#keys.foreign : this.#keys.published.privateKey)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #discovery(): object {
    const { issuer } = this
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
    }
  }

  #authorize(c: Context): Response {
    const query = c.req.query()
    const isGood =
      query.client_id === this.clientId &&
      query.response_type === 'code' &&
      query.code_challenge_method === 'S256' &&
      query.scope?.split(' ').includes('openid')
    if (!isGood) return c.text('invalid_request', 400)
    const { redirect_uri: redirectUri = '', state = '', code_challenge: challenge = '', nonce = '' } = query
    const back = new URL(redirectUri)
    back.searchParams.set('state', state)
    if (this.#person) {
      const code = crypto.randomUUID()
      this.#grants.set(code, { person: this.#person, redirectUri, challenge, nonce })
      back.searchParams.set('code', code)
    } else {
      back.searchParams.set('error', 'access_denied')
      back.searchParams.set('error_description', 'The user said no')
    }
    return c.redirect(back.href)
  }

  async #token(c: Context): Promise<Response> {
    const form = new URLSearchParams(await c.req.text())
    const code = form.get('code') ?? ''
    const grant = this.#grants.get(code)
    this.#grants.delete(code)
    const verifier = form.get('code_verifier') ?? ''
    const isGood =
      form.get('grant_type') === 'authorization_code' &&
      form.get('client_id') === this.clientId &&
      form.get('client_secret') === this.secret &&
      form.get('redirect_uri') === grant?.redirectUri &&
      createHash('sha256').update(verifier).digest('base64url') === grant.challenge
    if (!isGood || !grant) return c.json({ error: 'invalid_grant' }, 400)
    const claims = { ...grant.person, nonce: grant.nonce, ...this.#lies }
    return c.json({
      access_token: `access-${grant.person.sub}`,
      token_type: 'Bearer',
      expires_in: 300,
      id_token: await this.#sign(claims, this.#keys.published.privateKey),
    })
  }

  #sign(claims: JWTPayload, key: CryptoKey): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    return new SignJWT({ iss: this.issuer, aud: this.clientId, iat: now, exp: now + 300, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(key)
  }
}
