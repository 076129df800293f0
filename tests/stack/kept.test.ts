import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type StackOptions, startStack } from '../../stack/stack.ts'
import type { StackStatus } from '../../stack/status.ts'
import { type Command, Project } from './project.ts'

const NOTHING = { processes: [], ports: [], folders: [] }
const DATA = join('.stack', 'local')

let project: Project
let first: StackStatus
beforeAll(async () => {
  project = await Project.create()
  vi.stubEnv('TMPDIR', project.temporary)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await project[Symbol.asyncDispose]()
})

const start = (): Command => project.run(['start', '--json'])

async function query<T>(run: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(first.db_url, { max: 1, onnotice: () => undefined })
  try {
    return await run(sql)
  } finally {
    await sql.end()
  }
}
const write = (body: string): Promise<unknown> => query((sql) => sql`insert into public.notes (body) values (${body})`)
const notes = (): Promise<readonly unknown[]> =>
  query(async (sql) => (await sql`select body from public.notes order by 1`).map(({ body }) => body))
const postmaster = async (): Promise<number> =>
  Number((await readFile(join(project.dir, DATA, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])

// One story on one data folder, so the order counts.
describe('npm start, with data that is kept', () => {
  test('answers on the configured ports, is alone, and ends on Ctrl-C without a trace', async () => {
    const command = start()
    first = await command.ready()
    expect(first.api_url).toBe(`http://127.0.0.1:${project.ports.gateway}`)
    expect((await fetch(`${first.api_url}/functions/v1/hello`)).status).toBe(200)
    expect((await project.traces()).ports).toEqual(Object.values(project.ports))
    await write('first run')

    const status = project.run(['status', '--json'])
    expect(await status.exited).toBe(0)
    expect(status.status()).toEqual(first)
    expect((await stat(join(project.dir, DATA, 'running.json'))).mode & 0o077).toBe(0)

    const second = start()
    expect(await second.exited).toBe(1)
    expect(second.stderr).toContain(`A stack runs already: ${first.api_url} (process ${command.pid})`)
    expect(await notes()).toEqual(['first run'])

    expect(await command.signal('SIGINT')).toBe(0)
    expect(await project.traces()).toEqual(NOTHING)
    expect(await project.run(['status', '--json']).exited).toBe(1)
  })

  test('comes back at once after a kill, with its data and keys, and npm stop ends it', async () => {
    const killed = start()
    expect(await killed.ready()).toEqual(first)
    await write('before the kill')
    await killed.signal('SIGKILL')

    const command = start()
    expect(await command.ready()).toEqual(first)
    expect(await notes()).toEqual(['before the kill', 'first run'])
    expect(await project.run(['stop']).exited).toBe(0)
    expect(await command.exited).toBe(0)
    expect(await project.traces()).toEqual(NOTHING)
  })

  test('starts Postgres again when it was killed, and comes back when both were', async () => {
    const command = start()
    await command.ready()
    const before = await postmaster()
    process.kill(before, 'SIGKILL')
    await expect.poll(() => notes().catch(() => [])).toContain('first run')
    expect(await postmaster()).not.toBe(before)

    process.kill(await postmaster(), 'SIGKILL')
    await command.signal('SIGKILL')
    await using _stack = await startStack({ projectDir: project.dir, dataDir: DATA })
    expect(await notes()).toContain('first run')
  })
})

describe('migrations of data that is kept', () => {
  const open = (options: StackOptions = {}) => startStack({ projectDir: project.dir, dataDir: DATA, ...options })

  test('are applied when they are new', async () => {
    await project.migration('20260102000000_done.sql', 'alter table public.notes add column done boolean;')
    await using _stack = await open()
    expect(await query((sql) => sql`select count(*)::int from public.notes where done is null`)).toEqual([{ count: 2 }])
  })

  test('are refused when they were edited after they were applied; a fresh start begins anew', async () => {
    await project.migration('20260102000000_done.sql', 'alter table public.notes add column done_at timestamptz;')
    await expect(open()).rejects.toThrow(/migrations\/20260102000000_done\.sql.*--fresh/s)
    expect(await project.traces()).toEqual(NOTHING)

    await using stack = await open({ fresh: true })
    expect(stack.status).toEqual(first)
    expect(await query((sql) => sql`select done_at from public.notes`)).toEqual([])
  })
})
