import { z } from 'zod'
import type { Sql } from './database.ts'
import { AuthError } from './errors.ts'

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
  const input = {
    metadata: {
      uuid: crypto.randomUUID(),
      time: new Date().toISOString(),
      name: 'customize-access-token',
      ...(ip === null ? {} : { ip_address: ip }),
    },
    ...rest,
  }
  await sql.all(`set local statement_timeout = ${TIMEOUT_MS}`)
  const row = await sql.first<{ output: unknown }>(`select ${hook}($1) as output`, [JSON.stringify(input)])
  await sql.all('set local statement_timeout = default')
  return outputClaims(row?.output)
}

function outputClaims(output: unknown): TokenClaims {
  const refused = HookError.safeParse(output)
  if (refused.success && refused.data.error.message !== '') {
    const { http_code, message } = refused.data.error
    const status = http_code >= 400 && http_code <= 599 ? http_code : 500
    throw new AuthError(status, status === 500 ? 'unexpected_failure' : 'unknown', message)
  }
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
