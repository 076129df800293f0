import { readFile } from 'node:fs/promises'
import type { Hono } from 'hono'
import pg from 'pg'
import { databaseUrl, type StackContext } from '../context.ts'
import type { HttpService } from '../service.ts'
import { Tokens } from '../tokens.ts'
import { Attempts } from './attempts.ts'
import { UnsentMails } from './codes.ts'
import { Database, isUnreachable, sqlState } from './database.ts'
import { AuthError } from './errors.ts'
import { Grants } from './grants.ts'
import { Mailer } from './mailer.ts'
import { OidcProvider } from './oidc.ts'
import { RateLimits } from './rate-limits.ts'
import { createRoutes } from './routes/index.ts'
import { readSettings } from './settings.ts'

const SCHEMA = ['./sql/tables.sql', './sql/access.sql']

/** A service that does what GoTrue does, with its tables, routes, tokens, mails and errors. */
export class Auth implements HttpService {
  readonly name = 'auth'
  readonly needs = ['postgres', 'mail']
  readonly #context: StackContext
  #running: { readonly database: Database; readonly mailer: Mailer; readonly routes: Hono } | undefined

  constructor(context: StackContext) {
    this.#context = { ...context, log: context.log.child({ service: 'auth' }) }
  }

  /** Lays out schema `auth` as a hosted project has it, owned by `supabase_auth_admin`. */
  async prepare(): Promise<void> {
    const client = new pg.Client({ connectionString: databaseUrl(this.#context, 'supabase_admin') })
    await client.connect()
    try {
      await client.query('begin')
      await client.query('set local role supabase_auth_admin')
      await client.query('set local client_min_messages = warning')
      for (const file of SCHEMA) await client.query(await readFile(new URL(file, import.meta.url), 'utf8'))
      await client.query('commit')
    } finally {
      await client.end()
    }
  }

  /** Opens the connections. Rejects, naming the setting or file, when the project's settings cannot be honoured. */
  async start(): Promise<void> {
    const { keys, log, ports } = this.#context
    const settings = readSettings(this.#context)
    const database = new Database(databaseUrl(this.#context, 'supabase_auth_admin'), (cause) =>
      log.warn('lost a connection to the database', { cause: cause.message }),
    )
    try {
      const tokens = new Tokens(keys, settings.authUrl)
      const mailer = await Mailer.create({ settings, database, log, smtpPort: ports.smtp })
      const grants = new Grants(tokens, settings)
      const unsent = new UnsentMails(settings.mailIntervalMs)
      const limits = new RateLimits(settings)
      const providers = new Map(settings.providers.map((provider) => [provider.name, new OidcProvider(provider)]))
      const routes = createRoutes(
        {
          settings,
          database,
          tokens,
          grants,
          mailer,
          limits,
          unsent,
          attempts: new Attempts(),
          providers,
          flowKey: keys.jwtSecret,
          log,
        },
        keys,
      )
      routes.onError((cause, c) => this.#refusal(cause, c.req.raw))
      this.#running = { database, mailer, routes }
    } catch (cause) {
      await database.end()
      throw cause
    }
  }

  async ready(): Promise<boolean> {
    const row = await this.#running?.database.first('select 1').catch(() => undefined)
    return row !== undefined
  }

  async stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    running?.mailer.close()
    await running?.database.end()
  }

  async fetch(request: Request): Promise<Response> {
    const running = this.#running
    if (!running) return new AuthError(503, 'unexpected_failure', 'Auth is not running').toResponse(request)
    return running.routes.fetch(request)
  }

  #refusal(cause: unknown, request: Request): Response {
    if (cause instanceof AuthError) {
      if (cause.status >= 500) this.#context.log.error(cause.message, { cause: describe(cause.cause) })
      return cause.toResponse(request)
    }
    // A client keeps its session over a 503 and asks again.
    if (isUnreachable(cause))
      return new AuthError(503, 'unexpected_failure', 'The database cannot be reached now').toResponse(request)
    // Data exceptions: what was sent cannot be stored, in a way that no check before has met.
    if (sqlState(cause)?.startsWith('22'))
      return new AuthError(400, 'validation_failed', 'The request holds a value that cannot be stored').toResponse(
        request,
      )
    this.#context.log.error('unexpected failure', { path: new URL(request.url).pathname, cause: describe(cause) })
    const message = 'Unexpected failure, please check server logs for more information'
    return new AuthError(500, 'unexpected_failure', message).toResponse(request)
  }
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause === undefined ? (cause.stack ?? cause.message) : `${cause.message}: ${describe(cause.cause)}`
}
