import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { Auth } from './auth/auth.ts'
import { readConfig } from './config.ts'
import type { StackContext } from './context.ts'
import { ensureDatabase } from './database.ts'
import { type DataFolder, openEphemeral, openKept, stackHome } from './folder.ts'
import { Functions } from './functions/functions.ts'
import { Gateway } from './gateway/gateway.ts'
import { Jobs } from './jobs/jobs.ts'
import { loadKeys } from './keys.ts'
import { publishStatus } from './lock.ts'
import { createLog } from './log.ts'
import { Mail } from './mail/mail.ts'
import { configuredPorts, freePorts } from './ports.ts'
import { Postgres } from './postgres/postgres.ts'
import { readLimits } from './realtime/limits.ts'
import { Realtime } from './realtime/realtime.ts'
import { Rest } from './rest/rest.ts'
import { type Service, startAll, stopAll } from './service.ts'
import { type StackStatus, statusOf } from './status.ts'
import { Storage } from './storage/storage.ts'

export type { StackStatus } from './status.ts'

/** Which stack to start. */
export interface StackOptions {
  /** The folder that holds `supabase/`; the working directory if not given. */
  readonly projectDir?: string
  /** Keep data in this folder between runs. Without it the stack is ephemeral: temporary data, free ports. */
  readonly dataDir?: string
  /** Drop what the kept folder holds, but for its keys, and begin with a new database. */
  readonly fresh?: boolean
  /** The gateway's port. 0 takes free ones for all; without it a kept stack takes those of `config.toml`. */
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
  const projectDir = resolve(options.projectDir ?? '.')
  const config = await readConfig(projectDir)
  const home = await stackHome(projectDir)
  const folder = options.dataDir
    ? await openKept(resolve(projectDir, options.dataDir), options.fresh ?? false)
    : await openEphemeral()
  const log = openLog(folder, options.onLog)
  const services: Service[] = []
  const shutDown = async (outcome: 'stopped' | 'failed'): Promise<void> => {
    try {
      await stopAll(services)
    } finally {
      await log.close()
      await folder.close(outcome)
    }
  }
  let closing: Promise<void> | undefined
  const close = (outcome: 'stopped' | 'failed'): Promise<void> => {
    closing ??= shutDown(outcome)
    return closing
  }
  const stop = (): Promise<void> => close('stopped')
  const { signal = new AbortController().signal, onProgress: progress = () => undefined } = options
  try {
    const kept = options.dataDir !== undefined && options.port !== 0
    const context: StackContext = {
      config,
      keys: await loadKeys(join(folder.path, 'keys.json')),
      projectDir,
      dataDir: folder.path,
      ports: kept ? await configuredPorts(config, options.port) : await freePorts(options.port ?? 0),
      log: createLog((line) => log.write(line)),
    }
    const postgres = new Postgres(context)
    services.push(postgres, ...createServices(context))
    const templates = join(home, 'templates')
    await mkdir(templates, { recursive: true })
    const plan = { context, postgres, services: createServices, templates, seeds: options.seeds ?? [] }
    await ensureDatabase({ ...plan, progress, signal })
    await startAll(services, { signal, onReady: (name, ms) => progress(`${name} ready in ${Math.round(ms)} ms`) })
    const status = statusOf(context)
    await publishStatus(folder.path, status)
    return { status, context, postgres, stop, [Symbol.asyncDispose]: stop }
  } catch (cause) {
    await close('failed').catch(() => undefined)
    throw cause
  }
}

function createServices(context: StackContext): readonly Service[] {
  const mail = new Mail(context)
  const rest = new Rest(context)
  const auth = new Auth(context)
  const storage = new Storage(context)
  const realtime = new Realtime(
    context,
    readLimits((name) => process.env[name]),
  )
  const functions = new Functions(context)
  const jobs = new Jobs(context)
  const gateway = new Gateway(context, { rest, auth, storage, realtime, functions })
  return [mail, auth, rest, storage, realtime, functions, jobs, gateway]
}

function openLog(
  folder: DataFolder,
  onLog: StackOptions['onLog'],
): { write(line: string): void; close(): Promise<void> } {
  if (onLog) return { write: onLog, close: async () => undefined }
  const file = createWriteStream(join(folder.path, 'stack.log'))
  // A full disk takes the log, not the stack.
  file.on('error', () => undefined)
  return { write: (line) => void file.write(`${line}\n`), close: () => finished(file.end()).catch(() => undefined) }
}
