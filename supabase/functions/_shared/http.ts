import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { type Context, type Handler, Hono } from 'hono'
import { cors } from 'hono/cors'
import { z } from 'zod'
import { Guard, type User } from './auth.ts'
import type { Env } from './env.ts'
import { AppError, DatabaseRefusal } from './errors.ts'
import { countAddress, countRequest } from './limits.ts'

/** What every handler is given. */
interface RouteContext {
  readonly request: Request
  readonly requestId: string
  /** The id of the path `/…/:id`. Throws invalid_path when it is no UUID. */
  readonly pathId: () => string
}

/** What the handler of a user's route is given: the user, and a client that row-level security binds to them. */
interface UserContext extends RouteContext {
  readonly user: User
  readonly db: SupabaseClient
}

/** What the handler of the backend's own route is given: a client that no policy binds. */
interface ServiceContext extends RouteContext {
  readonly admin: SupabaseClient
}

/** The three kinds of route. Each admits whom it names, and gives its handler no more than that caller may use. */
interface Routes {
  /** Counted by address, except for who brings a secret key. */
  none(handle: (context: RouteContext) => Promise<Response>): Handler
  /** Counted by user. */
  user(handle: (context: UserContext) => Promise<Response>): Handler
  service(handle: (context: ServiceContext) => Promise<Response>): Handler
}

const REQUEST_ID = /^[\w-]{8,64}$/
const CLIENT_OPTIONS = { auth: { persistSession: false, autoRefreshToken: false } } as const

/**
 * A function's application below its name, and the kinds of route to give it.
 * Whatever a handler throws is answered in the product's shape: an AppError as itself, anything else as `internal`,
 * its cause logged under the request's id and never sent.
 *
 * @example
 * const { app, route } = createApp('imports', env)
 * app.post('/:id/undo', route.user(async ({ db, pathId }) => …))
 */
export function createApp(name: string, env: Env): { readonly app: Hono; readonly route: Routes } {
  const app = new Hono().basePath(`/${name}`)
  app.use(
    cors({ origin: '*', allowHeaders: ALLOWED_HEADERS, exposeHeaders: ['x-request-id', 'retry-after'], maxAge: 3600 }),
  )
  app.use(async (c, next) => {
    await next()
    c.header('x-request-id', requestIdOf(c))
  })
  app.onError((cause, c) => {
    if (cause instanceof AppError || cause instanceof DatabaseRefusal) return errorResponse(cause, c)
    console.error(JSON.stringify({ requestId: requestIdOf(c), cause: cause.stack ?? String(cause) }))
    return errorResponse(new AppError('internal', { cause }), c)
  })
  app.notFound((c) => errorResponse(new AppError('route_not_found', { details: `${c.req.method} ${c.req.path}` }), c))
  return { app, route: createRoutes(env) }
}

/** A client that no policy binds, for the backend's own work. */
export function adminClient(env: Env): SupabaseClient {
  return createClient(env.supabaseUrl, env.secretKey, CLIENT_OPTIONS)
}

const ALLOWED_HEADERS = ['authorization', 'apikey', 'content-type', 'x-client-info', 'x-request-id', 'idempotency-key']
const requestIds = new WeakMap<Request, string>()

function createRoutes(env: Env): Routes {
  const guard = new Guard(env)
  const admin = adminClient(env)
  const base = (c: Context): RouteContext => ({
    request: c.req.raw,
    requestId: requestIdOf(c),
    pathId: () => pathIdOf(c),
  })
  return {
    none: (handle) => async (c) => {
      const { headers } = c.req.raw
      if (!guard.isService(headers)) await countAddress(admin, headers)
      return handle(base(c))
    },
    user: (handle) => async (c) => {
      const user = await guard.user(c.req.raw.headers)
      const db = createClient(env.supabaseUrl, env.publishableKey, {
        ...CLIENT_OPTIONS,
        accessToken: async () => user.accessToken,
      })
      await countRequest(db)
      return handle({ ...base(c), user, db })
    },
    service: (handle) => async (c) => {
      guard.service(c.req.raw.headers)
      return handle({ ...base(c), admin })
    },
  }
}

function errorResponse(error: AppError | DatabaseRefusal, c: Context): Response {
  const response = error.toResponse()
  response.headers.set('x-request-id', requestIdOf(c))
  return response
}

function pathIdOf(c: Context): string {
  const id = z.uuid().safeParse(c.req.param('id'))
  if (!id.success) throw new AppError('invalid_path', { details: c.req.path })
  return id.data
}

// The gateway's or hosted's where it sent one, so that one id follows the request through every log.
function requestIdOf(c: Context): string {
  const request = c.req.raw
  const given = request.headers.get('x-request-id') ?? request.headers.get('sb-request-id') ?? ''
  const known = requestIds.get(request) ?? (REQUEST_ID.test(given) ? given : crypto.randomUUID())
  requestIds.set(request, known)
  return known
}
