import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

interface Answer {
  readonly passed: boolean
  readonly output: string
}

/** What a program of `node_modules/.bin` says about `text` in a file of this name, with the project's configuration. */
function lint(program: string, args: readonly string[], name: string, text: string): Answer {
  const directory = mkdtempSync(join(tmpdir(), 'linters-'))
  try {
    writeFileSync(join(directory, name), text)
    writeFileSync(join(directory, 'tsconfig.json'), '{ "compilerOptions": { "strict": true, "noEmit": true } }')
    symlinkSync(resolve('node_modules'), join(directory, 'node_modules'))
    const { status, stdout } = spawnSync(join('node_modules/.bin', program), [...args, name], {
      cwd: directory,
      encoding: 'utf8',
    })
    return { passed: status === 0, output: stdout }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const CLEAN_SQL = `-- Shelf.
create table public.shelves (
  id uuid primary key,
  title text not null,
  place integer not null default 0,
  created_at timestamptz not null default now()
);
create index shelves_place_idx on public.shelves (place);
`

describe('migration lint', { timeout: 60_000 }, () => {
  const found = (sql: string): Answer =>
    lint('squawk', ['--config', resolve('.squawk.toml'), '--reporter', 'gcc'], 'shelf.sql', sql)

  test('passes a table at its birth', () => {
    expect(found(CLEAN_SQL)).toMatchObject({ passed: true })
  })

  test.each([
    ['prefer-timestamp-tz', 'created_at timestamptz', 'created_at timestamp'],
    ['prefer-text-field', 'title text', 'title varchar(20)'],
    ['adding-required-field', CLEAN_SQL, '-- Shelf.\nalter table public.shelves add column width integer not null;\n'],
    [
      'require-concurrent-index-creation',
      CLEAN_SQL,
      '-- Shelf.\ncreate index shelves_place_idx on public.shelves (place);\n',
    ],
  ])('%s', (rule, before, after) => {
    expect(CLEAN_SQL).toContain(before)
    expect(found(CLEAN_SQL.replace(before, after))).toEqual({ passed: false, output: expect.stringContaining(rule) })
  })
})

describe('type-aware lint', { timeout: 60_000 }, () => {
  const CLEAN = 'async function f(): Promise<number> {\n  return 1\n}\nawait f()\nexport const shelf = 1\n'
  const found = (text: string): Answer =>
    lint('oxlint', ['--type-aware', '--config', resolve('.oxlintrc.json'), '--format', 'unix'], 'shelf.ts', text)

  test('passes what keeps the rules', () => {
    expect(found(CLEAN)).toMatchObject({ passed: true })
  })

  test.each([
    ['no-floating-promises', 'await f()', 'f()'],
    ['no-unsafe-type-assertion', '= 1', '= JSON.parse("1") as number'],
    ['no-explicit-any', 'Promise<number>', 'Promise<any>'],
    ['no-non-null-assertion', '= 1', '= [1][0]!'],
    ['no-default-export', 'export const shelf =', 'export default'],
    ['eqeqeq', '= 1', '= 1 == Number("1")'],
    ['max-lines', 'await f()', 'await f()\n'.repeat(400)],
    ['max-lines-per-function', '  return 1', `${'  await f()\n'.repeat(80)}  return 1`],
  ])('%s', (rule, before, after) => {
    expect(CLEAN).toContain(before)
    expect(found(CLEAN.replace(before, after))).toEqual({ passed: false, output: expect.stringContaining(rule) })
  })
})
