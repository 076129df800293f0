import postgres from 'postgres'
import { databaseUrl } from '../stack/context.ts'
import { startStack } from '../stack/stack.ts'
import { type Bench, median, rateInTurns, short, type Table, timeInTurns } from './support.ts'
import { explain } from './training/cost.ts'

const BUCKETS = [1_000, 100_000, 1_000_000]
const CLIENTS = [1, 4, 16]
const ROUNDS = 400
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
      return [await costs(api, owner, callers[0] ?? '', rows), await haste(api, callers)]
    } finally {
      await Promise.all([api.end({ timeout: 1 }), owner.end({ timeout: 1 })])
    }
  },
}

async function costs(api: postgres.Sql, owner: postgres.Sql, caller: string, most: number): Promise<Table> {
  const rows = []
  for (const buckets of BUCKETS.filter((size) => size <= most)) {
    await owner`
      insert into private.rate_limits (caller_id, bucket, tokens, filled_at)
      select md5(n::text)::uuid, 'requests', 1, now() from generate_series(1, ${buckets}) as n
      on conflict do nothing`
    await owner`vacuum analyze private.rate_limits`
    rows.push(await cost(api, caller, buckets))
  }
  return {
    title: `One request after the other: median ms of ${ROUNDS} transactions, with the round trips of all of them`,
    rows,
    notes: [
      'none: begin, the settings of a request, a statement, commit. write and read: that, with the count in it.',
      'cost: the difference, which is the database’s time for it where nothing else runs: a busy machine multiplies it.',
      'buffers: the pages that the count touches.',
    ],
  }
}

async function cost(api: postgres.Sql, caller: string, buckets: number) {
  const way = (name: string, mode: 'read only' | 'read write', statement: string) => ({
    name,
    run: () => api.begin(mode, (sql) => request(sql, caller, statement)),
  })
  const timings = await timeInTurns(
    [
      way('none', 'read write', 'select 1'),
      way('write', 'read write', 'select private.pre_request()'),
      way('none of a read', 'read only', 'select 1'),
      way('read', 'read only', 'select private.pre_request()'),
    ],
    { rounds: ROUNDS, warmUp: WARM_UP },
  )
  const [none = 0, write = 0, noneOfRead = 0, read = 0] = timings.map(({ samples }) => median(samples))
  const { buffers } = await api.begin(async (sql) => {
    await settings(sql, caller)
    await explain(sql, 'select private.pre_request()')
    return explain(sql, 'select private.pre_request()')
  })
  return {
    buckets,
    none: short(none),
    write: short(write),
    'cost of a write': short(write - none),
    'cost of a read': short(read - noneOfRead),
    buffers,
  }
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
