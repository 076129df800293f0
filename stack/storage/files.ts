import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { StorageProblem } from './errors.ts'

const VERSION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What was written: how much, and a hash of it. */
export interface Written {
  readonly version: string
  readonly size: number
  readonly eTag: string
}

/**
 * The objects' bytes, each in a file named by its version, which the server makes up: no name that a client chose
 * reaches the disk. A file is complete before a row names it, and is deleted only after no row does, so that a crash
 * can leave a file without a row (which `sweep` deletes) and never a row without a file.
 */
export class ObjectFiles {
  readonly #folder: string
  readonly #uploads: string

  constructor(folder: string) {
    this.#folder = join(folder, 'objects')
    this.#uploads = join(folder, 'uploads')
  }

  /** Makes the folders and forgets uploads that were broken off. */
  async open(): Promise<void> {
    await rm(this.#uploads, { recursive: true, force: true })
    for (const folder of [this.#folder, this.#uploads]) await mkdir(folder, { recursive: true, mode: 0o700 })
  }

  /** Stores `body` under a new version. Rejects with EntityTooLarge as soon as it has more than `limit` bytes. */
  async write(body: AsyncIterable<Uint8Array>, limit: number): Promise<Written> {
    const version = crypto.randomUUID()
    const temporary = join(this.#uploads, version)
    const hash = createHash('md5')
    let size = 0
    try {
      const file = await open(temporary, 'wx', 0o600)
      try {
        for await (const chunk of body) {
          size += chunk.byteLength
          if (size > limit) throw new StorageProblem('EntityTooLarge')
          hash.update(chunk)
          await file.writeFile(chunk)
        }
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, this.#path(version))
    } catch (cause) {
      await rm(temporary, { force: true })
      throw cause
    }
    return { version, size, eTag: `"${hash.digest('hex')}"` }
  }

  /** Opens the file of `version`. The caller closes it. */
  async read(version: string): Promise<FileHandle> {
    return open(this.#path(version), 'r')
  }

  /** Stores the same bytes under a new version, without writing them anew where the file system can share them. */
  async copy(version: string): Promise<string> {
    const copy = crypto.randomUUID()
    await copyFile(this.#path(version), this.#path(copy), constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
    return copy
  }

  /** Deletes files that no row names any more. Those that are gone already do no harm. */
  async remove(versions: readonly string[]): Promise<void> {
    for (const version of versions) await rm(this.#path(version), { force: true })
  }

  /** Deletes the files whose version is not among `known`: what a crash left. */
  async sweep(known: ReadonlySet<string>): Promise<void> {
    const orphans = (await readdir(this.#folder)).filter((version) => VERSION.test(version) && !known.has(version))
    await this.remove(orphans)
  }

  #path(version: string): string {
    // The row is a client's to influence only through policies, but a path is never built from anything but a version.
    if (!VERSION.test(version)) throw new StorageProblem('NoSuchKey')
    return join(this.#folder, version)
  }
}
