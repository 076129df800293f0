import { toBody } from '../streams.ts'
import type { StoredObject } from './database.ts'
import { StorageProblem } from './errors.ts'
import type { ObjectFiles } from './files.ts'
import { type Transform, transformImage } from './transform.ts'

/** What a request asks of an object's bytes. */
export interface Wish {
  readonly request: Request
  /** A file name to save it under; empty for its own; undefined to show it. */
  readonly download: string | undefined
  readonly expires?: Date
}

/** The answer with an object's bytes, or with the range of them that the request asks for. */
export async function serveObject(files: ObjectFiles, object: StoredObject, wish: Wish): Promise<Response> {
  const { request } = wish
  const headers = headersOf(object, wish)
  headers.set('etag', object.metadata.eTag)
  if (request.headers.get('if-none-match') === object.metadata.eTag) return new Response(null, { status: 304, headers })
  const { size } = object.metadata
  const range = rangeOf(request.headers.get('range'), size)
  const length = range ? range.end - range.start + 1 : size
  headers.set('content-length', String(length))
  if (range) headers.set('content-range', `bytes ${range.start}-${range.end}/${size}`)
  const status = range ? 206 : 200
  if (request.method === 'HEAD' || length === 0) return new Response(null, { status, headers })
  const file = await openFile(files, object)
  const stream = file.createReadStream(range ?? {})
  return new Response(toBody(stream), { status, headers })
}

/** The answer with an image that was transformed on the way. */
export async function serveImage(
  files: ObjectFiles,
  object: StoredObject,
  wish: Wish & { readonly transform: Transform },
): Promise<Response> {
  const file = await openFile(files, object)
  try {
    const acceptsWebp = wish.request.headers.get('accept')?.includes('image/webp') ?? false
    const { data, mimetype } = await transformImage(file, wish.transform, acceptsWebp)
    const headers = headersOf(object, wish)
    headers.set('content-type', mimetype)
    headers.set('content-length', String(data.byteLength))
    headers.set('vary', 'Accept')
    return new Response(wish.request.method === 'HEAD' ? null : new Uint8Array(data), { headers })
  } finally {
    await file.close()
  }
}

/** What `info` answers. */
export function describeObject(object: StoredObject): Response {
  const { metadata } = object
  return Response.json({
    id: object.id,
    name: object.name,
    version: object.version,
    bucket_id: object.bucket_id,
    size: metadata.size,
    content_type: metadata.mimetype,
    cache_control: metadata.cacheControl,
    etag: metadata.eTag,
    metadata: object.user_metadata,
    last_modified: object.updated_at,
    created_at: object.created_at,
  })
}

function headersOf(object: StoredObject, { download, expires }: Wish): Headers {
  const { mimetype, cacheControl, lastModified } = object.metadata
  const headers = new Headers({
    'accept-ranges': 'bytes',
    // A page would run its scripts with this origin's rights.
    'content-type': /html/i.test(mimetype) ? 'text/plain' : mimetype,
    // So would a drawing or any other XML that is opened by itself.
    'content-security-policy': 'sandbox',
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'none',
    'last-modified': new Date(lastModified).toUTCString(),
  })
  if (expires) headers.set('expires', expires.toUTCString())
  else headers.set('cache-control', cacheControl)
  if (download === '') headers.set('content-disposition', 'attachment;')
  else if (download !== undefined) {
    const name = encodeURIComponent(download)
    headers.set('content-disposition', `attachment; filename=${name}; filename*=UTF-8''${name}`)
  }
  return headers
}

function rangeOf(header: string | null, size: number): { readonly start: number; readonly end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const [, from = '', to = ''] = match
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (start > end) throw new StorageProblem('InvalidRange')
  return { start, end }
}

function openFile(files: ObjectFiles, object: StoredObject): ReturnType<ObjectFiles['read']> {
  return files.read(object.version).catch((cause: unknown) => {
    throw new StorageProblem('NoSuchKey', undefined, { cause })
  })
}
