import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'

// Hop-by-hop headers end here, and what a client says about its own address is not believed.
const NOT_PASSED_ON =
  /^(connection|keep-alive|upgrade|te|trailer|transfer-encoding|expect|proxy-.*|forwarded|x-forwarded-.*|x-real-ip)$/

/** A request body was longer than its route allows. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'
}

/** The headers that a service behind is given, with the client's address as the socket has it. */
export function forwardedHeaders(incoming: IncomingMessage, prefix: string): Headers {
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(incoming.headersDistinct))
    if (!NOT_PASSED_ON.test(name)) for (const value of values) headers.append(name, value)
  headers.set('x-forwarded-for', incoming.socket.remoteAddress ?? '')
  headers.set('x-forwarded-host', incoming.headers.host ?? '')
  headers.set('x-forwarded-proto', 'http')
  headers.set('x-forwarded-prefix', prefix)
  return headers
}

/** The whole body, or nothing for a request without one. Rejects with `BodyTooLarge` as soon as it is past `limit`. */
export async function readBody(incoming: IncomingMessage, limit: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!hasBody(incoming)) return undefined
  const chunks: Buffer[] = []
  for await (const chunk of bounded(incoming, limit)) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

/** The body as it comes, or nothing for a request without one; past `limit` it fails with `BodyTooLarge`. */
export function streamBody(incoming: IncomingMessage, limit: number): ReadableStream<Uint8Array> | undefined {
  if (!hasBody(incoming)) return undefined
  const chunks = bounded(incoming, limit)
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(new Uint8Array(value))
    },
    async cancel() {
      await chunks.return(undefined)
    },
  })
}

async function* bounded(incoming: IncomingMessage, limit: number): AsyncGenerator<Buffer, undefined> {
  if (Number(incoming.headers['content-length'] ?? 0) > limit) throw new BodyTooLarge()
  let length = 0
  // Leaving the loop must not destroy the socket: the refusal has yet to be written to it.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    length += chunk.length
    if (length > limit) throw new BodyTooLarge()
    yield chunk
  }
  return undefined
}

function hasBody(incoming: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers
  return encoding !== undefined || (length !== undefined && length !== '0')
}

/** Writes `response` as its body comes, no faster than the client reads. Rejects when `signal` says the client left. */
export async function send(response: Response, outgoing: ServerResponse, signal: AbortSignal): Promise<void> {
  const headers = new Map<string, string | string[]>(response.headers)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) headers.set('set-cookie', cookies)
  outgoing.writeHead(response.status, Object.fromEntries(headers))
  if (!response.body || outgoing.req.method === 'HEAD') {
    await response.body?.cancel()
    outgoing.end()
    return
  }
  // A stream's reader waits for the headers, however late the first event is.
  if (!headers.has('content-length')) outgoing.flushHeaders()
  const reader = response.body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      signal.throwIfAborted()
      if (!outgoing.write(value)) await once(outgoing, 'drain', { signal })
    }
    outgoing.end()
  } catch (cause) {
    await reader.cancel(cause).catch(() => undefined)
    outgoing.destroy()
    throw cause
  }
}
