import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A process that ends when this one does, however this one ends. */
export interface Child {
  readonly pid: number
  /** Resolves with what the process left behind once it has ended. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  /** Asks the process to end by `signal`, and kills it after `graceMs`. May be called twice. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<void>
}

// The child's guardian waits for the end of a pipe that only this process holds open, so that the child ends
// even after a `kill -9` of this process, when no handler of ours could run. A shell starts what it puts in the
// background with SIGINT ignored, which a child may leave so: hence the SIGTERM after it.
const GUARDIAN = `
pass() { asked=$1; [ -z "$child" ] || kill -$1 $child 2>/dev/null; }
trap 'pass INT' INT
trap 'pass TERM' TERM
[ -z "$asked" ] || exit 143
"$@" </dev/null 3<&- &
child=$!
[ -z "$asked" ] || kill -$asked $child 2>/dev/null
( read -r _ <&3; kill -INT $child; kill -TERM $child; sleep 5; kill -KILL -$$ ) >/dev/null 2>&1 &
while :; do wait $child 2>/dev/null; code=$?; kill -0 $child 2>/dev/null || break; done
trap '' TERM
kill -TERM -$$ 2>/dev/null
exit $code
`

/** Starts `command` in a process group of its own; its output goes to `onOutput` line by line. */
export function spawnChild(options: {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
  readonly onOutput: (line: string) => void
}): Child {
  const child: ChildProcess = spawn('sh', ['-c', GUARDIAN, 'guardian', options.command, ...options.args], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...options.user,
  })
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) options.onOutput(line)
    })
  }
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
  let ended = false
  const end = exited.then(
    () => {
      ended = true
    },
    () => {
      ended = true
    },
  )
  return {
    pid: child.pid ?? -1,
    exited,
    async stop(signal, graceMs) {
      if (ended || child.pid === undefined) return
      child.kill(signal)
      const timer = setTimeout(() => {
        if (child.pid !== undefined && !ended) process.kill(-child.pid, 'SIGKILL')
      }, graceMs)
      await end
      clearTimeout(timer)
    },
  }
}
