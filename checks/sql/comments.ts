import type { Node } from 'libpg-query'
import { findingAt, nameOf, type SqlRule, type Statement, walk } from './syntax.ts'
import { createdTables } from './tables.ts'

/** They mean the same in every table: docs/explanation/architecture.md says it once. */
const SELF_EVIDENT = ['id', 'created_at', 'updated_at']

/** Tables, their columns, policies and the functions of `public` say what they are in a comment of the catalogue. */
export const commented: SqlRule = (statements) => {
  const comments = commentsOf(statements)
  return [
    ...createdTables(statements).flatMap(({ statement, name }) => missing(statement, `table ${name}`, comments)),
    ...columns(statements).flatMap(({ statement, name, location }) =>
      missing(statement, `column ${name}`, comments, location),
    ),
    ...policies(statements).flatMap(({ statement, name }) => missing(statement, `policy ${name}`, comments)),
    ...publicFunctions(statements).flatMap(({ statement, name }) => missing(statement, `function ${name}`, comments)),
  ]
}

function missing(statement: Statement, target: string, comments: ReadonlyMap<string, string>, location?: number) {
  return comments.has(target) ? [] : [findingAt(statement, 'commented', `no "comment on ${target}"`, location)]
}

function columns(statements: readonly Statement[]) {
  return createdTables(statements).flatMap(({ statement, name, table }) =>
    (table.tableElts ?? []).flatMap((element) => {
      if (!('ColumnDef' in element) || SELF_EVIDENT.includes(element.ColumnDef.colname ?? '')) return []
      return [{ statement, name: `${name}.${element.ColumnDef.colname}`, location: element.ColumnDef.location }]
    }),
  )
}

function policies(statements: readonly Statement[]) {
  return statements.flatMap((statement) => {
    if (!('CreatePolicyStmt' in statement.node)) return []
    const { policy_name, table } = statement.node.CreatePolicyStmt
    return [{ statement, name: `${table?.schemaname}.${table?.relname}.${policy_name}` }]
  })
}

function publicFunctions(statements: readonly Statement[]) {
  return statements.flatMap((statement) => {
    if (!('CreateFunctionStmt' in statement.node)) return []
    const { schema, name } = nameOf(statement.node.CreateFunctionStmt.funcname)
    return schema === 'public' ? [{ statement, name: `${schema}.${name}` }] : []
  })
}

const KINDS = [
  ['OBJECT_TABLE', 'table'],
  ['OBJECT_COLUMN', 'column'],
  ['OBJECT_POLICY', 'policy'],
  ['OBJECT_FUNCTION', 'function'],
] as const

/** What each object that has a comment says, by its kind and name: `function public.my_account`. */
export function commentsOf(statements: readonly Statement[]): ReadonlyMap<string, string> {
  return new Map(statements.flatMap(({ node }) => commentIn(node)))
}

function commentIn(node: Node): readonly (readonly [target: string, comment: string])[] {
  if (!('CommentStmt' in node) || !node.CommentStmt.comment) return []
  const { objtype, object, comment } = node.CommentStmt
  const kind = KINDS.find(([type]) => type === objtype)?.[1]
  if (!kind || !object) return []
  const words: string[] = []
  walk('ObjectWithArgs' in object ? object.ObjectWithArgs.objname : object, (key, value) => {
    if (key === 'String' && 'sval' in value) words.push(String(value.sval))
    return undefined
  })
  return [[`${kind} ${words.join('.')}`, comment]]
}
