import type postgres from 'postgres'
import { apiUrl, type StackContext } from '../context.ts'

/**
 * Puts the project's URL and secret key into the vault, by the names that Supabase's guide to scheduled functions gives
 * them: a job that calls a function finds it without anybody's help. Anew at each start, because a port may be another.
 */
export async function fillVault(context: StackContext, admin: postgres.Sql): Promise<void> {
  const secrets = [
    ['project_url', apiUrl(context)],
    ['secret_key', context.keys.secretKey],
  ] as const
  for (const [name, secret] of secrets)
    await admin`
      select case
        when known.id is null then vault.create_secret(${secret}, ${name})::text
        else vault.update_secret(known.id, ${secret})::text
      end
      from (select) as one
      left join vault.secrets as known on known.name = ${name}`
}
