import { createHash } from 'node:crypto'
import { configure, ZipWriter } from '@zip.js/zip.js'
import type { Manifest } from './contract.ts'

// There are no workers where functions run.
configure({ useWebWorkers: false })

type Entry = Manifest['files'][number]

/** A ZIP that is written from the beginning to the end, never held as a whole. Its last file says what is in it. */
export class Archive {
  readonly #zip: ZipWriter<unknown>
  readonly #entries: Entry[] = []

  constructor(writable: WritableStream<Uint8Array>) {
    this.#zip = new ZipWriter(writable, { level: 6, keepOrder: true, bufferedWrite: false })
  }

  /** Adds a file; what is known of it besides goes into the manifest. Rejects as `content` or the ZIP's reader does. */
  async add(
    path: string,
    content: ReadableStream<Uint8Array>,
    about: Pick<Entry, 'rows' | 'type'> = {},
  ): Promise<void> {
    const hash = createHash('sha256')
    let bytes = 0
    const measured = content.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(part, out) {
          hash.update(part)
          bytes += part.byteLength
          out.enqueue(part)
        },
      }),
    )
    // Pictures and films are packed already.
    await this.#zip.add(path, measured, about.type === undefined ? {} : { level: 0 })
    this.#entries.push({ path, bytes, sha256: hash.digest('hex'), ...about })
  }

  /** Adds the manifest and ends the ZIP. */
  async close(about: Omit<Manifest, 'files'>): Promise<void> {
    const manifest: Manifest = { ...about, files: this.#entries }
    await this.#zip.add('manifest.json', textStream([`${JSON.stringify(manifest, null, 2)}\n`]))
    await this.#zip.close()
  }
}

/** Texts as a stream of UTF-8, each asked for when the one before it is taken. */
export function textStream(texts: Iterable<string> | AsyncIterable<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const source = (async function* () {
    for await (const text of texts) yield encoder.encode(text)
  })()
  return new ReadableStream<Uint8Array>(
    {
      async pull(out) {
        const next = await source.next()
        if (next.done) out.close()
        else out.enqueue(next.value)
      },
      async cancel() {
        await source.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}
