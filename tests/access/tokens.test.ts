import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createUser, newClient, type User } from '../support/clients.ts'
import { stack } from '../support/stack.ts'

// The Data API says `code`, GoTrue `error_code`, and Storage hides its status in the body.
const Refusal = z.looseObject({ code: z.unknown(), error_code: z.string().optional() })
const HOUR = 3600

type Json = Readonly<Record<string, unknown>>
const encode = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const decode = (part: string | undefined): Json =>
  z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.from(part ?? '', 'base64url').toString()))
const hmac = (header: Json, claims: Json, secret: string | Buffer): string => {
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}
const es256 = (header: Json, claims: Json): string => {
  const signed = `${encode(header)}.${encode(claims)}`
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

let ana: User
let ben: User
let header: Json
let claims: Json
let publicKey: string
beforeAll(async () => {
  ;[ana, ben] = await Promise.all([createUser('ana'), createUser('ben')])
  const [first, second] = ana.accessToken.split('.')
  header = decode(first)
  claims = decode(second)
  publicKey = await (await fetch(`${stack.api_url}/auth/v1/.well-known/jwks.json`)).text()
})

const now = (): number => Math.floor(Date.now() / 1000)
const legacy = (changes: Json, secret: string = stack.jwt_secret): string =>
  hmac({ alg: 'HS256', typ: 'JWT' }, { ...claims, ...changes }, secret)
const tampered = (changes: Json): string => {
  const [first, , third] = ana.accessToken.split('.')
  return `${first}.${encode({ ...claims, ...changes })}.${third}`
}

const FORGERIES: Readonly<Record<string, () => string>> = {
  'signed with another secret': () => legacy({}, 'another-secret-that-is-long-enough-for-hs256'),
  'signed with no algorithm': () => `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`,
  'signed with the public key as a secret': () => hmac({ ...header, alg: 'HS256' }, claims, publicKey),
  'signed with another key under the real key id': () => es256(header, claims),
  'signed with another key under an unknown key id': () => es256({ ...header, kid: crypto.randomUUID() }, claims),
  'with the subject of another user': () => tampered({ sub: ben.id }),
  'with the role service_role written in': () => tampered({ role: 'service_role' }),
  'with the role postgres written in': () => tampered({ role: 'postgres' }),
  'with an end that was put off': () => tampered({ exp: now() + 10 * HOUR }),
  'that has expired': () => legacy({ exp: now() - HOUR }),
  'that is not valid yet': () => legacy({ nbf: now() + HOUR }),
  'that is no token at all': () => 'not.a.token',
  'without its signature': () => `${ana.accessToken.split('.').slice(0, 2).join('.')}.`,
}

const ask = (path: string, token: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${stack.api_url}${path}`, {
    ...init,
    headers: { apikey: stack.publishable_key, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })

interface Door {
  readonly knock: (token: string) => Promise<Response>
  readonly refusal: { readonly status: number; readonly code: RegExp }
}

const DOORS: Readonly<Record<string, Door>> = {
  'a table': {
    knock: (token) => ask(`/rest/v1/profiles?user_id=eq.${ana.id}`, token),
    refusal: { status: 401, code: /^PGRST30[13]$/ },
  },
  'a function': {
    knock: (token) => ask('/rest/v1/rpc/my_account', token, { method: 'POST', body: '{}' }),
    refusal: { status: 401, code: /^PGRST30[13]$/ },
  },
  Auth: { knock: (token) => ask('/auth/v1/user', token), refusal: { status: 403, code: /^bad_jwt$/ } },
  Storage: { knock: (token) => ask('/storage/v1/bucket', token), refusal: { status: 400, code: /^AccessDenied$/ } },
}

describe.each(Object.entries(DOORS))('at the door of %s', (_, { knock, refusal }) => {
  test('a token of Auth is let in, and so is one that the JWT secret signed', async () => {
    expect((await knock(ana.accessToken)).status).toBe(200)
    expect((await knock(legacy({ exp: now() + HOUR }))).status).toBe(200)
  })

  test.for(Object.entries(FORGERIES))('a token %s is refused', async ([, forge]) => {
    const response = await knock(forge())
    const { code, error_code = code } = Refusal.parse(await response.json())
    expect([response.status, error_code]).toEqual([refusal.status, expect.stringMatching(refusal.code)])
  })
})

describe('at the door of Realtime', () => {
  const join = async (token: string): Promise<string> => {
    const client = newClient(stack.publishable_key, token)
    await client.realtime.setAuth(token)
    const channel = client.channel(`user:${ana.id}`, { config: { private: true } })
    const state = await new Promise<string>((resolve) => void channel.subscribe(resolve))
    await client.removeAllChannels()
    return state
  }

  test('a token of Auth is let in', async () => {
    expect(await join(ana.accessToken)).toBe('SUBSCRIBED')
  })

  test.for(Object.entries(FORGERIES))('a token %s is refused', async ([, forge]) => {
    expect(await join(forge())).toBe('CHANNEL_ERROR')
  })
})

describe('a token whose signature is right', () => {
  test.for(['postgres', 'supabase_admin', 'authenticator', 'no_such_role', '', null, 7])(
    'opens nothing with the role %j',
    async (role) => {
      const response = await ask('/rest/v1/personal_details?select=user_id', legacy({ role }))
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(response.status).toBeLessThan(500)
    },
  )

  test('is nobody without a subject', async () => {
    const token = legacy({ sub: undefined })
    const details = await ask('/rest/v1/personal_details?select=user_id', token)
    expect([details.status, await details.json()]).toEqual([200, []])
    const account = await ask('/rest/v1/rpc/my_account', token, { method: 'POST', body: '{}' })
    expect([account.status, Refusal.parse(await account.json()).code]).toEqual([401, 'not_authenticated'])
  })

  test.for(['not-a-uuid', '', 7, "' or true --"])('is nobody with the subject %j', async (sub) => {
    const response = await ask('/rest/v1/personal_details?select=user_id', legacy({ sub }))
    expect(response.status).toBeLessThan(500)
    expect(response.status === 200 ? await response.json() : []).toEqual([])
  })
})
