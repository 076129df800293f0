import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { supabaseCli } from '../../stack/migrations.ts'
import { type Stack, startStack } from '../../stack/stack.ts'
import { describeSchema } from './schema.ts'

// A stack of this file's own: a reset is nothing for one that others use.
let stack: Stack

beforeAll(async () => {
  stack = await startStack()
})

afterAll(() => stack?.stop())

const Advice = z.object({
  results: z.array(
    z.object({
      name: z.string(),
      level: z.enum(['INFO', 'WARN', 'ERROR']),
      detail: z.string(),
      metadata: z.object({ schema: z.string().optional() }),
    }),
  ),
})

test('the advisors have nothing to say', async () => {
  const { results } = Advice.parse(
    JSON.parse(await supabaseCli(stack.context, ['db', 'advisors', '--level', 'info', '--output-format', 'json'])),
  )

  const advice = results.filter(({ name, level, detail, metadata }) => {
    // A procedure that commits cannot have a setting: it names every table with its schema.
    if (name === 'function_search_path_mutable') return !detail.includes('`private.erase_accounts`')
    if (level !== 'INFO') return true
    // Nothing has been asked of this database yet.
    if (name === 'unused_index') return false
    // Row-level security without a policy is what keeps everybody out.
    if (name === 'rls_enabled_no_policy') return metadata.schema !== 'private'
    // The catalogue test is stricter where it matters: it wants an index that leads with the first column of the key.
    return name !== 'unindexed_foreign_keys'
  })
  expect(advice.map(({ name, detail }) => `${name}: ${detail}`)).toEqual([])
})

test('the migrations make the same of an emptied database as of a new one', async () => {
  const first = await describeSchema(stack.status.db_url)

  await supabaseCli(stack.context, ['db', 'reset'])

  expect(await describeSchema(stack.status.db_url)).toEqual(first)
  expect(first.length).toBeGreaterThan(1000)
}, 180_000)

test('the reference seed may be loaded again', async () => {
  const first = await describeSchema(stack.status.db_url)

  await supabaseCli(stack.context, ['db', 'query', '--file', 'supabase/seed/reference.sql'])

  expect(await describeSchema(stack.status.db_url)).toEqual(first)
})
