import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const MIGRATIONS = 'supabase/migrations'

test('docs/explanation/privacy.md names every action of the audit log, and no other', async () => {
  const names = await readdir(MIGRATIONS)
  const texts = await Promise.all(names.map((name) => readFile(`${MIGRATIONS}/${name}`, 'utf8')))
  const written = texts.flatMap((text) =>
    [...text.matchAll(/private\.audit(?:_\w+)?\('(\w+)'/g)].map(([, action]) => action),
  )
  const document = await readFile('docs/explanation/privacy.md', 'utf8')
  const [, section = ''] = /^## What an admin does\n(.*?)^## /ms.exec(document) ?? []
  const table = [...section.matchAll(/^\| (`.*?) \|/gm)].map(([, cell = '']) => cell).join()
  const others = /^The log also has.*?\n\n/ms.exec(section)?.[0] ?? ''
  const named = [...`${table} ${others}`.matchAll(/`(\w+)`/g)].map(([, action]) => action)

  expect(written.length).toBeGreaterThan(10)
  expect(new Set(named)).toEqual(new Set(written))
})
