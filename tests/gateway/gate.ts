import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { expect } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../stack/config.ts'
import { Gateway, type GatewayRoutes } from '../../stack/gateway/gateway.ts'
import { generateKeys, type Keys } from '../../stack/keys.ts'
import { createLog } from '../../stack/log.ts'
import { freePorts } from '../../stack/ports.ts'
import type { HttpService } from '../../stack/service.ts'

const PROJECT = new URL('../rest/fixture', import.meta.url).pathname
const Line = z.looseObject({ message: z.string() })
const Body = z.strictObject({ code: z.string(), message: z.string(), details: z.null(), hint: z.string() })

/** What a service behind the gateway saw of a request. */
export const Seen = z.object({
  service: z.string(),
  method: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  length: z.number(),
})

/** A gateway of its own, in front of services that tell what they were asked. */
export interface Gate {
  readonly gateway: Gateway
  readonly base: string
  readonly keys: Keys
  readonly lines: readonly z.infer<typeof Line>[]
  readonly services: { readonly [name in keyof GatewayRoutes]: Echo }
  /** The header of the publishable key. */
  readonly publishable: Readonly<Record<string, string>>
  /** What the service saw of a request that succeeded. */
  see(path: string, init?: RequestInit): Promise<z.infer<typeof Seen>>
  /** How the gateway refused a request. */
  refusal(path: string, init?: RequestInit): Promise<{ readonly status: number; readonly code: string }>
}

/** Starts a gateway on a free port. */
export async function startGate(): Promise<Gate> {
  const keys = await generateKeys()
  const ports = await freePorts(0)
  const base = `http://127.0.0.1:${ports.gateway}`
  const lines: z.infer<typeof Line>[] = []
  const services = {
    rest: new Echo('rest'),
    auth: new Echo('auth'),
    storage: new Echo('storage'),
    realtime: new Echo('realtime'),
    functions: new Echo('functions'),
  }
  const log = createLog((line) => lines.push(Line.parse(JSON.parse(line))))
  const config = await readConfig(PROJECT)
  const gateway = new Gateway({ config, keys, projectDir: PROJECT, dataDir: PROJECT, ports, log }, services)
  await gateway.start()
  return {
    gateway,
    base,
    keys,
    lines,
    services,
    publishable: { apikey: keys.publishableKey },
    async see(path, init) {
      const response = await fetch(base + path, init)
      expect(response.status).toBe(200)
      return Seen.parse(await response.json())
    },
    async refusal(path, init) {
      const response = await fetch(base + path, init)
      return { status: response.status, code: Body.parse(await response.json()).code }
    },
  }
}

/** What stands behind the gateway: it tells what it was asked, unless the path says that something else shall happen. */
class Echo implements HttpService {
  readonly needs = []
  readonly name: string
  readonly upgrades: IncomingMessage[] = []
  waiting: AbortSignal | undefined

  constructor(name: string) {
    this.name = name
  }

  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  async ready(): Promise<boolean> {
    return true
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    if (pathname === '/crash') throw new Error('a secret that only the log may have')
    if (pathname === '/wait') return this.#waitFor(request.signal)
    if (pathname === '/events')
      return new Response(eventStream(request.signal), { headers: { 'content-type': 'text/event-stream' } })
    if (pathname === '/own-cors')
      return new Response(null, { headers: { 'access-control-allow-origin': 'https://app.test' } })
    const body = await request.arrayBuffer()
    return Response.json({
      service: this.name,
      method: request.method,
      path: pathname + search,
      headers: Object.fromEntries(request.headers),
      length: body.byteLength,
    })
  }

  upgrade(request: IncomingMessage, socket: Duplex): void {
    this.upgrades.push(request)
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\nhello')
  }

  #waitFor(signal: AbortSignal): Promise<Response> {
    this.waiting = signal
    return new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(new Error('aborted', { cause: signal.reason }))),
    )
  }
}

function eventStream(signal: AbortSignal): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('data: first\n\n'))
      signal.addEventListener('abort', () => controller.close())
    },
  })
}
