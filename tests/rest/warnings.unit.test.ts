import '@supabase/lite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { passWarnings } from '../../stack/rest/warnings.ts'

const heard: Error[] = []
const listen = (warning: Error): void => {
  heard.push(warning)
}
const ofNode = process.emitWarning.bind(process)
let ofLite: typeof process.emitWarning

class ExperimentalWarning extends Error {
  override readonly name = 'ExperimentalWarning'
}

class DeprecationWarning extends Error {
  override readonly name = 'DeprecationWarning'
}

beforeEach(() => {
  ofLite = process.emitWarning.bind(process)
  // What Lite does, also where another copy of it has done it before.
  process.emitWarning = (warning: string | Error) => {
    if (typeof warning !== 'string') throw new TypeError('warning.includes is not a function')
    ofNode(warning)
  }
  heard.length = 0
  process.on('warning', listen)
})

afterEach(() => {
  process.off('warning', listen)
  process.emitWarning = ofLite
})

test('an Error that warns ends neither a request nor the process', async () => {
  const warnings = [new Error('too many listeners'), new ExperimentalWarning('new'), new DeprecationWarning('old')]
  expect(() => process.emitWarning(warnings[0] ?? '')).toThrow(TypeError)

  passWarnings()
  passWarnings()
  for (const warning of warnings) process.emitWarning(warning)

  await expect.poll(() => heard).toEqual(warnings)
})

test('a text that warns is passed on as it was', async () => {
  passWarnings()
  process.emitWarning('mind the gap')
  await expect.poll(() => heard.map(({ message }) => message)).toEqual(['mind the gap'])
})

test('more listeners than Node thinks right are only warned of', async () => {
  passWarnings()
  const target = new EventTarget()
  for (let n = 0; n < 12; n += 1) target.addEventListener('abort', () => undefined)
  const { signal } = new AbortController()
  for (let n = 0; n < 12; n += 1) signal.addEventListener('abort', () => undefined)
  await expect.poll(() => heard.length).toBeGreaterThan(0)
  expect(heard.map(({ name }) => name)).toContain('MaxListenersExceededWarning')
})
