import { loadModule, type Node, parseSync } from 'libpg-query'
import type { Finding, SourceFile } from '../source.ts'
import { lineAt } from '../source.ts'

/** One statement of a migration, as Postgres parses it, with what surrounds it in the file. */
export interface Statement {
  readonly file: SourceFile
  readonly node: Node
  readonly line: number
  /** The statement as it is written. */
  readonly text: string
  /** The `--` lines that stand directly above it, without their dashes. */
  readonly comments: readonly string[]
  /** The text from a location of the parse tree to the statement's end. */
  textFrom(location: number): string
  /** The line of a location of the parse tree. */
  lineOf(location: number | undefined): number
}

/** A rule of the house: finds what is wrong in all migrations together, because one may comment another's table. */
export type SqlRule = (statements: readonly Statement[]) => readonly Finding[]

/**
 * The statements of `file`. Rejects with the file's path and the line when Postgres would not parse it.
 */
export async function parseSql(file: SourceFile): Promise<readonly Statement[]> {
  await loadModule()
  const bytes = Buffer.from(file.text)
  // The parser counts in bytes.
  const characters = (location: number): number => bytes.subarray(0, location).toString().length
  return parse(file).flatMap(({ stmt, stmt_location = 0, stmt_len = 0 }) => {
    if (!stmt) return []
    const end = stmt_len === 0 ? bytes.length : stmt_location + stmt_len
    const line = lineAt(file.text, characters(stmt_location))
    return {
      file,
      node: stmt,
      line,
      text: bytes.subarray(stmt_location, end).toString(),
      comments: commentsAbove(file.text, line),
      textFrom: (location: number) => bytes.subarray(location, end).toString(),
      lineOf: (location: number | undefined) =>
        location === undefined || location < 0 ? line : lineAt(file.text, characters(location)),
    }
  })
}

/** A finding at a statement, or at a location inside it. */
export function findingAt(statement: Statement, rule: string, message: string, location?: number): Finding {
  return { path: statement.file.path, line: statement.lineOf(location), rule, message }
}

/** The parts of a dotted name: `schema` is undefined when it is not written. */
export function nameOf(parts: readonly Node[] | undefined): { schema: string | undefined; name: string } {
  const words = (parts ?? []).flatMap((part) => ('String' in part ? [part.String.sval ?? ''] : []))
  return { schema: words.at(-2), name: words.at(-1) ?? '' }
}

/** Calls `visit` with every object of a parse tree, outermost first; `false` keeps it from going deeper there. */
export function walk(tree: unknown, visit: (key: string, value: object) => boolean | undefined, key = ''): void {
  if (typeof tree !== 'object' || tree === null) return
  if (!Array.isArray(tree) && visit(key, tree) === false) return
  for (const [name, value] of Object.entries(tree)) walk(value, visit, Array.isArray(tree) ? key : name)
}

function parse(file: SourceFile): NonNullable<ReturnType<typeof parseSync>['stmts']> {
  try {
    return parseSync(file.text).stmts ?? []
  } catch (cause) {
    const position = cause instanceof Error && 'sqlDetails' in cause ? positionOf(cause.sqlDetails) : 0
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${file.path}:${lineAt(file.text, position)}  ${reason}`, { cause })
  }
}

function positionOf(details: unknown): number {
  if (typeof details !== 'object' || details === null || !('cursorPosition' in details)) return 0
  return Number(details.cursorPosition)
}

function commentsAbove(text: string, line: number): readonly string[] {
  const above = text.split('\n').slice(0, line - 1)
  const first = above.findLastIndex((candidate) => !candidate.startsWith('--'))
  return above.slice(first + 1).map((comment) => comment.replace(/^--\s?/, ''))
}

/** The statements in the body of an SQL function; none when it does not parse, which applying the migration reports. */
export function parseBody(body: string): readonly Node[] {
  try {
    return (parseSync(body).stmts ?? []).flatMap(({ stmt }) => (stmt ? [stmt] : []))
  } catch {
    return []
  }
}

/** Tables that `tree` names without a schema, other than the results of its own `with` clauses. */
export function unqualifiedTables(tree: Node): readonly string[] {
  const named = new Set<string>()
  const used = new Set<string>()
  walk(tree, (key, value) => {
    if (key === 'CommonTableExpr' && 'ctename' in value) named.add(String(value.ctename))
    // `relation` and `pktable` hold a table directly; elsewhere it is wrapped.
    if (['RangeVar', 'relation', 'pktable'].includes(key) && 'relname' in value && !('schemaname' in value))
      used.add(String(value.relname))
    return undefined
  })
  return [...used].filter((name) => !named.has(name))
}
