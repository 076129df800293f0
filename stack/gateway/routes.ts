import type { StackConfig } from '../config.ts'

const MIB = 2 ** 20

/** What the gateway does for one prefix before the service behind it sees the request. */
export interface Route {
  readonly prefix: string
  readonly service: RoutedService
  /** The longest request body in bytes. */
  readonly bodyLimit: number
  /** Whether the body is passed on as it comes, for services that take large ones. */
  readonly streams: boolean
  /** Paths below the prefix that need no API key, because they are opened by browsers or check for themselves. */
  readonly open: RegExp | undefined
  /** Whether the service answers preflights and sets its CORS headers itself. */
  readonly ownCors: boolean
}

// The services behind the gateway, by the name of their prefix.
type RoutedService = 'rest' | 'auth' | 'storage' | 'realtime' | 'functions'

/** A request's route, and what is left of its path. */
export interface Match {
  readonly route: Route
  readonly path: string
}

/** The prefixes of hosted Supabase, with limits that `config` decides where it can. */
export function createRoutes(config: StackConfig): readonly Route[] {
  const route = (service: RoutedService, rest: Partial<Route> = {}): Route => ({
    prefix: `/${service}/v1`,
    service,
    bodyLimit: MIB,
    streams: false,
    open: undefined,
    ownCors: false,
    ...rest,
  })
  return [
    route('rest', { bodyLimit: 4 * MIB }),
    route('auth', { open: /^\/(verify|callback|authorize)$|^\/\.well-known\/|^\/(oauth|sso\/saml)\// }),
    // Storage knows its own limits; the room on top is for multipart boundaries, so that its error is the one seen.
    route('storage', { bodyLimit: config.storage.file_size_limit + MIB, streams: true, open: /^/ }),
    route('realtime', { bodyLimit: 4 * MIB }),
    route('functions', { bodyLimit: 20 * MIB, streams: true, open: /^/, ownCors: true }),
  ]
}

/** The route that `pathname` belongs to, or nothing. `pathname` must be that of a parsed URL, without `..` in it. */
export function matchRoute(routes: readonly Route[], pathname: string): Match | undefined {
  for (const route of routes) {
    if (pathname === route.prefix) return { route, path: '/' }
    if (pathname.startsWith(`${route.prefix}/`)) return { route, path: pathname.slice(route.prefix.length) }
  }
  return undefined
}
