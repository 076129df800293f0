import { execFile } from 'node:child_process'
import { access, link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { StackStatus } from './status.ts'

// A folder that nobody has locked may be one that is just being made; after this time it is not.
const UNLOCKED_MS = 3600_000

const Running = z.object({ pid: z.int().positive(), began: z.string(), status: StackStatus.optional() })

/** The process that uses a data folder, and, once it is ready, how to reach its stack. */
export type Running = Readonly<z.infer<typeof Running>>

/** The refusal to start a second stack on one data folder. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning'

  constructor({ pid, status }: Running) {
    super(
      `A stack runs already: ${status?.api_url ?? 'it is just starting'} (process ${pid}). Stop it with npm run stop.`,
    )
  }
}

/**
 * Takes `dataDir` for this process, also from a process that was killed.
 * Rejects with `AlreadyRunning` when a living one has it.
 */
export async function acquireLock(dataDir: string): Promise<void> {
  const running = await findRunning(dataDir)
  if (running) throw new AlreadyRunning(running)
  await releaseLock(dataDir)
  const mine = await writeAside(dataDir, { pid: process.pid, began: (await beganAt(process.pid)) ?? '' })
  try {
    // Unlike a rename, a link does not replace the lock of a process that was faster.
    await link(mine, lockFile(dataDir))
  } catch (cause) {
    const faster = await findRunning(dataDir)
    throw faster ? new AlreadyRunning(faster) : cause
  } finally {
    await rm(mine, { force: true })
  }
}

/** Notes in the lock that this process holds how its stack is reached. */
export async function publishStatus(dataDir: string, status: StackStatus): Promise<void> {
  const mine = await writeAside(dataDir, { pid: process.pid, began: (await beganAt(process.pid)) ?? '', status })
  await rename(mine, lockFile(dataDir))
}

/** Gives the folder up. */
export async function releaseLock(dataDir: string): Promise<void> {
  await rm(lockFile(dataDir), { force: true })
}

/** The living process that holds `dataDir`, if there is one. */
export async function findRunning(dataDir: string): Promise<Running | undefined> {
  const text = await readFile(lockFile(dataDir), 'utf8').catch(() => undefined)
  const running = text === undefined ? undefined : parse(text)
  if (!running) return undefined
  return (await beganAt(running.pid)) === running.began ? running : undefined
}

/**
 * Removes the folders in `directory` whose name `matches` and whose holder was killed.
 * Another account's folders stay; that account's next start removes them.
 */
export async function sweepAbandoned(directory: string, matches: (name: string) => boolean): Promise<void> {
  for (const name of (await readdir(directory).catch(() => [])).filter(matches)) {
    const path = join(directory, name)
    if (await findRunning(path)) continue
    const locked = await access(lockFile(path)).then(
      () => true,
      () => false,
    )
    const made = await stat(path).catch(() => undefined)
    if (locked || (made && Date.now() - made.mtimeMs > UNLOCKED_MS))
      await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}

const lockFile = (dataDir: string): string => join(dataDir, 'running.json')

async function writeAside(dataDir: string, running: Running): Promise<string> {
  const path = join(dataDir, `running.${crypto.randomUUID()}`)
  await writeFile(path, JSON.stringify(running, null, 2), { mode: 0o600 })
  return path
}

function parse(text: string): Running | undefined {
  try {
    return Running.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

// The number of a process is given to another one some time after it ended; the moment it began tells them apart.
// A process that has ended and that nobody waited for (state Z) counts as gone.
async function beganAt(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (stat !== undefined) {
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? undefined : fields[18]
  }
  if (process.platform === 'linux') return undefined
  const ps = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).catch(() => undefined)
  const [state = 'Z', ...began] = ps?.stdout.trim().split(/\s+/) ?? []
  return state.startsWith('Z') ? undefined : began.join(' ')
}
