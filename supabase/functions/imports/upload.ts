import { z } from 'zod'
import { readBytes } from '../_shared/body.ts'
import { AppError } from '../_shared/errors.ts'
import { ImportOptions } from './contract.ts'

const LARGEST_BYTES = 16 * 1024 * 1024

/** A file as it came, and what was said about it. */
export interface Upload {
  readonly bytes: Uint8Array
  readonly options: ImportOptions
}

/**
 * The file of a request: its body, with options in the query, or the part `file` of a form, with options as JSON in the
 * part `options` besides. Rejects with body_too_large or invalid_body.
 */
export async function readUpload(request: Request): Promise<Upload> {
  const body = await readBytes(request, LARGEST_BYTES)
  const query = Object.fromEntries(new URL(request.url).searchParams)
  const type = request.headers.get('content-type') ?? ''
  if (!type.startsWith('multipart/form-data')) return { bytes: body, options: optionsOf(query) }
  const form = await new Response(body, { headers: { 'content-type': type } }).formData().catch((cause: unknown) => {
    throw new AppError('invalid_body', { cause, details: 'The form cannot be read.' })
  })
  const file = form.get('file')
  if (file === null) throw new AppError('invalid_body', { details: 'The form has no part called file.' })
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : new Uint8Array(await file.arrayBuffer())
  return { bytes, options: optionsOf({ ...query, ...jsonOf(form.get('options')) }) }
}

function optionsOf(given: Readonly<Record<string, unknown>>): ImportOptions {
  const parsed = ImportOptions.safeParse(given)
  if (!parsed.success) throw new AppError('invalid_body', { details: z.prettifyError(parsed.error) })
  return parsed.data
}

function jsonOf(part: FormDataEntryValue | null): Readonly<Record<string, unknown>> {
  if (part === null) return {}
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(z.string().parse(part)))
  } catch (cause) {
    throw new AppError('invalid_body', { cause, details: 'The part options is no JSON object.' })
  }
}
