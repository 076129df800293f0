import { access, readFile } from 'node:fs/promises'
import { dirname, extname, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { readSender } from '../auth/settings.ts'
import { apiUrl, databaseUrl, type StackContext } from '../context.ts'
import { publicJwks } from '../tokens.ts'

/** Where one edge function is and how it is run. */
export interface FunctionDefinition {
  readonly name: string
  readonly entrypoint: string
  readonly verifyJwt: boolean
  /** The Deno configuration or import map that resolves its bare imports. */
  readonly importMap: string | undefined
}

const NAME = /^[A-Za-z][\w-]*$/
const IMPORT_MAPS = ['deno.json', 'deno.jsonc', 'import_map.json']

/** The folder of the project's functions. */
export function functionsFolder(context: Pick<StackContext, 'projectDir'>): string {
  return join(context.projectDir, 'supabase', 'functions')
}

/** Finds the function called `name` as the CLI does; undefined when there is none or `config.toml` disables it. */
export async function findFunction(context: StackContext, name: string): Promise<FunctionDefinition | undefined> {
  if (!NAME.test(name)) return undefined
  const configured = Object.entries(context.config.functions).find(([key]) => key === name)?.[1]
  if (configured?.enabled === false) return undefined
  const folder = join(functionsFolder(context), name)
  const below = (path: string): string => resolve(context.projectDir, 'supabase', path)
  const entrypoint = configured?.entrypoint ? below(configured.entrypoint) : join(folder, 'index.ts')
  if (!(await exists(entrypoint))) return undefined
  return {
    name,
    entrypoint,
    verifyJwt: configured?.verify_jwt ?? true,
    importMap: configured?.import_map ? below(configured.import_map) : await findImportMap(folder),
  }
}

/** The environment of hosted functions, the mailbox, then `[edge_runtime.secrets]` and `supabase/functions/.env`. */
export async function functionEnvironment(context: StackContext, name: string): Promise<Record<string, string>> {
  const { keys } = context
  const file = await readFile(join(functionsFolder(context), '.env'), 'utf8').catch(() => '')
  const own: Record<string, string | undefined> = { ...parseEnv(file), ...context.config.edge_runtime.secrets }
  // Hosted refuses secrets with this prefix.
  const secrets = Object.entries(own).flatMap(([key, value]) =>
    key.startsWith('SUPABASE_') || value === undefined ? [] : [[key, value] as const],
  )
  const sender = readSender(context)
  return {
    // The mailbox, unless the project names a mail server of its own.
    SMTP_URL: `smtp://127.0.0.1:${context.ports.smtp}`,
    MAIL_FROM: `${sender.name} <${sender.address}>`,
    ...Object.fromEntries(secrets),
    SUPABASE_URL: apiUrl(context),
    SUPABASE_DB_URL: databaseUrl(context, 'postgres'),
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secretKey }),
    SUPABASE_JWKS: JSON.stringify(publicJwks(keys)),
    SUPABASE_ANON_KEY: keys.anonKey,
    SUPABASE_SERVICE_ROLE_KEY: keys.serviceRoleKey,
    SUPABASE_FUNCTION_SLUG: name,
    SB_REGION: 'local',
    SB_EXECUTION_ID: crypto.randomUUID(),
    DENO_DEPLOYMENT_ID: `${context.config.project_id}_${name}_1`,
  }
}

/** The flags by which Deno resolves the function's bare imports from the project's own packages. */
export function importFlags(definition: FunctionDefinition): readonly string[] {
  const { importMap } = definition
  if (importMap === undefined) return ['--no-config']
  const isConfig = extname(importMap) === '.jsonc' || importMap.endsWith('deno.json')
  return [`${isConfig ? '--config' : '--import-map'}=${importMap}`]
}

/** The folders a function may read: all functions (for what they share) and the packages. */
export async function readableFolders(context: StackContext): Promise<readonly string[]> {
  const folders = [functionsFolder(context)]
  for (let folder = context.projectDir; ; folder = dirname(folder)) {
    const packages = join(folder, 'node_modules')
    if (await exists(packages)) folders.push(packages)
    if (folder === dirname(folder)) return folders
  }
}

// The function's own comes first, then one for all: `import_map.json` is the CLI's fallback, `deno.json` is what
// editors read, and `import_map` in config.toml names it for a deploy.
async function findImportMap(folder: string): Promise<string | undefined> {
  for (const directory of [folder, dirname(folder)])
    for (const name of IMPORT_MAPS) {
      const path = join(directory, name)
      if (await exists(path)) return path
    }
  return undefined
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
