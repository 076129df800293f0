import type { StackConfig } from '../config.ts'
import type { Caller } from './authentication.ts'
import type { Schema } from './catalogue.ts'
import type { RequestSettings } from './settings.ts'

/** What the transaction of `request` is told about it, as PostgREST tells it. */
export function requestSettings(
  request: Request,
  caller: Caller,
  known: { readonly api: StackConfig['api']; readonly schema: Schema },
): RequestSettings {
  const { pathname } = new URL(request.url)
  const { cookie, ...headers } = Object.fromEntries(request.headers)
  return {
    role: caller.role,
    claims: JSON.stringify(caller.claims),
    method: request.method,
    path: pathname,
    headers: JSON.stringify(headers),
    cookies: JSON.stringify(parseCookies(cookie)),
    searchPath: searchPath(profile(request), known.api),
    timezone: preferredTimezone(request.headers.get('prefer'), known.schema),
    readOnly: isRead(request.method, pathname, known.schema),
  }
}

function profile({ method, headers }: Request): string | null {
  return headers.get(method === 'GET' || method === 'HEAD' ? 'accept-profile' : 'content-profile')
}

function searchPath(profiled: string | null, api: StackConfig['api']): string {
  const schema = profiled !== null && api.schemas.includes(profiled) ? profiled : (api.schemas[0] ?? 'public')
  return [schema, ...api.extra_search_path].map((name) => `"${name.replaceAll('"', '""')}"`).join(', ')
}

function preferredTimezone(prefer: string | null, schema: Schema): string | undefined {
  const name = /(?:^|,)\s*timezone=([^,\s]+)/.exec(prefer ?? '')?.[1]
  return name !== undefined && schema.timezones?.includes(name) ? name : undefined
}

// A function that promises to change nothing is held to it, whichever way it is called.
function isRead(method: string, pathname: string, schema: Schema): boolean {
  if (method === 'GET' || method === 'HEAD') return true
  const name = /^\/rpc\/([^/]+)$/.exec(pathname)?.[1]
  const overloads = schema.functions?.filter((candidate) => candidate.name === name) ?? []
  return overloads.length > 0 && overloads.every(({ volatility }) => volatility !== 'v')
}

function parseCookies(header: string | undefined): Readonly<Record<string, string>> {
  const pairs = (header ?? '').split(';').map((pair) => /^\s*([^=\s]+)=(.*?)\s*$/.exec(pair))
  return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1] ?? '', pair[2] ?? '']] : [])))
}
