import type { StackContext } from '../context.ts'
import type { Service } from '../service.ts'

export class Mail implements Service {
  readonly name = 'mail'
  readonly needs = []
  constructor(_context: StackContext) {}
  async start(): Promise<void> {}
  async ready(): Promise<boolean> {
    return true
  }
  async stop(): Promise<void> {}
}
