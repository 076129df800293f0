import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { createUser, type User } from '../support/clients.ts'
import { ownedBy } from '../support/rows.ts'
import { sql } from '../support/stack.ts'
import { call, startWith } from '../workouts/training.ts'
import { bringIn, exported, type Opened, open, repacked, zipped } from './archive.ts'
import { createLifter, type Lifter } from './lifter.ts'

const ID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g

// What is not the person's to bring: who and when the server was asked, what others decided, what stays behind.
const SERVERS = [
  'user_id',
  'created_by',
  'updated_at',
  'received_at',
  'changed_by',
  'request_hash',
  'expected_version',
  'import_id',
  'username',
  'avatar_path',
  'slug',
  'review_status',
  'review_reason',
  'reviewed_at',
  'popularity',
  'usage_count',
  'rating_sum',
  'rating_count',
  'rating_average',
  'is_active',
]
const RESTORED = [
  'profiles',
  'personal_details',
  'preferences',
  'exercises',
  'exercise_translations',
  'exercise_variations',
  'equipment_pieces',
  'workouts',
  'workout_exercises',
  'workout_sets',
]
const DERIVED = ['personal_records', 'exercise_stats', 'weekly_stats', 'user_stats']

/** The tables of an archive, each row without what is the server's, with ids as they are for `owner`. */
function content(archive: Opened, owner?: User): Record<string, readonly string[]> {
  const own = new Set(RESTORED.flatMap((table) => archive.rows(`public.${table}`).map(({ id }) => id)))
  const renamed = (text: string): string =>
    owner === undefined ? text : text.replaceAll(ID, (id) => (own.has(id) ? newId(owner.id, id) : id))
  const rows = (table: string, left: readonly string[]): readonly string[] =>
    archive
      .rows(`public.${table}`)
      .map((row) =>
        renamed(
          JSON.stringify(
            Object.entries(row)
              .filter(([name]) => !left.includes(name))
              .sort(([a], [b]) => (a < b ? -1 : 1)),
          ),
        ),
      )
      .sort()
  const settings = ['profiles', 'personal_details', 'preferences']
  return Object.fromEntries([
    ...RESTORED.map((table) => [table, rows(table, [...SERVERS, ...(settings.includes(table) ? ['created_at'] : [])])]),
    ...DERIVED.map((table) => [
      table,
      rows(table, [...SERVERS, 'id', 'created_at', 'superseded_by', 'superseded_at', 'revoked_at']),
    ]),
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
  bytes = await exported(ana)
  archive = await open(bytes)
})

test('what is exported, brought in and exported again is the same', async () => {
  const ben = await createUser('ben')
  const first = await bringIn(ben, bytes)
  expect(first).toMatchObject({ status: 200, body: { files: 1, missing: [] } })
  const second = await open(await exported(ben))
  expect(content(second)).toEqual(content(archive, ben))
  expect(second.rows('public.workout_sets').length).toBeGreaterThan(8)
  const media = `files/exercise-media/${newId(ben.id, ana.ownExerciseId)}/press.png`
  expect(second.files.get(media)).toEqual(ana.picture)

  const cleo = await createUser('cleo')
  expect((await bringIn(cleo, await exported(ben))).status).toBe(200)
  expect(content(await open(await exported(cleo)))).toEqual(content(second, cleo))
  const repair = await call(ben.client, 'recompute_my_stats', {})
  expect(
    Object.values(repair).every((rows) => rows === 0),
    JSON.stringify(repair),
  ).toBe(true)
})

test('what an archive says of power, of plans and of what is derived is not taken', async () => {
  const ben = await createUser('ben')
  const sets = archive
    .rows('public.workout_sets')
    .map((row) => ({ ...row, e1rm_kg: 999, is_record: true, user_id: ana.id }))
  const exercises = archive
    .rows('public.exercises')
    .map((row) => ({ ...row, review_status: 'approved', rating_sum: 500 }))
  const forged = await repacked(archive, {
    'data/public/user_roles.json': JSON.stringify([{ user_id: ben.id, role: 'admin' }]),
    'data/public/subscriptions.json': JSON.stringify([{ user_id: ben.id, plan_id: 'pro', status: 'active' }]),
    'data/public/workout_sets.json': JSON.stringify(sets),
    'data/public/exercises.json': JSON.stringify(exercises),
  })
  expect((await bringIn(ben, forged)).status).toBe(200)
  const account = await call(ben.client, 'my_account', {})
  expect([account.user_role, account.plan, account.email]).toEqual(['user', 'free', ben.email])
  expect(content(await open(await exported(ben))).workout_sets).toEqual(content(archive, ben).workout_sets)
  const kept = await sql`select distinct review_status from public.exercises where created_by = ${ben.id}`
  expect(kept).toEqual([{ review_status: 'pending' }])
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
    expect((await refused(ben, await change('workout_exercises', { workout_id: workoutId, position: 50 })))[0]).toBe(
      400,
    )
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
})
