import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StackStatus } from '../../stack/status.ts'
import { type Command, Project } from './project.ts'

const NOTHING = { processes: [], ports: [], folders: [] }

let project: Project
beforeAll(async () => {
  project = await Project.create()
})
afterAll(() => project[Symbol.asyncDispose]())

const start = (...options: readonly string[]): Command => project.run(['start', '--json', ...options])

async function query<T>(status: StackStatus, run: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(status.db_url, { max: 1, onnotice: () => undefined })
  try {
    return await run(sql)
  } finally {
    await sql.end()
  }
}
const write = (status: StackStatus, body: string): Promise<unknown> =>
  query(status, (sql) => sql`insert into public.notes values (${body})`)
const notes = (status: StackStatus): Promise<readonly string[]> =>
  query(status, async (sql) => (await sql`select body from public.notes order by 1`).map(({ body }) => String(body)))
const postmaster = async (): Promise<number> =>
  Number((await readFile(join(project.dir, '.stack/local/postgres/postmaster.pid'), 'utf8')).split('\n')[0])

// One story on one data folder, so the order counts.
describe('a kept stack', () => {
  let first: StackStatus

  test('starts on the configured ports, says how it is reached, and ends on Ctrl-C without a trace', async () => {
    const command = start()
    first = await command.ready()
    expect(first.api_url).toBe(`http://127.0.0.1:${project.ports.gateway}`)
    expect((await fetch(`${first.api_url}/functions/v1/hello`)).status).toBe(200)
    await write(first, 'first run')

    const status = project.run(['status', '--json'])
    expect(await status.exited).toBe(0)
    expect(status.status()).toEqual(first)
    expect((await stat(join(project.dir, '.stack/local/running.json'))).mode & 0o077).toBe(0)
    expect((await project.traces()).ports).toEqual(Object.values(project.ports))

    expect(await command.signal('SIGINT')).toBe(0)
    expect(await project.traces()).toEqual(NOTHING)
    expect(await project.run(['status', '--json']).exited).toBe(1)
  })

  test('keeps its data and keys, says that it runs when it is started twice, and npm stop ends it', async () => {
    const command = start()
    expect(await command.ready()).toEqual(first)
    expect(await notes(first)).toEqual(['first run'])

    const second = start()
    expect(await second.exited).toBe(1)
    expect(second.stderr).toContain(`A stack runs already: ${first.api_url} (process ${command.pid})`)
    expect(await notes(first)).toEqual(['first run'])

    expect(await project.run(['stop']).exited).toBe(0)
    expect(await command.exited).toBe(0)
    expect(await project.traces()).toEqual(NOTHING)
  })

  test('comes back at once after a kill of the stack', async () => {
    const killed = start()
    await write(await killed.ready(), 'before the kill')
    await killed.signal('SIGKILL')

    const command = start()
    expect(await notes(await command.ready())).toEqual(['before the kill', 'first run'])
    await command.signal('SIGTERM')
    expect(await project.traces()).toEqual(NOTHING)
  })

  test('starts Postgres again when it was killed, and comes back when both were', async () => {
    const command = start()
    await command.ready()
    const before = await postmaster()
    process.kill(before, 'SIGKILL')
    await expect.poll(() => notes(first).catch(() => []), { timeout: 20_000 }).toContain('first run')
    expect(await postmaster()).not.toBe(before)

    process.kill(await postmaster(), 'SIGKILL')
    await command.signal('SIGKILL')
    const again = start()
    expect(await notes(await again.ready())).toContain('first run')
    await again.signal('SIGTERM')
    expect(await project.traces()).toEqual(NOTHING)
  })

  test('applies a new migration to the data it has', async () => {
    await project.migration('20260102000000_done.sql', 'alter table public.notes add column done boolean;')
    const command = start()
    const status = await command.ready()
    expect(await query(status, (sql) => sql`select count(*)::int from public.notes where done is null`)).toEqual([
      { count: 2 },
    ])
    await command.signal('SIGTERM')
  })

  test('refuses a migration that was edited after it was applied, and --fresh begins anew', async () => {
    await project.migration('20260102000000_done.sql', 'alter table public.notes add column done_at timestamptz;')
    const refused = start()
    expect(await refused.exited).toBe(1)
    expect(refused.stderr).toContain('migrations/20260102000000_done.sql')
    expect(refused.stderr).toContain('--fresh')
    expect(await project.traces()).toEqual(NOTHING)

    const command = start('--fresh')
    expect(await command.ready()).toEqual(first)
    expect(await query(first, (sql) => sql`select done_at from public.notes`)).toEqual([])
    await command.signal('SIGTERM')
  })
})
