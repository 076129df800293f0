import { z } from 'zod'
import { AppError } from './errors.ts'

const LARGEST_BYTES = 1024 * 1024

/**
 * The request's JSON body as `schema` has it.
 * Rejects with invalid_body, which names every field at fault, or with body_too_large.
 */
export async function readBody<T>(schema: z.ZodType<T>, request: Request): Promise<T> {
  const parsed = schema.safeParse(parseJson(await readText(request)))
  if (!parsed.success) throw new AppError('invalid_body', { details: z.prettifyError(parsed.error) })
  return parsed.data
}

// Counted while it arrives, because a length is a claim.
async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  const reader = request.body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    bytes += part.value.byteLength
    if (bytes > LARGEST_BYTES) {
      await reader?.cancel()
      throw new AppError('body_too_large', { details: `At most ${LARGEST_BYTES} bytes.` })
    }
    text += decoder.decode(part.value, { stream: true })
  }
  return text + decoder.decode()
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid_body', { cause, details: 'The body is not JSON.' })
  }
}
