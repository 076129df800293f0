import type { StackContext } from '../context.ts'
import type { Realtime } from '../realtime/realtime.ts'
import type { HttpService, Service } from '../service.ts'

/** The services that the gateway routes to, by the prefix that hosted Supabase gives each. */
export interface GatewayRoutes {
  readonly rest: HttpService
  readonly auth: HttpService
  readonly storage: HttpService
  readonly realtime: Realtime
  readonly functions: HttpService
}

export class Gateway implements Service {
  readonly name = 'gateway'
  readonly needs = ['rest', 'auth', 'storage', 'realtime', 'functions']
  constructor(_context: StackContext, _routes: GatewayRoutes) {}
  async start(): Promise<void> {}
  async ready(): Promise<boolean> {
    return true
  }
  async stop(): Promise<void> {}
}
