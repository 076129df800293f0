import type { StackContext } from '../context.ts'
import type { HttpService } from '../service.ts'

export class Storage implements HttpService {
  readonly name = 'storage'
  readonly needs = ['postgres']
  constructor(_context: StackContext) {}
  async start(): Promise<void> {}
  async ready(): Promise<boolean> {
    return true
  }
  async stop(): Promise<void> {}
  async fetch(): Promise<Response> {
    return Response.json({ message: 'not there yet' }, { status: 501 })
  }
}
