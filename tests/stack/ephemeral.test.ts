import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StackStatus } from '../../stack/status.ts'
import { answers, Project } from './project.ts'

const NOTHING = { processes: [], ports: [], folders: [] }

let project: Project
beforeAll(async () => {
  project = await Project.create()
})
afterAll(() => project[Symbol.asyncDispose]())

const greeting = async ({ api_url }: StackStatus): Promise<string> =>
  (await fetch(`${api_url}/functions/v1/hello`)).text()

const openPorts = async ({ api_url, db_url, mailbox_url }: StackStatus): Promise<readonly string[]> => {
  const urls = await Promise.all(
    [api_url, db_url, mailbox_url].map(async (url) => ((await answers(portOf(url))) ? url : '')),
  )
  return urls.filter((url) => url !== '')
}
const portOf = (url: string): number => Number(new URL(url).port)

describe('an ephemeral stack', () => {
  test('runs beside another one, and leaves no process, port or folder', async () => {
    const command = project.run(['start', '--ephemeral', '--port', '0', '--json'])
    const beside = project.run(['start', '--ephemeral', '--json'])
    const [status, other] = await Promise.all([command.ready(), beside.ready()])
    expect(await greeting(status)).toBe('hello')
    expect(await openPorts(status)).toHaveLength(3)

    expect(await command.signal('SIGTERM')).toBe(0)
    expect(await openPorts(status)).toEqual([])
    expect(await greeting(other)).toBe('hello')
    expect(await beside.signal('SIGINT')).toBe(0)
    expect(await project.traces()).toEqual(NOTHING)
  })

  test('ends by itself when it is killed, and the next start removes its folders', async () => {
    const command = project.run(['start', '--ephemeral', '--json'])
    const status = await command.ready()
    expect(await greeting(status)).toBe('hello')
    await command.signal('SIGKILL')
    await expect.poll(() => project.traces()).toMatchObject({ processes: [] })
    expect(await openPorts(status)).toEqual([])
    expect((await project.traces()).folders).not.toEqual([])

    const next = project.run(['start', '--ephemeral', '--json'])
    await next.ready()
    await next.signal('SIGTERM')
    expect(await project.traces()).toEqual(NOTHING)
  })
})
