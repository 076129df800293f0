import { access, chmod, mkdir, mkdtemp, readdir, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { acquireLock, releaseLock, sweepAbandoned } from './lock.ts'
import { endAbandoned } from './postgres/abandoned.ts'
import { serverMayEnter } from './postgres/account.ts'

const EPHEMERAL = 'supabase-ephemeral-'
const KEYS = 'keys.json'

/** A stack's own folder, locked for this process: its database, objects, keys and log. */
export interface DataFolder {
  readonly path: string
  /** Gives the folder up; one that holds nothing worth keeping is removed. */
  close(outcome: 'stopped' | 'failed'): Promise<void>
}

/** Makes a folder for a stack that ends with its data. Rejects when Postgres' account could not enter it. */
export async function openEphemeral(): Promise<DataFolder> {
  const folder = await openTemporary()
  try {
    await makeReachable(folder.path)
    return folder
  } catch (cause) {
    await folder.close('failed')
    throw cause
  }
}

/** Makes a temporary folder that is removed when it is closed, or by a later start when this process is killed. */
export async function openTemporary(): Promise<DataFolder> {
  const directory = await realpath(tmpdir())
  await sweepAbandoned(directory, (name) => name.startsWith(EPHEMERAL))
  const path = await mkdtemp(join(directory, EPHEMERAL))
  await acquireLock(path)
  return { path, close: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) }
}

/**
 * Opens the folder `path`, which outlives the run, and ends what a killed run left in it.
 * `fresh` empties it but for its keys. Rejects with `AlreadyRunning` when a living process has it.
 */
export async function openKept(path: string, fresh: boolean): Promise<DataFolder> {
  const existed = await access(path).then(
    () => true,
    () => false,
  )
  await mkdir(path, { recursive: true })
  await makeReachable(path)
  await acquireLock(path)
  await endAbandoned(join(path, 'postgres'))
  if (fresh) await empty(path)
  return {
    path,
    async close(outcome) {
      if (outcome === 'failed' && !existed) await rm(path, { recursive: true, force: true, maxRetries: 3 })
      else await releaseLock(path)
    },
  }
}

/**
 * Where the stacks of a project keep things: `.stack` in its folder.
 * For root, below a home that no other account may enter, it is a folder outside that `.stack/outside` links to,
 * because the server runs as another account.
 */
export async function stackHome(projectDir: string): Promise<string> {
  const home = join(projectDir, '.stack')
  await mkdir(home, { recursive: true })
  if (await serverMayEnter(await realpath(home))) return realpath(home)
  const outside = join(home, 'outside')
  const known = await realpath(outside).catch(() => undefined)
  if (known !== undefined) return known
  const made = await mkdtemp('/var/tmp/supabase-stack-')
  await chmod(made, 0o711)
  await rm(outside, { force: true })
  await symlink(made, outside)
  return made
}

async function makeReachable(path: string): Promise<void> {
  await chmod(path, 0o711)
  if (await serverMayEnter(await realpath(path))) return
  throw new Error(
    `Postgres does not run as root, and its account may not enter ${path}. ` +
      'Choose a folder below directories that all may enter, or start the stack as an ordinary user.',
  )
}

async function empty(path: string): Promise<void> {
  const kept = [KEYS, 'running.json']
  const names = (await readdir(path)).filter((name) => !kept.includes(name))
  await Promise.all(names.map((name) => rm(join(path, name), { recursive: true, force: true })))
}
