import postgres from 'postgres'
import { databaseUrl, type StackContext } from '../context.ts'
import type { Service } from '../service.ts'
import { CronJobs } from './cron.ts'
import { NetRequests } from './net.ts'
import { fillVault } from './vault.ts'

/**
 * Serves the stand-ins for pg_cron and pg_net, and puts supabase_vault where a new hosted project has it.
 * The database says by a notification that a job changed or a request was committed, so that nothing polls.
 */
export class Jobs implements Service {
  readonly name = 'jobs'
  readonly needs = ['postgres']
  readonly #context: StackContext
  #admin: postgres.Sql | undefined
  #cron: CronJobs | undefined
  #net: NetRequests | undefined

  constructor(context: StackContext) {
    this.#context = context
  }

  async prepare(): Promise<void> {
    const admin = this.#connect()
    try {
      await admin`create schema if not exists vault`
      await admin`create extension if not exists supabase_vault with schema vault`
    } finally {
      await admin.end()
    }
  }

  async start(): Promise<void> {
    const admin = this.#connect()
    this.#admin = admin
    const cron = new CronJobs(this.#context, admin)
    const net = new NetRequests(this.#context, admin)
    this.#cron = cron
    this.#net = net
    await fillVault(this.#context, admin)
    // Told anew after each connection, because notifications sent while there was none are lost.
    const onJobs = (): void => void cron.load().catch((cause: unknown) => this.#warn('cron', cause))
    const onRequests = (): void => void net.drain()
    await admin.listen('cron_job', onJobs, onJobs)
    await admin.listen('net_request', onRequests, onRequests)
  }

  async ready(): Promise<boolean> {
    return this.#admin !== undefined
  }

  async stop(): Promise<void> {
    await Promise.all([this.#cron?.stop(), this.#net?.stop()])
    await this.#admin?.end({ timeout: 1 })
    this.#admin = undefined
  }

  #connect(): postgres.Sql {
    return postgres(databaseUrl(this.#context, 'supabase_admin'), {
      max: 4,
      // A question of the driver's own, which nobody could catch when a stop breaks it off.
      fetch_types: false,
      onnotice: () => undefined,
    })
  }

  #warn(service: string, cause: unknown): void {
    this.#context.log.warn('the database could not be asked', { service, cause: String(cause) })
  }
}
