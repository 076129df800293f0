import type { FileHandle } from 'node:fs/promises'
import sharp from 'sharp'
import { z } from 'zod'
import { StorageProblem } from './errors.ts'

const LARGEST_EDGE = 2500
const LARGEST_SOURCE_PIXELS = 50_000_000
const LARGEST_SOURCE_BYTES = 25 * 1024 * 1024
const AT_ONCE = 2

/** How an image is to be changed, as supabase-js writes it in a body or in a query. */
export const Transform = z.object({
  width: z.coerce.number().int().min(1).max(LARGEST_EDGE).optional(),
  height: z.coerce.number().int().min(1).max(LARGEST_EDGE).optional(),
  resize: z.enum(['cover', 'contain', 'fill']).default('cover'),
  quality: z.coerce.number().int().min(20).max(100).default(80),
  format: z.enum(['origin', 'avif']).optional(),
})
/** A transformation whose values were checked. */
export type Transform = z.infer<typeof Transform>

const FITS = { cover: 'cover', contain: 'inside', fill: 'fill' } as const
// What a browser is given that does not take WebP, and for `format: origin`; anything else becomes a PNG.
const KEPT = ['jpeg', 'png', 'webp', 'gif', 'avif'] as const

let running = 0
const waiting: (() => void)[] = []

/**
 * The image in `source`, changed. As hosted it is never enlarged, is turned upright, and becomes WebP where the client
 * takes that and did not ask for the original format.
 * Rejects with InvalidRequest when the source is no image, or too large to be one.
 */
export async function transformImage(
  source: FileHandle,
  transform: Transform,
  acceptsWebp: boolean,
): Promise<{ readonly data: Buffer; readonly mimetype: string }> {
  const { size } = await source.stat()
  if (size > LARGEST_SOURCE_BYTES)
    throw new StorageProblem('InvalidRequest', 'The source image file is too large to process')
  // Pictures take memory out of proportion to their files, so that only a few are worked on at a time.
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
  else running += 1
  try {
    const image = sharp(await source.readFile(), { limitInputPixels: LARGEST_SOURCE_PIXELS })
    const { format: original } = await image.metadata()
    const kept = KEPT.find((name) => name === original) ?? 'png'
    const format = transform.format === 'avif' ? 'avif' : transform.format === undefined && acceptsWebp ? 'webp' : kept
    const { data, info } = await image
      .rotate()
      .resize({
        ...(transform.width ? { width: transform.width } : {}),
        ...(transform.height ? { height: transform.height } : {}),
        fit: FITS[transform.resize],
        withoutEnlargement: true,
      })
      // A PNG's quality would mean fewer colours.
      .toFormat(format, format === 'png' ? {} : { quality: transform.quality })
      .toBuffer({ resolveWithObject: true })
    return { data, mimetype: info.format === 'heif' ? 'image/avif' : `image/${info.format}` }
  } catch (cause) {
    throw new StorageProblem('InvalidRequest', 'The source image is invalid or unsupported for rendering', { cause })
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}
