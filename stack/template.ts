import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { acquireLock, releaseLock, sweepAbandoned } from './lock.ts'

/** What the prepared database depends on, below the project's folder. */
const INPUTS = ['supabase/migrations', 'supabase/seed', 'supabase/config.toml', 'package-lock.json']
// And on this stack itself, which the project's folder need not hold.
const STACK = import.meta.dirname
const KEPT_TEMPLATES = 3

/** A hash of everything that decides what a newly prepared database holds. */
export async function fingerprint(projectDir: string): Promise<string> {
  const hash = createHash('sha256')
  const walk = async (root: string, path: string): Promise<void> => {
    const info = await stat(path).catch(() => undefined)
    if (info?.isDirectory()) {
      for (const name of (await readdir(path)).sort()) await walk(root, join(path, name))
      return
    }
    if (!info) return
    hash
      .update(path.slice(root.length))
      .update('\0')
      .update(await readFile(path))
      .update('\0')
  }
  for (const input of INPUTS) await walk(projectDir, join(projectDir, input))
  await walk(STACK, STACK)
  return hash.digest('hex').slice(0, 16)
}

/**
 * Gives `target` a copy of the database prepared for `print`, after `build` has prepared one where there is none.
 * Several processes may ask at once: each builds aside, and the first to finish is kept.
 */
export async function copyTemplate(options: {
  readonly directory: string
  readonly print: string
  readonly target: string
  readonly build: (dataDir: string) => Promise<void>
}): Promise<void> {
  const template = join(options.directory, options.print)
  const present = await stat(template).catch(() => undefined)
  if (!present) {
    await sweepAbandoned(options.directory, (name) => name.includes('.'))
    const aside = `${template}.${process.pid}.${crypto.randomUUID()}`
    try {
      await mkdir(aside, { recursive: true })
      await acquireLock(aside)
      await options.build(aside)
      await releaseLock(aside)
      await rename(aside, template).catch(async (cause: unknown) => {
        if (!(await stat(template).catch(() => undefined))) throw cause
      })
    } finally {
      await rm(aside, { recursive: true, force: true, maxRetries: 3 })
    }
    await dropOld(options.directory, options.print)
  }
  await promisify(execFile)('cp', ['-a', join(template, 'postgres'), options.target])
}

async function dropOld(directory: string, print: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name !== print && !name.includes('.'))
  const ages = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(directory, name))).mtimeMs })))
  const old = ages.sort((a, b) => b.at - a.at).slice(KEPT_TEMPLATES - 1)
  for (const { name } of old) await rm(join(directory, name), { recursive: true, force: true })
}
