import type { Context } from 'hono'
import { z } from 'zod'
import type { Log } from '../log.ts'
import type { Tokens } from '../tokens.ts'
import type { Buckets } from './buckets.ts'
import { type Caller, callerOf } from './caller.ts'
import type { StorageDatabase } from './database.ts'
import { StorageProblem } from './errors.ts'
import type { ObjectFiles } from './files.ts'
import type { Listing } from './listing.ts'
import type { Objects } from './objects.ts'
import type { Signatures } from './signatures.ts'

const LARGEST_JSON = 1024 * 1024

/** What the routes are made of. */
export interface Parts {
  readonly buckets: Buckets
  readonly database: StorageDatabase
  readonly files: ObjectFiles
  readonly largest: number
  readonly listing: Listing
  readonly log: Log
  readonly objects: Objects
  readonly signatures: Signatures
  readonly tokens: Tokens
}

/** The caller of a route that demands one. */
export function demandCaller(c: Context, { tokens }: Parts): Promise<Caller> {
  return callerOf(c.req.raw, tokens)
}

/** What follows `prefix` in the request's path, decoded. Throws InvalidKey when that is no text. */
export function pathAfter(c: Context, prefix: string): string {
  try {
    return decodeURIComponent(c.req.path.slice(prefix.length))
  } catch (cause) {
    throw new StorageProblem('InvalidKey', undefined, { cause })
  }
}

/** The request's JSON body. Rejects with InvalidRequest, or EntityTooLarge. */
export async function jsonBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  if (Number(c.req.header('content-length') ?? 0) > LARGEST_JSON) throw new StorageProblem('EntityTooLarge')
  const text = await c.req.text()
  if (text.length > LARGEST_JSON) throw new StorageProblem('EntityTooLarge')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new StorageProblem('InvalidRequest', 'The body is not JSON', { cause })
  }
  return parsed(schema, json)
}

/** `value` as `schema` has it. Throws InvalidRequest. */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (!result.success) throw new StorageProblem('InvalidRequest', z.prettifyError(result.error))
  return result.data
}
