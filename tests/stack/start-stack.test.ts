import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { AlreadyRunning } from '../../stack/lock.ts'
import { startStack } from '../../stack/stack.ts'
import { answers, Project } from './project.ts'

const NOTHING = { processes: [], ports: [], folders: [] }
const STEPS = ['preparing a database', 'postgres ready', 'rest ready', 'gateway ready']

let project: Project
beforeAll(async () => {
  project = await Project.create()
})
afterAll(() => project[Symbol.asyncDispose]())
beforeEach(() => void vi.stubEnv('TMPDIR', project.temporary))
afterEach(() => void vi.unstubAllEnvs())

const handles = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((name) => /Server|Process|TCPSocket/.test(name))

describe('startStack', () => {
  test.for(STEPS)('leaves nothing when it is cancelled at "%s"', async (step) => {
    const before = handles()
    const cancel = new AbortController()
    const reason = new Error('cancelled')
    const onProgress = (message: string): void => {
      if (message.startsWith(step)) cancel.abort(reason)
    }
    const start = startStack({ projectDir: project.dir, signal: cancel.signal, onProgress })
    // After the last step there is nothing left to cancel.
    const outcome = await start.then(
      (stack) => stack.stop().then(() => reason),
      (cause: unknown) => cause,
    )
    expect(outcome).toBe(reason)
    expect(await project.traces()).toEqual(NOTHING)
    expect(handles()).toEqual(before)
  })

  test('stops what it started when its block ends, and may be stopped before', async () => {
    const before = handles()
    let url = ''
    {
      await using stack = await startStack({ projectDir: project.dir })
      url = stack.status.api_url
      expect(await (await fetch(`${url}/functions/v1/hello`)).text()).toBe('hello')
      expect((await project.traces()).processes).not.toEqual([])
      await stack.stop()
    }
    expect(await answers(Number(new URL(url).port))).toBe(false)
    expect(await project.traces()).toEqual(NOTHING)
    await expect.poll(handles).toEqual(before)
  })

  test('refuses the folder of a stack that runs, and leaves that one alone', async () => {
    const dataDir = 'kept'
    await using stack = await startStack({ projectDir: project.dir, dataDir, port: 0 })
    await expect(startStack({ projectDir: project.dir, dataDir, port: 0 })).rejects.toBeInstanceOf(AlreadyRunning)
    await expect(startStack({ projectDir: project.dir, dataDir, fresh: true })).rejects.toBeInstanceOf(AlreadyRunning)
    expect(await (await fetch(`${stack.status.api_url}/functions/v1/hello`)).text()).toBe('hello')
  })

  test.for([
    ['gateway', '[api] port'],
    ['postgres', '[db] port'],
    ['mailbox', '[local_smtp] port'],
    ['smtp', '[local_smtp] smtp_port'],
  ] as const)('names the %s port when it is in use', async ([name, setting]) => {
    const port = project.ports[name]
    const other = createServer().listen(port, '127.0.0.1')
    await once(other, 'listening')
    try {
      await expect(startStack({ projectDir: project.dir, dataDir: 'never' })).rejects.toThrow(
        `Port ${port} is in use. supabase/config.toml names it: ${setting}.`,
      )
      await expect(startStack({ projectDir: project.dir, port })).rejects.toThrow(
        `Port ${port} is in use. It was asked for by --port.`,
      )
      expect((await project.traces()).folders).toEqual([])
      expect(await readdir(project.dir)).not.toContain('never')
    } finally {
      await new Promise((resolve) => other.close(resolve))
    }
  })
})

describe('startStack with a migration that fails', () => {
  test('names it and the reason, and leaves nothing, ephemeral or kept', async () => {
    await using broken = await Project.create()
    vi.stubEnv('TMPDIR', broken.temporary)
    await broken.migration('20260102000000_broken.sql', 'create table public.broken (id nonsense);')
    for (const dataDir of [undefined, 'kept']) {
      const start = startStack({ projectDir: broken.dir, port: 0, ...(dataDir === undefined ? {} : { dataDir }) })
      await expect(start).rejects.toThrow(/20260102000000_broken\.sql.*type "nonsense" does not exist/s)
    }
    expect(await broken.traces()).toEqual(NOTHING)
    expect(await readdir(broken.dir)).not.toContain('kept')
    expect(await readdir(join(broken.dir, '.stack', 'templates'))).toEqual([])
  })
})
