import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import postgres from 'postgres'
import { sql, stack } from '../support/stack.ts'

const LOG = '.stack/tests.log'

/**
 * Where in the database any of `words` is found, by table: in whatever column, of every table of every schema, platform's
 * and queues' included. Binary columns are searched for the words' bytes.
 */
export async function tablesWith(words: readonly string[]): Promise<readonly string[]> {
  const url = new URL(stack.db_url)
  // The one role that reads every schema.
  url.username = 'supabase_admin'
  const admin = postgres(url.href, { max: 1, onnotice: () => undefined })
  try {
    const tables = await admin<{ name: string }[]>`
      select pg_class.oid::regclass::text as name
      from pg_class
      join pg_namespace on pg_namespace.oid = relnamespace
      where relkind in ('r', 'm') and nspname not in ('pg_catalog', 'information_schema') and nspname !~ '^pg_t'
      order by 1`
    const hex = words.map((word) => Buffer.from(word).toString('hex'))
    const pattern = [...words, ...hex].join('|')
    const found: string[] = []
    for (const { name } of tables) {
      const rows = await admin.unsafe(`select from ${name} as t where t::text ~ $1 limit 1`, [pattern])
      if (rows.length > 0) found.push(name)
    }
    return found
  } finally {
    await admin.end()
  }
}

/** The files of the stack that hold any of `words`, the database's own and its journal apart: uploads and logs. */
export async function filesWith(words: readonly string[]): Promise<readonly string[]> {
  const [setting] = await sql<{ folder: string }[]>`select current_setting('data_directory') as folder`
  const folder = dirname(setting?.folder ?? '')
  const database = setting?.folder ?? ''
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const found: string[] = []
  for (const path of [...paths, LOG]) {
    if (path.startsWith(`${database}/`) && !path.endsWith('.log')) continue
    const content = await readFile(path).catch((cause: unknown) => {
      // Files come and go meanwhile; the log is there.
      if (path === LOG) throw cause
      return Buffer.of()
    })
    if (words.some((word) => path.includes(word) || content.includes(word))) found.push(path)
  }
  return found
}
