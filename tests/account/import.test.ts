import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { createUser, type User } from '../support/clients.ts'
import { ownedBy } from '../support/rows.ts'
import { sql } from '../support/stack.ts'
import { call, exerciseId, startWith } from '../workouts/training.ts'
import { bringIn, exported, type Opened, open, repacked, zipped } from './archive.ts'
import { createLifter, type Lifter } from './lifter.ts'

const ID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g

// What cannot be the same, of any table: whose the rows are, which device wrote them, and when the server last derived.
const SERVERS = ['user_id', 'created_by', 'changed_by', 'expected_version']
// What is not the person's to bring, by table: names that are one account's, what admins and others decided, retries.
const LEFT: Readonly<Record<string, readonly string[]>> = {
  profiles: ['username', 'created_at', 'updated_at'],
  personal_details: ['created_at', 'updated_at'],
  preferences: ['created_at', 'updated_at'],
  exercises: [
    ...['slug', 'review_status', 'review_reason', 'reviewed_at', 'is_active', 'updated_at'],
    ...['popularity', 'usage_count', 'rating_sum', 'rating_count', 'rating_average'],
  ],
  exercise_translations: ['updated_at'],
  exercise_variations: ['updated_at'],
  workouts: ['updated_at'],
  workout_exercises: ['updated_at', 'request_hash'],
  workout_sets: ['updated_at', 'request_hash'],
  workout_templates: ['usage_count'],
  prescriptions: ['inputs_hash'],
}
const RESTORED = [
  ...['profiles', 'personal_details', 'preferences', 'equipment_pieces', 'training_maxes'],
  ...['exercises', 'exercise_translations', 'exercise_variations', 'exercise_ratings'],
  ...['workout_templates', 'template_versions', 'template_generations', 'template_runs'],
  ...['template_ratings', 'template_favorites', 'imports', 'import_rows', 'import_names'],
  ...['workouts', 'workout_exercises', 'workout_sets', 'prescriptions'],
]
const DERIVED = ['personal_records', 'exercise_stats', 'weekly_stats', 'user_stats', 'user_streaks']
const DERIVED_LEFT = ['id', 'created_at', 'updated_at', 'superseded_by', 'superseded_at', 'revoked_at']
const OF_PLANS = ['template_days', 'template_exercises']

/** The tables of an archive of `owner`, with the ids that they have in `next`, which is what came of it. */
function content(archive: Opened, owner: User, next?: { readonly owner: User; readonly archive: Opened }) {
  const texts = next ? [...next.archive.files.keys()].filter((path) => path.startsWith('data/')) : []
  const ids = new Set(texts.flatMap((path) => next?.archive.text(path).match(ID) ?? []))
  const renamed = (text: string): string =>
    text.replaceAll(ID, (id) => {
      if (id === owner.id) return 'owner'
      const moved = next ? newId(next.owner.id, id) : id
      return ids.has(moved) ? moved : id
    })
  const rows = (table: string, left: readonly string[]): readonly string[] =>
    archive
      .rows(`public.${table}`)
      // A record that older training outdid is told to those who had heard of it; it is none.
      .filter((row) => table !== 'personal_records' || !('revoked_at' in row))
      .map((row) => Object.entries(row).filter(([name]) => ![...SERVERS, ...left].includes(name)))
      .map((fields) => renamed(JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : 1)))))
      .sort()
  return Object.fromEntries([
    ...RESTORED.map((table) => [table, rows(table, LEFT[table] ?? [])]),
    ...DERIVED.map((table) => [table, rows(table, DERIVED_LEFT)]),
    ...OF_PLANS.map((table) => [table, rows(table, ['created_at', 'updated_at'])]),
    ['csv', archive.text('csv/workouts.csv').split('\n').sort()],
  ])
}

function newId(userId: string, id: string): string {
  const bytes = createHash('sha256').update(`${userId} ${id}`).digest().subarray(0, 16)
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

let ana: Lifter
let archive: Opened
let bytes: Uint8Array

beforeAll(async () => {
  ana = await createLifter('ana')
  // More digits than a number of JavaScript has.
  await sql`update public.training_maxes set load_kg = 97.123456789012345678 where user_id = ${ana.id}`
  bytes = await exported(ana)
  archive = await open(bytes)
})

test('what is exported, brought in and exported again is the same', async () => {
  const ben = await createUser('ben')
  const first = await bringIn(ben, bytes)
  expect(first).toMatchObject({ status: 200, body: { files: 2, missing: [], left_out: {}, ended_runs: 0 } })
  const second = await open(await exported(ben))
  expect(content(second, ben)).toEqual(content(archive, ana, { owner: ben, archive: second }))
  for (const table of RESTORED) expect([table, second.rows(`public.${table}`).length > 0]).toEqual([table, true])
  expect(second.text('data/public/training_maxes.json')).toContain('"load_kg":97.123456789012345678,')
  const media = `files/exercise-media/${newId(ben.id, ana.ownExerciseId)}/press.png`
  expect(second.files.get(media)).toEqual(ana.picture)
  const avatar = `avatars/${ana.id}/me.png`
  expect(second.files.get(`files/${avatar.replace(ana.id, ben.id)}`)).toEqual(archive.files.get(`files/${avatar}`))

  const cleo = await createUser('cleo')
  expect((await bringIn(cleo, await exported(ben))).status).toBe(200)
  const third = await open(await exported(cleo))
  expect(content(third, cleo)).toEqual(content(second, ben, { owner: cleo, archive: third }))
  const repair = await call(ben.client, 'recompute_my_stats', {})
  expect(
    Object.values(repair).every((rows) => rows === 0),
    JSON.stringify(repair),
  ).toBe(true)
})

test('plans that were brought in go on as they would have', async () => {
  const ben = await createUser('ben')
  await bringIn(ben, bytes)
  const next = async ({ client }: User) => {
    const { data } = await client.from('template_runs').select('template_id, template_name').eq('status', 'active')
    const answers = (data ?? []).map(async ({ template_id, template_name }) => {
      const { week, exercises } = await call(client, 'next_workout', { template_id })
      return JSON.stringify([
        template_name,
        week,
        exercises.map(({ exercise_name, sets }: { exercise_name: string; sets: unknown }) => [exercise_name, sets]),
      ])
    })
    return (await Promise.all(answers)).sort()
  }
  const asked = await next(ben)
  expect(asked).toEqual(await next(ana))
  expect(asked).toHaveLength(3)
})

test('what an archive says of power, of plans and of what is derived is not taken', async () => {
  const ben = await createUser('ben')
  const sets = archive
    .rows('public.workout_sets')
    .map((row) => ({ ...row, e1rm_kg: 999, is_record: true, user_id: ana.id }))
  const exercises = archive
    .rows('public.exercises')
    .map((row) => ({ ...row, review_status: 'approved', rating_sum: 500 }))
  const templates = archive
    .rows('public.workout_templates')
    .map((row) => ({ ...row, is_premium: true, featured_order: 1, favorite_count: 900, popularity: 9 }))
  const forged = await repacked(archive, {
    'data/public/user_roles.json': JSON.stringify([{ user_id: ben.id, role: 'admin' }]),
    'data/public/subscriptions.json': JSON.stringify([{ user_id: ben.id, plan_id: 'pro', status: 'active' }]),
    'data/public/workout_sets.json': JSON.stringify(sets),
    'data/public/exercises.json': JSON.stringify(exercises),
    'data/public/workout_templates.json': JSON.stringify(templates),
  })
  expect((await bringIn(ben, forged)).status).toBe(200)
  const account = await call(ben.client, 'my_account', {})
  expect([account.user_role, account.plan, account.email]).toEqual(['user', 'free', ben.email])
  const second = await open(await exported(ben))
  const first = content(archive, ana, { owner: ben, archive: second })
  expect(content(second, ben)).toEqual(first)
  const kept = await sql`select distinct review_status from public.exercises where created_by = ${ben.id}`
  expect(kept).toEqual([{ review_status: 'pending' }])
})

test('no archive ends the rules for a minor', async () => {
  const years = (age: number): string => `${new Date().getUTCFullYear() - age}-01-01`
  const settings = async (date_of_birth: string | null, visibility: string) => {
    const row = (table: string, patch: object) =>
      JSON.stringify(archive.rows(`public.${table}`).map((stored) => ({ ...stored, ...patch })))
    const others = [...archive.files.keys()].filter((path) => /^(data|csv|files)\//.test(path))
    return repacked(archive, {
      ...Object.fromEntries(others.map((path) => [path, null])),
      'data/public/personal_details.json': row('personal_details', { date_of_birth, guardian_name: null }),
      'data/public/profiles.json': row('profiles', { visibility, bio: 'from the archive' }),
    })
  }
  const bring = async (stored: string | null, date_of_birth: string | null, visibility = 'public') => {
    const user = await createUser('teen', { date_of_birth: stored })
    expect((await bringIn(user, await settings(date_of_birth, visibility))).status).toBe(200)
    const { details, profile } = await call(user.client, 'my_account', {})
    expect(profile.bio).toBe('from the archive')
    return [details.date_of_birth, profile.visibility]
  }

  expect(await bring(years(15), years(35))).toEqual([years(15), 'private'])
  expect(await bring(years(15), null)).toEqual([years(15), 'private'])
  expect(await bring(years(15), years(14))).toEqual([years(14), 'private'])
  expect(await bring(null, years(15))).toEqual([years(15), 'private'])
  expect(await bring(years(30), years(35), 'friends')).toEqual([years(35), 'friends'])
})

describe('is refused, and changes nothing:', () => {
  const refused = async (user: User, forged: Uint8Array) => {
    const before = await ownedBy(user.id)
    const { status, body } = await bringIn(user, forged)
    expect(await ownedBy(user.id)).toBe(before)
    return [status, body.code]
  }

  test('an archive for an account that has something', async () => {
    const ben = await createUser('ben')
    await call(ben.client, 'start_workout', { id: crypto.randomUUID() })
    expect(await refused(ben, bytes)).toEqual([409, 'account_not_empty'])
  })

  test('a file that is not the one that was exported', async () => {
    const ben = await createUser('ben')
    const manifest = archive.text('manifest.json')
    const sets = archive.text('data/public/workout_sets.json')
    const changed = await repacked(archive, { 'data/public/workout_sets.json': `${sets} `, 'manifest.json': manifest })
    expect(await refused(ben, changed)).toEqual([400, 'archive_damaged'])
    const added = await repacked(archive, { 'data/public/more.json': '[]', 'manifest.json': manifest })
    expect(await refused(ben, added)).toEqual([400, 'archive_damaged'])
    const removed = await repacked(archive, { 'data/public/workouts.json': null, 'manifest.json': manifest })
    expect(await refused(ben, removed)).toEqual([400, 'archive_damaged'])
    const flipped = bytes.slice()
    flipped[200] = (flipped[200] ?? 0) ^ 1
    expect((await refused(ben, flipped))[0]).toBe(400)
  })

  test('what is no archive, leads out of it, or is more than it says', async () => {
    const ben = await createUser('ben')
    expect(await refused(ben, new TextEncoder().encode('PK'))).toEqual([400, 'archive_unreadable'])
    expect(await refused(ben, await zipped(new Map()))).toEqual([400, 'archive_unreadable'])
    const outside = await repacked(archive, { '../../etc/passwd': 'x' })
    expect(await refused(ben, outside)).toEqual([400, 'archive_unreadable'])
    const bomb = await repacked(archive, { 'data/public/workouts.json': new Uint8Array(160 * 1024 * 1024) })
    expect(bomb.byteLength).toBeLessThan(1024 * 1024)
    expect(await refused(ben, bomb)).toEqual([413, 'archive_too_large'])
    const nonsense = await repacked(archive, { 'data/public/workouts.json': '{"a":1}' })
    expect(await refused(ben, nonsense)).toEqual([400, 'archive_unreadable'])
  })

  test('rows that hang on somebody else’s, or break a rule', async () => {
    const [ben, cleo] = [await createUser('ben'), await createUser('cleo')]
    const { workoutId } = await startWith(cleo.client, 'barbell-bench-press')
    const before = await ownedBy(cleo.id)
    const change = (table: string, patch: object) => {
      const rows = archive.rows(`public.${table}`).map((row, n) => (n === 0 ? { ...row, ...patch } : row))
      return repacked(archive, { [`data/public/${table}.json`]: JSON.stringify(rows) })
    }
    for (const workout_id of [workoutId, crypto.randomUUID()])
      expect(await refused(ben, await change('workout_exercises', { workout_id, position: 50 }))).toEqual([
        404,
        'workout_not_found',
      ])
    expect(await refused(ben, await change('workout_exercises', { exercise_id: crypto.randomUUID() }))).toEqual([
      409,
      'archive_needs_exercise',
    ])
    expect(await refused(ben, await change('workout_sets', { reps: -1 }))).toEqual([400, 'invalid_archive'])
    expect(await refused(ben, await change('workouts', { status: 'won' }))).toEqual([400, 'invalid_archive'])
    expect(await ownedBy(cleo.id)).toBe(before)
    const hidden = crypto.randomUUID()
    await cleo.client
      .from('exercises')
      .insert({
        id: hidden,
        name: 'Hidden',
        exercise_type: 'strength',
        primary_muscles: ['chest'],
        difficulty: 'beginner',
        movement_pattern: 'push',
        tracking_type: 'weight_reps',
        weight_entry: 'total',
      })
      .throwOnError()
    expect(await refused(ben, await change('workout_exercises', { exercise_id: hidden }))).toEqual([
      409,
      'archive_needs_exercise',
    ])
    expect((await bringIn(ben, bytes)).status).toBe(200)
  })

  test('plans, reports and texts that are none', async () => {
    const ben = await createUser('ben')
    const change = (table: string, patch: object) => {
      const rows = archive.rows(`public.${table}`).map((row) => ({ ...row, ...patch }))
      return repacked(archive, { [`data/public/${table}.json`]: JSON.stringify(rows) })
    }
    const forgeries: readonly (readonly [string, object, readonly [number, string]])[] = [
      ['template_versions', { document: { days: [] } }, [400, 'invalid_template']],
      ['template_versions', { document: { name: 'x', days: 7 } }, [400, 'invalid_template']],
      ['template_versions', { document: null }, [400, 'invalid_template']],
      ['template_versions', { version: 7 }, [400, 'invalid_archive']],
      ['workout_templates', { version: 7 }, [400, 'invalid_archive']],
      ['template_runs', { status: 'active', ended_at: null, template_id: ana.id }, [400, 'invalid_archive']],
      ['imports', { names: [{ name: 7 }] }, [400, 'invalid_archive']],
      ['import_rows', { import_id: crypto.randomUUID() }, [400, 'invalid_archive']],
      ['prescriptions', { template_day_id: 'A' }, [400, 'invalid_archive']],
      ['workouts', { notes: 'zero \0 byte' }, [400, 'archive_unreadable']],
      ['workouts', { notes: 'half \ud83d' }, [400, 'archive_unreadable']],
    ]
    for (const [table, patch, answer] of forgeries)
      expect([table, patch, await refused(ben, await change(table, patch))]).toEqual([table, patch, answer])
    // Of ids that Postgres reads as they are meant, and that would be somebody else's.
    const taken = await exerciseId(ben.client, 'barbell-bench-press')
    for (const id of [taken.toUpperCase(), taken.replaceAll('-', ''), `{${taken}}`, 7]) {
      expect([id, await refused(ben, await change('exercises', { id }))]).toEqual([id, [400, 'archive_unreadable']])
      const plans = archive
        .rows('public.template_versions')
        .map((row) => ({ ...row, document: { days: [{ id: crypto.randomUUID(), exercises: [{ id }] }] } }))
      const forged = await repacked(archive, { 'data/public/template_versions.json': JSON.stringify(plans) })
      expect([id, await refused(ben, forged)]).toEqual([id, [400, 'archive_unreadable']])
    }
    const empty = await repacked(archive, { 'data/public/workouts.json': '[{}, {"power": 1}]' })
    expect(await refused(ben, empty)).toEqual([400, 'invalid_archive'])
  })
})

test('what refers to a plan that the account does not see is left out, and opens nothing', async () => {
  const [ben, cleo] = [await createUser('ben'), await createUser('cleo')]
  const [hidden, closed] = [crypto.randomUUID(), crypto.randomUUID()]
  const bench = await exerciseId(cleo.client, 'barbell-bench-press')
  const days = [{ name: 'A', exercises: [{ exercise_id: bench, sets: 1, reps_min: 5 }] }]
  for (const id of [hidden, closed])
    await call(cleo.client, 'save_template', {
      template: { id, name: 'Hidden', difficulty: 'beginner', goal: 'strength', days },
    })
  await call(cleo.client, 'publish_template', { template_id: closed })
  await sql`update public.profiles set visibility = 'private' where user_id = ${cleo.id}`
  const before = await ownedBy(cleo.id)
  // One that is hidden, one whose author is, and one that is nowhere: what is answered does not tell which.
  const changes = ['template_ratings', 'template_favorites', 'template_generations', 'template_runs'].map((table) => {
    const [row] = archive.rows(`public.${table}`)
    const rows = [hidden, closed, crypto.randomUUID()].map((template_id) => ({
      ...row,
      id: crypto.randomUUID(),
      template_id,
    }))
    return [`data/public/${table}.json`, JSON.stringify(rows)]
  })
  const workouts = archive
    .rows('public.workouts')
    .map((row) => ({ ...row, template_id: hidden, template_run_id: null }))
  const forged = await repacked(archive, {
    ...Object.fromEntries(changes),
    'data/public/workouts.json': JSON.stringify(workouts),
  })
  const { status, body } = await bringIn(ben, forged)
  expect([status, body.left_out, body.ended_runs]).toEqual([
    200,
    {
      'public.template_ratings': 3,
      'public.template_favorites': 3,
      'public.template_generations': 3,
      'public.template_versions': 1,
    },
    3,
  ])
  expect(await ownedBy(cleo.id)).toBe(before)
  const { data } = await ben.client.from('template_versions').select('template_id').eq('template_id', hidden)
  expect(data).toEqual([])
  expect((await open(await exported(ben))).text('data/public/workouts.json')).not.toContain(hidden)
})
