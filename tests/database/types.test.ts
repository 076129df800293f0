import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { databaseTypes } from '../../stack/database-types.ts'
import { stack } from '../support/stack.ts'

test('database.types.ts is what the migrations make (npm run db:types)', async () => {
  expect(await readFile('supabase/database.types.ts', 'utf8')).toBe(await databaseTypes(stack.db_url))
})
