import { describe, expect, test } from 'vitest'
import { secrets } from '../../checks/secrets.ts'

async function found(text: string, path = 'stack/keys.ts'): Promise<readonly string[]> {
  return (await secrets.run([{ path, text }])).map(({ message }) => message)
}

// Put together here, so that this file itself holds none.
const RANDOM = '0123456789abcdef'.repeat(3)
const HEADER = `ey${'J'}hbGciOiJIUzI1NiJ9`

describe('a secret is found', () => {
  test.each([
    ['a JSON web token', `${HEADER}.${HEADER}.${RANDOM}`],
    ['a JSON web token', `key = "${HEADER}.${HEADER}."`],
    ['a Supabase secret key', `sb_${'secret'}_${RANDOM}`],
    ['a Supabase access token', `sbp_${RANDOM}`],
    ['a private key', `-----BEGIN EC ${'PRIVATE'} KEY-----`],
    ['a private key', `-----BEGIN ${'PRIVATE'} KEY-----`],
    ['a Stripe secret', `sk_${'test'}_${RANDOM}`],
    ['a Stripe secret', `whsec_${RANDOM}`],
    ['a key of a model provider', `sk-${'ant'}-api03-${RANDOM}`],
    ['a token of a code host', `gh${'p'}_${RANDOM}`],
    ['a token of a code host', `npm_${RANDOM}`],
    ['a cloud key', `AK${'IA'}0123456789ABCDEF`],
    ['a URL with a password', `postgresql://postgres:${'hunter2'}@db.fitai.app:5432/postgres`],
    ["a path of somebody's machine", `/${'home'}/ana/fitai`],
    ["a path of somebody's machine", `file:///${'Users'}/ana`],
  ])('%s', async (what, text) => {
    expect(await found(`first line\n${text}\n`)).toEqual([`looks like ${what}`])
  })

  test('at its line, and is not repeated in the report', async () => {
    const [finding] = await secrets.run([{ path: 'a.ts', text: `\n\nsb_${'secret'}_${RANDOM}` }])
    expect(finding).toMatchObject({ path: 'a.ts', line: 3 })
    expect(JSON.stringify(finding)).not.toContain(RANDOM)
  })
})

test.each([
  'postgresql://postgres:postgres@127.0.0.1:54322/postgres',
  'postgresql://postgres:[YOUR-PASSWORD]@db.fitai.app:5432/postgres',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a program.
  'postgresql://${role}:${password}@db.fitai.app/postgres',
  'http://127.0.0.1:3000@evil.example/',
  'https://github.com/supabase/realtime',
  "publishableKey: z.string().startsWith('sb_secret_')",
  '../home/page.ts and docs/home/index.md',
  'Bearer ey',
])('%s is no secret', async (text) => {
  expect(await found(text)).toEqual([])
})

describe('a lock file', () => {
  const lock = (host: string): string => `{ "resolved": "https://${host}/zod/-/zod-4.0.0.tgz" }`

  test('of another registry is found', async () => {
    expect(await found(lock('npm.corp.internal'), 'package-lock.json')).toHaveLength(1)
  })

  test('of the npm registry is not', async () => {
    expect(await found(lock('registry.npmjs.org'), 'package-lock.json')).toEqual([])
  })
})
