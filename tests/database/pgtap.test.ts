import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { stack } from '../support/stack.ts'
import { runPgTap } from './pgtap.ts'

const FOLDER = 'supabase/tests'
const FILES = (await readdir(FOLDER)).filter((name) => name.endsWith('.test.sql')).sort()

// `supabase test db` does the same before it runs these files.
beforeAll(async () => {
  const url = new URL(stack.db_url)
  url.username = 'supabase_admin'
  const admin = new pg.Client({ connectionString: url.href })
  await admin.connect()
  await admin.query('create extension if not exists pgtap with schema extensions')
  await admin.end()
})

test.each(FILES)('%s', async (file) => {
  const { planned, passed, failures } = await runPgTap(stack.db_url, join(FOLDER, file))

  expect(failures).toEqual([])
  expect(planned).toBeGreaterThan(0)
  expect(passed).toBe(planned)
})
