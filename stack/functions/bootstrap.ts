/**
 * What every edge function's process runs first, on Deno: `bootstrap.ts <module URL> <socket path>`.
 * It imports the function, takes the handler that the function gave to `Deno.serve` or exports as `fetch`, and
 * serves it on the socket. The process ends with code 1 when the module cannot be imported or has no handler.
 */
import process from 'node:process'

type Handler = (request: Request, info: unknown) => Response | Promise<Response>
interface ServeOptions {
  readonly path?: string
  readonly handler?: Handler
  readonly onListen?: () => void
}
declare const Deno: {
  serve: (first: Handler | ServeOptions, second?: Handler) => unknown
}

const [entrypoint = '', socketPath = ''] = process.argv.slice(2)
const serve = Deno.serve
const background = new Set<Promise<unknown>>()
let handler: Handler | undefined

// A function chooses no address of its own: hosted and here, requests reach it through the gateway alone.
Deno.serve = (first, second) => {
  handler = typeof first === 'function' ? first : (second ?? first.handler)
  const finished = new Promise<void>(() => undefined)
  return { finished, shutdown: async () => undefined, ref: () => undefined, unref: () => undefined }
}

Object.assign(globalThis, {
  EdgeRuntime: {
    waitUntil(task: Promise<unknown>): void {
      const settled = Promise.resolve(task)
        .catch((cause: unknown) => console.error(cause))
        .finally(() => background.delete(settled))
      background.add(settled)
    },
  },
})

const module: { default?: { fetch?: Handler } } = await import(entrypoint)
const exported = module.default
handler ??= exported?.fetch?.bind(exported)
if (handler === undefined) {
  console.error('The function neither calls Deno.serve nor exports a default object with a fetch method.')
  process.exit(1)
}
const handle = handler

serve({ path: socketPath, onListen: () => undefined }, async (request, info) => {
  const url = new URL(request.url)
  // No function's name begins with an underscore, so that this path is the stack's own.
  if (url.pathname === '/_alive')
    return new Response(null, { status: 204, headers: { tasks: String(background.size) } })
  const host = request.headers.get('host') ?? 'localhost'
  const called = new Request(`http://${host}${url.pathname}${url.search}`, request)
  const response = await handle(called, info)
  // Read to its end: a connection that closes with a body still on its way takes the answer along.
  if (!called.bodyUsed) void called.body?.pipeTo(new WritableStream()).catch(() => undefined)
  return response
})
