import { describe, expect, test } from 'vitest'
import { errorReference } from '../../checks/errors.ts'
import type { SourceFile } from '../../checks/source.ts'

const REFERENCE = 'docs/reference/errors.md'
const MIGRATION = `-- Shelf.

insert into private.error_codes (code, status, message, hint)
values
  ('shelf_full', 409, 'The shelf is full.', 'Take something | off it.'),
  ('shelf_gone', 404, 'There is no such shelf.', 'Look elsewhere.');

create function private.place() returns void language plpgsql as $$
begin
  perform private.fail('shelf_full');
  perform private.fail( 'shelf_gone', 'details');
end;
$$;
`

const EMPTY: SourceFile = {
  path: REFERENCE,
  text: '# Errors\n\n<!-- generated: begin -->\n<!-- generated: end -->\n\nThe end.\n',
}

function project(migration: string, reference: SourceFile = EMPTY): readonly SourceFile[] {
  return [{ path: 'supabase/migrations/20260301000000_shelf.sql', text: migration }, reference]
}

/** The reference as `npm run fix` writes it for `migration`. */
async function generated(migration: string): Promise<SourceFile> {
  const [reference] = (await errorReference.fix?.(project(migration))) ?? []
  return reference ?? EMPTY
}

async function rulesBroken(files: readonly SourceFile[]): Promise<readonly string[]> {
  return (await errorReference.run(files)).map(({ rule }) => rule)
}

test('a generated reference is current, and keeps what stands around it', async () => {
  const reference = await generated(MIGRATION)
  expect(await rulesBroken(project(MIGRATION, reference))).toEqual([])
  expect(reference.text).toContain('### shelf')
  expect(reference.text).toContain('| `shelf_full` | 409 | The shelf is full. | Take something \\| off it. |')
  expect(reference.text).toMatch(/^# Errors\n[\s\S]*\n\nThe end\.\n$/)
})

test.each([
  ['a new code', "('shelf_gone', 404", "('shelf_lost', 404, 'A', 'B'),\n  ('shelf_gone', 404"],
  ['another status', "'shelf_full', 409", "'shelf_full', 400"],
  ['another hint', 'Look elsewhere.', 'Look here.'],
])('a reference is not current after %s', async (_, before, after) => {
  const reference = await generated(MIGRATION)
  expect(await rulesBroken(project(MIGRATION.replace(before, after), reference))).toContain('stale-document')
})

test('a raised code that is not registered is found where it is raised', async () => {
  const migration = MIGRATION.replace("fail('shelf_full')", "fail('shelf_fill')")
  const findings = await errorReference.run(project(migration, await generated(migration)))
  expect(findings).toMatchObject([
    { rule: 'unregistered-error', line: 10 },
    { rule: 'unused-error', line: 5 },
  ])
})

test('a code that an edge function raises is used', async () => {
  const migration = MIGRATION.replace("  perform private.fail('shelf_full');\n", '')
  const files = project(migration, await generated(migration))
  expect(await rulesBroken(files)).toEqual(['unused-error'])
  const handler = { path: 'supabase/functions/shelf/handler.ts', text: "throw new AppError('shelf_full')" }
  expect(await rulesBroken([...files, handler])).toEqual([])
})

describe('the errors of edge functions', () => {
  const registry = (member: string): SourceFile => ({
    path: 'supabase/functions/_shared/errors.ts',
    text: `export const ERRORS = {\n  ${member},\n} as const satisfies Record<string, ErrorKind>\n`,
  })
  const BODY = "invalid_body: { status: 400, message: 'No.', hint: 'Send JSON.' }"
  const handler = (code: string): SourceFile => ({
    path: 'supabase/functions/shelf/handler.ts',
    text: `throw new AppError('${code}')`,
  })
  const withFunctions = async (...sources: readonly SourceFile[]): Promise<readonly SourceFile[]> => {
    const files = [...project(MIGRATION), ...sources]
    const [reference = EMPTY] = (await errorReference.fix?.(files)) ?? []
    return [...project(MIGRATION, reference), ...sources]
  }

  test('are in the reference', async () => {
    const files = await withFunctions(registry(BODY), handler('invalid_body'))
    expect(await rulesBroken(files)).toEqual([])
    expect(files[1]?.text).toContain('| `invalid_body` | 400 | No. | Send JSON. |')
  })

  test('have to be raised', async () => {
    const findings = await errorReference.run(await withFunctions(registry(BODY), handler('other')))
    expect(findings).toMatchObject([{ rule: 'unused-error', path: 'supabase/functions/_shared/errors.ts', line: 2 }])
  })

  test('mean what the database says where it has the same code', async () => {
    const same = "shelf_gone: { status: 404, message: 'There is no such shelf.', hint: 'Look elsewhere.' }"
    const files = (member: string) => withFunctions(registry(member), handler('shelf_gone'))
    expect(await rulesBroken(await files(same))).toEqual([])
    expect(await rulesBroken(await files(same.replace('404', '410')))).toEqual(['contradicting-error'])
  })
})

test('a reference without its marks is found', async () => {
  expect(await rulesBroken(project(MIGRATION, { path: REFERENCE, text: '# Errors\n' }))).toEqual(['stale-document'])
  expect(await errorReference.fix?.(project(MIGRATION, { path: REFERENCE, text: '# Errors\n' }))).toEqual([])
})
