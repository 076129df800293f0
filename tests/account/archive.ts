import { createHash } from 'node:crypto'
import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipReader, ZipWriter } from '@zip.js/zip.js'
import { z } from 'zod'
import { Manifest } from '../../supabase/functions/account/contract.ts'
import type { User } from '../support/clients.ts'
import { stack } from '../support/stack.ts'

configure({ useWebWorkers: false })

const Rows = z.array(z.record(z.string(), z.unknown()))

/** The files of an archive by their paths, and what its manifest says of them. */
export interface Opened {
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly manifest: Manifest
  /** The rows of a table; none where the archive has no file of it. */
  rows(table: string): z.infer<typeof Rows>
  text(path: string): string
}

/** Sends a request to a route of the function `account`, as `user`. */
export const request = (user: User, method: string, path: string, body: BodyInit | null = null): Promise<Response> =>
  fetch(`${stack.api_url}/functions/v1/account${path}`, {
    method,
    body,
    headers: { apikey: stack.publishable_key, authorization: `Bearer ${user.accessToken}` },
  })

/** Has the card of `user` show an upload; answers the status and what was said. */
export async function chooseAvatar(user: User, path: string) {
  const response = await request(user, 'POST', '/avatar', JSON.stringify({ path }))
  return { status: response.status, body: await response.json() }
}

/** The archive that `user` is given. Rejects when the function refuses. */
export async function exported(user: User): Promise<Uint8Array> {
  const response = await request(user, 'GET', '/export')
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return new Uint8Array(await response.arrayBuffer())
}

/** Opens an archive. Rejects unless its manifest names every file with its length and SHA-256. */
export async function open(archive: Uint8Array): Promise<Opened> {
  const reader = new ZipReader(new Uint8ArrayReader(archive), { strictness: 'strict' })
  const files = new Map<string, Uint8Array>()
  for (const entry of await reader.getEntries())
    if (!entry.directory) files.set(entry.filename, await entry.getData(new Uint8ArrayWriter()))
  const text = (path: string): string => new TextDecoder('utf-8', { fatal: true }).decode(files.get(path))
  const manifest = Manifest.parse(JSON.parse(text('manifest.json')))
  const found = [...files]
    .filter(([path]) => path !== 'manifest.json')
    .map(([path, content]) => describe(path, content))
  const said = manifest.files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }))
  if (JSON.stringify(found) !== JSON.stringify(said)) throw new Error('the manifest says something else')
  return {
    files,
    manifest,
    text,
    rows: (table) => {
      const path = `data/${table.replace('.', '/')}.json`
      return files.has(path) ? Rows.parse(JSON.parse(text(path))) : []
    },
  }
}

const describe = (path: string, content: Uint8Array) => ({
  path,
  bytes: content.byteLength,
  sha256: createHash('sha256').update(content).digest('hex'),
})

/** An archive with these files and a manifest that is right about them; `changes` replaces or adds files, or removes one. */
export async function repacked(
  { files, manifest }: Opened,
  changes: Readonly<Record<string, string | Uint8Array | null>>,
): Promise<Uint8Array> {
  const all = new Map<string, Uint8Array>(files)
  for (const [path, content] of Object.entries(changes)) {
    if (content === null) all.delete(path)
    else all.set(path, typeof content === 'string' ? new TextEncoder().encode(content) : content)
  }
  if (!('manifest.json' in changes)) {
    const described = [...all]
      .filter(([path]) => path !== 'manifest.json')
      .map(([path, content]) => describe(path, content))
    const types = new Map(manifest.files.map((file) => [file.path, file]))
    const named = described.map((file) => ({ ...types.get(file.path), ...file }))
    all.set('manifest.json', new TextEncoder().encode(JSON.stringify({ ...manifest, files: named })))
  }
  return zipped(all)
}

/** A ZIP of these files, whatever they are called. */
export async function zipped(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter())
  for (const [path, content] of files) await writer.add(path, new Uint8ArrayReader(content))
  return writer.close()
}

/** Sends an archive to `POST /import`, as `user`; answers the status and what was said. */
export async function bringIn(user: User, archive: Uint8Array) {
  const response = await request(user, 'POST', '/import', new Uint8Array(archive))
  return { status: response.status, body: z.record(z.string(), z.unknown()).parse(await response.json()) }
}
