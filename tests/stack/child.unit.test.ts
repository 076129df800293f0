import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { type Child, spawnChild } from '../../stack/child.ts'

const CHILD = new URL('../../stack/child.ts', import.meta.url).href
const IGNORANT = 'trap "" INT TERM'
const FOREVER = 'while :; do sleep 0.1; done'

// One that has ended stays in the list (state Z) until its parent, or who inherited it, has asked how it ended.
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.startsWith('Z')
}

/** Runs a shell script as a child, and resolves when it has printed its first line. */
async function run(script: string): Promise<{ readonly child: Child; readonly line: string }> {
  return new Promise((resolve) => {
    const child = spawnChild({ command: 'sh', args: ['-c', script], onOutput: (line) => resolve({ child, line }) })
  })
}

describe('spawnChild', () => {
  test('hands over the output line by line, and the exit code', async () => {
    const lines: string[] = []
    const { exited } = spawnChild({
      command: 'sh',
      args: ['-c', 'echo "$GREETING"; echo two >&2; exit 3'],
      env: { PATH: process.env.PATH, GREETING: 'one' },
      onOutput: (line) => lines.push(line),
    })
    expect(await exited).toEqual({ code: 3, signal: null })
    await expect.poll(() => [...lines].sort()).toEqual(['one', 'two'])
  })

  test('asks the process to end by the signal it is told', async () => {
    const { child } = await run('trap "exit 7" TERM; echo up; while :; do sleep 0.01; done')
    await child.stop('SIGTERM', 10_000)
    expect((await child.exited).code).toBe(7)
    await child.stop('SIGTERM', 10_000)
  })

  test('kills one that does not end in time, with all that it started', async () => {
    const { child, line } = await run(`${IGNORANT}; sleep 600 & echo $!; ${FOREVER}`)
    await child.stop('SIGTERM', 100)
    expect((await child.exited).signal).toBe('SIGKILL')
    await expect.poll(() => isAlive(Number(line))).toBe(false)
  })

  test('can be stopped before it has begun', async () => {
    const child = spawnChild({ command: 'sleep', args: ['600'], onOutput: () => undefined })
    await child.stop('SIGTERM', 2_000)
    expect(isAlive(child.pid)).toBe(false)
  })

  test.for([
    ['one that ends when asked', `echo $$; ${FOREVER}`],
    ['one that does not', `${IGNORANT}; echo $$; ${FOREVER}`],
  ])('ends %s when the process that started it is killed', { timeout: 30_000 }, async ([, script]) => {
    const program = `
      import { spawnChild } from ${JSON.stringify(CHILD)}
      spawnChild({ command: 'sh', args: ['-c', ${JSON.stringify(script)}], onOutput: (line) => console.log(line) })
    `
    const parent = spawn(process.execPath, [
      '--import',
      import.meta.resolve('tsx'),
      '--input-type=module',
      '-e',
      program,
    ])
    const [line] = await once(parent.stdout, 'data')
    const pid = Number.parseInt(String(line), 10)
    expect(isAlive(pid)).toBe(true)
    parent.kill('SIGKILL')
    await expect.poll(() => isAlive(pid)).toBe(false)
  })
})
