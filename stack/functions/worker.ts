import { realpath, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Child, spawnChild } from '../child.ts'
import type { StackContext } from '../context.ts'
import { type AnswerCode, answer } from './answers.ts'
import { type FunctionDefinition, functionEnvironment, importFlags, readableFolders } from './definition.ts'
import { findDeno } from './deno.ts'
import { type Exchange, exchange } from './exchange.ts'

const BOOTSTRAP = fileURLToPath(new URL('./bootstrap.ts', import.meta.url))
const BOOT_PROBE_MS = 10
const STOP_GRACE_MS = 1000

/** How long a function's process may take, and how much it may use. */
export interface FunctionLimits {
  /** From a request's arrival to the end of its answer. */
  readonly wallClockMs: number
  /** For how long the process may be deaf, because its code never yields. */
  readonly stallMs: number
  /** From the start of the process to its first request. */
  readonly bootMs: number
  /** Without any request, until the process is ended. */
  readonly idleMs: number
  readonly memoryMb: number
  /** How many processes there may be at a time, of all functions together. */
  readonly processes: number
}

/** One Deno process that serves one edge function, until it is retired, idle, stuck or dead. */
export class Worker {
  readonly name: string
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>
  readonly #limits: FunctionLimits
  readonly #socket: string
  readonly #child: Child
  readonly #booted: Promise<boolean>
  readonly #exchanges = new Set<Exchange>()
  // Requests that wait for the process to boot.
  #booting = 0
  #retired = false
  #gone = false
  #idle: NodeJS.Timeout | undefined
  #pulse: NodeJS.Timeout | undefined

  private constructor(definition: FunctionDefinition, limits: FunctionLimits, socket: string, child: Child) {
    this.name = definition.name
    this.#limits = limits
    this.#socket = socket
    this.#child = child
    this.ended = child.exited.then(async () => {
      this.#gone = true
      clearTimeout(this.#idle)
      clearInterval(this.#pulse)
      await rm(socket, { force: true })
    })
    this.#booted = this.#boot()
  }

  /** Starts the process of `definition` with a socket below `folder`. Rejects when there is no Deno here. */
  static async start(
    context: StackContext,
    definition: FunctionDefinition,
    options: { readonly folder: string; readonly limits: FunctionLimits },
  ): Promise<Worker> {
    const socket = join(await realpath(options.folder), crypto.randomUUID().slice(0, 8))
    const readable = [...(await readableFolders(context)), BOOTSTRAP, socket]
    const log = context.log.child({ service: 'functions', function: definition.name })
    const child = spawnChild({
      command: await findDeno(),
      args: [
        'run',
        '--quiet',
        '--no-prompt',
        '--node-modules-dir=manual',
        ...importFlags(definition),
        '--unstable-no-legacy-abort',
        '--allow-net',
        '--allow-env',
        '--allow-sys',
        `--allow-read=${readable.join(',')}`,
        `--allow-write=${socket}`,
        `--v8-flags=--max-old-space-size=${options.limits.memoryMb}`,
        BOOTSTRAP,
        pathToFileURL(definition.entrypoint).href,
        socket,
      ],
      cwd: context.projectDir,
      env: {
        ...(await functionEnvironment(context, definition.name)),
        DENO_DIR: join(context.projectDir, '.stack', 'deno'),
        DENO_NO_UPDATE_CHECK: '1',
        NO_COLOR: '1',
      },
      onOutput: (line) => log.info(line),
    })
    return new Worker(definition, options.limits, socket, child)
  }

  /** Whether the process may be ended without anybody noticing. */
  get idle(): boolean {
    return this.#exchanges.size === 0 && this.#booting === 0
  }

  /** The function's answer, or the platform's where the function could not give one. */
  async fetch(request: Request, path: string): Promise<Response> {
    clearTimeout(this.#idle)
    const arrived = Date.now()
    this.#booting += 1
    const booted = await this.#booted
    this.#booting -= 1
    if (!booted) return answer('BOOT_ERROR')
    const running = exchange(this.#socket, path, request)
    this.#exchanges.add(running)
    this.#watchPulse()
    const timer = setTimeout(
      () => {
        running.abort(answer('IDLE_TIMEOUT'))
        this.retire()
      },
      this.#limits.wallClockMs - (Date.now() - arrived),
    )
    void running.finished.then(() => {
      clearTimeout(timer)
      this.#exchanges.delete(running)
      this.#rest()
    })
    return running.response.catch(() => {
      // Only a process that ends breaks connections, and its end may be heard of later.
      if (!request.signal.aborted) this.retire()
      return answer('WORKER_ERROR')
    })
  }

  /** Takes no further requests; the process ends when those under way are answered. */
  retire(): void {
    this.#retired = true
    this.#rest()
  }

  /** Whether the process can be given a request. */
  get usable(): boolean {
    return !this.#retired && !this.#gone
  }

  /** Ends the process; requests under way are answered with `code`. May be called twice. */
  async stop(code: AnswerCode = 'WORKER_ERROR'): Promise<void> {
    this.#retired = true
    for (const running of this.#exchanges) running.abort(answer(code))
    await this.#child.stop('SIGTERM', STOP_GRACE_MS)
    await this.ended
  }

  async #boot(): Promise<boolean> {
    const deadline = Date.now() + this.#limits.bootMs
    while (!this.#gone && Date.now() < deadline) {
      if ((await this.#tasks()) !== undefined) return true
      await new Promise((resolve) => setTimeout(resolve, BOOT_PROBE_MS))
    }
    void this.stop('BOOT_ERROR')
    return false
  }

  // While requests are under way the process must answer a probe: code that never yields serves nobody.
  #watchPulse(): void {
    if (this.#pulse !== undefined) return
    let missed = 0
    const interval = this.#limits.stallMs / 4
    this.#pulse = setInterval(() => {
      missed += 1
      // Probes count, not seconds, so that a pause of this process is not held against the function.
      if (missed > 4) void this.stop('WORKER_RESOURCE_LIMIT')
      else
        void this.#tasks().then((tasks) => {
          if (tasks !== undefined) missed = 0
        })
    }, interval)
  }

  #rest(): void {
    if (!this.idle || this.#gone) return
    clearInterval(this.#pulse)
    this.#pulse = undefined
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => void this.#endIfIdle(), this.#retired ? 0 : this.#limits.idleMs)
  }

  async #endIfIdle(): Promise<void> {
    const tasks = (await this.#tasks()) ?? 0
    if (!this.idle) return
    if (tasks > 0) this.#rest()
    else await this.stop()
  }

  // How many background tasks the function has; undefined when its process does not answer.
  #tasks(): Promise<number | undefined> {
    return new Promise((resolve) => {
      const probe = httpRequest({
        socketPath: this.#socket,
        path: '/_alive',
        agent: false,
        timeout: this.#limits.stallMs,
      })
      probe.on('response', (incoming) => {
        incoming.resume()
        resolve(Number(incoming.headers.tasks))
      })
      probe.on('timeout', () => probe.destroy())
      probe.on('close', () => resolve(undefined))
      probe.on('error', () => resolve(undefined))
      probe.end()
    })
  }
}
