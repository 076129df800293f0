import { readFileSync } from 'node:fs'
import postgres from 'postgres'
import { databaseUrl } from '../stack/context.ts'
import { startStack } from '../stack/stack.ts'
import { type Bench, rateInTurns, short, type Table } from './support.ts'
import { explain } from './training/cost.ts'

const BUCKETS = [1_000, 10_000, 100_000, 1_000_000]
const CLIENTS = [1, 4, 16]
const ROUNDS = 2_000
const WARM_UP = 100

/** What counting a request costs the database that serves it. */
export const bench: Bench = {
  question: 'What does the limit cost each request, and does it grow with the callers or with their haste?',
  async run({ rows = BUCKETS.at(-1) ?? 0 }) {
    await using stack = await startStack({ onLog: () => undefined })
    const api = postgres(databaseUrl(stack.context, 'authenticator'), { max: 16, onnotice: () => undefined })
    const owner = postgres(stack.status.db_url, { max: 1, onnotice: () => undefined })
    try {
      const callers = await createCallers(owner, 16)
      return [await costs(owner, rows), await haste(api, callers)]
    } finally {
      await Promise.all([api.end({ timeout: 1 }), owner.end({ timeout: 1 })])
    }
  },
}

async function costs(owner: postgres.Sql, most: number): Promise<Table> {
  await owner.unsafe(readFileSync(new URL('./fixture/time-requests.sql', import.meta.url), 'utf8'))
  const rows = []
  for (const buckets of BUCKETS.filter((size) => size <= most)) {
    await owner`
      insert into private.rate_limits (caller_id, bucket, tokens, per_second, filled_at)
      select md5(n::text)::uuid, 'requests', 1, 0.1, now() from generate_series(1, ${buckets}) as n
      on conflict do nothing`
    await owner`vacuum analyze private.rate_limits`
    rows.push({ buckets, ...(await cost(owner)) })
  }
  return {
    title: `Time inside the database: microseconds, medians of ${ROUNDS} requests of a transaction each, in turns`,
    rows,
    notes: [
      'Measured by the database, around the call. empty: a function that does nothing in place of private.pre_request().',
      'write and read: what counting adds to that in a transaction that may write, and in one that may not.',
      'fast: the same of the fastest tenth, which is what a processor takes that nobody else uses.',
      'buffers: the pages that counting a write touches.',
    ],
  }
}

async function cost(owner: postgres.Sql) {
  await owner.unsafe(`call private.time_requests(${WARM_UP})`)
  await owner.unsafe(`call private.time_requests(${ROUNDS})`)
  const timings = await owner<{ way: string; median: number; fast: number }[]>`
    select way, percentile_cont(0.5) within group (order by us) as median,
      percentile_cont(0.1) within group (order by us) as fast
    from private.request_times group by way`
  const of = (name: string, share: 'median' | 'fast'): number =>
    timings.find(({ way }) => way === name)?.[share] ?? Number.NaN
  const added = (name: string, share: 'median' | 'fast'): string => short(of(name, share) - of('empty', share))
  return {
    empty: short(of('empty', 'median')),
    write: added('write', 'median'),
    'write, fast': added('write', 'fast'),
    read: added('read', 'median'),
    'read, fast': added('read', 'fast'),
    buffers: await buffersOfWrite(owner),
  }
}

async function buffersOfWrite(owner: postgres.Sql): Promise<number> {
  const [caller] = await owner<{ id: string }[]>`select id from auth.users limit 1`
  const { buffers } = await owner.begin(async (sql) => {
    await settings(sql, caller?.id ?? '')
    await explain(sql, 'select private.pre_request()')
    return explain(sql, 'select private.pre_request()')
  })
  return buffers
}

async function haste(api: postgres.Sql, callers: readonly string[]): Promise<Table> {
  const rows = []
  for (const clients of CLIENTS) {
    let turn = 0
    const next = (): string => {
      turn += 1
      return callers[turn % clients] ?? ''
    }
    const way = (name: string, whose: () => string, statement: string) => ({
      name,
      run: () => api.begin((sql) => request(sql, whose(), statement)),
    })
    const count = 'select private.pre_request()'
    const rates = await rateInTurns(
      [
        way('not counted', next, 'select 1'),
        way('a bucket each', next, count),
        way('one bucket', () => callers[0] ?? '', count),
      ],
      { clients, rounds: 3, seconds: 1 },
    )
    rows.push({ clients, ...Object.fromEntries(rates.map(({ name, perSecond }) => [name, short(perSecond)])) })
  }
  return {
    title: 'Many at once: transactions a second',
    rows,
    notes: ['Whoever takes from one bucket waits until the transaction before has ended: that is what makes it exact.'],
  }
}

async function settings(sql: postgres.TransactionSql, caller: string): Promise<void> {
  const claims = JSON.stringify({ sub: caller, role: 'authenticated' })
  await sql`
    select
      set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true),
      set_config('request.path', '/workouts', true), set_config('request.headers', '{"x-forwarded-for": "203.0.113.7"}', true)`
}

async function request(sql: postgres.TransactionSql, caller: string, statement: string): Promise<void> {
  await settings(sql, caller)
  await sql.unsafe(statement, [], { prepare: true })
}

// Users whose plan is large enough for a bench.
async function createCallers(owner: postgres.Sql, count: number): Promise<readonly string[]> {
  await owner`update public.plans set requests_per_window = 1000000000`
  const rows = await owner<{ id: string }[]>`
    insert into auth.users (id, aud, role, email, created_at, updated_at)
    select gen_random_uuid(), 'authenticated', 'authenticated', format('%s@example.test', gen_random_uuid()), now(), now()
    from generate_series(1, ${count})
    returning id`
  return rows.map(({ id }) => id)
}
