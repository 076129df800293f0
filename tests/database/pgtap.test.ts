import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '../../stack/stack.ts'
import { runPgTap } from './pgtap.ts'

const FOLDER = 'supabase/tests'
const FILES = (await readdir(FOLDER)).filter((name) => name.endsWith('.test.sql')).sort()

// A stack of this file's own: what these files say of whole tables holds only where nobody else writes.
let stack: Stack

// `supabase test db` creates the extension before it runs these files too.
beforeAll(async () => {
  stack = await startStack()
  const url = new URL(stack.status.db_url)
  url.username = 'supabase_admin'
  const admin = new pg.Client({ connectionString: url.href })
  await admin.connect()
  await admin.query('create extension if not exists pgtap with schema extensions')
  await admin.end()
})

afterAll(() => stack?.stop())

test.each(FILES)('%s', async (file) => {
  const { planned, passed, failures } = await runPgTap(stack.status.db_url, join(FOLDER, file))

  expect(failures).toEqual([])
  expect(planned).toBeGreaterThan(0)
  expect(passed).toBe(planned)
})
