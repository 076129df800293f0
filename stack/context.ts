import type { StackConfig } from './config.ts'
import type { Keys } from './keys.ts'
import type { Log } from './log.ts'

/** What every service of one stack is given: where things are, who may call, and where to write. */
export interface StackContext {
  readonly config: StackConfig
  readonly keys: Keys
  /** The folder that holds `supabase/`. */
  readonly projectDir: string
  /** This stack's own folder: database, objects, keys, lock. */
  readonly dataDir: string
  readonly ports: Ports
  readonly log: Log
}

/** The ports of one stack, all on 127.0.0.1. Those of `config.toml`, or free ones for an ephemeral stack. */
export interface Ports {
  readonly gateway: number
  readonly postgres: number
  readonly mailbox: number
  readonly smtp: number
}

/** A connection URL of one of the database's roles. */
export function databaseUrl(context: Pick<StackContext, 'ports'>, role: DatabaseRole): string {
  return `postgresql://${role}:postgres@127.0.0.1:${context.ports.postgres}/postgres`
}

/** Roles that may log in. `supabase_admin` is the superuser; `postgres` runs migrations and is not one. */
export type DatabaseRole =
  | 'supabase_admin'
  | 'postgres'
  | 'authenticator'
  | 'supabase_auth_admin'
  | 'supabase_storage_admin'

/** The base URL that clients are given. */
export function apiUrl(context: Pick<StackContext, 'ports'>): string {
  return `http://127.0.0.1:${context.ports.gateway}`
}

/** The base of Auth's own URLs, which is also the issuer of its tokens. */
export function authUrl(context: Pick<StackContext, 'ports'>): string {
  return `${apiUrl(context)}/auth/v1`
}
