import type { StackContext } from '../context.ts'
import type { Service } from '../service.ts'

export class Jobs implements Service {
  readonly name = 'jobs'
  readonly needs = ['postgres']
  constructor(_context: StackContext) {}
  async start(): Promise<void> {}
  async ready(): Promise<boolean> {
    return true
  }
  async stop(): Promise<void> {}
}
