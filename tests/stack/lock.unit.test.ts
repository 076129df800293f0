import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  AlreadyRunning,
  acquireLock,
  findRunning,
  publishStatus,
  releaseLock,
  sweepAbandoned,
} from '../../stack/lock.ts'

const STATUS = {
  api_url: 'http://127.0.0.1:1',
  db_url: '',
  publishable_key: '',
  secret_key: '',
  anon_key: '',
  service_role_key: '',
  jwt_secret: '',
  mailbox_url: '',
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

const lockText = (): Promise<string> => readFile(join(folder, 'running.json'), 'utf8')
const writeLock = (text: string): Promise<void> => writeFile(join(folder, 'running.json'), text)

describe('a lock', () => {
  test('is held by one, who can say how it is reached, and is free again afterwards', async () => {
    await acquireLock(folder)
    expect(await findRunning(folder)).toMatchObject({ pid: process.pid })
    await expect(acquireLock(folder)).rejects.toBeInstanceOf(AlreadyRunning)
    await publishStatus(folder, STATUS)
    expect(await findRunning(folder)).toMatchObject({ pid: process.pid, status: STATUS })
    await expect(acquireLock(folder)).rejects.toThrow(STATUS.api_url)

    await releaseLock(folder)
    expect(await findRunning(folder)).toBeUndefined()
    await acquireLock(folder)
  })

  test('is given to one of many who ask at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => acquireLock(folder)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await readdir(folder)).toEqual(['running.json'])
  })

  test('is readable by its owner alone, for it holds keys', async () => {
    await acquireLock(folder)
    await publishStatus(folder, STATUS)
    expect((await stat(join(folder, 'running.json'))).mode & 0o777).toBe(0o600)
  })

  test('of a process that ended is nobody’s', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    await writeLock(JSON.stringify({ pid: child.pid, began: '1' }))
    expect(await findRunning(folder)).toBeUndefined()
    await acquireLock(folder)
  })

  test('of a process whose number went to another is nobody’s', async () => {
    await acquireLock(folder)
    await writeLock((await lockText()).replace(/"began": "[^"]+"/, '"began": "another time"'))
    expect(await findRunning(folder)).toBeUndefined()
  })

  test.for(['', 'half a {', '{"pid": "x"}'])('that reads %j is nobody’s', async (text) => {
    await writeLock(text)
    expect(await findRunning(folder)).toBeUndefined()
    await acquireLock(folder)
  })
})

describe('sweepAbandoned', () => {
  test('removes the folders of processes that ended, and nothing else', async () => {
    const make = async (name: string, lock?: object): Promise<void> => {
      await mkdir(join(folder, name))
      if (lock) await writeFile(join(folder, name, 'running.json'), JSON.stringify(lock))
    }
    await make('stack-held')
    await acquireLock(join(folder, 'stack-held'))
    await make('stack-left', { pid: 2 ** 22 + 1, began: '1' })
    await make('stack-new')
    await make('stack-old')
    await utimes(join(folder, 'stack-old'), 0, 0)
    await make('other-left', { pid: 2 ** 22 + 1, began: '1' })

    await sweepAbandoned(folder, (name) => name.startsWith('stack-'))
    expect((await readdir(folder)).sort()).toEqual(['other-left', 'stack-held', 'stack-new'])
  })
})
