import { once } from 'node:events'
import { type ClientRequest, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { toBody } from '../streams.ts'

/** One request on its way to a function's process. */
export interface Exchange {
  /** The answer, as soon as its head is there. Rejects when the process broke the connection before. */
  readonly response: Promise<Response>
  /** Resolves once nothing more will come: the answer is delivered, broken or cancelled. */
  readonly finished: Promise<void>
  /** Ends the exchange: an answer still waited for becomes `instead`, one already begun breaks off. */
  abort(instead: Response): void
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'])
const BODILESS = new Set([204, 205, 304])

// What goes out with the head in one piece cannot meet a connection that an answer has closed.
const SMALL_BYTES = 65_536

/** Sends `request` to the HTTP server at `socketPath`, as `path`; no body but a small one is buffered. */
export function exchange(socketPath: string, path: string, request: Request): Exchange {
  // A connection for each: they are local and cheap, and none can turn out to be closed by the other side.
  const outgoing = httpRequest({ socketPath, path, method: request.method, headers: headersOf(request), agent: false })
  const finished = new Promise<void>((resolve) => outgoing.once('close', resolve))
  let end: (response: Response) => void = () => undefined
  const response = new Promise<Response>((resolve, reject) => {
    end = resolve
    outgoing.once('response', (incoming) => resolve(toResponse(request.method, incoming)))
    outgoing.on('error', reject)
  })
  request.signal.addEventListener('abort', () => outgoing.destroy(), { once: true })
  void send(request, outgoing)
  return {
    response,
    finished,
    abort(instead) {
      end(instead)
      outgoing.destroy()
    },
  }
}

function headersOf(request: Request): OutgoingHttpHeaders {
  const forwarded = [...request.headers].filter(([name]) => !HOP_BY_HOP.has(name))
  return { ...Object.fromEntries(forwarded), host: hostOf(request) }
}

// Deno makes the URL of a request from this header first, and the client may have put a path into it, or no host at all.
function hostOf(request: Request): string {
  const origin = `http://${request.headers.get('host') ?? ''}`
  return new URL(URL.canParse(origin) ? origin : request.url).host
}

async function send({ body, headers }: Request, outgoing: ClientRequest): Promise<void> {
  const length = Number(headers.get('content-length') ?? Number.NaN)
  if (body === null) {
    outgoing.end()
    return
  }
  const reader = body.getReader()
  const left = new AbortController()
  // A function may answer without reading the body, or end; the sender then stops, and the receiver hears why.
  outgoing.once('close', () => {
    left.abort()
    void reader.cancel().catch(() => undefined)
  })
  try {
    if (length <= SMALL_BYTES) {
      outgoing.end(await readAll(reader))
      return
    }
    for (let part = await reader.read(); !part.done; part = await reader.read())
      if (!outgoing.write(part.value)) await once(outgoing, 'drain', { signal: left.signal })
    outgoing.end()
  } catch (cause) {
    outgoing.destroy(cause instanceof Error ? cause : undefined)
  }
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(part.value)
  return Buffer.concat(parts)
}

function toResponse(method: string, incoming: IncomingMessage): Response {
  const headers = new Headers()
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    const name = incoming.rawHeaders[i] ?? ''
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers.append(name, incoming.rawHeaders[i + 1] ?? '')
  }
  const status = incoming.statusCode ?? 500
  const bodiless = method === 'HEAD' || BODILESS.has(status)
  if (bodiless) incoming.resume()
  return new Response(bodiless ? null : toBody(incoming), { status, headers })
}
