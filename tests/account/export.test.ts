import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, test } from 'vitest'
import { createUser, serviceClient } from '../support/clients.ts'
import { sql, stack } from '../support/stack.ts'
import { call } from '../workouts/training.ts'
import { exported, type Opened, open, request } from './archive.ts'
import { createLifter, type Lifter } from './lifter.ts'

let lifter: Lifter
let archive: Opened

beforeAll(async () => {
  lifter = await createLifter('ana')
  // The one thing that a lifter who stays does not have.
  await sql`insert into private.account_deletions (user_id, requested_by, final_at)
    values (${lifter.id}, '{person}', now() + interval '14 days')`
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
    expect(empty, 'what a lifter does not have is not tested: give it to them').toEqual([])
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
  const backend = serviceClient()
  const plan = await call(backend, 'begin_export', { user_id: lifter.id })
  const args = { user_id: lifter.id, export_id: plan.export_id, page: 1 }
  expect(await call(backend, 'export_page', args)).toContain(lifter.id)
  expect((await backend.rpc('export_page', { ...args, user_id: ben.id })).error?.code).toBe('export_replaced')
  await call(backend, 'end_export', { user_id: ben.id, export_id: plan.export_id })
  expect(await call(backend, 'export_page', args)).toContain(lifter.id)
  expect((await lifter.client.rpc('export_page', args)).error?.code).toBe('42501')
})

test('a second export takes the place of the first', async () => {
  const backend = serviceClient()
  const of = { user_id: lifter.id }
  const [first, second] = [await call(backend, 'begin_export', of), await call(backend, 'begin_export', of)]
  const page = (plan: { export_id: string }) =>
    backend.rpc('export_page', { ...of, export_id: plan.export_id, page: 1 })
  expect((await page(first)).error?.code).toBe('export_replaced')
  expect((await page(second)).error).toBeNull()
})

test('that a copy was taken is written down when it is, whatever becomes of it', async () => {
  const ben = await createUser('ben')
  await call(serviceClient(), 'begin_export', { user_id: ben.id })
  const entries = await sql`
    select actor_id, actor_role from private.audit_log where subject_id = ${ben.id} and action = 'account_exported'`
  expect(entries).toEqual([{ actor_id: ben.id, actor_role: 'authenticated' }])
})

test('the copy is gone when the archive is packed', async () => {
  await exported(lifter)
  await expect
    .poll(async () => (await sql`select from private.export_pages where user_id = ${lifter.id}`).length)
    .toBe(0)
})

test('all of it is of one moment, whatever is written while it is taken', async () => {
  const ben = await createUser('ben')
  const begun = await sql.begin(async (writer) => {
    // In the order of the list between the two that are written: the copy has read one and not the other when it waits here.
    await writer`lock table public.import_names in access exclusive mode`
    const copying = call(serviceClient(), 'begin_export', { user_id: ben.id })
    await expect.poll(() => isHeldUp(ben.id), { timeout: 20_000 }).toBe(true)
    await writer`
      insert into public.equipment_pieces (user_id, kind, weight, unit, count) values (${ben.id}, 'plate', 7, 'kg', 2)`
    await writer`
      insert into public.workouts (id, user_id, name, timezone) values (${crypto.randomUUID()}, ${ben.id}, 'Late', 'UTC')`
    return { copying }
  })
  const { pages } = await begun.copying
  const relations = pages.map(({ relation }: { relation: string }) => relation)
  expect(relations).not.toContain('public.equipment_pieces')
  expect(relations).not.toContain('public.workouts')
  expect(await open(await exported(ben)).then(({ files }) => files.has('data/public/workouts.json'))).toBe(true)
})

// Whoever copies holds the person's card.
async function isHeldUp(userId: string): Promise<boolean> {
  const found = await sql`
    select from public.profiles
    join pg_locks as held on held.transactionid = profiles.xmax and held.granted
    join pg_locks as wanted on wanted.pid = held.pid and not wanted.granted
    where profiles.user_id = ${userId} and wanted.relation = 'public.import_names'::regclass`
  return found.length > 0
}

test('only a signed-in person has one', async () => {
  const response = await fetch(`${stack.api_url}/functions/v1/account/export`, {
    headers: { apikey: stack.publishable_key },
  })
  expect([response.status, (await response.json()).code]).toEqual([401, 'not_authenticated'])
  expect((await request({ ...lifter, accessToken: 'x.y.z' }, 'GET', '/export')).status).toBe(401)
})
