import { randomBytes } from 'node:crypto'
import { hash, parseOptions, verify } from '@node-rs/bcrypt'
import { AuthError, invalid } from './errors.ts'
import type { AuthSettings } from './settings.ts'

/** What bcrypt reads of a password; more would be ignored without a word. */
const MAX_BYTES = 72
const COST = 10

/** Checks a new password. Throws `weak_password` with the reasons, or `validation_failed` when it is too long. */
export function checkPassword(password: string, settings: AuthSettings): void {
  const size = Buffer.byteLength(password)
  if (size > MAX_BYTES) throw invalid(`Password cannot be longer than ${MAX_BYTES} characters`)
  const short = size < settings.passwordLength
  const plain = settings.passwordCharacters.some((set) => ![...set].some((character) => password.includes(character)))
  if (!short && !plain) return
  const sets = settings.passwordCharacters.join(', ')
  const messages = [
    ...(short ? [`Password should be at least ${settings.passwordLength} characters.`] : []),
    ...(plain ? [`Password should contain at least one character of each: ${sets}.`] : []),
  ]
  const reasons = [...(short ? ['length'] : []), ...(plain ? ['characters'] : [])]
  throw new AuthError(422, 'weak_password', messages.join(' '), { reasons })
}

/** The bcrypt hash of a password, as GoTrue makes it. Works on a thread of its own. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, { cost: COST, version: '2a' })
}

/** A password nobody knows. */
export const randomPassword = (): string => randomBytes(48).toString('base64url')

let decoy: Promise<string> | undefined

/** Whether `password` is the one of `stored`. Takes as long when there is none, so that time tells nothing. */
export async function isPassword(password: string, stored: string | null | undefined): Promise<boolean> {
  decoy ??= hashPassword(randomPassword())
  const matches = await verify(password, stored || (await decoy))
  return matches && Boolean(stored)
}

/** Checks a hash that an import brings along. Throws `validation_failed` for all but bcrypt. */
export function checkPasswordHash(stored: string): void {
  try {
    parseOptions(stored)
  } catch {
    throw invalid('password_hash must be a bcrypt hash')
  }
}
