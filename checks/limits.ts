import { parse } from 'smol-toml'
import { z } from 'zod'
import { type GeneratedPart, refreshed, staleness, tableRow } from './generated.ts'
import type { Check, SourceFile } from './source.ts'
import { insertedRows } from './sql/rows.ts'
import { parseSql, type Statement } from './sql/syntax.ts'

const REFERENCE = 'docs/reference/limits.md'
const CONFIG = 'supabase/config.toml'
const TIMEOUT = /^alter role (\w+) set statement_timeout = '([^']+)';?$/

const Config = z.object({
  api: z.object({ max_rows: z.number() }),
  storage: z.object({ file_size_limit: z.string() }),
  auth: z.object({ rate_limit: z.record(z.string(), z.number()) }),
})

/** The reference of limits shows the figures of the migrations and of config.toml, and no others. */
export const limitsReference: Check = {
  name: 'limits',
  async run(files) {
    return staleness(await reference(files), files)
  },
  async fix(files) {
    return refreshed(await reference(files), files)
  },
}

async function reference(files: readonly SourceFile[]): Promise<GeneratedPart> {
  const migrations = files.filter(({ path }) => path.startsWith('supabase/migrations/'))
  const statements = (await Promise.all(migrations.map(parseSql))).flat()
  const config = Config.parse(parse(files.find(({ path }) => path === CONFIG)?.text ?? ''))
  const sections = [
    section(
      'Plans',
      ['plan', 'requests a window', 'live calls a window', 'calls of a transfer a window'],
      plans(statements),
    ),
    section(
      'Calls that are counted apart',
      ['function', 'bucket', 'why'],
      rowsOf(statements, 'private.call_buckets', APART),
    ),
    section('Time and rows', ['role', 'longest statement', 'most rows of an answer'], timeouts(statements, config)),
    section('Sizes of files', ['bucket', 'largest file'], buckets(statements, config)),
    section('Auth, by address', ['`[auth.rate_limit]`', 'limit'], Object.entries(config.auth.rate_limit)),
  ]
  return { path: REFERENCE, content: sections.join('\n\n') }
}

const APART = ['function_name', 'bucket', 'reason'] as const

const plans = (statements: readonly Statement[]): readonly Row[] =>
  rowsOf(statements, 'public.plans', [
    'id',
    'requests_per_window',
    'live_requests_per_window',
    'transfer_requests_per_window',
  ])

function timeouts(statements: readonly Statement[], { api }: z.infer<typeof Config>): readonly Row[] {
  return statements.flatMap(({ text }) => {
    const [, role, time] = TIMEOUT.exec(text.trim().split('\n').at(-1) ?? '') ?? []
    return role === undefined || time === undefined ? [] : [[role, time, api.max_rows]]
  })
}

function buckets(statements: readonly Statement[], { storage }: z.infer<typeof Config>): readonly Row[] {
  const own = rowsOf(statements, 'storage.buckets', ['id', 'file_size_limit'])
  return [
    ...own.map(([id = '', size]) => [id, `${bytesOf(id, size) / 2 ** 20} MiB`]),
    ['any other', storage.file_size_limit],
  ]
}

function bytesOf(bucket: string | number, size: string | number | undefined): number {
  const bytes = Number(size)
  if (!Number.isSafeInteger(bytes) || bytes <= 0)
    throw new Error(`The largest file of the bucket ${bucket} has to be written as a number of bytes, not as ${size}.`)
  return bytes
}

type Row = readonly (string | number)[]

function rowsOf(statements: readonly Statement[], table: string, columns: readonly string[]): readonly Row[] {
  return insertedRows(statements, table).map(({ values }) => columns.map((column) => values.get(column) ?? ''))
}

function section(title: string, columns: readonly string[], rows: readonly Row[]): string {
  const lines = rows.map((row) => tableRow(row.map(String)))
  return [`## ${title}`, '', tableRow(columns), tableRow(columns.map(() => '---')), ...lines].join('\n')
}
