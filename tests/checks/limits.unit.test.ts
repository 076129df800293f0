import { expect, test } from 'vitest'
import { limitsReference } from '../../checks/limits.ts'
import type { SourceFile } from '../../checks/source.ts'

const REFERENCE = 'docs/reference/limits.md'
const MIGRATION = `insert into public.plans (id, position, requests_per_window, live_requests_per_window, transfer_requests_per_window)
values ('gold', 1, 7, 8, 9);
insert into private.call_buckets (function_name, bucket, reason)
values ('lift', 'live', 'It is live.');
insert into storage.buckets (id, name, file_size_limit)
values ('photos', 'photos', 3145728);
-- A reader waits no longer.
alter role anon set statement_timeout = '3s';
`
const CONFIG = `
[api]
max_rows = 50
[storage]
file_size_limit = "9MiB"
[auth.rate_limit]
token_refresh = 150
`

const project = (
  migration: string,
  text = '<!-- generated: begin -->\n<!-- generated: end -->\n',
): readonly SourceFile[] => [
  { path: 'supabase/migrations/20260101000000_limits.sql', text: migration },
  { path: 'supabase/config.toml', text: CONFIG },
  { path: REFERENCE, text },
]

test('the reference shows the figures of the migrations and of config.toml', async () => {
  const [reference] = (await limitsReference.fix?.(project(MIGRATION))) ?? []
  for (const row of [
    '| gold | 7 | 8 | 9 |',
    '| lift | live | It is live. |',
    '| anon | 3s | 50 |',
    '| photos | 3 MiB |',
    '| any other | 9MiB |',
    '| token_refresh | 150 |',
  ])
    expect(reference?.text).toContain(row)
  expect(await limitsReference.run(project(MIGRATION, reference?.text))).toEqual([])
})

test.each(['3 * 1024 * 1024', 'null', '0'])('a size of files that is %s is refused', async (size) => {
  await expect(limitsReference.fix?.(project(MIGRATION.replace('3145728', size)))).rejects.toThrow('bucket photos')
})

test.each([
  ["('gold', 1, 7, 8, 9)", "('gold', 1, 9, 8, 9)"],
  ["'3s'", "'4s'"],
  ['3145728', '1048576'],
])('a reference that was right until %s became %s is found', async (before, after) => {
  const [reference] = (await limitsReference.fix?.(project(MIGRATION))) ?? []
  expect(await limitsReference.run(project(MIGRATION.replace(before, after), reference?.text))).toMatchObject([
    { rule: 'stale-document', path: REFERENCE },
  ])
})
