// The writers of bench/realtime.ts, in a process of their own: they send at the times that the rate asks for, whether
// or not the messages before have been stored.
import postgres from 'postgres'
import { z } from 'zod'
import { quantile } from '../support.ts'

const Command = z.object({
  database: z.string(),
  topics: z.array(z.string()),
  perSecond: z.number(),
  seconds: z.number(),
})

const CONNECTIONS = 16
const TICK_MS = 2

async function obey(message: unknown): Promise<void> {
  const { database, topics, perSecond, seconds } = Command.parse(message)
  const sql = postgres(database, { max: CONNECTIONS, onnotice: () => undefined })
  // To a topic that nobody has joined: connections, plans and caches are warm before anything is measured.
  await Promise.all(Array.from({ length: CONNECTIONS * 10 }, () => sql`select realtime.send('{}', 'warm', 'nobody')`))
  const total = perSecond * seconds
  const began = performance.now()
  const pending: Promise<unknown>[] = []
  const answered: number[] = []
  let sent = 0
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * perSecond))
      for (; sent < due; sent += 1) {
        const asked = performance.now()
        const query = sql`
          select realtime.send(
            jsonb_build_object('n', ${sent}::int, 'at', (extract(epoch from clock_timestamp()) * 1000000)::bigint),
            'set:completed',
            ${topics[sent % topics.length] ?? ''}
          )`
        // At once: a query of this driver that nobody awaits is not sent.
        pending.push(query.execute().then(() => answered.push(performance.now() - asked)))
      }
      if (sent < total) return
      clearInterval(timer)
      resolve()
    }, TICK_MS)
  })
  await Promise.all(pending)
  await sql.end()
  process.send?.({ sent, p95: quantile(answered, 0.95) })
}

process.on('message', (message) => void obey(message))
