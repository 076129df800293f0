import ts from 'typescript'
import { type GeneratedPart, refreshed, staleness, tableRow } from './generated.ts'
import { type Check, type Finding, lineAt, type SourceFile } from './source.ts'
import { insertedRows } from './sql/rows.ts'
import { parseSql } from './sql/syntax.ts'

const REFERENCE = 'docs/reference/errors.md'
const FUNCTION_ERRORS = 'supabase/functions/_shared/errors.ts'
const PRODUCT = /^supabase\/(migrations|functions)\//

interface ProductError {
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
    const ofDatabase = await databaseErrors(files)
    const ofFunctions = functionErrors(files)
    return [
      ...unregistered(ofDatabase, files),
      ...unused([...ofDatabase, ...ofFunctions], files),
      ...contradictions(ofDatabase, ofFunctions),
      ...staleness(reference(ofDatabase, ofFunctions), files),
    ]
  },
  async fix(files) {
    return refreshed(reference(await databaseErrors(files), functionErrors(files)), files)
  },
}

async function databaseErrors(files: readonly SourceFile[]): Promise<readonly ProductError[]> {
  const migrations = files.filter(({ path }) => path.startsWith('supabase/migrations/'))
  const statements = (await Promise.all(migrations.map(parseSql))).flat()
  return insertedRows(statements, 'private.error_codes').map(({ values, path, line }) => {
    const [code = '', status = '', message = '', hint = ''] = COLUMNS.map((name) => values.get(name))
    return { code, status, message, hint, path, line }
  })
}

const COLUMNS = ['code', 'status', 'message', 'hint'] as const

/** The members of the table `ERRORS`: a code for each, with a constant for each of its columns. */
function functionErrors(files: readonly SourceFile[]): readonly ProductError[] {
  const file = files.find(({ path }) => path === FUNCTION_ERRORS)
  if (!file) return []
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2023, true)
  const errors: ProductError[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === 'ERRORS' && node.initializer)
      for (const [code, value, at] of members(node.initializer)) {
        const fields = new Map(members(value).map(([name, constant]) => [name, constantText(constant)]))
        const [status = '', message = '', hint = ''] = COLUMNS.slice(1).map((name) => fields.get(name))
        errors.push({ code, status, message, hint, path: file.path, line: lineAt(file.text, at) })
      }
    else ts.forEachChild(node, visit)
  }
  visit(source)
  return errors
}

function members(node: ts.Expression): readonly (readonly [name: string, value: ts.Expression, at: number])[] {
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return members(node.expression)
  if (!ts.isObjectLiteralExpression(node)) return []
  return node.properties.flatMap((property) =>
    ts.isPropertyAssignment(property)
      ? [[property.name.getText(), property.initializer, property.getStart()] as const]
      : [],
  )
}

function constantText(node: ts.Expression): string {
  return ts.isLiteralExpression(node) ? node.text : node.getText()
}

function unregistered(errors: readonly ProductError[], files: readonly SourceFile[]): readonly Finding[] {
  const codes = errors.map(({ code }) => code)
  return files
    .filter(({ path }) => path.startsWith('supabase/migrations/'))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\bprivate\.fail\(\s*'([^']*)'/g)].flatMap(({ index, 1: code = '' }) => {
        if (codes.includes(code)) return []
        const message = `${code} is not in private.error_codes`
        return [{ path, line: lineAt(text, index), rule: 'unregistered-error', message }]
      }),
    )
}

function unused(errors: readonly ProductError[], files: readonly SourceFile[]): readonly Finding[] {
  const product = files.filter(({ path }) => PRODUCT.test(path))
  return errors.flatMap(({ code, path, line }) => {
    const mention = new RegExp(`['"]${code}['"]`, 'g')
    const mentions = product.reduce((sum, { text }) => sum + (text.match(mention)?.length ?? 0), 0)
    // A row of the database's registry mentions its code itself.
    const isUsed = mentions > (path === FUNCTION_ERRORS ? 0 : 1)
    return isUsed ? [] : [{ path, line, rule: 'unused-error', message: `nothing raises ${code}` }]
  })
}

/** A code that both registries have means the same in both. */
function contradictions(ofDatabase: readonly ProductError[], ofFunctions: readonly ProductError[]): readonly Finding[] {
  return ofFunctions.flatMap((error) => {
    const twin = ofDatabase.find(({ code }) => code === error.code)
    const difference = twin && COLUMNS.find((column) => twin[column] !== error[column])
    if (!difference) return []
    const message = `${error.code} has another ${difference} in ${twin.path}`
    return [{ path: error.path, line: error.line, rule: 'contradicting-error', message }]
  })
}

function reference(ofDatabase: readonly ProductError[], ofFunctions: readonly ProductError[]): GeneratedPart {
  const sections = [...new Set(ofDatabase.map(({ path }) => path))].map((path) =>
    section(
      /\d{14}_(.+)\.sql$/.exec(path)?.[1] ?? path,
      ofDatabase.filter((error) => error.path === path),
    ),
  )
  if (ofFunctions.length > 0) sections.push(section('edge functions', ofFunctions))
  return { path: REFERENCE, content: sections.join('\n\n') }
}

function section(title: string, errors: readonly ProductError[]): string {
  const rows = errors.map(({ code, status, message, hint }) => tableRow([`\`${code}\``, status, message, hint]))
  return [`### ${title}`, '', tableRow(COLUMNS), '| --- | --- | --- | --- |', ...rows].join('\n')
}
