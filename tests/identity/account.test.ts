import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { anonClient, createUser, serviceClient } from '../support/clients.ts'
import { sql } from '../support/stack.ts'

const freshName = (name: string): string => `${name}_${crypto.randomUUID().slice(0, 8)}`

describe('a new account', () => {
  test('is there in one call, made of what the sign-up said', async () => {
    const username = freshName('ana')
    const { client, id, email } = await createUser('ana', {
      username: username.toUpperCase(),
      display_name: 'Ana Strong',
      first_name: 'Ana',
      timezone: 'Europe/Berlin',
      units: 'imperial',
    })

    const { data, status } = await client.rpc('my_account')
    const [plan] =
      await sql`select requests_per_window, live_requests_per_window, transfer_requests_per_window, window_seconds from public.plans where id = 'free'`

    expect(status).toBe(200)
    expect(data).toMatchObject({
      user_id: id,
      email,
      email_verified: true,
      is_active: true,
      user_role: 'user',
      plan: 'free',
      limits: {
        requests: plan?.requests_per_window,
        live_requests: plan?.live_requests_per_window,
        transfer_requests: plan?.transfer_requests_per_window,
        window_seconds: plan?.window_seconds,
      },
      deletion: { status: 'staying', final_at: null },
      unread_count: 0,
      profile: { username, display_name: 'Ana Strong', timezone: 'Europe/Berlin', visibility: 'public' },
      details: { first_name: 'Ana', last_name: null },
      preferences: { units: 'imperial', default_rest_seconds: 90, e1rm_formula: 'epley' },
    })
    expect(Date.parse(data.last_login_at)).toBeGreaterThan(Date.now() - 60_000)
  })

  test.each([
    ['a username that breaks the rules', { username: '!' }],
    ['a reserved one', { username: 'support' }],
    ['values of any type', { username: { a: [1] }, timezone: 7, display_name: false, first_name: [] }],
    ['texts without end', { username: 'x'.repeat(500), display_name: 'y'.repeat(500), last_name: 'z'.repeat(500) }],
  ])('comes about with %s', async (_, metadata) => {
    const { client } = await createUser('odd', metadata)

    const { data } = await client.rpc('my_account')

    expect(data.profile).toMatchObject({ username: expect.stringMatching(/^athlete_[0-9a-f]{12}$/), timezone: 'UTC' })
  })

  test('shares its name with nobody, however many ask for it at once', async () => {
    const username = freshName('wanted')
    const users = await Promise.all(['a', 'b', 'c'].map((name) => createUser(name, { username })))

    const names = await sql<{ readonly username: string }[]>`
      select username from public.profiles where user_id = any (${users.map(({ id }) => id)})
    `

    expect(names.filter((profile) => profile.username === username)).toHaveLength(1)
    expect(names).toHaveLength(3)
  })

  test('is not told to anybody without a session', async () => {
    const { error, status } = await anonClient().rpc('my_account')

    expect([status, error?.code]).toEqual([401, '42501'])
  })

  test('is gone for a token that outlives it', async () => {
    const { client, id } = await createUser('gone')
    expect((await client.rpc('my_account')).status).toBe(200)

    await serviceClient().auth.admin.deleteUser(id)

    expect((await client.rpc('my_account')).status).toBe(401)
    expect(await sql`select from public.profiles where user_id = ${id}`).toHaveLength(0)
  })
})

describe('the access token', () => {
  test('tells role, plan and permissions, of the present at every refresh', async () => {
    const user = await createUser('token')
    expect(decodeJwt(user.accessToken)).toMatchObject({
      user_role: 'user',
      plan: 'free',
      scope: expect.arrayContaining(['read:own_workouts', 'write:custom_exercises']),
    })

    await sql`update public.user_roles set role = 'admin' where user_id = ${user.id}`
    const { data } = await user.client.auth.refreshSession()

    expect(decodeJwt(data.session?.access_token ?? '')).toMatchObject({
      user_role: 'admin',
      scope: expect.arrayContaining(['moderate:content']),
    })
  })

  test('gives no power of its own: a revoked admin is nobody at once', async () => {
    const admin = await createUser('admin')
    const listed = () => admin.client.rpc('admin_list_users', { limit: 1 })

    await sql`update public.user_roles set role = 'admin' where user_id = ${admin.id}`
    await admin.client.auth.refreshSession()
    expect((await listed()).status).toBe(200)

    await sql`update public.user_roles set role = 'user' where user_id = ${admin.id}`
    expect((await listed()).error?.code).toBe('admin_only')
  })
})

describe('a profile', () => {
  test('is edited by its owner alone', async () => {
    const ana = await createUser('ana')
    const ben = await createUser('ben')
    const edit = (client: typeof ana.client) =>
      client.from('profiles').update({ bio: 'Squats.' }).eq('user_id', ana.id).select('bio')

    expect((await edit(ben.client)).data).toEqual([])
    expect((await edit(ana.client)).data).toEqual([{ bio: 'Squats.' }])
  })

  test('that is private is nobody else’s to see', async () => {
    const ana = await createUser('ana')
    const ben = await createUser('ben')
    const card = () => ben.client.from('profiles').select('username').eq('user_id', ana.id)
    expect((await card()).data).toHaveLength(1)

    await ana.client.from('profiles').update({ visibility: 'private' }).eq('user_id', ana.id)

    expect((await card()).data).toEqual([])
    expect((await anonClient().from('profiles').select('username').eq('user_id', ana.id)).data).toEqual([])
  })

  test('keeps details and preferences to its owner', async () => {
    const ana = await createUser('ana')
    const ben = await createUser('ben')

    for (const table of ['personal_details', 'preferences', 'user_roles']) {
      expect((await ben.client.from(table).select().eq('user_id', ana.id)).data).toEqual([])
      expect((await ana.client.from(table).select()).data).toHaveLength(1)
    }
  })

  test.each([
    ['a username', { username: 'simply' }, 403, '42501'],
    ['an id', { user_id: '00000000-0000-4000-8000-000000000000' }, 403, '42501'],
    ['a zone that is none', { timezone: 'Moon/Base' }, 400, '23514'],
    ['a bio without end', { bio: 'x'.repeat(501) }, 400, '23514'],
    ['a level that is none', { fitness_level: 'godlike' }, 400, '22P02'],
    ['a picture in somebody else’s folder', { avatar_path: 'other/me.png' }, 400, '23514'],
    ['a column that is none', { karma: 7 }, 400, 'PGRST204'],
  ])('does not take %s', async (_, patch, status, code) => {
    const ana = await createUser('ana')

    const answer = await ana.client.from('profiles').update(patch).eq('user_id', ana.id)

    expect([answer.status, answer.error?.code]).toEqual([status, code])
  })
})

describe('a username', () => {
  test('is changed once in 30 days', async () => {
    const { client } = await createUser('ana')
    const wanted = freshName('Ana')

    expect((await client.rpc('set_username', { username: wanted })).data).toBe(wanted.toLowerCase())
    const { error, status } = await client.rpc('set_username', { username: freshName('ana') })

    expect([status, error?.code]).toEqual([409, 'username_changed_recently'])
    expect(Date.parse(error?.details ?? '')).toBeGreaterThan(Date.now() + 29 * 86_400_000)
  })

  test('goes to one of those who want it at the same moment', async () => {
    const wanted = freshName('both')
    const users = await Promise.all(['a', 'b', 'c', 'd'].map((name) => createUser(name)))

    const answers = await Promise.all(users.map(({ client }) => client.rpc('set_username', { username: wanted })))

    expect(answers.map(({ error }) => error?.code ?? 'ok').sort()).toEqual([
      'ok',
      'username_taken',
      'username_taken',
      'username_taken',
    ])
  })

  test('is not changed twice by two requests at once', async () => {
    const { client } = await createUser('ana')

    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => client.rpc('set_username', { username: freshName('quick') })),
    )

    expect(answers.filter(({ error }) => error === null)).toHaveLength(1)
    expect(new Set(answers.flatMap(({ error }) => error?.code ?? []))).toEqual(new Set(['username_changed_recently']))
  })
})

test('athletes are found by name, those who want to be', async () => {
  const word = freshName('zyx')
  const ana = await createUser('ana', { display_name: `Ána ${word}` })
  const hidden = await createUser('hidden', { display_name: `Hidden ${word}` })
  await hidden.client.from('profiles').update({ visibility: 'private' }).eq('user_id', hidden.id)

  const { data } = await ana.client.rpc('search_users', { query: word.slice(0, 8) })
  const short = await ana.client.rpc('search_users', { query: 'x' })

  expect(data.items).toEqual([expect.objectContaining({ user_id: ana.id })])
  expect(data.next_cursor).toBeNull()
  expect([short.status, short.error?.code]).toEqual([400, 'invalid_argument'])
})
