import { readFile } from 'node:fs/promises'
import { App } from '@supabase/lite'
import pg from 'pg'
import { authUrl, databaseUrl, type StackContext } from '../context.ts'
import type { Log } from '../log.ts'
import type { HttpService } from '../service.ts'
import { Tokens } from '../tokens.ts'
import { VerifiedTokens } from '../verified-tokens.ts'
import { authenticate, type Caller } from './authentication.ts'
import { Catalogue, type Schema } from './catalogue.ts'
import { RestConnection } from './connection.ts'
import { connectionFailure, RestError } from './errors.ts'
import { Exchange } from './exchange.ts'
import { describeApi } from './openapi.ts'
import { overridden } from './overrides.ts'
import { requestSettings } from './request-settings.ts'
import { SessionPool } from './session-pool.ts'
import { passWarnings } from './warnings.ts'

const PREPARE = new URL('./prepare.sql', import.meta.url)
// PostgREST's standard; more sessions than this do not make two cores faster.
const SESSIONS = 10
const PREFIX = '/rest/v1'

interface Api {
  readonly app: App
  readonly catalogue: Catalogue
  readonly connection: RestConnection
}

/** The Data API: PostgREST's protocol by Lite, on connections of our own that treat the database as PostgREST does. */
export class Rest implements HttpService {
  readonly name = 'rest'
  readonly needs = ['postgres']
  readonly #context: StackContext
  readonly #log: Log
  readonly #tokens: VerifiedTokens
  #api: Api | undefined

  constructor(context: StackContext) {
    this.#context = context
    this.#log = context.log.child({ service: 'rest' })
    this.#tokens = new VerifiedTokens(new Tokens(context.keys, authUrl(context)))
  }

  async prepare(): Promise<void> {
    const client = new pg.Client({ connectionString: databaseUrl(this.#context, 'supabase_admin') })
    await client.connect()
    try {
      await client.query(await readFile(PREPARE, 'utf8'))
    } finally {
      await client.end()
    }
  }

  async start(): Promise<void> {
    passWarnings()
    const pool = new SessionPool(databaseUrl(this.#context, 'authenticator'), SESSIONS)
    const catalogue = new Catalogue({
      url: databaseUrl(this.#context, 'supabase_admin'),
      schemas: this.#context.config.api.schemas,
      log: this.#log,
      onReload: () => pool.renew(),
    })
    const connection = new RestConnection(catalogue, pool)
    this.#api = { app: this.#createApp(connection), catalogue, connection }
    await catalogue.start()
  }

  async ready(): Promise<boolean> {
    return this.#api !== undefined
  }

  async stop(): Promise<void> {
    const api = this.#api
    this.#api = undefined
    await Promise.all([api?.connection.close(), api?.catalogue.stop()])
  }

  async fetch(request: Request): Promise<Response> {
    try {
      const caller = await authenticate(request.headers.get('authorization'), this.#tokens)
      return await this.#answer(request, caller)
    } catch (cause) {
      if (cause instanceof RestError) return cause.toResponse()
      throw cause
    }
  }

  async #answer(request: Request, caller: Caller): Promise<Response> {
    const api = this.#api
    if (!api) throw connectionFailure()
    if (new URL(request.url).pathname === '/') return this.#root(request, caller, api.catalogue.schema)
    const settings = requestSettings(request, caller, { api: this.#context.config.api, schema: api.catalogue.schema })
    const exchange = new Exchange(caller, settings)
    const response = await api.connection.within(exchange, () => api.app.fetch(toLite(request)))
    if (exchange.failure) return exchange.failure.toResponse()
    if (exchange.unexplained !== undefined) return this.#unexplained(exchange)
    return exchange.overrides ? overridden(response, exchange.overrides) : response
  }

  #root(request: Request, { role }: Caller, schema: Schema): Response {
    const { schemas } = this.#context.config.api
    const name = request.headers.get('accept-profile') ?? schemas[0] ?? 'public'
    if (role !== 'service_role')
      throw new RestError(403, {
        code: '42501',
        message: 'Access to schema is forbidden',
        hint: 'The description of the Data API is given to a secret API key alone.',
      })
    if (!schemas.includes(name))
      throw new RestError(406, {
        code: 'PGRST106',
        message: `Invalid schema: ${name}`,
        hint: `Only the following schemas are exposed: ${schemas.join(', ')}`,
      })
    return Response.json(describeApi(schema, name))
  }

  // Lite reads a request to the end before the first statement: what fails until then is the request's fault.
  #unexplained(exchange: Exchange): Response {
    const cause = exchange.unexplained instanceof Error ? exchange.unexplained.message : String(exchange.unexplained)
    if (!exchange.queried)
      return new RestError(400, {
        code: 'PGRST100',
        message: cause,
        details: 'The request could not be parsed.',
      }).toResponse()
    this.#log.error('a request failed', { path: exchange.settings.path, cause })
    return new RestError(500, { code: 'PGRSTX00', message: 'The Data API failed; its log says why.' }).toResponse()
  }

  #createApp(connection: RestConnection): App {
    const { schemas, extra_search_path, max_rows } = this.#context.config.api
    return new App({
      connection,
      // Hosted refuses to change all rows of a table at once as well.
      api: { enabled: true, schemas, extra_search_path, max_rows, pg_safe_update: true },
      auth: { enabled: false },
      storage: { enabled: false },
      studio: { enabled: false },
      db: { migrations: { enabled: false } },
      options: {
        server: {
          disableStudio: true,
          // The token is verified already, and Lite would ask the database for its user.
          apiKeys: { resolver: async () => ({ type: 'publishable', claims: connection.exchange.caller.claims }) },
        },
      },
    })
  }
}

function toLite(request: Request): Request {
  const url = new URL(request.url)
  url.pathname = `${PREFIX}${url.pathname}`
  const headers = new Headers(request.headers)
  headers.delete('authorization')
  headers.set('apikey', 'verified')
  const body = request.body === null ? {} : { body: request.body, duplex: 'half' }
  return new Request(url, { method: request.method, headers, ...body })
}
