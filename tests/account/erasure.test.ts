import { beforeAll, describe, expect, test } from 'vitest'
import { createUser, serviceClient, signIn, type User } from '../support/clients.ts'
import { eventually } from '../support/eventually.ts'
import { sql, stack } from '../support/stack.ts'
import { call, refusal } from '../workouts/training.ts'
import { request } from './archive.ts'
import { underWay } from './circle.ts'
import { heldOf } from './held.ts'
import { createLifter, type Lifter } from './lifter.ts'
import { filesWith, tablesWith } from './traces.ts'

const DAY_MS = 24 * 60 * 60 * 1000

const leave = async (user: User) => {
  const response = await request(user, 'DELETE', '')
  return { status: response.status, body: await response.json() }
}
const age = (user: User) =>
  sql`update auth.mfa_amr_claims set updated_at = now() - interval '16 minutes'
    from auth.sessions where sessions.id = session_id and sessions.user_id = ${user.id}`
const ageSessions = (user: User) =>
  sql`update auth.sessions set created_at = now() - interval '16 minutes' where user_id = ${user.id}`
const isOver = (user: User) =>
  sql`update private.account_deletions set final_at = now() - interval '1 second' where user_id = ${user.id}`
const isThere = async (user: User) => (await sql`select from auth.users where id = ${user.id}`).length === 1

describe('asking for it', () => {
  test('says when it is final, signs out everywhere, and can be taken back', async () => {
    const ana = await createUser('ana')
    const phone = await signIn(ana.email)

    const { status, body } = await leave(ana)
    expect([status, body.status]).toEqual([202, 'leaving'])
    const days = (Date.parse(body.final_at) - Date.now()) / DAY_MS
    expect(days).toBeGreaterThan(13.9)
    expect(days).toBeLessThan(14.1)
    for (const device of [ana, phone])
      expect((await device.client.auth.refreshSession({ refresh_token: device.refreshToken })).error?.code).toBe(
        'refresh_token_not_found',
      )

    const again = await signIn(ana.email)
    expect((await leave(again)).body).toEqual(body)
    const back = await signIn(ana.email)
    expect(await call(back.client, 'keep_my_account', {})).toEqual({ status: 'staying', final_at: null })
    expect(await call(back.client, 'keep_my_account', {})).toEqual({ status: 'staying', final_at: null })
    await sql`call private.erase_accounts()`
    expect(await isThere(ana)).toBe(true)
  })

  test('needs a sign-in of the last minutes, which a renewed token is not', async () => {
    const ana = await createUser('ana')
    await age(ana)
    await ageSessions(ana)
    const renewed = await ana.client.auth.refreshSession({ refresh_token: ana.refreshToken })
    const later = { ...ana, accessToken: renewed.data.session?.access_token ?? '' }
    expect(await leave(later)).toMatchObject({ status: 403, body: { code: 'fresh_sign_in_needed' } })
    expect((await leave(await signIn(ana.email))).status).toBe(202)
  })

  test('cannot be taken back when it is final', async () => {
    const ana = await createUser('ana')
    await leave(ana)
    const back = await signIn(ana.email)
    await isOver(ana)
    expect(await call(back.client, 'keep_my_account', {})).toMatchObject({ status: 'leaving' })
  })

  test('is for an admin, too, who says why', async () => {
    const [ana, adele] = [await createUser('ana'), await createUser('adele')]
    const remove = async (user: User, id: string, body: object) => {
      const response = await fetch(`${stack.api_url}/functions/v1/admin/users/${id}`, {
        method: 'DELETE',
        headers: { apikey: stack.publishable_key, authorization: `Bearer ${user.accessToken}` },
        body: JSON.stringify(body),
      })
      return [response.status, await response.json()]
    }
    const why = { reason: 'asked for by mail' }
    expect(await remove(adele, ana.id, why)).toEqual([403, expect.objectContaining({ code: 'admin_only' })])
    await sql`update public.user_roles set role = 'admin' where user_id = ${adele.id}`
    expect(await remove(adele, ana.id, {})).toEqual([400, expect.objectContaining({ code: 'invalid_body' })])
    expect(await remove(adele, 'me', why)).toEqual([400, expect.objectContaining({ code: 'invalid_path' })])
    expect(await remove(adele, crypto.randomUUID(), why)).toEqual([
      404,
      expect.objectContaining({ code: 'user_not_found' }),
    ])
    expect(await remove(adele, ana.id, why)).toEqual([202, expect.objectContaining({ status: 'leaving' })])
    expect((await ana.client.auth.signInWithPassword(ana)).error?.code).toBe('user_banned')
  })

  test('is for nobody else', async () => {
    const response = await fetch(`${stack.api_url}/functions/v1/account`, {
      method: 'DELETE',
      headers: { apikey: stack.publishable_key },
    })
    expect(response.status).toBe(401)
    const files = await request(await createUser('ben'), 'POST', '/erase-files')
    expect([files.status, (await files.json()).code]).toEqual([403, 'service_only'])
  })
})

describe('an account that is final', () => {
  let ana: Lifter
  let ben: User
  let cleo: User
  let shared: string
  let purchase: string | undefined

  beforeAll(async () => {
    ben = await createUser('ben')
    shared = crypto.randomUUID()
    await ben.client
      .from('exercises')
      .insert({
        id: shared,
        name: `Press ${shared.slice(0, 8)}`,
        exercise_type: 'strength',
        primary_muscles: ['chest'],
        difficulty: 'beginner',
        movement_pattern: 'push',
        tracking_type: 'weight_reps',
        weight_entry: 'total',
      })
      .throwOnError()
    await serviceClient().from('exercises').update({ review_status: 'approved' }).eq('id', shared).throwOnError()
    ana = await createLifter('ana')
    cleo = await createUser('cleo')
    await ana.client.from('exercise_ratings').insert({ exercise_id: shared, rating: 1 }).throwOnError()
    await cleo.client.from('exercise_ratings').insert({ exercise_id: shared, rating: 4 }).throwOnError()
    await call(ana.client, 'send_friend_request', { user_id: ben.id })
    await call(ben.client, 'respond_friend_request', { user_id: ana.id, accept: true })
    await call(ben.client, 'start_workout', { id: crypto.randomUUID() })
    const { data } = await ben.client.from('workouts').select('id').single().throwOnError()
    await call(ben.client, 'add_workout_exercise', { workout_id: data?.id, exercise_id: ana.approvedExerciseId })
    await call(cleo.client, 'block_user', { user_id: ana.id })
    await call(serviceClient(), 'begin_export', { user_id: ana.id })
    await underWay(ana.id, ana.ownExerciseId)
    const [event] = await sql<{ id: string }[]>`select id from private.billing_events where user_id = ${ana.id}`
    purchase = event?.id
  })

  test('had something in every table that holds anything of anybody', async () => {
    const empty = (await heldOf(ana.id)).filter(({ count }) => count === 0)
    expect(empty.map(({ relation }) => relation)).toEqual(['private.account_deletions'])
  })

  test('was everywhere before', async () => {
    const tables = await tablesWith([ana.mark])
    for (const name of ['profiles', 'personal_details', 'workout_sets', 'auth.users', 'import_rows'])
      expect(tables).toContain(name)
    expect(tables.some((name) => name.startsWith('realtime.messages'))).toBe(true)
    expect(await filesWith([ana.mark])).not.toEqual([])
  })

  test('is nowhere afterwards: in no table, queue, file or log', async () => {
    await leave(ana)
    await isOver(ana)
    await eventually(async () => {
      await sql`call private.erase_accounts()`
      expect(await sql`select final_at, failure from private.account_deletions where user_id = ${ana.id}`).toEqual([])
    })
    expect(await isThere(ana)).toBe(false)

    expect(await tablesWith([ana.mark, ana.email])).toEqual([])
    expect(await filesWith([ana.mark, ana.email])).toEqual([])
    // Who used power, over whom and when stays, and whom others blocked, under an id that means nobody.
    expect(await tablesWith([ana.id])).toEqual(['blocks', 'private.audit_log'])
    const held = (await heldOf(ana.id)).filter(({ count }) => count > 0)
    expect(held.map(({ relation }) => relation)).toEqual(['private.audit_log'])
    const { data } = await serviceClient().storage.from('exercise-media').list(ana.ownExerciseId)
    expect(data).toEqual([])
  })

  test('leaves what others have as it was, and right', async () => {
    const { data: friends } = await ben.client.from('friendships').select('id').throwOnError()
    expect(friends).toEqual([])
    const rows = await sql`
      select rating_count::int, rating_sum::int, usage_count::int, created_by from public.exercises where id = ${shared}`
    expect(rows).toEqual([{ rating_count: 1, rating_sum: 4, usage_count: 0, created_by: null }])
    const kept =
      await sql`select created_by from public.exercises where id = any (${[ana.approvedExerciseId, ana.ownExerciseId]})`
    expect(kept).toEqual([{ created_by: null }])
    const { data: own } = await ben.client.from('workout_exercises').select('exercise_id').throwOnError()
    expect(own).toEqual([{ exercise_id: ana.approvedExerciseId }])
  })

  test('leaves the books, which lead to nobody', async () => {
    const books = await sql`select * from private.billing_events where id = ${purchase ?? ''}`
    expect(books).toMatchObject([{ user_id: null, stripe_customer_id: null, plan_id: 'pro' }])
  })

  test('keeps its names from everybody for a month, and tells nobody why', async () => {
    const take = async (username: string) => {
      const { status, error } = await ben.client.rpc('set_username', { username })
      return [status, error]
    }
    const [other] = await sql<{ username: string }[]>`select username from public.profiles where user_id = ${cleo.id}`
    const taken = await take(other?.username ?? '')
    expect(taken).toMatchObject([409, { code: 'username_taken' }])
    for (const name of [`${ana.mark}_new`, `${ana.mark}_old`]) {
      expect(await take(name)).toEqual(taken)
      const { id } = await createUser('dora', { username: name })
      const [profile] = await sql`select username from public.profiles where user_id = ${id}`
      expect(profile?.username).toMatch(/^athlete_/)
      await serviceClient().auth.admin.deleteUser(id)
    }
    await sql`update private.held_usernames set held_until = now()
      where username_hash = private.username_hash(${`${ana.mark}_old`})`
    expect(await take(`${ana.mark}_old`)).toEqual([200, null])
  })

  test('cannot be signed in to, and its token reads nothing', async () => {
    expect((await ana.client.auth.signInWithPassword(ana)).error?.code).toBe('invalid_credentials')
    expect((await refusal(ana.client, 'my_account', {})).code).toBe('not_authenticated')
    expect((await ana.client.from('workouts').select('id')).data).toEqual([])
  })

  test('leaves a log that is whole', async () => {
    const entries = await sql`select action from private.audit_log where subject_id = ${ana.id} order by at`
    expect(entries.map(({ action }) => action)).toEqual([
      'user_updated',
      'account_exported',
      'account_deletion_requested',
      'account_erased',
    ])
    expect(await sql`select * from private.verify_audit_log()`).toEqual([])
  })
})
