import { readdir, readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Wire } from './wire.ts'

const FUNCTIONS = new URL('../../supabase/functions/', import.meta.url)
const ROUTE = /app\.(get|post|put|patch|delete)\(\s*'([^']+)',\s*route\.(none|user|service)\(/g

/** What came of knocking: the status, the code of a refusal, and the whole answer. */
export interface Reception {
  readonly status: number
  readonly code: string | undefined
  readonly body: string
}

/** A way in, for those with a token of a signed-in user unless it says otherwise. */
export interface Door {
  readonly name: string
  readonly for: 'none' | 'user' | 'service'
  /** What is refused here looks like this. */
  readonly refusal: { readonly status: number; readonly code: RegExp }
  readonly path: string
  readonly init?: RequestInit
}

// Auth says it by another name to clients that ask for no version.
const Refused = z.looseObject({ code: z.unknown().optional(), error_code: z.unknown().optional() })

/** Every route of every function, as its source declares it. */
async function readRoutes(): Promise<readonly Door[]> {
  const names = (await readdir(FUNCTIONS, { withFileTypes: true })).flatMap((entry) =>
    entry.isDirectory() && !entry.name.startsWith('_') ? [entry.name] : [],
  )
  const routes = await Promise.all(
    names.map(async (name) => {
      const source = await readFile(new URL(`${name}/handler.ts`, FUNCTIONS), 'utf8')
      return [...source.matchAll(ROUTE)].map(([, method = '', path = '', kind]): Door => {
        const audience = z.enum(['none', 'user', 'service']).parse(kind)
        const url = `/functions/v1/${name}${path.replace(/:\w+/g, crypto.randomUUID())}`
        return {
          name: `${method} ${name}${path}`,
          for: audience,
          refusal:
            audience === 'service'
              ? { status: 403, code: /^service_only$/ }
              : { status: 401, code: /^not_authenticated$/ },
          path: url.replace(/\/$/, ''),
          init: { method: method.toUpperCase() },
        }
      })
    }),
  )
  return routes.flat()
}

/** The ways into the Data API, Storage and Auth for `viewer`, and every route of every function. */
export async function readDoors(viewer: string): Promise<readonly Door[]> {
  const data = { status: 401, code: /^PGRST30[13]$/ }
  const storage = { status: 400, code: /^AccessDenied$/ }
  const post = (body: string): RequestInit => ({ method: 'POST', body })
  return [
    { name: 'a table', for: 'user', refusal: data, path: `/rest/v1/personal_details?user_id=eq.${viewer}` },
    {
      name: 'a change of a table',
      for: 'user',
      refusal: data,
      path: `/rest/v1/preferences?user_id=eq.${viewer}`,
      init: { method: 'PATCH', body: '{"units": "metric"}' },
    },
    { name: 'a function', for: 'user', refusal: data, path: '/rest/v1/rpc/my_account', init: post('{}') },
    {
      name: 'a list of files',
      for: 'user',
      refusal: storage,
      path: '/storage/v1/object/list/avatars',
      init: post(`{"prefix": "${viewer}"}`),
    },
    {
      name: 'an upload',
      for: 'user',
      refusal: storage,
      path: `/storage/v1/object/avatars/${viewer}/token.txt`,
      init: post('x'),
    },
    { name: 'Auth', for: 'user', refusal: { status: 403, code: /^bad_jwt$/ }, path: '/auth/v1/user' },
    ...(await readRoutes()),
  ]
}

/** Knocks with a token, or with none. */
export async function knock({ stack }: Wire, { path, init }: Door, token: string | undefined): Promise<Reception> {
  const { api_url: url, publishable_key: key } = stack.status
  const response = await fetch(`${url}${path}`, {
    ...init,
    headers: {
      apikey: key,
      'x-undo': 'yes',
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  })
  const body = await response.text()
  return { status: response.status, code: codeOf(response, body), body }
}

function codeOf({ ok, headers }: Response, body: string): string | undefined {
  if (ok || !headers.get('content-type')?.includes('json')) return undefined
  const { code, error_code: codeOfAuth } = Refused.parse(JSON.parse(body))
  return z
    .string()
    .optional()
    .catch(undefined)
    .parse(codeOfAuth ?? code)
}
