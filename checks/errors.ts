import type { Node } from 'libpg-query'
import { type Check, type Finding, lineAt, type SourceFile } from './source.ts'
import { parseSql } from './sql/syntax.ts'

const REFERENCE = 'docs/reference/errors.md'
const BEGIN = '<!-- codes: begin -->'
const END = '<!-- codes: end -->'
const COLUMNS = ['code', 'status', 'message', 'hint'] as const

/** One registered error, as its migration inserts it. */
export interface RegisteredError {
  readonly code: string
  readonly status: string
  readonly message: string
  readonly hint: string
  readonly path: string
  readonly line: number
}

/** Every error that SQL raises is registered, every registered one is raised, and the reference lists them all. */
export const errorReference: Check = {
  name: 'errors',
  async run(files) {
    const errors = await registeredErrors(files)
    const reference = files.find(({ path }) => path === REFERENCE)
    const current = reference?.text === (await withCodes(reference, files))
    return [
      ...unregistered(errors, files),
      ...unused(errors, files),
      ...(current
        ? []
        : [{ path: REFERENCE, line: 1, rule: 'error-reference', message: 'is not current; npm run fix' }]),
    ]
  },
  async fix(files) {
    const reference = files.find(({ path }) => path === REFERENCE)
    return reference ? [{ path: REFERENCE, text: await withCodes(reference, files) }] : []
  },
}

/** The rows that the migrations insert into `private.error_codes`, in their order. */
export async function registeredErrors(files: readonly SourceFile[]): Promise<readonly RegisteredError[]> {
  const statements = (await Promise.all(migrationsOf(files).map(parseSql))).flat()
  return statements.flatMap((statement) => {
    if (!('InsertStmt' in statement.node)) return []
    const { relation, cols = [], selectStmt } = statement.node.InsertStmt
    if (relation?.relname !== 'error_codes' || !selectStmt || !('SelectStmt' in selectStmt)) return []
    const columns = cols.map((column) => ('ResTarget' in column ? column.ResTarget.name : undefined))
    return (selectStmt.SelectStmt.valuesLists ?? []).flatMap((row) => {
      const items = 'List' in row ? (row.List.items ?? []) : []
      const [code = '', status = '', message = '', hint = ''] = COLUMNS.map((name) =>
        constant(items[columns.indexOf(name)]),
      )
      const [first] = items
      const location = first && 'A_Const' in first ? first.A_Const.location : undefined
      return [{ code, status, message, hint, path: statement.file.path, line: statement.lineOf(location) }]
    })
  })
}

function unregistered(errors: readonly RegisteredError[], files: readonly SourceFile[]): readonly Finding[] {
  const codes = errors.map(({ code }) => code)
  return migrationsOf(files).flatMap(({ path, text }) =>
    [...text.matchAll(/\bprivate\.fail\(\s*'([^']*)'/g)].flatMap(({ index, 1: code = '' }) => {
      if (codes.includes(code)) return []
      return [
        {
          path,
          line: lineAt(text, index),
          rule: 'unregistered-error',
          message: `${code} is not in private.error_codes`,
        },
      ]
    }),
  )
}

function unused(errors: readonly RegisteredError[], files: readonly SourceFile[]): readonly Finding[] {
  const product = files.filter(({ path }) => /^supabase\/(migrations|functions)\//.test(path)).map(({ text }) => text)
  return errors.flatMap(({ code, path, line }) => {
    const uses = product.reduce((sum, text) => sum + (text.match(new RegExp(`['"]${code}['"]`, 'g'))?.length ?? 0), 0)
    return uses > 1 ? [] : [{ path, line, rule: 'unused-error', message: `nothing raises ${code}` }]
  })
}

/** The reference with its generated part brought up to date; what stands around the marks is kept. */
async function withCodes(reference: SourceFile | undefined, files: readonly SourceFile[]): Promise<string> {
  const text = reference?.text ?? ''
  const from = text.indexOf(BEGIN)
  const to = text.indexOf(END)
  if (from === -1 || to < from) throw new Error(`${REFERENCE} needs the marks ${BEGIN} and ${END}`)
  return `${text.slice(0, from + BEGIN.length)}\n\n${render(await registeredErrors(files))}\n${text.slice(to)}`
}

function render(errors: readonly RegisteredError[]): string {
  return [...new Set(errors.map(({ path }) => path))]
    .map((path) => {
      const rows = errors.filter((error) => error.path === path)
      const domain = /\d{14}_(.+)\.sql$/.exec(path)?.[1] ?? path
      const lines = rows.map(
        ({ code, status, message, hint }) => `| \`${code}\` | ${status} | ${cell(message)} | ${cell(hint)} |`,
      )
      return [
        '',
        `### ${domain}`,
        '',
        '| code | status | message | hint |',
        '| --- | --- | --- | --- |',
        ...lines,
        '',
      ].join('\n')
    })
    .join('')
    .trimStart()
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function constant(node: Node | undefined): string {
  if (!node || !('A_Const' in node)) return ''
  const { sval, ival } = node.A_Const
  return sval ? (sval.sval ?? '') : String(ival?.ival ?? '')
}

function migrationsOf(files: readonly SourceFile[]): readonly SourceFile[] {
  return files.filter(({ path }) => path.startsWith('supabase/migrations/'))
}
