import postgres from 'postgres'
import { afterAll, inject } from 'vitest'
import type { StackStatus } from '../../stack/stack.ts'

/** The stack that this run of the tests shares. */
export const stack: StackStatus = inject('stack')

/** The database as `postgres`, past every policy: for what a test arranges and what it checks behind the API's back. */
export const sql = postgres(stack.db_url, { max: 2, onnotice: () => undefined })

afterAll(() => sql.end({ timeout: 1 }))
