import { type GeneratedPart, refreshed, staleness, tableRow } from './generated.ts'
import type { Check, SourceFile } from './source.ts'
import { insertedRows } from './sql/rows.ts'
import { parseSql } from './sql/syntax.ts'

const MATRIX = 'supabase/tests/support/access.psql'
const REFERENCE = 'docs/reference/access-matrix.md'
const COLUMNS = ['table_name', 'actor', 'can_select', 'can_insert', 'can_update', 'can_delete'] as const
const TITLES = ['table', 'actor', 'select', 'insert', 'update', 'delete']

/** The reference of who may do what shows the matrix that the tests run, and no other. */
export const accessMatrix: Check = {
  name: 'access matrix',
  async run(files) {
    return staleness(await reference(files), files)
  },
  async fix(files) {
    return refreshed(await reference(files), files)
  },
}

async function reference(files: readonly SourceFile[]): Promise<GeneratedPart> {
  const matrix = files.filter(({ path }) => path === MATRIX)
  const statements = (await Promise.all(matrix.map(parseSql))).flat()
  const rows = insertedRows(statements, 'tests.access').map(({ values }) =>
    tableRow(COLUMNS.map((column) => values.get(column) ?? '')),
  )
  return { path: REFERENCE, content: [tableRow(TITLES), tableRow(TITLES.map(() => '---')), ...rows].join('\n') }
}
