import { z } from 'zod'
import { AuthorisationError } from './authorisation.ts'
import { isJsonObject } from './codec.ts'
import { assertNotExpired, type Identity, isApiKey } from './credentials.ts'
import { type Address, broadcastDelivery } from './hub.ts'
import { maxPayloadBytes } from './limits.ts'
import { type Keeping, readKeeping } from './message-store.ts'
import type { Parts } from './parts.ts'

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers':
    'authorization, apikey, content-type, x-client-info, traceparent, tracestate, baggage',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
}
const SINGLE = /^\/api\/broadcast\/([^/]+)\/events\/([^/]+)$/
const Message = z.object({
  topic: z.string().min(1),
  event: z.string().min(1),
  payload: z.record(z.string(), z.unknown()),
  private: z.boolean().default(false),
  id: z.uuid().optional(),
})
type Message = z.infer<typeof Message>

interface SingleAddress extends Address {
  readonly event: string
  readonly keeping: Keeping | undefined
}

/** Broadcasting over HTTP, for those who have no socket. */
export class RestBroadcast {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Answers a request whose path starts at `/api`. Never rejects for what the client did. */
  async fetch(request: Request): Promise<Response> {
    const response = await this.#route(request)
    for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value)
    return response
  }

  async #route(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (request.method === 'OPTIONS') return new Response(null, { status: 204 })
    if (request.method === 'GET' && pathname === '/api/ping') return Response.json({ message: 'Success' })
    const single = SINGLE.exec(pathname)
    if (request.method !== 'POST' || !(pathname === '/api/broadcast' || single)) return notFound()
    const identity = await this.#identify(request)
    if (!identity) return Response.json({ message: 'Unauthorized' }, { status: 401 })
    const { messages } = this.#parts.rates
    if (messages.exceeded) return this.#withRate(Response.json({ message: 'Too many requests' }, { status: 429 }))
    const body = await readBody(request, this.#parts.limits.requestBytes)
    if (!body) return new Response(null, { status: 413 })
    if (!single) return this.#withRate(await this.#batch(request, identity, body))
    const address = addressOf(single, request.url)
    return this.#withRate(address ? await this.#single(request, identity, address, body) : notFound())
  }

  async #batch(request: Request, identity: Identity, body: Buffer): Promise<Response> {
    const read = readBatch(body, maxPayloadBytes(this.#parts.limits))
    if ('errors' in read) return Response.json({ errors: read.errors }, { status: 422 })
    if (read.messages.length > this.#parts.limits.messagesPerSecond)
      return Response.json({ message: 'Too many messages to broadcast, please reduce the batch size' }, { status: 429 })
    const allowed = new Map<string, Promise<boolean>>()
    for (const message of read.messages) {
      const mayWrite = (): Promise<boolean> =>
        this.#mayWrite(request, identity, message.topic, 'broadcast').catch(() => false)
      if (message.private && !allowed.has(message.topic)) allowed.set(message.topic, mayWrite())
      if (message.private && !(await allowed.get(message.topic))) continue
      this.#publish(message, message.event, {
        encoding: 'json',
        body: Buffer.from(JSON.stringify(message.payload)),
        ...(message.id === undefined ? {} : { id: message.id }),
        asText: true,
      })
    }
    return new Response(null, { status: 202 })
  }

  async #single(request: Request, identity: Identity, address: SingleAddress, body: Buffer): Promise<Response> {
    const payload = readPayload(request.headers.get('content-type'), body)
    if (!payload) {
      const error = 'Unsupported Media Type. Use application/json or application/octet-stream'
      return Response.json({ error }, { status: 415 })
    }
    if (payload.body.length > maxPayloadBytes(this.#parts.limits))
      return Response.json({ errors: { payload: ['Payload size exceeds tenant limit'] } }, { status: 422 })
    const { keeping } = address
    if (keeping && !address.private)
      return Response.json({ errors: { persist: ['can only be used on private channels'] } }, { status: 422 })
    try {
      if (address.private && !(await this.#mayWrite(request, identity, address.topic, 'broadcast')))
        return Response.json({ message: 'Unauthorized' }, { status: 403 })
      this.#publish(address, address.event, payload)
      if (keeping && (await this.#mayWrite(request, identity, address.topic, 'persistence')))
        await this.#parts.messages.keep(address.topic, { event: address.event, ...payload }, keeping)
    } catch (cause) {
      return authorisationFailure(cause)
    }
    return new Response(null, { status: 202 })
  }

  #publish(
    address: Address,
    event: string,
    message: { encoding: 'json' | 'binary'; body: Buffer; id?: string; asText?: boolean },
  ): void {
    const { encoding, body, id, asText = false } = message
    const metadata = id === undefined ? undefined : { id }
    this.#parts.rates.messages.add()
    this.#parts.hub.publish(address, broadcastDelivery(address, { event, encoding, body, metadata }, { asText }))
  }

  async #mayWrite(
    request: Request,
    identity: Identity,
    topic: string,
    extension: 'broadcast' | 'persistence',
  ): Promise<boolean> {
    const headers = Object.fromEntries(request.headers)
    const answer = await this.#parts.authoriser.ask({ topic, identity, headers, read: [], write: [extension] })
    return answer.writable.has(extension)
  }

  async #identify(request: Request): Promise<Identity | undefined> {
    const key = request.headers.get('apikey') ?? ''
    const bearer = /^Bearer\s+(.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
    try {
      const identity = await this.#parts.credentials.identify(
        bearer === '' || isApiKey(bearer) ? key || bearer : bearer,
      )
      assertNotExpired(identity)
      return identity
    } catch {
      return undefined
    }
  }

  #withRate(response: Response): Response {
    const { average, limit } = this.#parts.rates.messages
    response.headers.set('x-rate-rolling', String(Math.round(average)))
    response.headers.set('x-rate-limit', String(limit))
    response.headers.set('x-rate-limit-remaining', String(Math.max(0, Math.round(limit - average))))
    return response
  }
}

function notFound(): Response {
  return Response.json({ error: 'Not Found' }, { status: 404 })
}

function addressOf([, topic = '', event = '']: readonly string[], url: string): SingleAddress | undefined {
  const query = new URL(url).searchParams
  try {
    return {
      topic: decodeURIComponent(topic),
      event: decodeURIComponent(event),
      private: query.get('private') === 'true',
      keeping: readKeeping(
        query.has('persist[ttl]') ? { ttl: Number(query.get('persist[ttl]')) } : query.get('persist') === 'true',
      ),
    }
  } catch {
    return undefined
  }
}

async function readBody(request: Request, limit: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.length
    if (size > limit) {
      await reader?.cancel()
      return undefined
    }
    chunks.push(part.value)
  }
  return Buffer.concat(chunks)
}

function readPayload(type: string | null, body: Buffer): { encoding: 'json' | 'binary'; body: Buffer } | undefined {
  const mediaType = type?.split(';')[0]?.trim().toLowerCase() ?? 'application/json'
  if (mediaType === 'application/octet-stream') return { encoding: 'binary', body }
  if (mediaType !== 'application/json') return undefined
  const value = parseJson(body)
  // Receivers are promised an object; hosted wraps what is none under this name.
  const payload = isJsonObject(value) ? value : { _json: value }
  return { encoding: 'json', body: Buffer.from(JSON.stringify(body.length === 0 ? {} : payload)) }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

type BatchErrors = { readonly messages: readonly unknown[] }

function readBatch(body: Buffer, maxBytes: number): { messages: Message[] } | { errors: BatchErrors } {
  const value = parseJson(body)
  const list = isJsonObject(value) ? value.messages : undefined
  if (!Array.isArray(list) || list.length === 0) return { errors: { messages: ["can't be blank"] } }
  const messages: Message[] = []
  const errors = list.map((item: unknown) => {
    const parsed = Message.safeParse(item)
    if (!parsed.success) return fieldErrors(item, parsed.error)
    if (Buffer.byteLength(JSON.stringify(parsed.data.payload)) > maxBytes)
      return { payload: ['Payload size exceeds tenant limit'] }
    messages.push(parsed.data)
    return {}
  })
  return messages.length === list.length ? { messages } : { errors: { messages: errors } }
}

function fieldErrors(item: unknown, error: z.ZodError): Record<string, string[]> {
  const given = isJsonObject(item) ? item : {}
  const fields = new Set(error.issues.map((issue) => String(issue.path[0] ?? 'payload')))
  return Object.fromEntries(
    [...fields].map((field) => {
      const blank = given[field] === undefined || given[field] === null || given[field] === ''
      return [field, [blank ? "can't be blank" : 'is invalid']]
    }),
  )
}

function authorisationFailure(cause: unknown): Response {
  const problem = cause instanceof AuthorisationError ? cause.problem : undefined
  const answers = {
    policy: { status: 422, message: 'RLS policy error' },
    cancelled: { status: 422, message: 'Query canceled' },
    partition: { status: 422, message: 'Missing messages partition' },
    unavailable: { status: 422, message: 'Tenant database unavailable' },
    pool: { status: 429, message: 'Connection pool exhausted' },
  }
  const { status, message } = problem ? answers[problem] : { status: 500, message: 'Unable to authorize broadcast' }
  return Response.json({ message }, { status })
}
