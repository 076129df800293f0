import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { z } from 'zod'

const Bytes = z.string().transform((text, issue) => {
  const match = /^(\d+)\s*(B|KB|MB|GB|KiB|MiB|GiB)$/i.exec(text)
  if (match) {
    const unit = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 }
    const factor = Object.entries(unit).find(([name]) => name === match[2]?.toLowerCase())?.[1] ?? 1
    return Number(match[1]) * factor
  }
  issue.addIssue(`not a size: ${text}`)
  return z.NEVER
})

const Bucket = z.object({
  public: z.boolean().default(false),
  file_size_limit: Bytes.optional(),
  allowed_mime_types: z.array(z.string()).optional(),
})

const Template = z.object({ subject: z.string().optional(), content_path: z.string().optional() })

const Auth = z.looseObject({
  site_url: z.string().default('http://127.0.0.1:3000'),
  additional_redirect_urls: z.array(z.string()).default([]),
  jwt_expiry: z.int().positive().default(3600),
  enable_refresh_token_rotation: z.boolean().default(true),
  refresh_token_reuse_interval: z.int().nonnegative().default(10),
  enable_signup: z.boolean().default(true),
  enable_anonymous_sign_ins: z.boolean().default(false),
  enable_manual_linking: z.boolean().default(false),
  minimum_password_length: z.int().default(6),
  password_requirements: z.string().default(''),
  sessions: z.looseObject({ timebox: z.string().optional(), inactivity_timeout: z.string().optional() }).prefault({}),
  rate_limit: z.looseObject({}).prefault({}),
  email: z
    .looseObject({
      enabled: z.boolean().default(true),
      double_confirm_changes: z.boolean().default(true),
      enable_confirmations: z.boolean().default(false),
      secure_password_change: z.boolean().default(false),
      max_frequency: z.string().default('1s'),
      otp_length: z.int().default(6),
      otp_expiry: z.int().default(3600),
      template: z.record(z.string(), Template).default({}),
      notification: z.record(z.string(), Template.extend({ enabled: z.boolean().default(false) })).default({}),
    })
    .prefault({}),
  hook: z
    .record(z.string(), z.object({ enabled: z.boolean().default(false), uri: z.string().default('') }))
    .default({}),
  mfa: z
    .looseObject({
      max_enrolled_factors: z.int().positive().default(10),
      totp: z
        .object({ enroll_enabled: z.boolean().default(false), verify_enabled: z.boolean().default(false) })
        .prefault({}),
    })
    .prefault({}),
  external: z
    .record(
      z.string(),
      z.looseObject({
        enabled: z.boolean().default(false),
        client_id: z.string().default(''),
        secret: z.string().default(''),
        url: z.string().default(''),
        skip_nonce_check: z.boolean().default(false),
      }),
    )
    .default({}),
})

const Config = z.looseObject({
  project_id: z.string(),
  api: z
    .looseObject({
      port: z.int().default(54321),
      schemas: z.array(z.string()).default(['public']),
      extra_search_path: z.array(z.string()).default(['public', 'extensions']),
      max_rows: z.int().default(1000),
    })
    .prefault({}),
  db: z
    .looseObject({
      port: z.int().default(54322),
      seed: z
        .looseObject({ enabled: z.boolean().default(true), sql_paths: z.array(z.string()).default([]) })
        .prefault({}),
    })
    .prefault({}),
  local_smtp: z.looseObject({ port: z.int().default(54324), smtp_port: z.int().default(54325) }).prefault({}),
  realtime: z.looseObject({}).prefault({}),
  storage: z
    .looseObject({
      file_size_limit: Bytes.prefault('50MiB'),
      buckets: z.record(z.string(), Bucket).default({}),
    })
    .prefault({}),
  auth: Auth.prefault({}),
  functions: z
    .record(
      z.string(),
      z.looseObject({
        enabled: z.boolean().default(true),
        verify_jwt: z.boolean().default(true),
        entrypoint: z.string().optional(),
        import_map: z.string().optional(),
      }),
    )
    .default({}),
  edge_runtime: z.looseObject({ secrets: z.record(z.string(), z.string()).default({}) }).prefault({}),
})

/** What the stack reads of `supabase/config.toml`; keys as the file spells them, sizes in bytes. */
export type StackConfig = Readonly<z.infer<typeof Config>>

/**
 * Reads `supabase/config.toml` below `projectDir`; `env(NAME)` values are taken from the environment.
 * Rejects with every problem of the file in one message.
 */
export async function readConfig(projectDir: string): Promise<StackConfig> {
  const path = join(projectDir, 'supabase', 'config.toml')
  const text = (await readFile(path, 'utf8')).replace(/"env\((\w+)\)"/g, (_, name: string) =>
    JSON.stringify(process.env[name] ?? ''),
  )
  const result = Config.safeParse(parse(text))
  if (!result.success) throw new Error(`${path}: ${z.prettifyError(result.error)}`)
  return result.data
}
