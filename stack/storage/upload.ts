import type { Bucket } from './database.ts'
import { StorageProblem } from './errors.ts'

/** A file as a client sends it, raw or as a form. */
export interface Upload {
  readonly body: AsyncIterable<Uint8Array>
  readonly mimetype: string
  readonly cacheControl: string
  readonly userMetadata: Record<string, unknown> | undefined
  /** How many bytes it may have. */
  readonly limit: number
  /** How many it says it has. */
  readonly declaredLength: number | undefined
}

const FORM_OVERHEAD = 64 * 1024
const LARGEST_USER_METADATA = 1024 * 1024
// Both are headers of every later answer, which could not be sent with anything else in them.
const HEADER_VALUE = /^[ -~]{0,255}$/

/**
 * Reads what a request uploads to `bucket`, without its bytes where it is not a form.
 * Rejects with InvalidMimeType by the type that the client declares, as hosted does, and with EntityTooLarge when the
 * declared length is too much already.
 */
export async function readUpload(request: Request, bucket: Bucket, largest: number): Promise<Upload> {
  const limit = Math.min(bucket.file_size_limit ?? largest, largest)
  const type = request.headers.get('content-type') ?? 'application/octet-stream'
  const isForm = type.startsWith('multipart/form-data')
  const length = request.headers.get('content-length')
  const declaredLength = length === null ? undefined : Number(length)
  if ((declaredLength ?? 0) > limit + (isForm ? FORM_OVERHEAD : 0)) throw new StorageProblem('EntityTooLarge')
  const upload = isForm
    ? await readForm(request, type, limit)
    : {
        body: chunksOf(request.body),
        mimetype: type,
        cacheControl: request.headers.get('cache-control') ?? 'no-cache',
        userMetadata: fromBase64(request.headers.get('x-metadata')),
      }
  for (const value of [upload.mimetype, upload.cacheControl])
    if (!HEADER_VALUE.test(value)) throw new StorageProblem('InvalidRequest', 'Invalid content type or cache control')
  checkType(upload.mimetype, bucket.allowed_mime_types ?? [])
  return { ...upload, limit, declaredLength }
}

/** The user's metadata as the header `x-metadata` has it; what is not an object is ignored, as hosted does. */
export function fromBase64(header: string | null): Record<string, unknown> | undefined {
  return header === null ? undefined : parseMetadata(Buffer.from(header, 'base64').toString('utf8'))
}

async function readForm(
  request: Request,
  type: string,
  limit: number,
): Promise<Omit<Upload, 'limit' | 'declaredLength'>> {
  let size = 0
  const counted = request.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength
        if (size > limit + FORM_OVERHEAD) controller.error(new StorageProblem('EntityTooLarge'))
        else controller.enqueue(chunk)
      },
    }),
  )
  const form = await new Response(counted ?? null, { headers: { 'content-type': type } })
    .formData()
    .catch((cause: unknown) => {
      if (size > limit + FORM_OVERHEAD) throw new StorageProblem('EntityTooLarge')
      throw new StorageProblem('InvalidRequest', 'No content provided', { cause })
    })
  const file = [...form.values()].find((value) => typeof value !== 'string')
  if (!file) throw new StorageProblem('InvalidRequest', 'No content provided')
  const field = (name: string): string | undefined => {
    const value = form.get(name)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const cacheControl = field('cacheControl')
  return {
    body: chunksOf(file.stream()),
    mimetype: field('contentType') ?? (file.type || 'application/octet-stream'),
    cacheControl: cacheControl === undefined ? 'no-cache' : `max-age=${cacheControl}`,
    userMetadata: parseMetadata(field('metadata') ?? field('userMetadata')),
  }
}

function parseMetadata(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined
  if (Buffer.byteLength(text) > LARGEST_USER_METADATA)
    throw new StorageProblem('EntityTooLarge', 'The user_metadata exceeded the maximum allowed size')
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function checkType(mimetype: string, allowed: readonly string[]): void {
  if (allowed.length === 0) return
  const [kind] = mimetype.split('/')
  if (allowed.includes(mimetype) || allowed.includes(`${kind}/*`) || allowed.includes('*/*')) return
  throw new StorageProblem('InvalidMimeType', `mime type ${mimetype} is not supported`)
}

async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (body === null) return
  const reader = body.getReader()
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value
  } finally {
    // Reached early when the receiver has had enough; the sender is told to stop.
    await reader.cancel().catch(() => undefined)
  }
}
