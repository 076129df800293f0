import { isIP } from 'node:net'
import { z } from 'zod'
import { AuthError, invalid } from './errors.ts'

const MAX_BODY_BYTES = 2 ** 20

/** A text of a body; absent and null are the empty text, as in Go. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')

/** A yes or no of a body; absent and null are no. */
export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false)

/** An object of a body whose members are nobody's business; undefined when absent or null. */
export const record = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? undefined)

/** The members of a body that begin a PKCE flow. */
export const challenge = { code_challenge: text, code_challenge_method: text }

/**
 * Reads a JSON body. Rejects with `bad_json` for what is not JSON or not of this form, with `validation_failed` for
 * texts that the database cannot store, and with `request_entity_too_large` above 1 MiB.
 */
export async function readBody<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const body = await readText(request)
  let storable = true
  let json: unknown
  try {
    json = JSON.parse(body, (key, value: unknown) => {
      if (isUnstorable(key) || (typeof value === 'string' && isUnstorable(value))) storable = false
      return value
    })
  } catch (cause) {
    throw badJson(cause instanceof SyntaxError ? cause.message : 'nested too deeply')
  }
  if (!storable) throw invalid('Texts must not contain null characters or unpaired surrogates')
  const parsed = schema.safeParse(json ?? {})
  if (!parsed.success) throw badJson(z.prettifyError(parsed.error))
  return parsed.data
}

const badJson = (why: string): AuthError =>
  new AuthError(400, 'bad_json', `Could not parse request body as JSON: ${why}`)

const isUnstorable = (value: string): boolean => /[\0\p{Surrogate}]/u.test(value)

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.length
    if (size > MAX_BODY_BYTES) {
      await reader?.cancel()
      throw new AuthError(413, 'request_entity_too_large', `Request body too large (max ${MAX_BODY_BYTES} bytes)`)
    }
    chunks.push(part.value)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Who sent a request, as far as the gateway and the client say. */
export interface Sender {
  /** The address, or null when no proxy named one. */
  readonly ip: string | null
  readonly userAgent: string | null
}

/** Reads who sent `request`: the first address of `x-forwarded-for`, which the gateway writes. */
export function senderOf(request: Request): Sender {
  const forwarded = (request.headers.get('x-forwarded-for') ?? '').split(',').map((part) => part.trim())
  return { ip: forwarded.find((part) => isIP(part) !== 0) ?? null, userAgent: request.headers.get('user-agent') }
}

/** The query of `request`. */
export function queryOf(request: Request): URLSearchParams {
  return new URL(request.url).searchParams
}

/** Parses an e-mail address and writes it in lower case. Throws `validation_failed` when it is none. */
export function parseEmail(value: string): string {
  if (value === '') throw invalid('An email address is required')
  if (Buffer.byteLength(value) > 255) throw invalid('An email address is too long')
  if (!EMAIL.test(value)) throw invalid('Unable to validate email address: invalid format')
  return value.toLowerCase()
}

const EMAIL =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/

/** Parses a uuid. Throws a 404 as GoTrue does for a path with something else in it. */
export function parseId(value: string, name: string): string {
  if (!z.guid().safeParse(value).success) throw new AuthError(404, 'validation_failed', `${name} must be an UUID`)
  return value.toLowerCase()
}
