import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { sqlRules } from '../../checks/sql/rules.ts'
import { createUser } from '../support/clients.ts'
import { sql, stack } from '../support/stack.ts'

/** The code that a document shows in `language`, in its order. */
async function codeOf(path: string, language: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8')
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code)
}

/** What the script that a document makes prints, run against the stack of the tests. */
async function outputOf(path: string, patch = (script: string): string => script): Promise<string> {
  const script = patch((await codeOf(path, 'js')).join('\n'))
  const asks = "execSync('npm run --silent status -- --json')"
  expect(script).toContain(asks)
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script.replace(asks, 'process.env.STATUS')],
    { env: { ...process.env, STATUS: JSON.stringify(stack) } },
  )
  return stdout
}

describe('README.md', () => {
  test('the script that it shows starts a workout and listens to it', { timeout: 60_000 }, async () => {
    const ana = await createUser('ana')
    // The people of the demo are not in the database of the tests; and the script listens for as long as it is let.
    const stdout = await outputOf('README.md', (script) =>
      script
        .replace('mia@example.com', ana.email)
        .replace('demo-lifter-2026', ana.password)
        .replace('console.log(workout.id, state)', 'process.exit(console.log(workout.id, state))'),
    )
    expect(stdout).toMatch(/^[0-9a-f-]{36} SUBSCRIBED$/m)
  })

  test('the request that it shows is answered', async () => {
    const request = (await codeOf('README.md', 'sh'))
      .join('')
      .match(/curl "http:\/\/127\.0\.0\.1:54321(\S+)" -H "apikey: \$KEY"/)
    const response = await fetch(`${stack.api_url}${request?.[1]}`, { headers: { apikey: stack.publishable_key } })
    expect(response.status).toBe(200)
    expect(await response.json()).toHaveLength(3)
  })
})

describe('docs/tutorials/first-workout.md', () => {
  test('the script that it makes runs to its end and shows what it promises', { timeout: 60_000 }, async () => {
    const stdout = await outputOf('docs/tutorials/first-workout.md')
    for (const event of ['set:completed', 'workout:stats', 'rest:timer', 'pr:achieved'])
      expect(stdout).toContain(`watch: ${event}`)
    expect(stdout).toMatch(/status: 'completed'/)
  })
})

describe('docs/how-to/add-a-table.md', () => {
  test('the migration keeps the rules of the house', async () => {
    const [migration = ''] = await codeOf('docs/how-to/add-a-table.md', 'sql')
    const path = 'supabase/migrations/29990101000000_example.sql'
    expect(migration).toContain('create table')
    expect(await sqlRules.run([{ path, text: migration }])).toEqual([])
  })

  test('the migration applies, and its policies and grants do what the matrix says', async () => {
    const [migration = ''] = await codeOf('docs/how-to/add-a-table.md', 'sql')
    const undone = sql.begin(async (transaction) => {
      await transaction.unsafe(migration)
      const [user] = await transaction`
        insert into auth.users (id, aud, role, email) values (gen_random_uuid(), 'authenticated', 'authenticated', ${`${crypto.randomUUID()}@example.test`})
        returning id`
      await transaction`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${JSON.stringify({ sub: user?.id, role: 'authenticated' })}, true)`
      await transaction`insert into public.exercise_notes (exercise_id, body) select id, 'Elbows in.' from public.exercises limit 1`
      const notes = await transaction`select user_id from public.exercise_notes`
      expect(notes).toEqual([{ user_id: user?.id }])
      await expect(
        transaction.savepoint((s) => s`update public.exercise_notes set user_id = user_id`),
      ).rejects.toMatchObject({ code: '42501' })
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
  })
})
