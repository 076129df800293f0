import type { Constraint, CreateStmt, Node } from 'libpg-query'
import { findingAt, type SqlRule, type Statement } from './syntax.ts'

const NAMED = ['CONSTR_CHECK', 'CONSTR_EXCLUSION'] as const
const NAMED_AT_TABLE = [...NAMED, 'CONSTR_UNIQUE', 'CONSTR_FOREIGN'] as const

/** A foreign key says what becomes of its row when the other goes. */
export const foreignKeyOnDelete: SqlRule = (statements) =>
  statements.flatMap((statement) =>
    constraintsOf(statement.node).flatMap(({ constraint }) => {
      if (constraint.contype !== 'CONSTR_FOREIGN') return []
      // The parse tree cannot tell `on delete no action` from nothing.
      const clause = upToComma(statement.textFrom(constraint.location ?? 0))
      if (/\bon\s+delete\b/i.test(clause)) return []
      const target = constraint.pktable?.relname ?? 'another table'
      return [
        findingAt(
          statement,
          'foreign-key-on-delete',
          `the reference to ${target} has no "on delete"`,
          constraint.location,
        ),
      ]
    }),
  )

/** A rule has a name, which begins with its table's: it is what a client reads when the rule refuses. */
export const constraintName: SqlRule = (statements) =>
  statements.flatMap((statement) =>
    constraintsOf(statement.node).flatMap(({ constraint, table, inColumn }) => {
      const kinds: readonly (string | undefined)[] = inColumn ? NAMED : NAMED_AT_TABLE
      if (!kinds.includes(constraint.contype)) return []
      const name = constraint.conname
      if (name?.startsWith(`${table}_`)) return []
      const message =
        name === undefined ? `a constraint of ${table} has no name` : `${name} does not begin with ${table}_`
      return [findingAt(statement, 'constraint-name', message, constraint.location)]
    }),
  )

/** Row-level security is on in the file that creates the table, so that no version of the schema is open. */
export const rowLevelSecurity: SqlRule = (statements) =>
  createdTables(statements).flatMap(({ statement, name }) => {
    const enabled = statements.some(
      ({ file, node }) => file.path === statement.file.path && enablesRowSecurity(node) === name,
    )
    return enabled ? [] : [findingAt(statement, 'row-level-security', `${name} has no "enable row level security"`)]
  })

/** The tables that `statements` create, without the partitions, which inherit what their parent says. */
export function createdTables(
  statements: readonly Statement[],
): readonly { readonly statement: Statement; readonly name: string; readonly table: CreateStmt }[] {
  return statements.flatMap((statement) => {
    if (!('CreateStmt' in statement.node)) return []
    const table = statement.node.CreateStmt
    if (table.partbound || table.relation?.relpersistence === 't') return []
    return [{ statement, table, name: `${table.relation?.schemaname ?? ''}.${table.relation?.relname ?? ''}` }]
  })
}

function enablesRowSecurity(node: Node): string | undefined {
  if (!('AlterTableStmt' in node)) return undefined
  const { relation, cmds = [] } = node.AlterTableStmt
  const enables = cmds.some((cmd) => 'AlterTableCmd' in cmd && cmd.AlterTableCmd.subtype === 'AT_EnableRowSecurity')
  return enables ? `${relation?.schemaname ?? ''}.${relation?.relname ?? ''}` : undefined
}

interface Located {
  readonly constraint: Constraint
  readonly table: string
  readonly inColumn: boolean
}

function constraintsOf(node: Node): readonly Located[] {
  if ('CreateStmt' in node) {
    const table = node.CreateStmt.relation?.relname ?? ''
    return (node.CreateStmt.tableElts ?? []).flatMap((element) => constraintsIn(element, table))
  }
  if (!('AlterTableStmt' in node)) return []
  const table = node.AlterTableStmt.relation?.relname ?? ''
  return (node.AlterTableStmt.cmds ?? []).flatMap((cmd) =>
    'AlterTableCmd' in cmd && cmd.AlterTableCmd.def ? constraintsIn(cmd.AlterTableCmd.def, table) : [],
  )
}

function constraintsIn(element: Node, table: string): readonly Located[] {
  if ('Constraint' in element) return [{ constraint: element.Constraint, table, inColumn: false }]
  if (!('ColumnDef' in element)) return []
  return (element.ColumnDef.constraints ?? []).flatMap((part) =>
    'Constraint' in part ? [{ constraint: part.Constraint, table, inColumn: true }] : [],
  )
}

/** The text up to the comma or parenthesis that ends this element of a list. */
function upToComma(text: string): string {
  let depth = 0
  for (const [index, character] of [...text].entries()) {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (depth < 0 || (depth === 0 && character === ',')) return text.slice(0, index)
  }
  return text
}
