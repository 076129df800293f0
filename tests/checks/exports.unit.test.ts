import { expect, test } from 'vitest'
import { exportsAreDescribed } from '../../checks/exports.ts'

async function undescribed(text: string, path = 'stack/shelf.ts'): Promise<readonly string[]> {
  return (await exportsAreDescribed.run([{ path, text }])).map(({ message }) => message.split(' ')[0] ?? '')
}

const DECLARATIONS = [
  'export function shelf() {}',
  'export async function shelf() {}',
  'export const shelf = 1',
  'export class shelf {}',
  'export abstract class shelf {}',
  'export interface shelf {}',
  'export type shelf = 1',
]

test.each(DECLARATIONS)('%s needs a description', async (declaration) => {
  expect(await undescribed(declaration)).toEqual(['shelf'])
  expect(await undescribed(`// Not for readers of the type.\n${declaration}`)).toEqual(['shelf'])
  expect(await undescribed(`/** Keeps things. */\n${declaration}`)).toEqual([])
})

test('what a file keeps to itself needs none', async () => {
  expect(await undescribed('function shelf() {}\nconst other = shelf\n')).toEqual([])
})

test.each(['stack/rest/rest.ts', 'checks/run.ts', 'supabase/functions/_shared/errors.ts'])(
  '%s is held to it',
  async (path) => {
    expect(await undescribed('export const shelf = 1', path)).toEqual(['shelf'])
  },
)

test.each([
  'tests/support/stack.ts',
  'supabase/functions/health/handler.ts',
  'stack/rest/rest.test.ts',
  'stack/run.mjs',
])('%s is not', async (path) => {
  expect(await undescribed('export const shelf = 1', path)).toEqual([])
})
