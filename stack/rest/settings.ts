import type { Sql } from 'postgres'
import { z } from 'zod'
import type { RequestRole } from '../tokens.ts'

/** Settings that `alter role … set` gave the request roles and `authenticator`, which the Data API has to apply itself. */
export interface RoleSettings {
  /** By role, what a transaction sets before it becomes that role. */
  readonly roles: ReadonlyMap<string, readonly (readonly [name: string, value: string])[]>
  readonly isolation: ReadonlyMap<string, string>
  /** The function called before each request: `alter role authenticator set pgrst.db_pre_request`. */
  readonly preRequest: string | undefined
}

/** What one request tells its transaction. JSON where PostgREST has JSON. */
export interface RequestSettings {
  readonly role: RequestRole
  readonly claims: string
  readonly method: string
  readonly path: string
  readonly headers: string
  readonly cookies: string
  readonly searchPath: string
  readonly timezone: string | undefined
  readonly readOnly: boolean
}

const Rows = z.array(z.object({ role: z.string(), name: z.string(), value: z.string() }))
const ISOLATION = /^(read committed|repeatable read|serializable)$/

/** Reads what `alter role` set for `authenticator` and for the roles that it may become. */
export async function loadRoleSettings(sql: Sql): Promise<RoleSettings> {
  const rows = Rows.parse(
    await sql`
      with setting as (
        select roles.rolname, entry.text, roles.rolname = 'authenticator' as is_own
        from pg_roles as roles
        cross join lateral (
          select unnest(db_role_setting.setconfig) as text
          from pg_db_role_setting as db_role_setting
          where db_role_setting.setrole = roles.oid
            and (
              db_role_setting.setdatabase = 0
              or roles.rolname = 'authenticator'
              and db_role_setting.setdatabase = (select oid from pg_database where datname = current_database())
            )
          order by db_role_setting.setdatabase
        ) as entry
        where roles.rolname = 'authenticator'
          or pg_has_role('authenticator', roles.oid, 'member')
      ),
      pair as (
        select rolname as role, split_part(text, '=', 1) as name, substr(text, strpos(text, '=') + 1) as value, is_own
        from setting
      )
      select role, name, value
      from pair
      where case
        when is_own then name like 'pgrst.%'
        else exists (
          select from pg_settings
          where pg_settings.name = pair.name
            and (pg_settings.context = 'user' or has_parameter_privilege('authenticator', pair.name, 'set'))
        )
      end
    `,
  )
  const roles = new Map<string, (readonly [string, string])[]>()
  const isolation = new Map<string, string>()
  for (const { role, name, value } of rows) {
    if (name !== 'default_transaction_isolation') roles.set(role, [...(roles.get(role) ?? []), [name, value]])
    else if (ISOLATION.test(value)) isolation.set(role, value)
  }
  const preRequest = rows.findLast(({ name }) => name === 'pgrst.db_pre_request')?.value
  return { roles, isolation, preRequest: preRequest || undefined }
}

/** How a request's transaction begins: isolated as its role asks, and read only where the request only reads. */
export function beginStatement(request: RequestSettings, settings: RoleSettings): string {
  const isolation = settings.isolation.get(request.role) ?? 'read committed'
  return `begin isolation level ${isolation} ${request.readOnly ? 'read only' : 'read write'}`
}

/** One statement that tells the transaction all of `request`; the role last, since it may not change what is set before. */
export function settingsStatement(
  request: RequestSettings,
  settings: RoleSettings,
): { readonly text: string; readonly parameters: readonly string[] } {
  const pairs: readonly (readonly [string, string])[] = [
    ['search_path', request.searchPath],
    ...(settings.roles.get(request.role) ?? []),
    ['role', request.role],
    ['request.jwt.claims', request.claims],
    ['request.method', request.method],
    ['request.path', request.path],
    ['request.headers', request.headers],
    ['request.cookies', request.cookies],
    ...(request.timezone === undefined ? [] : [['timezone', request.timezone] as const]),
  ]
  const calls = pairs.map((_, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, true)`)
  return { text: `select ${calls.join(', ')}`, parameters: pairs.flat() }
}

/** The statement that calls the function of `db_pre_request`; its name is written as the setting has it, as PostgREST does. */
export function preRequestStatement(name: string): string {
  const identifiers = name.split('.').map((part) => `"${part.replaceAll('"', '""')}"`)
  return `select ${identifiers.join('.')}()`
}
