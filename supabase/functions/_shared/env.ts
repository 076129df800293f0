import { z } from 'zod'

const json = <T>(schema: z.ZodType<T>) =>
  z
    .string({ error: 'is not set' })
    .transform((text, issue): unknown => {
      try {
        return JSON.parse(text)
      } catch {
        issue.addIssue('is not JSON')
        return z.NEVER
      }
    })
    .pipe(schema)

const NamedKeys = json(
  z.record(z.string(), z.string().min(1)).refine((keys) => 'default' in keys, 'has no default key'),
)
const Jwks = json(z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }))

// A password goes over no line that anybody can read.
const SmtpUrl = z.url({ protocol: /^smtps?$/, error: 'is not a URL of smtps' }).refine(
  (text) => {
    const { protocol, password, searchParams } = new URL(text)
    return protocol === 'smtps:' || password === '' || searchParams.get('requireTLS') === 'true'
  },
  { error: 'has a password: make it smtps://, or add ?requireTLS=true' },
)

const Variables = z.object({
  SUPABASE_URL: z.url({ error: 'is not a URL' }),
  SUPABASE_PUBLISHABLE_KEYS: NamedKeys,
  SUPABASE_SECRET_KEYS: NamedKeys,
  SUPABASE_JWKS: Jwks,
  SUPABASE_SERVICE_ROLE_KEY: z.string().optional(),
  DENO_DEPLOYMENT_ID: z.string().default('local'),
  SMTP_URL: SmtpUrl.optional(),
  MAIL_FROM: z.string().min(1).optional(),
})
const Environment = Variables.refine(({ SMTP_URL, MAIL_FROM }) => SMTP_URL === undefined || MAIL_FROM !== undefined, {
  path: ['MAIL_FROM'],
  error: 'is not set',
})

/** Where mails are handed over, and who they are from. */
export interface MailServer {
  readonly url: string
  readonly from: string
}

/** What the platform tells every function: where Supabase is, and the keys to it. */
export interface Env {
  readonly supabaseUrl: string
  readonly publishableKey: string
  readonly secretKey: string
  /** Every key that proves to be the backend: the secret keys by any name, and the legacy one. */
  readonly serviceKeys: readonly string[]
  /** The public keys of users' access tokens. */
  readonly jwks: z.infer<typeof Jwks>
  /** Which deployment of the function this is. */
  readonly version: string
  /** Undefined where the project has none. */
  readonly mailServer: MailServer | undefined
}

/** Reads every variable once. Throws with all problems together. */
export function readEnv(get: (name: string) => string | undefined): Env {
  const names = Object.keys(Variables.shape)
  const result = Environment.safeParse(Object.fromEntries(names.map((name) => [name, get(name)])))
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`)
    throw new Error(`environment: ${problems.join('; ')}`)
  }
  const { data } = result
  const { SUPABASE_SERVICE_ROLE_KEY: legacy, SMTP_URL: url, MAIL_FROM: from } = data
  return {
    supabaseUrl: data.SUPABASE_URL,
    publishableKey: data.SUPABASE_PUBLISHABLE_KEYS.default ?? '',
    secretKey: data.SUPABASE_SECRET_KEYS.default ?? '',
    serviceKeys: [...Object.values(data.SUPABASE_SECRET_KEYS), ...(legacy ? [legacy] : [])],
    jwks: data.SUPABASE_JWKS,
    version: data.DENO_DEPLOYMENT_ID,
    mailServer: url !== undefined && from !== undefined ? { url, from } : undefined,
  }
}
