import { createAdaptorServer } from '@hono/node-server'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { Auth } from '../../stack/auth/auth.ts'
import { readConfig, type StackConfig } from '../../stack/config.ts'
import type { StackContext } from '../../stack/context.ts'
import { generateKeys } from '../../stack/keys.ts'
import { createLog } from '../../stack/log.ts'
import { Mail } from '../../stack/mail/mail.ts'
import { freePorts } from '../../stack/ports.ts'
import { freshEmail, newClient } from '../support/clients.ts'
import { type Mail as Message, mailTo } from '../support/mailbox.ts'
import { sql, stack } from '../support/stack.ts'

export const PASSWORD = 'correct-horse-battery'

/** The code of six digits in a mail of Auth's. */
export function codeOf({ Text }: Pick<Message, 'Text'>): string {
  const code = /^\d{6}$/m.exec(Text)?.[0]
  if (code === undefined) throw new Error(`no code in: ${Text}`)
  return code
}

/** The link in a mail of Auth's. */
export function linkOf({ Text }: Pick<Message, 'Text'>): URL {
  const link = /http\S+\/auth\/v1\/verify\S+/.exec(Text)?.[0]
  if (link === undefined) throw new Error(`no link in: ${Text}`)
  return new URL(link)
}

/** Follows a link of a mail as a browser does, up to the app it leads to. */
export async function follow(link: URL): Promise<URL> {
  const response = await fetch(link, { redirect: 'manual' })
  const location = response.headers.get('location')
  if (response.status !== 303 || location === null) throw new Error(`${link}: ${response.status}`)
  return new URL(location)
}

/** The members that Auth put into the fragment of a URL. */
export const fragmentOf = (url: URL): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(url.hash.slice(1)))

/** Signs somebody up who has not confirmed the address yet. Rejects when Auth refuses. */
export async function signUp(name: string): Promise<{ email: string; client: SupabaseClient; mail: Message }> {
  const client = newClient()
  const email = freshEmail(name)
  const { error } = await client.auth.signUp({ email, password: PASSWORD })
  if (error) throw error
  return { email, client, mail: await mailTo(email) }
}

/** Whether a welcome is put down for this user, or went. */
export async function isWelcomed(userId: string | undefined): Promise<boolean> {
  return (await sql`select from private.welcome_mails where user_id = ${userId ?? null}`).length === 1
}

/** Sends JSON to Auth of the shared stack, as no client of ours would. */
export async function send(
  method: string,
  path: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const response = await fetch(`${stack.api_url}/auth/v1${path}`, {
    method,
    headers: { apikey: stack.publishable_key, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text), headers: response.headers }
}

/** An Auth of the test's own, beside the shared stack's. */
export interface OwnAuth extends AsyncDisposable {
  readonly context: StackContext
  readonly url: string
  readonly logs: readonly string[]
  readonly mail: Mail
  client(): SupabaseClient
  admin(): SupabaseClient
}

/**
 * Starts an Auth and a mailbox with other settings than the project's: on the shared stack's database, or on that of
 * `base`. Rejects as `Auth.start` does.
 */
export async function startAuth(
  overrides: { readonly auth?: Partial<StackConfig['auth']>; readonly email?: Partial<StackConfig['auth']['email']> },
  base?: StackContext,
): Promise<OwnAuth> {
  const config = base?.config ?? (await readConfig(process.cwd()))
  const ports = base?.ports ?? { ...(await freePorts(0)), postgres: Number(new URL(stack.db_url).port) }
  const logs: string[] = []
  const auth = { ...config.auth, ...overrides.auth, email: { ...config.auth.email, ...overrides.email } }
  const context: StackContext = {
    config: { ...config, auth },
    keys: base?.keys ?? (await generateKeys()),
    projectDir: process.cwd(),
    dataDir: '',
    ports,
    log: createLog((line) => logs.push(line)),
  }
  const mail = new Mail(context)
  const service = new Auth(context)
  const server = createAdaptorServer({ fetch: (request: Request) => service.fetch(withoutPrefix(request)) })
  const stop = async (): Promise<void> => {
    await new Promise((resolve) => server.close(resolve))
    await service.stop()
    await mail.stop()
  }
  try {
    await mail.start()
    await service.start()
    await new Promise<void>((resolve) => server.listen(ports.gateway, '127.0.0.1', resolve))
  } catch (cause) {
    await stop()
    throw cause
  }
  const url = `http://127.0.0.1:${ports.gateway}`
  const clientOf = (key: string): SupabaseClient =>
    createClient(url, key, { auth: { autoRefreshToken: false, persistSession: false, detectSessionInUrl: false } })
  return {
    context,
    url,
    logs,
    mail,
    client: () => clientOf(context.keys.anonKey),
    admin: () => clientOf(context.keys.serviceRoleKey),
    [Symbol.asyncDispose]: stop,
  }
}

function withoutPrefix(request: Request): Request {
  const url = new URL(request.url)
  url.pathname = url.pathname.slice('/auth/v1'.length)
  return new Request(url, request)
}
