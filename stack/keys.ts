import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { z } from 'zod'

const TEN_YEARS_SECONDS = 10 * 365 * 24 * 3600

const Keys = z.object({
  jwtSecret: z.string().min(32),
  /** ES256 key pair (private JWK with `kid`) that signs users' access tokens; its public half is the JWKS. */
  signingKey: z.custom<JWK>((value) => typeof value === 'object' && value !== null),
  publishableKey: z.string().startsWith('sb_publishable_'),
  secretKey: z.string().startsWith('sb_secret_'),
  anonKey: z.string(),
  serviceRoleKey: z.string(),
})

/** The secrets of one stack. They are made at random, kept in its data folder and nowhere else. */
export type Keys = Readonly<z.infer<typeof Keys>>

/** Makes a new set of keys: opaque API keys, and the legacy JWTs of the roles anon and service_role. */
export async function generateKeys(): Promise<Keys> {
  const jwtSecret = randomBytes(32).toString('base64url')
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const legacyKey = (role: string): Promise<string> =>
    new SignJWT({ role, iss: 'supabase' })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + TEN_YEARS_SECONDS)
      .sign(new TextEncoder().encode(jwtSecret))
  return {
    jwtSecret,
    signingKey: { ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), alg: 'ES256', use: 'sig' },
    publishableKey: `sb_publishable_${randomBytes(16).toString('base64url')}_${randomBytes(6).toString('base64url')}`,
    secretKey: `sb_secret_${randomBytes(16).toString('base64url')}_${randomBytes(6).toString('base64url')}`,
    anonKey: await legacyKey('anon'),
    serviceRoleKey: await legacyKey('service_role'),
  }
}

/** Reads the keys kept at `path`, or makes and keeps new ones. Rejects when the file is there but is not a set of keys. */
export async function loadKeys(path: string): Promise<Keys> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text !== undefined) return Keys.parse(JSON.parse(text))
  const keys = await generateKeys()
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, JSON.stringify(keys, null, 2), { mode: 0o600 })
  return keys
}
