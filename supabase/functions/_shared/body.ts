import { z } from 'zod'
import { AppError } from './errors.ts'

const LARGEST_BYTES = 1024 * 1024

/**
 * The request's JSON body as `schema` has it.
 * Rejects with invalid_body, which names every field at fault, or with body_too_large.
 */
export async function readBody<T>(schema: z.ZodType<T>, request: Request): Promise<T> {
  const parsed = schema.safeParse(parseJson(new TextDecoder().decode(await readBytes(request, LARGEST_BYTES))))
  if (!parsed.success) throw new AppError('invalid_body', { details: z.prettifyError(parsed.error) })
  return parsed.data
}

/**
 * The request's body, of at most `largest` bytes: counted while it arrives, because a length is a claim.
 * Rejects with body_too_large.
 */
export async function readBytes(request: Request, largest: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let bytes = 0
  const reader = request.body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    bytes += part.value.byteLength
    if (bytes > largest) {
      await reader?.cancel()
      throw new AppError('body_too_large', { details: `At most ${largest} bytes.` })
    }
    parts.push(part.value)
  }
  const whole = new Uint8Array(bytes)
  let place = 0
  for (const part of parts) {
    whole.set(part, place)
    place += part.byteLength
  }
  return whole
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid_body', { cause, details: 'The body is not JSON.' })
  }
}
