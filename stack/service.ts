/**
 * One part of the stack: data and three verbs.
 * `start` resolves when the part has begun, `ready` answers a probe, `stop` may be called at any time and twice.
 */
export interface Service {
  readonly name: string
  /** Names of the services that must be ready before this one starts. */
  readonly needs: readonly string[]
  /** Lays out what hosted Supabase has in a new project's database before the first migration. Must be repeatable. */
  prepare?(): Promise<void>
  start(signal: AbortSignal): Promise<void>
  ready(): Promise<boolean>
  stop(): Promise<void>
}

/** A service that answers HTTP below a prefix of the gateway, with that prefix taken off the URL. */
export interface HttpService extends Service {
  fetch(request: Request): Promise<Response>
}

const PROBE_INTERVAL_MS = 10
const READY_WITHIN_MS = 60_000

/**
 * Starts `services`, each as soon as those it needs are ready.
 * Rejects with the first failure once none of them is starting any more; the caller then stops all of them, which is
 * safe for those that never began.
 */
export async function startAll(
  services: readonly Service[],
  options: { readonly signal: AbortSignal; readonly onReady?: (name: string, milliseconds: number) => void },
): Promise<void> {
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const begun = new Map<string, Promise<void>>()
  const begin = (service: Service): Promise<void> => {
    const known = begun.get(service.name)
    if (known) return known
    const started = (async () => {
      await Promise.all(service.needs.map((name) => begin(find(services, name, service.name))))
      signal.throwIfAborted()
      const from = performance.now()
      await service.start(signal)
      await untilReady(service, signal)
      options.onReady?.(service.name, performance.now() - from)
    })()
    begun.set(service.name, started)
    return started
  }
  const starts = services.map((service) =>
    begin(service).catch((cause: unknown) => {
      failed.abort(cause)
      throw cause
    }),
  )
  await Promise.allSettled(starts)
  if (failed.signal.aborted) throw failed.signal.reason
}

async function untilReady(service: Service, signal: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + READY_WITHIN_MS; !(await service.ready()); ) {
    signal.throwIfAborted()
    if (Date.now() > deadline) throw new Error(`${service.name} was not ready within ${READY_WITHIN_MS / 1000} s.`)
    await new Promise((resolve) => setTimeout(resolve, PROBE_INTERVAL_MS))
  }
}

/** Stops `services`, last first, each even if another one failed to stop. Rejects at the end with what failed. */
export async function stopAll(services: readonly Service[]): Promise<void> {
  const failures: unknown[] = []
  for (const service of [...services].reverse())
    await service.stop().catch((cause: unknown) => failures.push(new Error(`${service.name} did not stop`, { cause })))
  if (failures.length > 0) throw new AggregateError(failures, 'Some services did not stop.')
}

function find(services: readonly Service[], name: string, neededBy: string): Service {
  const service = services.find((candidate) => candidate.name === name)
  if (!service) throw new Error(`${neededBy} needs the service ${name}, which is not part of the stack.`)
  return service
}
