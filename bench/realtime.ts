import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { readConfig } from '../stack/config.ts'
import { databaseUrl, type StackContext } from '../stack/context.ts'
import { generateKeys } from '../stack/keys.ts'
import { createLog } from '../stack/log.ts'
import { freePorts } from '../stack/ports.ts'
import { Postgres } from '../stack/postgres/postgres.ts'
import { Realtime } from '../stack/realtime/realtime.ts'
import { Tokens } from '../stack/tokens.ts'
import { type Bench, short, type Table } from './support.ts'

const RATE = 200
const SECONDS = 5
const SETTLE_MS = 2_000
/** What has not arrived by then counts as lost. */
const ARRIVAL_MS = 30_000
const CASES = [
  { sockets: 10, topics: 1 },
  { sockets: 200, topics: 1 },
  { sockets: 2_000, topics: 1 },
  { sockets: 200, topics: 20 },
  { sockets: 2_000, topics: 200 },
]
/** Sockets that join at the same time when joins are counted. */
const JOINING = 50

const Joined = z.object({ milliseconds: z.number() })
const Sent = z.object({ sent: z.number(), p95: z.number() })
const Count = z.object({ received: z.number() })
const Report = z.object({ received: z.number(), p50: z.number(), p95: z.number(), p99: z.number() })

/** The server of a run, and the two processes that load it. */
interface Rig extends AsyncDisposable {
  readonly context: StackContext
  readonly path: string
  readonly token: string
  readonly sockets: ChildProcess
  readonly writers: ChildProcess
}

async function startRig(): Promise<Rig> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-realtime-'))
  // The server runs as another account where this process is root.
  await chmod(dataDir, 0o711)
  const projectDir = join(import.meta.dirname, '..')
  const keys = await generateKeys()
  const log = createLog(() => undefined)
  const context = { config: await readConfig(projectDir), keys, projectDir, dataDir, ports: await freePorts(0), log }
  const postgres = new Postgres(context)
  await postgres.start(AbortSignal.timeout(60_000))
  const realtime = new Realtime(context)
  await realtime.prepare()
  await realtime.start()
  const http = createServer().on('upgrade', (request, socket, head) => realtime.upgrade(request, socket, head))
  await new Promise<void>((resolve) => http.listen(context.ports.gateway, '127.0.0.1', resolve))
  await createPolicy(context)
  const [sockets, writers] = [child('sockets'), child('writers')]
  return {
    context,
    path: `/realtime/v1/websocket?apikey=${keys.publishableKey}&vsn=2.0.0`,
    token: await new Tokens(keys).sign({ sub: crypto.randomUUID(), role: 'authenticated', exp: 4_000_000_000 }),
    sockets,
    writers,
    async [Symbol.asyncDispose]() {
      for (const process of [sockets, writers]) process.kill()
      http.closeAllConnections()
      http.close()
      await realtime.stop()
      await postgres.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function createPolicy(context: StackContext): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl(context, 'postgres') })
  await client.connect()
  await client.query(`
    create table public.members (topic text, user_id uuid, primary key (topic, user_id));
    grant select on public.members to authenticated;
    create policy read on realtime.messages for select to authenticated using (
      topic like 'bench:%' or exists (
        select from public.members
        where members.topic = (select realtime.topic())
          and members.user_id = ((select current_setting('request.jwt.claims'))::jsonb ->> 'sub')::uuid
      )
    )`)
  await client.end()
}

const child = (name: string): ChildProcess =>
  fork(join(import.meta.dirname, 'realtime', `${name}.ts`), [], {
    execArgv: ['--import', import.meta.resolve('tsx')],
  })

async function ask<T>(process: ChildProcess, answer: z.ZodType<T>, command: object): Promise<T> {
  const ended = new AbortController()
  const reply = once(process, 'message', { signal: ended.signal })
  const onExit = (): void => ended.abort(new Error('a process of the bench ended; what it wrote says why'))
  process.once('exit', onExit)
  process.send(command)
  try {
    const [message] = await reply
    return answer.parse(message)
  } finally {
    process.off('exit', onExit)
  }
}

function connect(rig: Rig, sockets: number, topics: readonly string[]): Promise<{ milliseconds: number }> {
  const { path, token } = rig
  const port = rig.context.ports.gateway
  return ask(rig.sockets, Joined, { do: 'connect', port, path, sockets, topics, token, atATime: JOINING })
}

async function measure(rig: Rig, { sockets, topics }: (typeof CASES)[number]): Promise<Table['rows'][number]> {
  const names = Array.from({ length: topics }, (_, n) => `bench:${sockets}:${topics}:${n}`)
  await connect(rig, sockets, names)
  await ask(rig.sockets, Report, { do: 'report' })
  const before = process.cpuUsage()
  const database = databaseUrl(rig.context, 'postgres')
  const writers = await ask(rig.writers, Sent, { database, topics: names, perSecond: RATE, seconds: SECONDS })
  const { sent } = writers
  await allArrived(rig, (sent * sockets) / topics)
  const { user, system } = process.cpuUsage(before)
  const { received, p50, p95, p99 } = await ask(rig.sockets, Report, { do: 'report' })
  await ask(rig.sockets, z.object({}), { do: 'close' })
  return {
    sockets,
    topics,
    'deliveries/s': (sent * sockets) / topics / SECONDS,
    'p50 ms': short(p50),
    'p95 ms': short(p95),
    'p99 ms': short(p99),
    'commit p95 ms': short(writers.p95),
    'delivery ratio': received / ((sent * sockets) / topics),
    'CPU µs/delivery': short((user + system) / received),
  }
}

async function allArrived(rig: Rig, expected: number): Promise<void> {
  for (const deadline = Date.now() + ARRIVAL_MS; Date.now() < deadline; await wait(100)) {
    const { received } = await ask(rig.sockets, Count, { do: 'count' })
    if (received >= expected) return
  }
}

async function measureIdle(rig: Rig): Promise<Table['rows'][number]> {
  const sockets = 2_000
  const memory = (): number => {
    globalThis.gc?.()
    return process.memoryUsage().rss
  }
  const before = memory()
  const { milliseconds } = await connect(rig, sockets, ['bench:idle'])
  await wait(SETTLE_MS)
  const perSocket = (memory() - before) / sockets / 1024
  await ask(rig.sockets, z.object({}), { do: 'close' })
  return {
    sockets,
    'KiB per idle socket': short(perSocket),
    'private joins/s': short((sockets / milliseconds) * 1000),
    'at a time': JOINING,
  }
}

const PUBLISHED: Table = {
  title: 'What hosted publishes (k6, 2 to 6 nodes; supabase.com/docs/guides/realtime/benchmarks)',
  rows: [
    {
      workload: 'broadcast from the database, 80,000 users, 10,000 messages/s',
      'p50 ms': 46,
      'p95 ms': 132,
      'p99 ms': 159,
    },
    {
      workload: 'private channels, 50,000 users, 150,000 messages/s, 1,000 joins/s',
      'p50 ms': 19,
      'p95 ms': 49,
      'p99 ms': 96,
    },
    {
      workload: 'broadcast between clients, 32,000 users, 224,000 messages/s',
      'p50 ms': 6,
      'p95 ms': 28,
      'p99 ms': 213,
    },
  ],
  notes: ['Their network lies in between and their machines are many: the figures are an anchor, not a comparison.'],
}

/** How long a committed message takes to its readers, and what a reader costs. */
export const bench: Bench = {
  question: 'How soon does a message that the database sends reach everyone who joined, and what does that cost?',
  async run() {
    await using rig = await startRig()
    // First, because the memory of the runs would hide it.
    const idle = await measureIdle(rig)
    const rows: Table['rows'][number][] = []
    for (const one of CASES) rows.push(await measure(rig, one))
    return [
      {
        title: `realtime.send at ${RATE}/s for ${SECONDS} s, 16 connections, open loop; private channels, version 2`,
        rows,
        notes: [
          'From clock_timestamp() in the statement that sends, before its commit, to the frame in the client process.',
          'Every message crosses six processes or threads: on a machine with other work the waits for a core are the latency.',
          'Server and database, sockets, and writers are three processes on the same cores. The CPU is the server process’s.',
        ],
      },
      { title: 'Sockets that wait', rows: [idle] },
      PUBLISHED,
    ]
  },
}
