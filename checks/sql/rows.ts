import type { Node } from 'libpg-query'
import type { Statement } from './syntax.ts'

/** A row that an `insert … values` writes, with its constants as texts. */
export interface InsertedRow {
  readonly values: ReadonlyMap<string, string>
  readonly path: string
  readonly line: number
}

/** The rows that `statements` insert into `table`, in their order; what is not a constant is an empty text. */
export function insertedRows(statements: readonly Statement[], table: string): readonly InsertedRow[] {
  return statements.flatMap((statement) => {
    if (!('InsertStmt' in statement.node)) return []
    const { relation, cols = [], selectStmt } = statement.node.InsertStmt
    if (`${relation?.schemaname}.${relation?.relname}` !== table) return []
    if (!selectStmt || !('SelectStmt' in selectStmt)) return []
    const columns = cols.map((column) => ('ResTarget' in column ? (column.ResTarget.name ?? '') : ''))
    return (selectStmt.SelectStmt.valuesLists ?? []).map((row) => {
      const items = 'List' in row ? (row.List.items ?? []) : []
      const values = new Map(columns.map((column, index) => [column, constant(items[index])]))
      return { values, path: statement.file.path, line: statement.lineOf(locationOf(items[0])) }
    })
  })
}

function constant(node: Node | undefined): string {
  if (!node || !('A_Const' in node)) return ''
  const { sval, ival } = node.A_Const
  return sval ? (sval.sval ?? '') : String(ival?.ival ?? '')
}

function locationOf(node: Node | undefined): number | undefined {
  return node && 'A_Const' in node ? node.A_Const.location : undefined
}
