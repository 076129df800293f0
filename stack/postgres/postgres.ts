import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { type Child, spawnChild } from '../child.ts'
import { databaseUrl, type StackContext } from '../context.ts'
import { stackHome } from '../folder.ts'
import type { Service } from '../service.ts'
import { endAbandoned } from './abandoned.ts'
import { serverAccount } from './account.ts'
import { type Binaries, findBinaries } from './binaries.ts'

const ROLES = new URL('./roles.sql', import.meta.url)
const STOP_GRACE_MS = 10_000
// How long the last processes of a server that was killed may hold its memory.
const RECOVERY_MS = 10_000
const SHOWN_LINES = 10

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
  readonly #lastLines: string[] = []
  #child: Child | undefined
  #closing = new AbortController()
  #restarting: Promise<void> | undefined

  constructor(context: StackContext) {
    this.#context = context
    this.#data = join(context.dataDir, 'postgres')
  }

  /**
   * Starts the server, after initdb if there is no database yet; one that runs already is left as it is.
   * From then on a server that ends by itself is started again. Rejects with the server's last words.
   */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#child) return
    this.#closing = new AbortController()
    const binaries = await findBinaries(await stackHome(this.#context.projectDir))
    await endAbandoned(this.#data)
    const initialised = await readFile(join(this.#data, 'PG_VERSION')).then(
      () => true,
      () => false,
    )
    if (!initialised) await this.#initialise(binaries)
    signal.throwIfAborted()
    await this.#launch(binaries, signal)
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
    this.#closing.abort(new Error('the stack stops'))
    await this.#restarting
    const child = this.#child
    this.#child = undefined
    await child?.stop('SIGINT', STOP_GRACE_MS)
  }

  /** Ends the server at once, as a crash would, and leaves it so. For tests of what survives. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    const pid = Number((await readFile(join(this.#data, 'postmaster.pid'), 'utf8')).split('\n')[0])
    process.kill(pid, 'SIGKILL')
    await child?.exited
  }

  async #launch(binaries: Binaries, signal: AbortSignal): Promise<void> {
    for (const deadline = Date.now() + RECOVERY_MS; ; await pause()) {
      const child = this.#run(binaries)
      this.#child = child
      if (await this.#reachable(child, signal)) return this.#watch(child, binaries)
      const words = this.#lastLines.join('\n')
      if (words.includes('pre-existing shared memory block') && Date.now() < deadline) continue
      this.#child = undefined
      throw new Error(`Postgres ended while starting:\n${words}`)
    }
  }

  #run(binaries: Binaries): Child {
    const settings = Object.entries({ ...SETTINGS, port: String(this.#context.ports.postgres) })
    this.#lastLines.length = 0
    return spawnChild({
      command: binaries.postgres,
      args: ['-D', this.#data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      user: serverAccount(),
      onOutput: (line) => {
        this.#lastLines.push(line)
        if (this.#lastLines.length > SHOWN_LINES) this.#lastLines.shift()
        this.#context.log.info(line, { service: 'postgres' })
      },
    })
  }

  #watch(child: Child, binaries: Binaries): void {
    void child.exited.then(({ code }) => {
      // It is another one, or none, after a stop or a kill of ours.
      if (this.#child !== child || this.#closing.signal.aborted) return
      this.#context.log.error('Postgres ended by itself and is started again', { service: 'postgres', code })
      this.#restarting = this.#launch(binaries, this.#closing.signal).catch((cause: unknown) => {
        this.#context.log.error('Postgres cannot be started again', { service: 'postgres', cause: String(cause) })
      })
    })
  }

  async #initialise(binaries: Binaries): Promise<void> {
    const user = serverAccount()
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

  // False when the server ended before it answered.
  async #reachable(child: Child, signal: AbortSignal): Promise<boolean> {
    let ended = false
    void child.exited.then(() => {
      ended = true
    })
    while (!(await this.ready())) {
      if (ended) return false
      signal.throwIfAborted()
      await pause()
    }
    return true
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10))
