import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const GRACE_MS = 10_000
const PAUSE_MS = 50

/**
 * Ends the server that a killed stack may have left on the database folder `data`, and waits until it has ended.
 * To be called by the one process that holds the folder's lock.
 */
export async function endAbandoned(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0])
  if (!(pid > 0) || !send(pid, 0)) return
  // The number may be that of a process that nobody waited for, or meanwhile another's, even another stack's server.
  const serves = async (): Promise<boolean> => (await argumentsOf(pid)).includes(data)
  if (!(await serves())) return rm(file, { force: true })
  send(pid, 'SIGINT')
  for (const deadline = Date.now() + GRACE_MS; await serves(); ) {
    if (Date.now() > deadline) send(pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}

// False when there is no such process, or none of ours.
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

async function argumentsOf(pid: number): Promise<string> {
  const ps = await promisify(execFile)('ps', ['-ww', '-o', 'args=', '-p', String(pid)]).catch(() => undefined)
  return ps?.stdout ?? (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
}
