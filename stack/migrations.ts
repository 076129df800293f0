import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { databaseUrl, type StackContext } from './context.ts'

const require = createRequire(import.meta.url)

/** Runs the official Supabase CLI on this stack's database. Rejects with what it printed. */
export async function supabaseCli(
  context: StackContext,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const manifest = require.resolve('supabase/package.json')
  const { bin }: { bin: { supabase: string } } = JSON.parse(await readFile(manifest, 'utf8'))
  const script = join(dirname(manifest), bin.supabase)
  const remote = `--remote=${databaseUrl(context, 'postgres')}`
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [script, ...args, remote, '--workdir', context.projectDir, '--yes'],
      {
        env: { ...process.env, SUPABASE_TELEMETRY_DISABLED: '1' },
        maxBuffer: 2 ** 26,
        ...(signal === undefined ? {} : { signal }),
      },
    )
    return stdout
  } catch (cause) {
    // Its own message says the same again.
    if (cause instanceof Error && 'stderr' in cause)
      throw new Error(`supabase ${args.join(' ')}: ${String(cause.stderr)}`)
    throw cause
  }
}

/** Applies the migrations that the database does not have yet, then the seed files of `config.toml`. */
export async function migrate(context: StackContext, signal: AbortSignal): Promise<void> {
  await supabaseCli(context, ['db', 'push', '--include-seed'], signal)
}

/** Runs one SQL file as `postgres`, in one transaction. */
export async function runSqlFile(context: StackContext, path: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl(context, 'postgres') })
  await client.connect()
  try {
    await client.query('begin')
    await client.query(await readFile(path, 'utf8'))
    await client.query('commit')
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  } finally {
    await client.end()
  }
}
