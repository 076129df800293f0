import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { App } from '@supabase/lite'
import { PostgresConnection } from '@supabase/lite/postgres'
import { SignJWT } from 'jose'
import postgres from 'postgres'
import { databaseUrl, type StackContext } from '../stack/context.ts'
import { Rest } from '../stack/rest/rest.ts'
import { startStack } from '../stack/stack.ts'
import { type Bench, median, quantile, rateInTurns, short, type Table, timeInTurns, type Way } from './support.ts'

const PROJECT = new URL('./fixture', import.meta.url).pathname
const USER = '00000000-0000-4000-8000-000000000042'
const ROUNDS = { rounds: 200, warmUp: 20 }
const LOAD = { clients: 8, rounds: 5, seconds: 0.4 }

/** The same question to the Data API and, as the floor, to Postgres itself. */
interface Question {
  readonly name: string
  readonly path: string
  readonly body?: () => unknown
  readonly sql: (sql: postgres.TransactionSql) => Promise<unknown>
}

type Fetch = (request: Request) => Promise<Response>

const READ = '/readings?select=id,value,note,taken_at&order=taken_at.desc'
const QUESTIONS: readonly Question[] = [
  {
    name: 'read 1 row',
    path: `${READ}&limit=1`,
    sql: (sql) => sql`select id, value, note, taken_at from public.readings order by taken_at desc limit 1`,
  },
  {
    name: 'read 20 rows',
    path: `${READ}&limit=20`,
    sql: (sql) => sql`select id, value, note, taken_at from public.readings order by taken_at desc limit 20`,
  },
  {
    name: 'call a function',
    path: '/rpc/mean_reading',
    body: () => ({ p_last: 20 }),
    sql: (sql) => sql`select * from public.mean_reading(20)`,
  },
  {
    name: 'insert a row',
    path: '/readings',
    body: () => ({ id: crypto.randomUUID(), value: 80.5, note: 'measured' }),
    sql: (sql) => sql`insert into public.readings (id, value, note) values (${crypto.randomUUID()}, 80.5, 'measured')`,
  },
]

/** How our connection class compares with stock Lite, in-process and over HTTP. */
export const bench: Bench = {
  question: 'What does a request to the Data API cost, on our connection class and on stock Lite?',
  async run() {
    await using stack = await startStack({ projectDir: PROJECT, onLog: () => undefined })
    const { context, status } = stack
    const token = await sign(status.jwt_secret)
    // The floor stands on the role that requests come in as, and so does ours.
    const sql = postgres(databaseUrl(context, 'authenticator'), { max: LOAD.clients, onnotice: () => undefined })
    const rest = new Rest(context)
    await rest.start()
    const stock = await startStock(context)
    const headers = { apikey: status.publishable_key, authorization: `Bearer ${token}` }
    const ways = (question: Question): readonly Way[] => [
      { name: 'SQL in a transaction', run: () => inTransaction(sql, question) },
      ask('ours, in-process', question, 'http://local', headers, (request) => rest.fetch(request)),
      ask('stock, in-process', question, 'http://local/rest/v1', headers, stock.fetch),
      ask('ours, over HTTP', question, `${status.api_url}/rest/v1`, headers, fetch),
      ask('stock, over HTTP', question, `${stock.url}/rest/v1`, headers, fetch),
    ]
    try {
      return [await latency(ways), await throughput(ways)]
    } finally {
      await Promise.all([sql.end({ timeout: 1 }), rest.stop(), stock.stop()])
    }
  },
}

async function latency(ways: (question: Question) => readonly Way[]): Promise<Table> {
  const rows = []
  for (const question of QUESTIONS) {
    const timings = await timeInTurns(ways(question), ROUNDS)
    const middle = (name: string): number => median(timings.find((timing) => timing.name === name)?.samples ?? [])
    for (const { name, samples } of timings)
      rows.push({
        question: question.name,
        way: name,
        'median ms': short(median(samples)),
        'p95 ms': short(quantile(samples, 0.95)),
        'stock / ours': name.startsWith('stock') ? short(middle(name) / middle(name.replace('stock', 'ours'))) : '',
      })
  }
  return {
    title: `Latency of one client, ${ROUNDS.rounds} requests each, in turns; 20,000 rows under RLS, 200 of them the caller's`,
    rows,
    notes: [
      'Ours sends five statements in three round trips, prepared. Stock sends ten or more, waits for each, prepares none, asks',
      'for the user and checks the signature every time. What ours adds to the floor is bound by the JavaScript of Lite, which',
      'reads the URL and builds the SQL of each request anew; over HTTP, by the one process that is client and gateway here.',
    ],
  }
}

async function throughput(ways: (question: Question) => readonly Way[]): Promise<Table> {
  const rows = []
  for (const question of QUESTIONS) {
    const row: Record<string, string> = { question: question.name }
    for (const { name, perSecond } of await rateInTurns(ways(question), LOAD)) row[name] = short(perSecond)
    rows.push(row)
  }
  return {
    title: `Requests a second, ${LOAD.clients} clients, median of ${LOAD.rounds} turns; clients, Data API and Postgres share the cores`,
    rows,
  }
}

function ask(name: string, question: Question, base: string, headers: Record<string, string>, send: Fetch): Way {
  return {
    name,
    async run() {
      const body = question.body === undefined ? {} : { method: 'POST', body: JSON.stringify(question.body()) }
      const request = new Request(base + question.path, {
        ...body,
        headers: { ...headers, 'content-type': 'application/json' },
      })
      const response = await send(request)
      const text = await response.text()
      if (!response.ok) throw new Error(`${name}: ${response.status} ${text}`)
    },
  }
}

async function inTransaction(sql: postgres.Sql, question: Question): Promise<void> {
  const claims = JSON.stringify({ sub: USER, role: 'authenticated' })
  await sql.begin(async (transaction) => {
    await transaction`
      select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true)`
    await question.sql(transaction)
  })
}

/** Lite as its documentation has it: its own connection, its own look at the token and at the user behind it. */
async function startStock(
  context: StackContext,
): Promise<{ readonly url: string; readonly fetch: Fetch; stop(): Promise<void> }> {
  // Stock Lite sees only what its own role may use.
  const url = databaseUrl(context, 'supabase_admin')
  const connection = new PostgresConnection({ url, postgresOptions: { max: 10, onnotice: () => undefined } })
  const admin = postgres(url, { max: 1, onnotice: () => undefined })
  await admin`insert into auth.users (id, aud, role, email) values (${USER}, 'authenticated', 'authenticated', 'bench@example.test')`
  await admin.end()
  const app = new App({
    connection,
    api: { enabled: true, schemas: ['public'], max_rows: 1000 },
    auth: { enabled: true, jwt_secret: context.keys.jwtSecret },
    db: { migrations: { enabled: false } },
  })
  await app.init()
  const server = serve({ fetch: (request) => app.fetch(request), port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = isAddress(address) ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    fetch: (request) => app.fetch(request),
    async stop() {
      await new Promise((resolve) => {
        server.close(resolve)
        if ('closeAllConnections' in server) server.closeAllConnections()
      })
      await connection.close()
    },
  }
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

function sign(secret: string): Promise<string> {
  return new SignJWT({ sub: USER, role: 'authenticated', aud: 'authenticated' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))
}
