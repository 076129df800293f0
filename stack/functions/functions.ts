import { type FSWatcher, watch } from 'node:fs'
import { authUrl, type StackContext } from '../context.ts'
import { type DataFolder, openTemporary } from '../folder.ts'
import type { HttpService } from '../service.ts'
import { Tokens } from '../tokens.ts'
import { answer } from './answers.ts'
import { type FunctionDefinition, findFunction, functionsFolder } from './definition.ts'
import { refusal } from './verify.ts'
import { type FunctionLimits, Worker } from './worker.ts'

// Hosted's, except that memory and a loop that never yields are given more room than its 2 s of CPU time.
const LIMITS: FunctionLimits = {
  wallClockMs: 150_000,
  stallMs: 5_000,
  bootMs: 30_000,
  idleMs: 60_000,
  memoryMb: 256,
  processes: 16,
}

/**
 * Serves the edge functions of `supabase/functions` as hosted Supabase does, each in a Deno process of its own that
 * starts with the first request, so that no function's crash or endless loop touches another.
 * A change below the folder retires all processes: requests under way are finished, the next one gets the new code.
 */
export class Functions implements HttpService {
  readonly name = 'functions'
  readonly needs = ['postgres']
  readonly #context: StackContext
  readonly #limits: FunctionLimits
  readonly #tokens: Tokens
  /** The process that each function's requests go to. */
  readonly #current = new Map<string, Promise<Worker>>()
  /** Every process that has not ended, retired ones included. */
  readonly #alive = new Set<Worker>()
  #sockets: DataFolder | undefined
  #watcher: FSWatcher | undefined

  constructor(context: StackContext, limits: Partial<FunctionLimits> = {}) {
    this.#context = context
    this.#limits = { ...LIMITS, ...limits }
    this.#tokens = new Tokens(context.keys, authUrl(context))
  }

  async start(): Promise<void> {
    // Not below the data folder, because the path of a socket may have about a hundred characters.
    this.#sockets = await openTemporary()
  }

  async ready(): Promise<boolean> {
    return this.#sockets !== undefined
  }

  async stop(): Promise<void> {
    const sockets = this.#sockets
    this.#sockets = undefined
    this.#watcher?.close()
    this.#watcher = undefined
    await Promise.allSettled(this.#current.values())
    await Promise.all([...this.#alive].map((worker) => worker.stop()))
    await sockets?.close('stopped')
  }

  /** The answer of the function that the path's first segment names; the function sees that segment too. */
  async fetch(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    const definition = await findFunction(this.#context, pathname.split('/')[1] ?? '')
    if (!definition) return answer('NOT_FOUND')
    if (definition.verifyJwt && request.method !== 'OPTIONS') {
      const code = await refusal(request.headers, this.#tokens, this.#context.keys)
      if (code) return answer(code)
    }
    const worker = await this.#workerFor(definition)
    return worker === undefined ? answer('SERVICE_UNAVAILABLE') : worker.fetch(request, `${pathname}${search}`)
  }

  async #workerFor(definition: FunctionDefinition): Promise<Worker | undefined> {
    const current = await this.#current.get(definition.name)
    if (current?.usable) return current
    // Somebody else may have begun while this request waited.
    const begun = this.#current.get(definition.name)
    if (begun && (await begun) !== current) return begun
    if (this.#sockets === undefined || !this.#makeRoom()) return undefined
    this.#watch()
    const starting = Worker.start(this.#context, definition, { folder: this.#sockets.path, limits: this.#limits })
    this.#current.set(definition.name, starting)
    try {
      const worker = await starting
      this.#alive.add(worker)
      void worker.ended.then(() => this.#forget(worker))
      return worker
    } catch (cause) {
      this.#current.delete(definition.name)
      throw cause
    }
  }

  #forget(worker: Worker): void {
    this.#alive.delete(worker)
    void this.#current.get(worker.name)?.then((current) => {
      if (current === worker) this.#current.delete(worker.name)
    })
  }

  // Whether one more process may start; where there are too many, the first that has nothing to do makes way.
  #makeRoom(): boolean {
    if (this.#alive.size < this.#limits.processes) return true
    const idle = [...this.#alive].find((worker) => worker.idle)
    idle?.retire()
    return idle !== undefined
  }

  // Begins with the first function, because a project need not have the folder.
  #watch(): void {
    this.#watcher ??= watch(functionsFolder(this.#context), { recursive: true }, () => this.#retireAll())
      // A folder may vanish while it is being watched, as an editor or a checkout does.
      .on('error', () => this.#retireAll())
  }

  #retireAll(): void {
    this.#current.clear()
    for (const worker of this.#alive) worker.retire()
  }
}
