import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const GRACE_MS = 10_000

/**
 * Ends the server that a killed stack may have left on the database folder `data`, and waits until it has ended.
 * To be called by the one process that holds the folder's lock.
 */
export async function endAbandoned(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0])
  if (!(pid > 0) || !isAlive(pid)) return
  // The number may meanwhile be another process's, even that of another stack's server.
  if (!(await argumentsOf(pid)).includes(data)) return rm(file, { force: true })
  process.kill(pid, 'SIGINT')
  for (const deadline = Date.now() + GRACE_MS; isAlive(pid); ) {
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function argumentsOf(pid: number): Promise<string> {
  const ps = await promisify(execFile)('ps', ['-ww', '-o', 'args=', '-p', String(pid)]).catch(() => undefined)
  return ps?.stdout ?? (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
}
