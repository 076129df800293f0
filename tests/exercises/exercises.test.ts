import type { SupabaseClient } from '@supabase/supabase-js'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { anonClient, createUser, serviceClient } from '../support/clients.ts'
import { sql } from '../support/stack.ts'

const Page = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      equipment: z.array(z.string()),
      reasons: z.array(z.string()).optional(),
    }),
  ),
  next_cursor: z.string().nullable(),
})

const OWN = {
  name: 'Doorframe Row',
  exercise_type: 'strength',
  primary_muscles: ['lats', 'upper_back'],
  secondary_muscles: ['biceps'],
  equipment: ['bodyweight'],
  difficulty: 'beginner',
  movement_pattern: 'pull',
  tracking_type: 'bodyweight_reps',
  weight_entry: 'added',
} as const

async function search(client: SupabaseClient, args: Readonly<Record<string, unknown>> = {}) {
  const { data, error } = await client.rpc('search_exercises', args)
  if (error) throw error
  return Page.parse(data)
}

describe('the library', () => {
  test('is open to everyone, with filters and in the order of popularity', async () => {
    const { data } = await anonClient()
      .from('exercises')
      .select('slug, popularity')
      .contains('primary_muscles', ['chest'])
      .contains('equipment', ['dumbbell'])
      .order('popularity', { ascending: false })
      .limit(5)

    const popularity = z.array(z.object({ popularity: z.number() })).parse(data)
    expect(popularity).toHaveLength(5)
    expect(popularity).toEqual(popularity.toSorted((a, b) => b.popularity - a.popularity))
  })

  test('gives one exercise in full', async () => {
    const { data } = await anonClient().from('exercises').select().eq('slug', 'barbell-back-squat').single()

    expect(data).toMatchObject({
      primary_muscles: ['quadriceps', 'glutes'],
      equipment: ['barbell', 'rack'],
      tracking_type: 'weight_reps',
      review_status: 'approved',
      rating_count: expect.any(Number),
    })
    expect(data.instructions.length).toBeGreaterThanOrEqual(3)
    expect(data).not.toHaveProperty('search_vector')
  })

  test('is not written by those who read it', async () => {
    const { client } = await createUser('ana')
    const squat = () => client.from('exercises')

    expect((await squat().update({ name: 'Mine' }).eq('slug', 'barbell-back-squat').select()).data).toEqual([])
    expect((await squat().delete().eq('slug', 'barbell-back-squat').select()).data).toEqual([])
    expect((await anonClient().from('exercises').insert(OWN)).status).toBe(401)
  })
})

describe('search', () => {
  test.each([
    ['a beginning', 'benc', 'Barbell Bench Press'],
    ['an abbreviation', 'rdl', 'Romanian Deadlift'],
    ['words in another order', 'up pull', 'Pull-Up'],
    ['a spelling without the hyphen', 'pullup', 'Pull-Up'],
    ['a typing error', 'bnech press', 'Barbell Bench Press'],
    ['what people call an implement', 'kb swing', 'Kettlebell Swing'],
  ])('finds by %s', async (_, query, expected) => {
    const { items } = await search(anonClient(), { query, limit: 3 })

    expect(items.map(({ name }) => name)).toContain(expected)
  })

  test('gives pages that together are everything, once', async () => {
    const filter = { muscles: ['quadriceps'], limit: 7 }
    const ids: string[] = []
    let cursor: string | null = null
    do {
      const page: z.infer<typeof Page> = await search(anonClient(), { ...filter, cursor })
      ids.push(...page.items.map(({ id }) => id))
      cursor = page.next_cursor
    } while (cursor !== null)

    const { client } = await createUser('ben')
    const { items } = await search(client, { ...filter, limit: 100 })

    expect(ids).toEqual(items.map(({ id }) => id))
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThan(20)
  })

  test.each([
    ['a muscle that is none', { muscles: ['wing'] }, '22P02'],
    ['a forged cursor', { cursor: 'WzFd' }, 'invalid_cursor'],
    ['a page of nothing', { limit: 0 }, 'invalid_limit'],
    ['a page without end', { limit: 1e6 }, 'invalid_limit'],
    ['a limit that is no number', { limit: 'all' }, '22P02'],
    ['a query without end', { query: 'x'.repeat(5000) }, 'invalid_argument'],
  ])('refuses %s', async (_, args, code) => {
    const { status, error } = await anonClient().rpc('search_exercises', args)

    expect([status, error?.code]).toEqual([400, code])
  })

  test('takes any characters for what they are', async () => {
    for (const query of ["'; drop table", '%', '\\', '🏋️', 'a:* & !b | (', ' '.repeat(50)])
      expect((await anonClient().rpc('search_exercises', { query })).status).toBe(200)
  })
})

describe('an exercise of one’s own', () => {
  test('is its creator’s until it is approved', async () => {
    const ana = await createUser('ana')
    const ben = await createUser('ben')
    const id = crypto.randomUUID()
    const name = `Doorframe ${id.slice(0, 8)}`

    const created = await ana.client
      .from('exercises')
      .insert({ ...OWN, id, name })
      .select()
      .single()

    expect(created.status).toBe(201)
    expect(created.data).toMatchObject({ id, created_by: ana.id, review_status: 'pending', usage_count: 0 })
    expect((await search(ana.client, { query: name })).items[0]).toMatchObject({ id })
    expect((await search(ben.client, { query: name })).items.map((item) => item.id)).not.toContain(id)
    expect((await ben.client.from('exercises').select().eq('id', id)).data).toEqual([])

    await sql`update public.exercises set review_status = 'approved' where id = ${id}`

    expect((await search(ben.client, { query: name })).items[0]).toMatchObject({ id })
    expect((await ana.client.from('exercises').update({ name: 'Other' }).eq('id', id).select()).data).toEqual([])
  })

  test('is made once, however often it is sent', async () => {
    const { client } = await createUser('ana')
    const row = { ...OWN, id: crypto.randomUUID() }
    const send = () => client.from('exercises').upsert(row, { ignoreDuplicates: true })

    expect((await Promise.all([send(), send(), send()])).map(({ error }) => error)).toEqual([null, null, null])
    expect((await client.from('exercises').insert(row)).error?.code).toBe('23505')
    expect((await client.from('exercises').select('id').eq('id', row.id)).data).toHaveLength(1)
  })

  test.each([
    ['a name without end', { name: 'x'.repeat(121) }, 400, '23514'],
    ['no muscles', { primary_muscles: [] }, 400, '23514'],
    ['a muscle that is none', { primary_muscles: ['wing'] }, 400, '22P02'],
    ['a weight that means nothing', { weight_entry: 'stack' }, 400, '23514'],
    ['an approval of its own', { review_status: 'approved' }, 403, '42501'],
    ['another creator', { created_by: crypto.randomUUID() }, 403, '42501'],
    ['a popularity', { usage_count: 1_000_000 }, 403, '42501'],
    ['energy that is no number', { met: 'NaN' }, 400, '23514'],
    ['a column that is none', { karma: 7 }, 400, 'PGRST204'],
  ])('does not take %s', async (_, patch, status, code) => {
    const { client } = await createUser('ana')

    const answer = await client.from('exercises').insert({ ...OWN, ...patch })

    expect([answer.status, answer.error?.code]).toEqual([status, code])
  })

  test('has variations that are read with it', async () => {
    const { client } = await createUser('ana')
    const id = crypto.randomUUID()
    await client.from('exercises').insert({ ...OWN, id })
    await client.from('exercise_variations').insert({ exercise_id: id, name: 'Towel', difficulty: 'advanced' })

    const { data } = await client.from('exercises').select('name, exercise_variations(name)').eq('id', id).single()

    expect(data?.exercise_variations).toEqual([{ name: 'Towel' }])
  })
})

describe('ratings', () => {
  test('by many at once all count, and a changed mind counts as one', async () => {
    const { id } = await createApproved()
    const users = await Promise.all([1, 2, 3, 4].map((n) => createUser(`rater${n}`)))
    const rate = (index: number, rating: number) =>
      users[index]?.client.from('exercise_ratings').upsert({ exercise_id: id, rating })

    await Promise.all([rate(0, 5), rate(1, 4), rate(2, 4), rate(3, 1)])
    await rate(3, 5)

    const { data } = await anonClient().from('exercises').select('rating_average, rating_count').eq('id', id).single()
    expect(data).toEqual({ rating_average: 4.5, rating_count: 4 })
  })

  test('are one’s own secret, and nobody rates in another’s name', async () => {
    const { id } = await createApproved()
    const ana = await createUser('ana')
    const ben = await createUser('ben')
    await ana.client.from('exercise_ratings').insert({ exercise_id: id, rating: 5 })

    expect((await ben.client.from('exercise_ratings').select().eq('exercise_id', id)).data).toEqual([])
    expect((await ana.client.from('exercise_ratings').select().eq('exercise_id', id)).data).toHaveLength(1)
    const forged = await ben.client.from('exercise_ratings').insert({ exercise_id: id, user_id: ana.id, rating: 1 })
    expect([forged.status, forged.error?.code]).toEqual([403, '42501'])
  })

  test('tell nothing of what one may not see', async () => {
    const ana = await createUser('ana')
    const ben = await createUser('ben')
    const hidden = crypto.randomUUID()
    await ana.client.from('exercises').insert({ ...OWN, id: hidden })
    const rate = (exercise_id: string) => ben.client.from('exercise_ratings').insert({ exercise_id, rating: 3 })

    const [there, nowhere] = await Promise.all([rate(hidden), rate(crypto.randomUUID())])

    expect(there.status).toBe(403)
    expect([there.status, there.error]).toEqual([nowhere.status, nowhere.error])
  })
})

describe('substitutes', () => {
  test('train the same with what one has', async () => {
    const { data: press } = await anonClient().from('exercises').select('id').eq('slug', 'barbell-bench-press').single()

    const { data } = await anonClient().rpc('similar_exercises', { exercise_id: press?.id, equipment: ['dumbbell'] })

    const { items } = Page.parse(data)
    expect(items.length).toBeGreaterThan(0)
    for (const item of items) {
      expect(['dumbbell', 'bodyweight']).toEqual(expect.arrayContaining(item.equipment))
      expect(item.reasons).toContain('fits_equipment')
    }
  })

  test('of an exercise that one may not see do not exist', async () => {
    const ana = await createUser('ana')
    const hidden = crypto.randomUUID()
    await ana.client.from('exercises').insert({ ...OWN, id: hidden })

    const { status, error } = await anonClient().rpc('similar_exercises', { exercise_id: hidden })

    expect([status, error?.code]).toEqual([404, 'exercise_not_found'])
    expect((await ana.client.rpc('similar_exercises', { exercise_id: hidden })).status).toBe(200)
  })
})

describe('a review', () => {
  test('is an admin’s, and its reason is read by the creator', async () => {
    const ana = await createUser('ana')
    const root = await createUser('root')
    await sql`update public.user_roles set role = 'admin' where user_id = ${root.id}`
    const id = crypto.randomUUID()
    await ana.client.from('exercises').insert({ ...OWN, id })
    const review = (client: SupabaseClient, approve: boolean, reason?: string) =>
      client.rpc('review_exercise', { exercise_id: id, approve, ...(reason === undefined ? {} : { reason }) })

    const denied = await review(ana.client, true)
    expect([denied.status, denied.error?.code]).toEqual([403, 'admin_only'])
    expect((await review(root.client, false, 'Too dangerous for a doorframe.')).data).toMatchObject({
      review_status: 'rejected',
    })
    expect((await ana.client.from('exercises').select('review_reason').eq('id', id).single()).data).toEqual({
      review_reason: 'Too dangerous for a doorframe.',
    })
    expect((await review(root.client, true)).data).toMatchObject({ review_status: 'approved', review_reason: null })
    expect((await anonClient().from('exercises').select('id').eq('id', id)).data).toHaveLength(1)
  })
})

describe('media', () => {
  const picture = () => new Blob([new Uint8Array([137, 80, 78, 71])], { type: 'image/png' })

  test('of an exercise of one’s own are added by its creator, and seen by whoever has the address', async () => {
    const ana = await createUser('ana')
    const ben = await createUser('ben')
    const id = crypto.randomUUID()
    await ana.client.from('exercises').insert({ ...OWN, id })
    const bucket = (client: SupabaseClient) => client.storage.from('exercise-media')

    expect((await bucket(ben.client).upload(`${id}/forged.png`, picture())).error).not.toBeNull()
    expect((await bucket(anonClient()).upload(`${id}/forged.png`, picture())).error).not.toBeNull()
    expect(
      (await bucket(ana.client).upload(`${id}/side.svg`, new Blob(['<svg/>'], { type: 'image/svg+xml' }))).error,
    ).not.toBeNull()
    expect((await bucket(ana.client).upload(`${id}/side.png`, picture())).error).toBeNull()
    expect(
      (
        await ana.client
          .from('exercises')
          .update({ images: [`${id}/side.png`] })
          .eq('id', id)
      ).error,
    ).toBeNull()
    expect((await fetch(bucket(ana.client).getPublicUrl(`${id}/side.png`).data.publicUrl)).status).toBe(200)
    expect((await bucket(ana.client).list(id)).data?.map(({ name }) => name)).toEqual(['side.png'])
    expect((await bucket(ben.client).list(id)).data).toEqual([])
  })
})

describe('languages', () => {
  test('are the caller’s: by argument, by preference, by default', async () => {
    const { client, id } = await createUser('ana')
    const first = async (args: Readonly<Record<string, unknown>> = {}) =>
      (await search(client, { query: 'kniebeuge', limit: 1, ...args })).items[0]?.name

    expect(await first()).toBe('Barbell Back Squat')
    expect(await first({ language: 'de-AT' })).toBe('Kniebeuge')
    await client.from('preferences').update({ language: 'de' }).eq('user_id', id)
    expect(await first()).toBe('Kniebeuge')
    expect(await first({ language: 'en' })).toBe('Barbell Back Squat')
  })
})

describe('two exercises that are one', () => {
  test('are merged by their athlete, and a phone that only knows the old id trains on', async () => {
    const { client } = await createUser('ana')
    const [kept, double, workout, entry] = [1, 2, 3, 4].map(() => crypto.randomUUID())
    await client.from('exercises').insert([
      { ...OWN, id: kept, name: 'Towel Row' },
      { ...OWN, id: double, name: 'Row with a Towel' },
    ])

    const merged = await client.rpc('merge_exercises', { from_id: double, into_id: kept })
    await client.rpc('start_workout', { id: workout, timezone: 'UTC' })
    const added = await client.rpc('add_workout_exercise', { workout_id: workout, exercise_id: double, id: entry })
    const logged = await client.rpc('complete_set', { workout_exercise_id: entry, reps: 8 })

    expect(merged.data).toMatchObject({ into_id: kept, is_complete: true })
    expect(added.data).toMatchObject({ exercise_id: kept, exercise_name: 'Towel Row' })
    expect(logged.data).toMatchObject({ exercise_id: kept })
    expect((await client.rpc('get_exercise', { exercise_id: double })).data).toMatchObject({
      id: kept,
      requested_id: double,
    })
    expect((await client.rpc('exercise_history', { exercise_id: double })).data.items).toHaveLength(1)
  })
})

test('a token that has outlived its account adds nothing, and is told so', async () => {
  const { client, id } = await createUser('ana')
  await serviceClient().auth.admin.deleteUser(id)

  const answer = await client.from('exercises').insert(OWN)

  expect([answer.status, answer.error?.code]).toEqual([401, 'not_authenticated'])
})

async function createApproved(): Promise<{ readonly id: string }> {
  const { client } = await createUser('author')
  const id = crypto.randomUUID()
  await client.from('exercises').insert({ ...OWN, id })
  await sql`update public.exercises set review_status = 'approved' where id = ${id}`
  return { id }
}
