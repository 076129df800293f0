import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ProtocolVersion } from './codec.ts'
import { assertNotExpired, CredentialError, type Credentials, type Identity } from './credentials.ts'

/** A WebSocket handshake that is refused with an HTTP answer. */
export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Who connects, and how they will speak. */
export interface Handshake {
  readonly version: ProtocolVersion
  readonly identity: Identity
  readonly headers: Readonly<Record<string, string>>
}

/** Reads an upgrade request. Rejects with `HandshakeRefused`. */
export async function readHandshake(request: IncomingMessage, credentials: Credentials): Promise<Handshake> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  if (!pathname.endsWith('/websocket')) throw new HandshakeRefused(404, 'Not Found')
  const version = searchParams.get('vsn') ?? '1.0.0'
  if (version !== '1.0.0' && version !== '2.0.0') throw new HandshakeRefused(403, '')
  const header = request.headers['x-api-key']
  const key = (typeof header === 'string' ? header : undefined) ?? searchParams.get('apikey') ?? ''
  if (key === '') throw new HandshakeRefused(401, 'API key is missing')
  try {
    const identity = await credentials.identify(key)
    assertNotExpired(identity)
    return { version, identity, headers: customHeaders(request) }
  } catch (cause) {
    if (!(cause instanceof CredentialError)) throw cause
    // At the handshake hosted does not say for how long.
    const message = cause.message.startsWith('Token has expired') ? 'Token has expired' : cause.message
    throw new HandshakeRefused(401, message)
  }
}

/** Answers a handshake with a refusal and ends the connection. */
export function refuseHandshake(socket: Duplex, refusal: HandshakeRefused): void {
  const body = refusal.message === '' ? '' : JSON.stringify({ error: refusal.message })
  socket.end(
    [
      `HTTP/1.1 ${refusal.status} ${REASONS[refusal.status] ?? 'Error'}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}

const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
}

function customHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers))
    if (name.startsWith('x-') && typeof value === 'string') headers[name] = value
  return headers
}
