import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Auth } from './auth/auth.ts'
import { readConfig } from './config.ts'
import { apiUrl, databaseUrl, type StackContext } from './context.ts'
import { Functions } from './functions/functions.ts'
import { Gateway } from './gateway/gateway.ts'
import { Jobs } from './jobs/jobs.ts'
import { generateKeys, loadKeys } from './keys.ts'
import { createLog } from './log.ts'
import { Mail } from './mail/mail.ts'
import { migrate, runSqlFile } from './migrations.ts'
import { configuredPorts, freePorts } from './ports.ts'
import { Postgres } from './postgres/postgres.ts'
import { Realtime } from './realtime/realtime.ts'
import { Rest } from './rest/rest.ts'
import { type Service, startAll, stopAll } from './service.ts'
import { Storage } from './storage/storage.ts'
import { copyTemplate, fingerprint } from './template.ts'

/** What `npm run status -- --json` prints: all that a client or a test needs to reach a stack. */
export interface StackStatus {
  readonly api_url: string
  readonly db_url: string
  readonly publishable_key: string
  readonly secret_key: string
  readonly anon_key: string
  readonly service_role_key: string
  readonly jwt_secret: string
  readonly mailbox_url: string
}

export interface StackOptions {
  /** The folder that holds `supabase/`; the working directory if not given. */
  readonly projectDir?: string
  /** Keep data in this folder between runs. Without it the stack is ephemeral: temporary data, free ports. */
  readonly dataDir?: string
  /** The gateway's port. 0 takes a free one; without it a kept stack takes that of `config.toml`. */
  readonly port?: number
  /** SQL files, relative to `projectDir`, that are run once after the migrations of a new database. */
  readonly seeds?: readonly string[]
  /** Receives the services' log, one JSON line at a time. Without it the log goes to a file in the data folder. */
  readonly onLog?: (line: string) => void
  readonly onProgress?: (message: string) => void
  readonly signal?: AbortSignal
}

/** A running stack. Leaving its `await using` block stops it. */
export interface Stack extends AsyncDisposable {
  readonly status: StackStatus
  readonly context: StackContext
  readonly postgres: Postgres
  /** Ends every process and closes every port; the data of an ephemeral stack goes too. May be called twice. */
  stop(): Promise<void>
}

/**
 * Brings the whole backend up and resolves when every part answers.
 * A start that fails takes down what had begun, leaves nothing behind, and rejects with the reason.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const context = await createContext(options)
  const ephemeral = options.dataDir === undefined
  const signal = options.signal ?? new AbortController().signal
  const postgres = new Postgres(context)
  const services = [postgres, ...createServices(context)]
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopping ??= stopAll(services).finally(() =>
      ephemeral ? rm(context.dataDir, { recursive: true, force: true }) : undefined,
    )
    return stopping
  }
  try {
    const progress = options.onProgress ?? (() => undefined)
    await ensureDatabase(context, services, options.seeds ?? [], progress, signal)
    await startAll(services, { signal, onReady: (name, ms) => progress(`${name} ready in ${Math.round(ms)} ms`) })
  } catch (cause) {
    await stop().catch(() => undefined)
    throw cause
  }
  return { status: statusOf(context), context, postgres, stop, [Symbol.asyncDispose]: stop }
}

async function createContext(options: StackOptions): Promise<StackContext> {
  const projectDir = resolve(options.projectDir ?? '.')
  const config = await readConfig(projectDir)
  if (options.dataDir === undefined) {
    const ports = await freePorts(options.port ?? 0)
    const dataDir = await mkdtemp(join(tmpdir(), 'supabase-stack-'))
    // Postgres runs as another account where this process is root, and has to reach its own folder below.
    await chmod(dataDir, 0o711)
    return {
      config,
      keys: await generateKeys(),
      projectDir,
      dataDir,
      ports,
      log: createLog(options.onLog ?? (() => undefined)),
    }
  }
  const dataDir = resolve(projectDir, options.dataDir)
  const ports = options.port === 0 ? await freePorts(0) : await configuredPorts(config, options.port)
  const keys = await loadKeys(join(dataDir, 'keys.json'))
  return { config, keys, projectDir, dataDir, ports, log: createLog(options.onLog ?? (() => undefined)) }
}

function createServices(context: StackContext): readonly Service[] {
  const mail = new Mail(context)
  const rest = new Rest(context)
  const auth = new Auth(context)
  const storage = new Storage(context)
  const realtime = new Realtime(context)
  const functions = new Functions(context)
  const jobs = new Jobs(context)
  const gateway = new Gateway(context, { rest, auth, storage, realtime, functions })
  return [mail, auth, rest, storage, realtime, functions, jobs, gateway]
}

// A new database is a copy of one prepared before, so that only the first start after a change pays for the migrations.
async function ensureDatabase(
  context: StackContext,
  services: readonly Service[],
  seeds: readonly string[],
  progress: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const print = await fingerprint(context.projectDir)
  const marker = join(context.dataDir, 'fingerprint')
  const known = await readFile(marker, 'utf8').catch(() => undefined)
  if (known === print) return
  if (known === undefined) {
    await copyTemplate({
      directory: join(context.projectDir, '.stack', 'templates'),
      print,
      target: context.dataDir,
      build: async (dataDir) => {
        progress('preparing a database (once for this version of the migrations)')
        const builder = { ...context, dataDir }
        const postgres = new Postgres(builder)
        try {
          await startAll([postgres], { signal })
          await prepare(builder, createServices(builder))
        } finally {
          await postgres.stop()
        }
      },
    })
  }
  const [postgres] = services
  if (!postgres) return
  if (known !== undefined || seeds.length > 0) {
    progress(known === undefined ? 'loading demo data' : 'bringing the database up to date')
    await startAll([postgres], { signal })
    if (known !== undefined) await prepare(context, services)
    else for (const seed of seeds) await runSqlFile(context, join(context.projectDir, seed))
    await postgres.stop()
  }
  await mkdir(context.dataDir, { recursive: true })
  await writeFile(marker, print)
}

async function prepare(context: StackContext, services: readonly Service[]): Promise<void> {
  for (const service of services) await service.prepare?.()
  await migrate(context)
}

function statusOf(context: StackContext): StackStatus {
  const { keys } = context
  return {
    api_url: apiUrl(context),
    db_url: databaseUrl(context, 'postgres'),
    publishable_key: keys.publishableKey,
    secret_key: keys.secretKey,
    anon_key: keys.anonKey,
    service_role_key: keys.serviceRoleKey,
    jwt_secret: keys.jwtSecret,
    mailbox_url: `http://127.0.0.1:${context.ports.mailbox}`,
  }
}
