// npm run db:types: writes supabase/database.types.ts from what the migrations make.
import { writeFile } from 'node:fs/promises'
import { databaseTypes } from './database-types.ts'
import { startStack } from './stack.ts'

await using stack = await startStack()
await writeFile('supabase/database.types.ts', await databaseTypes(stack.status.db_url))
