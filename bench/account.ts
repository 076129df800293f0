import postgres from 'postgres'
import { databaseUrl } from '../stack/context.ts'
import { startStack } from '../stack/stack.ts'
import { ATHLETE_ID, addContacts, addUsers, settle } from './account/fill.ts'
import { type Bench, short, type Table } from './support.ts'
import { asAthlete, type Cost, costOf, slope } from './training/cost.ts'

const SMALLEST = 10_000
const LARGEST_BY_DEFAULT = 1_000_000
const CLAIMS = JSON.stringify({ sub: ATHLETE_ID, role: 'authenticated' })

const page = (columns: string): string =>
  `select ${columns} from public.profiles where created_at < now() - interval '3 days' order by created_at desc, user_id desc limit 20`

const READS = [
  { name: 'my_account', sql: 'select public.my_account()' },
  { name: 'friend_ids', sql: 'select count(*) from private.friend_ids()' },
  { name: 'hidden_user_ids', sql: 'select count(*) from private.hidden_user_ids()' },
  { name: 'my_friends', sql: 'select public.my_friends()' },
  { name: 'search, a username', sql: "select public.search_users('zoltan_32')" },
  { name: 'search, a tenth has the username', sql: "select public.search_users('maria')" },
  { name: 'search, a tenth has the word', sql: "select public.search_users('novak')" },
  { name: 'search, nobody has the word', sql: "select public.search_users('quetzal')" },
  { name: 'a profile by id', sql: `select * from public.profiles where user_id = md5('user 7000')::uuid` },
  { name: 'a page of 20 profiles', sql: page('*') },
  {
    name: 'profiles of 50 ids',
    sql: `select * from public.profiles where user_id = any (array(select md5('user ' || n)::uuid from generate_series(7000, 7049) as n))`,
  },
  { name: 'shared_workouts', sql: 'select public.shared_workouts()' },
]

interface Level {
  readonly users: number
  readonly costs: ReadonlyMap<string, { readonly api: Cost; readonly owner: Cost }>
}

/** What the reads of an account and of whom it may see cost as the number of users grows a hundredfold. */
export const bench: Bench = {
  question:
    'Do my account, its friends and blocks, search and cards cost the same among a hundred times as many users?',
  async run({ rows: largest = LARGEST_BY_DEFAULT }) {
    await using stack = await startStack({ onLog: () => undefined })
    const connect = (url: string) => postgres(url, { max: 1, onnotice: () => undefined })
    const api = connect(databaseUrl(stack.context, 'authenticator'))
    const owner = connect(stack.status.db_url)
    try {
      const levels: Level[] = []
      for (let users = SMALLEST; users <= largest; users *= 10) {
        await addUsers(owner, users)
        if (users === SMALLEST) await addContacts(owner)
        await settle(owner)
        levels.push({ users, costs: await measure(api, owner) })
      }
      return tables(levels)
    } finally {
      await Promise.all([api, owner].map((connection) => connection.end({ timeout: 1 })))
    }
  },
}

async function measure(api: postgres.Sql, owner: postgres.Sql): Promise<Level['costs']> {
  const costs = new Map<string, { api: Cost; owner: Cost }>()
  for (const { name, sql: statement } of READS)
    costs.set(name, {
      api: await asAthlete(api, CLAIMS, (sql) => costOf(sql, statement)),
      owner: await owner.begin(async (sql) => {
        await sql`select set_config('request.jwt.claims', ${CLAIMS}, true)`
        return costOf(sql, statement)
      }),
    })
  return costs
}

function tables(levels: readonly Level[]): readonly Table[] {
  const grown = (of: (cost: Cost) => number) =>
    READS.map(({ name }) => {
      const points = levels.map(({ users, costs }) => ({ size: users, cost: of(costs.get(name)?.api ?? NOTHING) }))
      return {
        read: name,
        ...Object.fromEntries(points.map(({ size, cost }) => [size.toExponential(0), short(cost)])),
        slope: slope(points).toFixed(2),
      }
    })
  return [
    { title: 'Reads under row-level security, by users (ms)', rows: grown(({ ms }) => ms) },
    {
      title: 'The same in pages of shared memory',
      rows: grown(({ buffers }) => buffers),
      notes: ['The athlete has 1,000 friends and 5,000 blocks, of both directions. slope: aim at most 0.10.'],
    },
    {
      title: 'At the largest: with policies against the same without',
      rows: READS.map(({ name }) => security(name, levels.at(-1))),
    },
  ]
}

const NOTHING: Cost = { ms: Number.NaN, buffers: Number.NaN, shape: '' }

function security(name: string, level: Level | undefined) {
  const { api, owner } = level?.costs.get(name) ?? { api: NOTHING, owner: NOTHING }
  return {
    read: name,
    'ms with': short(api.ms),
    'ms without': short(owner.ms),
    ratio: short(api.ms / owner.ms),
    'pages with': api.buffers,
    'pages without': owner.buffers,
    plan: api.shape,
  }
}
