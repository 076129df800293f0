import { join } from 'node:path'
import { z } from 'zod'
import { apiUrl, authUrl, type StackContext } from '../context.ts'
import type { ProviderSettings } from './oidc.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const DIGITS = '0123456789'
const SYMBOLS = '!@#$%^&*()_+-=[]{};\'\\:"|<>?,./`~'

/** The sets of characters of which a password needs one each, by the names of `password_requirements`. */
const REQUIREMENTS: Readonly<Record<string, readonly string[]>> = {
  '': [],
  letters_digits: [LETTERS + LETTERS.toUpperCase(), DIGITS],
  lower_upper_letters_digits: [LETTERS, LETTERS.toUpperCase(), DIGITS],
  lower_upper_letters_digits_symbols: [LETTERS, LETTERS.toUpperCase(), DIGITS, SYMBOLS],
}

const RateLimits = z.object({
  email_sent: z.number().default(2),
  anonymous_users: z.number().default(30),
  token_refresh: z.number().default(150),
  sign_in_sign_ups: z.number().default(30),
  token_verifications: z.number().default(30),
})

const Smtp = z
  .object({
    enabled: z.boolean().default(true),
    admin_email: z.string().default('admin@email.com'),
    sender_name: z.string().default('Supabase Auth'),
  })
  .prefault({ enabled: false })

/** What Auth does differently from one project to another; times in milliseconds. */
export interface AuthSettings {
  readonly apiUrl: string
  /** The base of Auth's own URLs, which is also the issuer of its tokens. */
  readonly authUrl: string
  readonly siteUrl: string
  readonly redirectUrls: readonly string[]
  readonly signUpEnabled: boolean
  readonly emailEnabled: boolean
  readonly anonymousEnabled: boolean
  /** Whether users may add and remove ways to sign in themselves. */
  readonly manualLinking: boolean
  readonly confirmEmail: boolean
  readonly doubleConfirmEmailChange: boolean
  readonly reauthenticateForPassword: boolean
  readonly tokenSeconds: number
  readonly rotateRefreshTokens: boolean
  readonly reuseIntervalMs: number
  /** 0 for sessions without an end. */
  readonly sessionTimeboxMs: number
  readonly sessionInactivityMs: number
  readonly otpLength: number
  readonly otpExpiryMs: number
  readonly mailIntervalMs: number
  readonly passwordLength: number
  readonly passwordCharacters: readonly string[]
  readonly rateLimits: Readonly<z.infer<typeof RateLimits>>
  /** Second factors by authenticator app. */
  readonly mfa: { readonly enrol: boolean; readonly verify: boolean; readonly maxFactors: number }
  /** Mails an hour from this project; undefined where no SMTP server of its own is configured, as in `supabase start`. */
  readonly mailsPerHour: number | undefined
  readonly sender: { readonly name: string; readonly address: string }
  /** Subject, and the file of the body, by the template's name. */
  readonly templates: Readonly<Record<string, { readonly subject?: string; readonly path?: string }>>
  /** The same for the mails that tell of a change, as far as the project wants them. */
  readonly notices: Readonly<Record<string, { readonly subject?: string; readonly path?: string }>>
  /** The function that customises access tokens, quoted for SQL. */
  readonly tokenHook: string | undefined
  /** The function that is asked before a user is created, quoted for SQL. */
  readonly userHook: string | undefined
  /** Providers that people can sign in at here. */
  readonly providers: readonly ProviderSettings[]
  /** Providers that the project has on hosted and this stack does not serve. */
  readonly foreignProviders: readonly string[]
}

/**
 * Reads Auth's settings from `config.toml`.
 * Throws, naming the setting, for one that this Auth cannot honour and that would matter if it were passed over.
 */
export function readSettings(context: StackContext): AuthSettings {
  const { auth } = context.config
  const { email } = auth
  const smtp = readSmtp(context)
  const limits = RateLimits.parse(auth.rate_limit)
  return {
    apiUrl: apiUrl(context),
    authUrl: authUrl(context),
    siteUrl: auth.site_url,
    redirectUrls: auth.additional_redirect_urls,
    signUpEnabled: auth.enable_signup,
    emailEnabled: email.enabled,
    anonymousEnabled: auth.enable_anonymous_sign_ins,
    manualLinking: auth.enable_manual_linking,
    confirmEmail: email.enable_confirmations,
    doubleConfirmEmailChange: email.double_confirm_changes,
    reauthenticateForPassword: email.secure_password_change,
    tokenSeconds: auth.jwt_expiry,
    rotateRefreshTokens: auth.enable_refresh_token_rotation,
    reuseIntervalMs: auth.refresh_token_reuse_interval * 1000,
    sessionTimeboxMs: parseDuration(auth.sessions.timebox ?? '0', '[auth.sessions] timebox'),
    sessionInactivityMs: parseDuration(auth.sessions.inactivity_timeout ?? '0', '[auth.sessions] inactivity_timeout'),
    otpLength: email.otp_length,
    otpExpiryMs: email.otp_expiry * 1000,
    mailIntervalMs: parseDuration(email.max_frequency, '[auth.email] max_frequency'),
    passwordLength: auth.minimum_password_length,
    passwordCharacters: requirements(auth.password_requirements),
    rateLimits: limits,
    mfa: {
      enrol: auth.mfa.totp.enroll_enabled,
      verify: auth.mfa.totp.verify_enabled,
      maxFactors: auth.mfa.max_enrolled_factors,
    },
    mailsPerHour: smtp.enabled ? limits.email_sent : undefined,
    sender: readSender(context),
    templates: templatesOf(email.template, context),
    notices: templatesOf(
      Object.fromEntries(Object.entries(email.notification).filter(([, { enabled }]) => enabled)),
      context,
    ),
    ...hooksOf(auth.hook),
    ...providersOf(auth.external),
  }
}

const readSmtp = ({ config }: Pick<StackContext, 'config'>): z.infer<typeof Smtp> =>
  Smtp.parse(config.auth.email.smtp ?? undefined)

/** Whom the project's mails are from. Throws where `[auth.email.smtp]` is not what it should be. */
export function readSender(context: Pick<StackContext, 'config'>): AuthSettings['sender'] {
  const { sender_name: name, admin_email: address } = readSmtp(context)
  return { name, address }
}

/** Parses a duration as Go writes it (`1h30m`, `300ms`, `0`). Throws, naming `what`, when it is none. */
export function parseDuration(value: string, what: string): number {
  if (value === '0') return 0
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== value)
    throw new Error(`${what}: not a duration: ${value}`)
  const unit: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
  return parts.reduce((sum, [, amount, name]) => sum + Number(amount) * (unit[name ?? ''] ?? 0), 0)
}

const GOOGLE = 'https://accounts.google.com'

// `url` is the issuer, for a provider that is tried on this machine.
function providersOf(
  external: StackContext['config']['auth']['external'],
): Pick<AuthSettings, 'providers' | 'foreignProviders'> {
  const { google, ...others } = external
  const foreignProviders = Object.entries(others).flatMap(([name, { enabled }]) => (enabled ? [name] : []))
  if (!google?.enabled) return { providers: [], foreignProviders }
  const clientIds = google.client_id.split(',').flatMap((id) => (id.trim() === '' ? [] : [id.trim()]))
  if (clientIds.length === 0) throw new Error('[auth.external.google] client_id is missing')
  if (google.secret === '') throw new Error('[auth.external.google] secret is missing')
  const { url, secret, skip_nonce_check: skipNonceCheck } = google
  return { providers: [{ name: 'google', issuer: url || GOOGLE, clientIds, secret, skipNonceCheck }], foreignProviders }
}

function requirements(name: string): readonly string[] {
  const sets = REQUIREMENTS[name]
  if (!sets) throw new Error(`[auth] password_requirements: unknown: ${name}`)
  return sets
}

function templatesOf(
  templates: StackContext['config']['auth']['email']['template'],
  { projectDir }: StackContext,
): AuthSettings['templates'] {
  return Object.fromEntries(
    Object.entries(templates).map(([name, { subject, content_path }]) => [
      name,
      {
        ...(subject === undefined ? {} : { subject }),
        ...(content_path === undefined ? {} : { path: join(projectDir, content_path) }),
      },
    ]),
  )
}

function hookOf(
  hooks: StackContext['config']['auth']['hook'],
  name: 'custom_access_token' | 'before_user_created',
): string | undefined {
  const hook = hooks[name]
  if (!hook?.enabled) return undefined
  const match = /^pg-functions:\/\/[^/]+\/([a-zA-Z_][\w$]*)\/([a-zA-Z_][\w$]*)$/.exec(hook.uri)
  if (!match) throw new Error(`[auth.hook.${name}] uri must be pg-functions://postgres/<schema>/<function>`)
  return `"${match[1]}"."${match[2]}"`
}

function hooksOf(hooks: StackContext['config']['auth']['hook']): Pick<AuthSettings, 'tokenHook' | 'userHook'> {
  for (const [name, { enabled }] of Object.entries(hooks))
    if (enabled && name !== 'custom_access_token' && name !== 'before_user_created')
      throw new Error(
        `[auth.hook.${name}] is enabled, but this stack only calls custom_access_token and before_user_created.`,
      )
  return { tokenHook: hookOf(hooks, 'custom_access_token'), userHook: hookOf(hooks, 'before_user_created') }
}
