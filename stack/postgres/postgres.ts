import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type Child, spawnChild } from '../child.ts'
import { databaseUrl, type StackContext } from '../context.ts'
import type { Service } from '../service.ts'
import { type Binaries, findBinaries } from './binaries.ts'

const ROLES = new URL('./roles.sql', import.meta.url)
const STOP_GRACE_MS = 10_000
// The number that Debian, Alpine and macOS give the account `nobody`; the server refuses to run as root.
const NOBODY = 65_534

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  wal_level: 'logical',
  max_wal_senders: '10',
  max_replication_slots: '10',
  // An abandoned slot may hold back this much and no more.
  max_slot_wal_keep_size: '1GB',
  max_connections: '100',
  shared_preload_libraries: 'pg_stat_statements',
  shared_buffers: '128MB',
  jit: 'off',
  log_min_messages: 'warning',
  log_line_prefix: '',
}

/** A Postgres 17 of this stack's own, below its data folder, with hosted Supabase's roles. */
export class Postgres implements Service {
  readonly name = 'postgres'
  readonly needs = []
  readonly #context: StackContext
  readonly #data: string
  #child: Child | undefined

  constructor(context: StackContext) {
    this.#context = context
    this.#data = join(context.dataDir, 'postgres')
  }

  /** Starts the server, after initdb if there is no database yet, and after stopping one that a killed stack left. */
  async start(signal: AbortSignal): Promise<void> {
    const binaries = await findBinaries()
    await this.#endAbandoned()
    const initialised = await readFile(join(this.#data, 'PG_VERSION')).then(
      () => true,
      () => false,
    )
    if (!initialised) await this.#initialise(binaries)
    signal.throwIfAborted()
    this.#child = this.#run(binaries)
    await this.#reachable(this.#child, signal)
    if (!initialised) await this.#createRoles()
  }

  async ready(): Promise<boolean> {
    const client = new pg.Client({ connectionString: databaseUrl(this.#context, 'supabase_admin') })
    try {
      await client.connect()
      await client.query('select 1')
      return true
    } catch {
      return false
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  async stop(): Promise<void> {
    await this.#child?.stop('SIGINT', STOP_GRACE_MS)
    this.#child = undefined
  }

  /** Ends the server at once, as a crash would. For tests of what survives. */
  async kill(): Promise<void> {
    const pid = Number((await readFile(join(this.#data, 'postmaster.pid'), 'utf8')).split('\n')[0])
    process.kill(pid, 'SIGKILL')
    await this.#child?.exited
    this.#child = undefined
  }

  #run(binaries: Binaries): Child {
    const settings = Object.entries({ ...SETTINGS, port: String(this.#context.ports.postgres) })
    return spawnChild({
      command: binaries.postgres,
      args: ['-D', this.#data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      user: serverUser(),
      onOutput: (line) => this.#context.log.info(line, { service: 'postgres' }),
    })
  }

  async #initialise(binaries: Binaries): Promise<void> {
    const user = serverUser()
    await mkdir(this.#data, { recursive: true, mode: 0o700 })
    if (user) await chown(this.#data, user.uid, user.gid)
    const output: string[] = []
    const passwordFile = `${this.#data}.password`
    await writeFile(passwordFile, 'postgres\n')
    const child = spawnChild({
      command: binaries.initdb,
      args: [
        `--pgdata=${this.#data}`,
        '--username=supabase_admin',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=icu',
        '--icu-locale=en-US',
        '--locale=C',
        '--no-sync',
      ],
      user,
      onOutput: (line) => output.push(line),
    })
    const { code } = await child.exited
    await rm(passwordFile, { force: true })
    if (code !== 0) throw new Error(`initdb failed: ${output.join('\n')}`)
  }

  async #createRoles(): Promise<void> {
    const client = new pg.Client({ connectionString: databaseUrl(this.#context, 'supabase_admin') })
    await client.connect()
    try {
      await client.query(await readFile(ROLES, 'utf8'))
    } finally {
      await client.end()
    }
  }

  // A stack that was killed leaves its server until the guardian has ended it; two on one folder cannot run.
  async #endAbandoned(): Promise<void> {
    const text = await readFile(join(this.#data, 'postmaster.pid'), 'utf8').catch(() => '')
    const pid = Number(text.split('\n')[0])
    if (!(pid > 0)) return
    const running = async (): Promise<boolean> => {
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => undefined)
      if (name !== undefined) return name.trim() === 'postgres'
      try {
        process.kill(pid, 0)
        return true
      } catch {
        return false
      }
    }
    if (!(await running())) return
    this.#context.log.warn('ending the Postgres that a killed stack left behind', { pid })
    process.kill(pid, 'SIGINT')
    for (const deadline = Date.now() + STOP_GRACE_MS; Date.now() < deadline && (await running()); ) await pause()
  }

  async #reachable(child: Child, signal: AbortSignal): Promise<void> {
    let code: number | null | undefined
    void child.exited.then((exit) => {
      code = exit.code
    })
    while (!(await this.ready())) {
      if (code !== undefined) throw new Error(`Postgres ended with code ${code} while starting; its log says why.`)
      signal.throwIfAborted()
      await pause()
    }
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10))

function serverUser(): { uid: number; gid: number } | undefined {
  return userInfo().uid === 0 ? { uid: NOBODY, gid: NOBODY } : undefined
}
