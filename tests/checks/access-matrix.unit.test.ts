import { expect, test } from 'vitest'
import { accessMatrix } from '../../checks/access-matrix.ts'
import type { SourceFile } from '../../checks/source.ts'

const REFERENCE = 'docs/reference/access-matrix.md'
const MATRIX = `-- Who may.
insert into tests.access (table_name, actor, can_select, can_insert, can_update, can_delete)
values
  ('shelves', 'owner', 'rows', 'ok', 'ok', 'denied'),
  ('shelves', 'anon', 'denied', 'denied', 'denied', 'denied');
`

const project = (
  matrix: string,
  text = '<!-- generated: begin -->\n<!-- generated: end -->\n',
): readonly SourceFile[] => [
  { path: 'supabase/tests/support/access.psql', text: matrix },
  { path: REFERENCE, text },
]

test('the reference shows the matrix that the tests run', async () => {
  const [reference] = (await accessMatrix.fix?.(project(MATRIX))) ?? []
  expect(reference).toMatchObject({
    path: REFERENCE,
    text: expect.stringContaining('| shelves | owner | rows | ok | ok | denied |'),
  })
  expect(await accessMatrix.run(project(MATRIX, reference?.text))).toEqual([])
})

test('a reference that shows another one is found', async () => {
  const [reference] = (await accessMatrix.fix?.(project(MATRIX))) ?? []
  const changed = project(MATRIX.replace("'rows', 'ok', 'ok'", "'rows', 'ok', 'none'"), reference?.text)
  expect(await accessMatrix.run(changed)).toMatchObject([{ rule: 'stale-document', path: REFERENCE }])
})
