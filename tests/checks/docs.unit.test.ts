import { describe, expect, test } from 'vitest'
import { docs } from '../../checks/docs.ts'

const MANIFEST = { path: 'package.json', text: '{ "scripts": { "start": "x", "db:types": "x" } }' }
const GUIDE = { path: 'docs/how-to/guide.md', text: '# A guide\n\n## What it is, and why\n' }
const CODE = { path: 'stack/start.ts', text: '' }

async function rulesBroken(text: string, path = 'docs/index.md'): Promise<readonly string[]> {
  const findings = await docs.run([{ path, text }, GUIDE, CODE, MANIFEST])
  return findings.map(({ rule }) => rule)
}

describe('what is there', () => {
  test.each([
    '[guide](how-to/guide.md)',
    '[folder](how-to/) and [code](../stack/start.ts)',
    '[heading](how-to/guide.md#what-it-is-and-why)',
    '# Here\n\n[itself](#here)',
    '[elsewhere](https://supabase.com/docs)',
    '`stack/start.ts`, `stack/`, `supabase db push`',
    'npm start, then npm run db:types',
    '```sh\n[no link](nowhere.md)\n```',
  ])('%s', async (text) => {
    expect(await rulesBroken(text)).toEqual([])
  })
})

describe('what is not there is found', () => {
  test.each([
    ['dead-link', '[guide](guide.md)'],
    ['dead-link', '[above](../../how-to/guide.md)'],
    ['dead-link', '[heading](how-to/guide.md#why)'],
    ['dead-link', '[itself](#here)'],
    ['dead-path', '`stack/stop.ts`'],
    ['dead-path', '`bench/`'],
    ['dead-script', 'npm run deploy'],
    ['dead-script', 'npm test'],
    ['dead-script', '```sh\nnpm run deploy\n```'],
  ])('%s: %s', async (rule, text) => {
    expect(await rulesBroken(text)).toEqual([rule])
  })
})

describe('the README', () => {
  const lines = (count: number): string => `${'line\n'.repeat(count)}`

  test('may have 90 lines', async () => {
    expect(await rulesBroken(lines(90), 'README.md')).toEqual([])
  })

  test('may not have 91', async () => {
    expect(await rulesBroken(lines(91), 'README.md')).toEqual(['readme-length'])
  })

  test('is alone in that', async () => {
    expect(await rulesBroken(lines(91))).toEqual([])
  })
})
