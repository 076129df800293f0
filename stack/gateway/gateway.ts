import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { apiUrl, authUrl, type StackContext } from '../context.ts'
import type { Log } from '../log.ts'
import type { HttpService, Service } from '../service.ts'
import { Tokens } from '../tokens.ts'
import { VerifiedTokens } from '../verified-tokens.ts'
import { ApiKeys, exchangeBearer } from './api-keys.ts'
import { allowEveryOrigin, isPreflight, preflight } from './cors.ts'
import { forwardedHeaders, IncomingBody, send } from './http.ts'
import { refuse } from './refusal.ts'
import { createRoutes, type Match, matchRoute, type Route } from './routes.ts'

/** The services that the gateway routes to, by the prefix that hosted Supabase gives each. */
export interface GatewayRoutes {
  readonly rest: HttpService
  readonly auth: HttpService
  readonly storage: HttpService
  readonly realtime: HttpService & {
    /** Takes over the socket of a request that asks for a WebSocket, once its API key has been checked. */
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  }
  readonly functions: HttpService
}

interface Arrival {
  readonly incoming: IncomingMessage
  readonly id: string
  readonly url: URL | undefined
  readonly match: Match | undefined
  readonly signal: AbortSignal
}

interface Exchange extends Arrival {
  readonly url: URL
  readonly match: Match
}

const REQUEST_ID = /^[\w.:-]{1,128}$/

/** The one door for clients: routes, checks API keys, answers CORS, bounds bodies, and logs each request. */
export class Gateway implements Service {
  readonly name = 'gateway'
  readonly needs = ['rest', 'auth', 'storage', 'realtime', 'functions']
  readonly #services: GatewayRoutes
  readonly #routes: readonly Route[]
  readonly #keys: ApiKeys
  readonly #tokens: VerifiedTokens
  readonly #log: Log
  readonly #port: number
  readonly #base: string
  readonly #upgraded = new Set<Duplex>()
  #server: Server | undefined

  constructor(context: StackContext, services: GatewayRoutes) {
    this.#services = services
    this.#routes = createRoutes(context.config)
    this.#keys = new ApiKeys(context.keys)
    this.#tokens = new VerifiedTokens(new Tokens(context.keys, authUrl(context)))
    this.#log = context.log.child({ service: 'gateway' })
    this.#port = context.ports.gateway
    this.#base = apiUrl(context)
  }

  async start(): Promise<void> {
    const server = createServer({ keepAliveTimeout: 65_000 }, (incoming, outgoing) => {
      void this.#serve(incoming, outgoing)
    })
    server.on('upgrade', (incoming, socket, head) => void this.#upgrade(incoming, socket, head))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, '127.0.0.1', resolve)
    })
    this.#server = server
  }

  async ready(): Promise<boolean> {
    return this.#server?.listening ?? false
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    for (const socket of this.#upgraded) socket.destroy()
    await closed
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const began = performance.now()
    const id = requestId(incoming)
    const left = new AbortController()
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) left.abort(new Error('the client left'))
    })
    const url = parseUrl(this.#base, incoming)
    const match = url && matchRoute(this.#routes, url.pathname)
    const response = await this.#respond({ incoming, id, url, match, signal: left.signal })
    response.headers.set('x-request-id', id)
    if (!match?.route.ownCors) allowEveryOrigin(response.headers)
    await send(response, outgoing, left.signal).catch(() => undefined)
    this.#log.info('request', {
      request_id: id,
      method: incoming.method,
      path: url?.pathname,
      status: response.status,
      ms: Math.round((performance.now() - began) * 10) / 10,
      ...(await this.#user(incoming)),
    })
  }

  async #respond({ url, match, ...arrival }: Arrival): Promise<Response> {
    if (!url) return refuse('malformed_url')
    if (!match) return refuse('route_not_found')
    const body = new IncomingBody(arrival.incoming, match.route.bodyLimit)
    try {
      const response = await this.#forward({ ...arrival, url, match }, body)
      if (body.tooLarge) return refuseBody(body)
      // The headers of a response that was fetched cannot be changed; those of this copy can.
      return new Response(response.body, response)
    } catch (cause) {
      if (body.tooLarge) return refuseBody(body)
      if (!arrival.signal.aborted)
        this.#log.error('a service failed', { request_id: arrival.id, cause: describe(cause) })
      return refuse('internal_error')
    }
  }

  async #forward({ incoming, id, url, match, signal }: Exchange, body: IncomingBody): Promise<Response> {
    const { route, path } = match
    if (body.tooLarge) return refuseBody(body)
    const method = incoming.method ?? 'GET'
    const headers = forwardedHeaders(incoming, route.prefix)
    headers.set('x-request-id', id)
    if (isPreflight(method, headers) && !route.ownCors) return preflight(headers)

    const given = headers.get('apikey') ?? url.searchParams.get('apikey')
    const checked = await this.#keys.check(given, headers.get('user-agent'))
    if (typeof checked === 'string' && !route.open?.test(path)) return refuse(checked)
    const key = typeof checked === 'string' ? undefined : checked
    const authorization = exchangeBearer(headers.get('authorization'), key)
    if (authorization === null) headers.delete('authorization')
    else headers.set('authorization', authorization)

    const target = new URL(this.#base)
    target.pathname = path
    target.search = withoutKey(url)
    const content = route.streams ? body.stream() : await body.read()
    const request = new Request(target, {
      method,
      headers,
      ...(content === undefined ? {} : { body: content, duplex: 'half' }),
    })
    // A request follows a signal it is made with only until it is collected as garbage; this one tells to the end.
    Object.defineProperty(request, 'signal', { value: signal })
    return this.#services[route.service].fetch(request)
  }

  async #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.#upgraded.add(socket)
    socket.once('close', () => this.#upgraded.delete(socket))
    // Without a listener a connection that is reset would end the process.
    socket.on('error', () => socket.destroy())
    const url = parseUrl(this.#base, incoming)
    const match = url && matchRoute(this.#routes, url.pathname)
    if (!url || match?.route.service !== 'realtime') return void refuseUpgrade(socket, refuse('route_not_found'))
    const given = url.searchParams.get('apikey') ?? incoming.headers.apikey
    const key = await this.#keys.check(typeof given === 'string' ? given : null, incoming.headers['user-agent'] ?? null)
    this.#log.info('upgrade', {
      request_id: requestId(incoming),
      path: url.pathname,
      accepted: typeof key !== 'string',
    })
    if (typeof key === 'string') return void refuseUpgrade(socket, refuse(key))
    url.searchParams.set('apikey', key.jwt)
    incoming.url = `${match.path}${url.search}`
    incoming.headers['x-forwarded-for'] = incoming.socket.remoteAddress ?? ''
    this.#services.realtime.upgrade(incoming, socket, head)
  }

  async #user(incoming: IncomingMessage): Promise<{ readonly user_id?: string }> {
    const token = /^bearer\s+(\S+\.\S+\.\S+)$/i.exec(incoming.headers.authorization ?? '')?.[1]
    const claims = token === undefined ? undefined : await this.#tokens.verify(token).catch(() => undefined)
    return claims?.sub === undefined ? {} : { user_id: claims.sub }
  }
}

function parseUrl(base: string, incoming: IncomingMessage): URL | undefined {
  const path = incoming.url ?? '/'
  return path.startsWith('/') && URL.canParse(base + path) ? new URL(base + path) : undefined
}

function requestId(incoming: IncomingMessage): string {
  const given = incoming.headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : crypto.randomUUID()
}

// The Data API would take the key for a filter on a column.
function withoutKey(url: URL): string {
  if (!url.searchParams.has('apikey')) return url.search
  return url.search
    .slice(1)
    .split('&')
    .filter((pair) => !pair.startsWith('apikey='))
    .join('&')
}

function refuseBody(body: IncomingBody): Response {
  body.discard()
  return refuse('payload_too_large')
}

function describe(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}

async function refuseUpgrade(socket: Duplex, response: Response): Promise<void> {
  const body = await response.text()
  socket.end(
    [
      `HTTP/1.1 ${response.status} ${response.status === 401 ? 'Unauthorized' : 'Not Found'}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
