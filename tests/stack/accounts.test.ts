import { mkdir, readdir, realpath, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Project } from './project.ts'

const NOTHING = { processes: [], ports: [], folders: [] }
const ORDINARY_USER = 1000

// An ordinary user runs everything else as themselves, so there is nothing to add.
describe.runIf(process.getuid?.() === 0)('where the tests run as root', () => {
  test('Postgres runs as another account, also in a folder that no other account may enter', async () => {
    await using parent = await Project.create()
    const closed = join(parent.dir, 'closed')
    await mkdir(closed, { mode: 0o700 })
    await using project = await Project.create(closed)
    const command = project.run(['start', '--json'])
    await command.ready()

    const outside = await realpath(join(project.dir, '.stack', 'outside'))
    expect((await stat(join(outside, 'local', 'postgres'))).uid).not.toBe(0)
    expect(await command.signal('SIGTERM')).toBe(0)
    expect(await readdir(join(outside, 'local'))).not.toContain('running.json')
    await rm(outside, { recursive: true })
    expect(await project.traces()).toEqual(NOTHING)
  })

  test('an ordinary user can run the stack too', async () => {
    await using project = await Project.create()
    await project.giveTo(ORDINARY_USER)
    const command = project.run(['start', '--ephemeral', '--json'], ORDINARY_USER)
    const status = await command.ready()
    expect(await (await fetch(`${status.api_url}/functions/v1/hello`)).text()).toBe('hello')
    expect(await command.signal('SIGTERM')).toBe(0)
    expect(await project.traces()).toEqual(NOTHING)
  })
})
