import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'

// Hop-by-hop headers end here, and what a client says about its own address is not believed, in whichever header the
// edge of hosted Supabase would write it.
const NOT_PASSED_ON =
  /^(connection|keep-alive|upgrade|te|trailer|transfer-encoding|expect|proxy-.*|forwarded|x-forwarded-.*|x-real-ip|cf-.*)$/

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

/** The body of a request, read up to a limit. */
export class IncomingBody {
  readonly #incoming: IncomingMessage
  readonly #limit: number
  #tooLarge = false

  constructor(incoming: IncomingMessage, limit: number) {
    this.#incoming = incoming
    this.#limit = limit
    this.#tooLarge = Number(incoming.headers['content-length'] ?? 0) > limit
  }

  /** Whether the body is known to be longer than the limit; one without a length is found out while it is read. */
  get tooLarge(): boolean {
    return this.#tooLarge
  }

  /** All of the body, or nothing for a request without one. Rejects when it is too large. */
  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!this.#exists()) return undefined
    const chunks: Buffer[] = []
    for await (const chunk of this.#chunks()) chunks.push(chunk)
    return new Uint8Array(Buffer.concat(chunks))
  }

  /** The body as it comes, or nothing for a request without one; it fails when it becomes too large. */
  stream(): ReadableStream<Uint8Array> | undefined {
    if (!this.#exists()) return undefined
    const chunks = this.#chunks()
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(new Uint8Array(value))
      },
      cancel: async () => {
        await chunks.return(undefined)
        this.discard()
      },
    })
  }

  /** Reads what is left and throws it away, so that the client, which is still sending, comes to read the answer. */
  discard(): void {
    this.#incoming.resume()
  }

  #exists(): boolean {
    const { 'content-length': length, 'transfer-encoding': encoding } = this.#incoming.headers
    return encoding !== undefined || (length !== undefined && length !== '0')
  }

  async *#chunks(): AsyncGenerator<Buffer, undefined> {
    let length = 0
    // Leaving the loop must not destroy the socket: the refusal has yet to be written to it.
    for await (const chunk of this.#incoming.iterator({ destroyOnReturn: false })) {
      length += chunk.length
      this.#tooLarge ||= length > this.#limit
      if (this.#tooLarge) throw new Error('The request body is too large.')
      yield chunk
    }
    return undefined
  }
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
