import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { StackContext } from '../context.ts'
import type { HttpService } from '../service.ts'

export class Realtime implements HttpService {
  readonly name = 'realtime'
  readonly needs = ['postgres']
  constructor(_context: StackContext) {}
  async start(): Promise<void> {}
  async ready(): Promise<boolean> {
    return true
  }
  async stop(): Promise<void> {}
  upgrade(_request: IncomingMessage, socket: Duplex, _head: Buffer): void {
    socket.destroy()
  }
  async fetch(): Promise<Response> {
    return Response.json({ message: 'not there yet' }, { status: 501 })
  }
}
