import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import type { TestProject } from 'vitest/node'
import { type StackStatus, startStack } from '../../stack/stack.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly stack: StackStatus
  }
}

/** Starts the one stack that all wire tests share; its log is kept in `.stack/tests.log`. Returns what stops it. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  await mkdir('.stack', { recursive: true })
  const log = createWriteStream('.stack/tests.log')
  const stack = await startStack({
    seeds: ['tests/support/limits.sql'],
    onLog: (line) => log.write(`${line}\n`),
  })
  provide('stack', stack.status)
  return async () => {
    await stack.stop()
    await finished(log.end())
  }
}
