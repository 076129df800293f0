import { z } from 'zod'
import { isUnreachable, type Sql } from './database.ts'
import { AuthError } from './errors.ts'
import type { Json } from './json.ts'
import { AUTHENTICATED } from './users.ts'

const TIMEOUT_MS = 2_000

/** What the hook may do to a token: GoTrue's `MinimumViableTokenSchema`. */
const HookClaims = z.looseObject({
  aud: z.union([z.string(), z.array(z.unknown())]),
  exp: z.int(),
  iat: z.int(),
  sub: z.string(),
  email: z.string(),
  phone: z.string(),
  role: z.string(),
  aal: z.string(),
  session_id: z.string(),
  is_anonymous: z.unknown().refine((value) => value !== undefined, 'is_anonymous is required'),
  jti: z.string().optional(),
  iss: z.string().optional(),
  nbf: z.int().optional(),
  app_metadata: z.record(z.string(), z.unknown()).optional(),
  user_metadata: z.record(z.string(), z.unknown()).optional(),
  amr: z.array(z.union([z.string(), z.record(z.string(), z.unknown())])).optional(),
})

const HookError = z.object({ error: z.object({ http_code: z.int().default(0), message: z.string().default('') }) })

/** The claims of one access token. */
export type TokenClaims = Readonly<Record<string, unknown>>

/**
 * Asks the project's function what the token of a sign-in shall say, within the transaction of that sign-in.
 * Rejects with the function's own status and message when it refuses, and with a 500 when its claims are no token's.
 */
export async function callTokenHook(
  sql: Sql,
  hook: string,
  event: {
    readonly user_id: string
    readonly claims: TokenClaims
    readonly authentication_method: string
    readonly ip: string | null
  },
): Promise<TokenClaims> {
  const { ip, ...rest } = event
  return outputClaims(await ask(sql, hook, { name: 'customize-access-token', ip }, rest))
}

/**
 * Asks the project's function, where it has one, whether there shall be this user, who is not stored yet, within the
 * transaction of the sign-up. Rejects with the function's own status and message when it refuses.
 */
export async function callUserHook(
  sql: Sql,
  hook: string | undefined,
  ip: string | null,
  user: {
    readonly email: string | null
    readonly appMetadata: Json
    readonly userMetadata: Json
    readonly isAnonymous?: boolean
  },
): Promise<void> {
  if (hook === undefined) return
  const event = {
    user: {
      aud: AUTHENTICATED,
      role: AUTHENTICATED,
      email: user.email ?? '',
      phone: '',
      app_metadata: user.appMetadata,
      user_metadata: user.userMetadata,
      is_anonymous: user.isAnonymous ?? false,
    },
  }
  await ask(sql, hook, { name: 'before-user-created', ip }, event).catch((cause: unknown) => {
    if (cause instanceof AuthError || isUnreachable(cause)) throw cause
    throw new AuthError(500, 'unexpected_failure', 'Error running hook', { cause })
  })
}

async function ask(
  sql: Sql,
  hook: string,
  { name, ip }: { readonly name: string; readonly ip: string | null },
  event: object,
): Promise<unknown> {
  const input = {
    metadata: {
      uuid: crypto.randomUUID(),
      time: new Date().toISOString(),
      name,
      ...(ip === null ? {} : { ip_address: ip }),
    },
    ...event,
  }
  await sql.all(`set local statement_timeout = ${TIMEOUT_MS}`)
  const row = await sql.first<{ output: unknown }>(`select ${hook}($1) as output`, [JSON.stringify(input)])
  await sql.all('set local statement_timeout = default')
  const refused = HookError.safeParse(row?.output)
  if (refused.success && refused.data.error.message !== '') {
    const { http_code, message } = refused.data.error
    const status = http_code >= 400 && http_code <= 599 ? http_code : 500
    throw new AuthError(status, status === 500 ? 'unexpected_failure' : 'unknown', message)
  }
  return row?.output
}

function outputClaims(output: unknown): TokenClaims {
  const parsed = z.object({ claims: z.record(z.string(), z.unknown()) }).safeParse(output)
  if (!parsed.success) throw new AuthError(500, 'unexpected_failure', 'output claims field is missing')
  const { claims } = parsed.data
  const checked = HookClaims.safeParse(claims)
  if (!checked.success)
    throw new AuthError(
      500,
      'unexpected_failure',
      `output claims do not conform to the expected schema: \n${z.prettifyError(checked.error)}`,
    )
  return claims
}
