import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { publicJwks, Tokens } from '../../stack/tokens.ts'
import type { Wire } from './wire.ts'

const HOUR_SECONDS = 3600

type Json = Readonly<Record<string, unknown>>

/** Makes every kind of token about one person, as their Auth, another Auth, or a forger would. */
export class Mint {
  readonly #wire: Wire
  readonly #signer: Tokens
  readonly #claims: Json
  readonly #header: Json

  /** `viewer` is whom the tokens name. */
  constructor(wire: Wire, viewer: string) {
    const { keys } = wire.stack.context
    const now = Math.floor(Date.now() / 1000)
    this.#wire = wire
    this.#signer = new Tokens(keys)
    this.#header = { alg: 'ES256', typ: 'JWT', kid: keys.signingKey.kid }
    this.#claims = {
      iss: `${wire.stack.status.api_url}/auth/v1`,
      aud: 'authenticated',
      sub: viewer,
      role: 'authenticated',
      iat: now,
      exp: now + HOUR_SECONDS,
    }
  }

  /** Signed as Auth signs, with these claims changed. */
  signed(changes: Json = {}): Promise<string> {
    return this.#signer.sign({ ...this.#claims, ...changes })
  }

  /** Tokens that prove nothing, by what is wrong with them. */
  async forgeries(): Promise<Readonly<Record<string, string>>> {
    const now = Math.floor(Date.now() / 1000)
    const [, payload = '', signature = ''] = (await this.signed()).split('.')
    const [header = ''] = (await this.signed()).split('.')
    const publicKey = JSON.stringify(publicJwks(this.#wire.stack.context.keys))
    const spoofed = encode({ ...this.#claims, role: 'service_role', user_role: 'admin', plan: 'pro' })
    return {
      'has expired': await this.signed({ exp: now - HOUR_SECONDS }),
      'is not valid yet': await this.signed({ nbf: now + HOUR_SECONDS }),
      'is another project’s': es256(
        { ...this.#header, kid: 'another' },
        { ...this.#claims, iss: 'https://other.example' },
      ),
      'is of another issuer, under our key': await this.signed({ iss: 'https://other.example' }),
      'is for another audience, under our key': await this.signed({ aud: 'another' }),
      'is signed with another key under the name of ours': es256(this.#header, this.#claims),
      'is signed with no algorithm': `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
      'is signed with the public key as a secret': hs256({ ...this.#header, alg: 'HS256' }, this.#claims, publicKey),
      'is signed by RSA': rs256({ ...this.#header, alg: 'RS256' }, this.#claims),
      'has another role written in': `${header}.${spoofed}.${signature}`,
      'has lost its signature': `${header}.${payload}.`,
      'is none': 'nonsense',
    }
  }
}

const encode = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function hs256(header: Json, claims: Json, secret: string): string {
  const text = `${encode(header)}.${encode(claims)}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

function es256(header: Json, claims: Json): string {
  const text = `${encode(header)}.${encode(claims)}`
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

function rs256(header: Json, claims: Json): string {
  const text = `${encode(header)}.${encode(claims)}`
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}
