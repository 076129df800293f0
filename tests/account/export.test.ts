import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, test } from 'vitest'
import { createUser } from '../support/clients.ts'
import { sql, stack } from '../support/stack.ts'
import { call } from '../workouts/training.ts'
import { exported, type Opened, open, request } from './archive.ts'
import { createLifter, type Lifter } from './lifter.ts'

// What stays empty for a lifter without friends, a second device, a second factor or a subscription, whose streaks are long
// over. Whatever is new in the list has to be filled, or named here.
const UNUSED = [
  'auth.mfa_factors',
  'private.account_deletions',
  'private.audit_log',
  'private.billing_events',
  'private.username_changes',
  'public.blocks',
  'public.friendships',
  'public.subscriptions',
  'public.user_streaks',
  'public.workout_conflicts',
  'public.workout_shares',
]

let lifter: Lifter
let archive: Opened

beforeAll(async () => {
  lifter = await createLifter('ana')
  archive = await open(await exported(lifter))
})

describe('the archive', () => {
  test('has every row that the list says is the person’s, and says how many', async () => {
    const lines = await sql<{ relation: string; whose: string }[]>`
      select relation, whose from private.personal_data
      where copy = 'exported' and relation !~ '^bucket:' order by relation`
    const empty: string[] = []
    for (const { relation, whose } of lines) {
      const [held] = await sql.unsafe(
        `select count(*)::int as n from ${relation} where ${whose.replaceAll('$1', `'${lifter.id}'::uuid`)}`,
      )
      expect([relation, archive.rows(relation).length]).toEqual([relation, held?.n])
      if (held?.n === 0) empty.push(relation)
      const entry = archive.manifest.files.find(({ path }) => path === `data/${relation.replace('.', '/')}.json`)
      expect(entry?.rows ?? 0).toBe(held?.n)
    }
    expect(empty).toEqual(UNUSED)
  })

  test('gives numbers and texts as they are stored', () => {
    const sets = archive.rows('public.workout_sets')
    expect(sets.map(({ weight_kg }) => weight_kg)).toContain(102.05828325)
    expect(sets.map(({ notes }) => notes)).toContain(`=${lifter.mark} "set", 2\nöäü 💪`)
    expect(archive.text('data/public/workout_sets.json')).toContain('"weight_kg":102.05828325,')
  })

  test('has files as they were uploaded', () => {
    const path = `files/exercise-media/${lifter.ownExerciseId}/press.png`
    expect(archive.files.get(path)).toEqual(lifter.picture)
    expect(archive.manifest.missing).toEqual([])
  })

  test('has no secret and nothing that another person keeps to themselves', () => {
    const [user] = archive.rows('auth.users')
    expect(user).toMatchObject({ id: lifter.id, email: lifter.email })
    expect(Object.keys(user ?? {}).filter((name) => /password|token|secret/.test(name))).toEqual([])
    expect([...archive.files.keys()].filter((path) => /token|error_codes|plans/.test(path))).toEqual([])
  })

  test('has a spreadsheet of all sets in the athlete’s units, in which no text is a formula', () => {
    const text = archive.text('csv/workouts.csv')
    const rows: Record<string, string>[] = parse(text, { columns: true, bom: true })
    expect(rows).toHaveLength(archive.rows('public.workout_sets').length)
    expect(rows.find(({ weight }) => weight === '225')).toMatchObject({
      started_at: '2026-02-02 18:00:00',
      timezone: 'Europe/Berlin',
      weight_unit: 'lb',
      reps: '7',
      done: 'true',
      notes: `'=${lifter.mark} "set", 2\nöäü 💪`,
    })
    expect(rows.flatMap(Object.values).filter((cell) => /^[=+@\t\r|]/.test(cell))).toEqual([])
  })
})

test('an empty account has its archive, too', async () => {
  const ben = await createUser('ben')
  const empty = await open(await exported(ben))
  expect([
    empty.rows('public.profiles').length,
    empty.rows('public.workouts'),
    empty.files.has('csv/workouts.csv'),
  ]).toEqual([1, [], false])
})

test('nobody else’s rows are in it, and a copy is read by nobody else', async () => {
  const ben = await createUser('ben')
  const text = [...(await open(await exported(ben))).files.values()]
    .map((file) => new TextDecoder().decode(file))
    .join()
  expect(text).not.toContain(lifter.mark)
  const plan = await call(lifter.client, 'begin_export', {})
  const args = { export_id: plan.export_id, page: 1 }
  expect(await call(lifter.client, 'export_page', args)).toContain(lifter.id)
  expect((await ben.client.rpc('export_page', args)).error?.code).toBe('export_replaced')
  expect((await ben.client.rpc('end_export', { export_id: plan.export_id })).error).toBeNull()
  expect(await call(lifter.client, 'export_page', args)).toContain(lifter.id)
})

test('a second export takes the place of the first', async () => {
  const first = await call(lifter.client, 'begin_export', {})
  const second = await call(lifter.client, 'begin_export', {})
  const page = (plan: { export_id: string }) => lifter.client.rpc('export_page', { export_id: plan.export_id, page: 1 })
  expect((await page(first)).error?.code).toBe('export_replaced')
  expect((await page(second)).error).toBeNull()
})

test('the copy is gone when the archive is packed, and that it was taken is written down', async () => {
  await exported(lifter)
  await expect
    .poll(async () => (await sql`select from private.export_pages where user_id = ${lifter.id}`).length)
    .toBe(0)
  const entries =
    await sql`select actor_id from private.audit_log where subject_id = ${lifter.id} and action = 'account_exported'`
  expect(entries.length).toBeGreaterThan(0)
})

test('all of it is of one moment, whatever is written meanwhile', async () => {
  const ben = await createUser('ben')
  const plan = await call(ben.client, 'begin_export', {})
  await call(ben.client, 'start_workout', { id: crypto.randomUUID(), name: 'after the copy' })
  const pages = await Promise.all(
    plan.pages.map(({ page }: { page: number }) =>
      call(ben.client, 'export_page', { export_id: plan.export_id, page }),
    ),
  )
  expect(pages.join()).not.toContain('after the copy')
})

test('only a signed-in person has one', async () => {
  const response = await fetch(`${stack.api_url}/functions/v1/account/export`, {
    headers: { apikey: stack.publishable_key },
  })
  expect([response.status, (await response.json()).code]).toEqual([401, 'not_authenticated'])
  expect((await request({ ...lifter, accessToken: 'x.y.z' }, 'GET', '/export')).status).toBe(401)
})
