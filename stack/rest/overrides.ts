import { z } from 'zod'
import { RestError } from './errors.ts'
import type { Overrides } from './transaction.ts'

const Status = z.coerce.number().int().min(200).max(599)
const HeaderList = z.array(
  z.record(z.string(), z.string()).refine((header) => Object.keys(header).length === 1, 'one header each'),
)
const WITHOUT_BODY = new Set([204, 205, 304])

/** `response` with the status and headers that the database set. Throws a 500, as PostgREST does, when they are unusable. */
export function overridden(response: Response, overrides: Overrides): Response {
  if (overrides.status === '' && overrides.headers === '') return response
  const status = overrides.status === '' ? response.status : readStatus(overrides.status)
  const headers = new Headers(response.headers)
  for (const [name, value] of overrides.headers === '' ? [] : readHeaders(overrides.headers)) headers.set(name, value)
  if (!WITHOUT_BODY.has(status)) return new Response(response.body, { status, headers })
  headers.delete('content-length')
  headers.delete('content-type')
  return new Response(null, { status, headers })
}

function readStatus(text: string): number {
  const { data } = Status.safeParse(text)
  if (data !== undefined) return data
  throw new RestError(500, { code: 'PGRST112', message: 'response.status guc must be a valid status code' })
}

function readHeaders(text: string): readonly (readonly [name: string, value: string])[] {
  try {
    const pairs = HeaderList.parse(JSON.parse(text)).flatMap((header) => Object.entries(header))
    // Refuses names and values that a header may not have.
    new Headers(pairs)
    return pairs
  } catch {
    throw new RestError(500, {
      code: 'PGRST111',
      message: 'response.headers guc must be a JSON array composed of objects with a single key and a string value',
    })
  }
}
