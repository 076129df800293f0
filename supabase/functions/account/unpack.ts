import { createHash } from 'node:crypto'
import { configure, type FileEntry, Uint8ArrayReader, ZipReader } from '@zip.js/zip.js'
import { AppError } from '../_shared/errors.ts'
import { Manifest } from './contract.ts'

configure({ useWebWorkers: false })

const MOST_FILES = 10_000
const LARGEST_BYTES = 128 * 1024 * 1024

/** An archive that is what its manifest says. */
export interface Unpacked {
  readonly manifest: Manifest
  /** The content of a file. Rejects with archive_damaged where it is not the one that the manifest names. */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>
}

/**
 * Opens an archive that somebody sent. Believes no length that it states, and unpacks no more than 128 MiB.
 * Rejects with archive_unreadable for what is no export, with archive_damaged where files are missing, added or changed, or
 * with archive_too_large.
 */
export async function unpack(bytes: Uint8Array<ArrayBuffer>): Promise<Unpacked> {
  const entries = await entriesOf(bytes)
  const budget = { left: LARGEST_BYTES }
  const manifest = manifestOf(await inflate(entries.get('manifest.json'), budget))
  const named = new Map(manifest.files.map((file) => [file.path, file]))
  if (named.size !== manifest.files.length || named.size !== entries.size - 1)
    throw damaged('The manifest names other files.')
  for (const path of named.keys()) if (!entries.has(path)) throw damaged(path)
  return {
    manifest,
    async read(path) {
      const content = await inflate(entries.get(path), budget)
      const file = named.get(path)
      if (content.byteLength !== file?.bytes || createHash('sha256').update(content).digest('hex') !== file.sha256)
        throw damaged(path)
      return content
    },
  }
}

const damaged = (details: string): AppError => new AppError('archive_damaged', { details })

async function entriesOf(bytes: Uint8Array): Promise<ReadonlyMap<string, FileEntry>> {
  const found = new Map<string, FileEntry>()
  try {
    // Strict: no name that leads out of a folder, no two entries of one name or over one another.
    const reader = new ZipReader(new Uint8ArrayReader(bytes), { strictness: 'strict' })
    for await (const entry of reader.getEntriesGenerator()) {
      if (entry.directory || entry.encrypted || found.has(entry.filename)) throw damaged(entry.filename)
      if (found.size === MOST_FILES)
        throw new AppError('archive_too_large', { details: `At most ${MOST_FILES} files.` })
      found.set(entry.filename, entry)
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('archive_unreadable', { cause })
  }
  return found
}

async function inflate(entry: FileEntry | undefined, budget: { left: number }): Promise<Uint8Array<ArrayBuffer>> {
  if (!entry) throw new AppError('archive_unreadable', { details: 'There is no manifest.json.' })
  const parts: Uint8Array<ArrayBuffer>[] = []
  const counted = new WritableStream<Uint8Array<ArrayBuffer>>({
    write(part) {
      budget.left -= part.byteLength
      if (budget.left < 0)
        throw new AppError('archive_too_large', { details: `At most ${LARGEST_BYTES} bytes when unpacked.` })
      parts.push(part)
    },
  })
  try {
    await entry.getData(counted, { checkSignature: true })
  } catch (cause) {
    if (budget.left < 0)
      throw new AppError('archive_too_large', { cause, details: `At most ${LARGEST_BYTES} bytes when unpacked.` })
    throw new AppError('archive_damaged', { cause, details: entry.filename })
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

function manifestOf(content: Uint8Array): Manifest {
  try {
    return Manifest.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content)))
  } catch (cause) {
    throw new AppError('archive_unreadable', { cause, details: 'manifest.json is not that of an export.' })
  }
}
