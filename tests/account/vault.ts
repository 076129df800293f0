import postgres from 'postgres'
import { sql, stack } from '../support/stack.ts'

/** Says in the vault where functions are, as an operator does once: the jobs ask there. */
export async function functionsAreKnown(): Promise<void> {
  for (const [name, secret] of [
    ['project_url', stack.api_url],
    ['secret_key', stack.secret_key],
  ] as const)
    await sql`select vault.create_secret(${secret}, ${name})
      where not exists (select from vault.secrets where name = ${name})`.catch((cause: unknown) => {
      // Another test was faster.
      if (!(cause instanceof postgres.PostgresError && cause.code === '23505')) throw cause
    })
}
