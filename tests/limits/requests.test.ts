import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type LimitedUser, startWorld, type World } from './world.ts'

const DAY = 86_400
const COUNTED = '/rest/v1/rpc/count_request'
const READ = '/rest/v1/exercises?select=id&limit=1'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

async function statuses(responses: Iterable<Promise<Response>>): Promise<Readonly<Record<number, number>>> {
  const counts: Record<number, number> = {}
  for (const { status } of await Promise.all(responses)) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

const times = <T>(count: number, work: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => work(n))

describe('requests that may write', () => {
  test('are taken exactly as often as the bucket has tokens, however many come at once', async () => {
    const user = await world.user({ requests: 40, live: 1, windowSeconds: DAY })

    expect(await statuses(times(100, () => user.send(COUNTED, {})))).toEqual({ 204: 40, 429: 60 })

    expect(await statuses(times(5, () => user.send(COUNTED, {})))).toEqual({ 429: 5 })
  })

  test('are refused with the code, and with the seconds to wait', async () => {
    const user = await world.user({ requests: 1, live: 1, windowSeconds: 600 })
    await user.send(COUNTED, {})

    const refused = await user.send('/rest/v1/rpc/start_workout', { id: crypto.randomUUID(), timezone: 'UTC' })

    expect(refused.status).toBe(429)
    const wait = Number(refused.headers.get('retry-after'))
    expect(wait).toBeGreaterThan(500)
    expect(wait).toBeLessThanOrEqual(600)
    expect(await refused.json()).toMatchObject({
      code: 'rate_limited',
      details: `Retry after ${wait} seconds. At most 1 requests in 600 seconds.`,
    })
    expect(await world.sql`select from public.workouts where user_id = ${user.id}`).toHaveLength(0)
  })

  test('pass again once that time is over', async () => {
    const user = await world.user({ requests: 1, live: 1, windowSeconds: 2 })
    expect((await user.send(COUNTED, {})).status).toBe(204)
    await eventually(async () => expect((await user.send(COUNTED, {})).status).toBe(204))
  })

  test('of one user are none of another, and the backend has no limit', async () => {
    const [full, other] = await Promise.all([
      world.user({ requests: 1, live: 1, windowSeconds: DAY }),
      world.user({ requests: 1, live: 1, windowSeconds: DAY }),
    ])
    await full.send(COUNTED, {})
    expect((await full.send(COUNTED, {})).status).toBe(429)
    expect((await other.send(COUNTED, {})).status).toBe(204)
    const { secret_key } = world.stack.status
    const asBackend = times(80, () =>
      world.send('/rest/v1/plans?select=id&limit=1', { headers: { apikey: secret_key } }),
    )
    expect(await statuses(asBackend)).toEqual({ 200: 80 })
  })

  test('cost nothing when they fail: what is undone is not counted', async () => {
    const user = await world.user({ requests: 2, live: 1, windowSeconds: DAY })
    for (const _ of times(5, () => undefined))
      expect((await user.send('/rest/v1/rpc/complete_workout', { workout_id: crypto.randomUUID() })).status).toBe(404)
    expect(await statuses(times(4, () => user.send(COUNTED, {})))).toEqual({ 204: 2, 429: 2 })
  })
})

describe('a live workout', () => {
  test('goes on when the other requests are used up, and has a limit of its own', async () => {
    const user = await world.user({ requests: 2, live: 3, windowSeconds: DAY })
    const exerciseId = await startWorkout(user)
    expect((await user.send(COUNTED, {})).status).toBe(429)

    const set = (n: number): Promise<Response> =>
      user.send('/rest/v1/rpc/complete_set', {
        id: crypto.randomUUID(),
        workout_exercise_id: exerciseId,
        set_index: n,
        weight_kg: 80,
        reps: 5,
      })
    const answers = [await set(0), await set(1), await set(2), await set(3)]

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429])
    expect(await answers[3]?.json()).toMatchObject({ details: expect.stringContaining('calls of a live workout') })
  })
})

test('parts of an import leave the live workout its calls, and have a limit of their own', async () => {
  const user = await world.user({ requests: 1, live: 1, transfers: 2, windowSeconds: DAY })
  const part = (): Promise<Response> => user.send('/rest/v1/rpc/match_exercise_names', { names: [] })

  expect([(await part()).status, (await part()).status]).toEqual([200, 200])

  const refused = await part()
  expect([refused.status, await refused.json()]).toEqual([
    429,
    expect.objectContaining({ details: expect.stringContaining('calls of an import') }),
  ])
  const live = await user.send('/rest/v1/rpc/complete_workout', { workout_id: crypto.randomUUID() })
  expect((await live.json()).code).toBe('workout_not_found')
})

test('an export is one request, however many pages it has, and has the time of the backend', async () => {
  await world.sql`create table public.export_times as select ''::text as longest where false`
  await world.sql`
    create function public.note_time() returns trigger language plpgsql security definer
    as $$ begin insert into public.export_times values (current_setting('statement_timeout')); return null; end; $$`
  await world.sql`
    create trigger _900_note_time after insert on private.export_pages
    for each statement execute function public.note_time()`
  const user = await world.user({ requests: 1, live: 1, windowSeconds: DAY })

  const response = await user.send('/functions/v1/account/export')

  expect(response.status).toBe(200)
  expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0)
  expect(await world.sql`select longest from public.export_times`).toEqual([{ longest: '2min' }])
  expect((await user.send('/functions/v1/account/export')).status).toBe(429)
})

describe('requests that only read', () => {
  test('are refused once a session has had its share, and never before', async () => {
    const user = await world.user({ requests: 7, live: 1, windowSeconds: DAY })
    let passed = 0
    const refused = await untilRefused(
      () => user.send(READ),
      () => {
        passed += 1
      },
    )

    expect(passed).toBeGreaterThanOrEqual(7)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ code: 'rate_limited' })
    expect((await user.send(COUNTED, {})).status).toBe(204)
  })

  test('are counted by address for callers whom nobody has signed in, whatever address they claim', async () => {
    let passed = 0
    await untilRefused(
      () =>
        world.send(READ, {
          headers: {
            'x-forwarded-for': `198.51.100.${passed % 250}`,
            'cf-connecting-ip': `198.51.101.${passed % 250}`,
          },
        }),
      () => {
        passed += 1
      },
    )
    expect(passed).toBeGreaterThanOrEqual(60)
  })

  test('cannot be counted in a table, which is why they are not', async () => {
    await world.sql`create sequence private.numbers`
    const attempts = [
      'update private.rate_limits set tokens = 0',
      "select nextval('private.numbers')",
      'select from private.rate_limits for update',
      'set transaction read write',
    ]
    for (const statement of attempts) {
      const attempt = world.sql.begin('read only', async (sql) => {
        await sql`select set_config('request.method', 'GET', true)`
        await sql.unsafe(statement)
      })
      await expect(attempt, statement).rejects.toMatchObject({ code: expect.stringMatching(/^25(006|001)$/) })
    }
  })
})

describe('what a request may take', () => {
  beforeAll(async () => {
    await world.sql`
      create table public.many_rows as select generate_series(1, 100000) as id`
    await world.sql`
      create function public.endless(seconds integer) returns text language sql volatile
      as $$ select current_setting('statement_timeout') from pg_sleep(seconds) $$`
    await world.sql`grant select on public.many_rows to anon, authenticated, service_role`
    await world.sql`grant execute on function public.endless(integer) to anon, authenticated, service_role`
    // The Data API hears of what is new a moment later.
    await eventually(async () => {
      const { ok } = await asBackend('/rest/v1/rpc/endless', { seconds: 0 })
      if (!ok) throw new Error('the Data API does not know the function yet')
    })
  })

  const asBackend = (path: string, body?: object): Promise<Response> =>
    world.send(path, {
      headers: { apikey: world.stack.status.secret_key },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })

  test('is so much time: a query without end is ended, with its code', async () => {
    const user = await world.user()
    const asAnon = (seconds: number): Promise<Response> =>
      world.send('/rest/v1/rpc/endless', { method: 'POST', body: JSON.stringify({ seconds }) })
    const asUser = (seconds: number): Promise<Response> => user.send('/rest/v1/rpc/endless', { seconds })

    const allowed = await Promise.all([asAnon(0), asUser(0), asBackend('/rest/v1/rpc/endless', { seconds: 0 })])
    expect(await Promise.all(allowed.map((response) => response.json()))).toEqual(['3s', '8s', '2min'])

    const ended = await Promise.all([asAnon(60), asUser(60)])
    for (const response of ended) expect(await response.json()).toMatchObject({ code: '57014' })
    expect((await asUser(0)).status).toBe(200)
  })

  test('is so many rows: a table of a hundred thousand gives a page, to everybody', async () => {
    const user = await world.user()
    for (const path of [
      '/rest/v1/many_rows',
      '/rest/v1/many_rows?limit=100000',
      '/rest/v1/many_rows?offset=500&limit=5000',
    ])
      for (const response of await Promise.all([world.send(path), user.send(path), asBackend(path)]))
        expect(await response.json()).toHaveLength(1_000)
    expect(await (await user.send('/rest/v1/many_rows?limit=7')).json()).toHaveLength(7)
  })
})

async function startWorkout(user: LimitedUser): Promise<string> {
  const [exercise] = await world.sql`
    select id from public.exercises where tracking_type = 'weight_reps' and weight_entry = 'total' limit 1`
  const workoutId = crypto.randomUUID()
  const exerciseId = crypto.randomUUID()
  const steps: readonly (readonly [string, object])[] = [
    ['start_workout', { id: workoutId, timezone: 'UTC' }],
    ['add_workout_exercise', { id: exerciseId, workout_id: workoutId, exercise_id: exercise?.id }],
  ]
  for (const [name, values] of steps) expect((await user.send(`/rest/v1/rpc/${name}`, values)).status).toBe(200)
  return exerciseId
}

// Every session of the pool has a share for each caller, so that is how often at most.
async function untilRefused(ask: () => Promise<Response>, onPassed: () => void): Promise<Response> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    const response = await ask()
    if (response.status === 429) return response
    expect(response.status).toBe(200)
    onPassed()
  }
  throw new Error('never refused')
}
