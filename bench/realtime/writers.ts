// The writers of bench/realtime.ts, in a process of their own: they send at the times that the rate asks for, whether
// or not the messages before have been stored.
import postgres from 'postgres'
import { z } from 'zod'

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
  let sent = 0
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * perSecond))
      for (; sent < due; sent += 1) {
        const topic = topics[sent % topics.length] ?? ''
        pending.push(sql`
          select realtime.send(
            jsonb_build_object('n', ${sent}::int, 'at', (extract(epoch from clock_timestamp()) * 1000000)::bigint),
            'set:completed',
            ${topic}
          )`)
      }
      if (sent < total) return
      clearInterval(timer)
      resolve()
    }, TICK_MS)
  })
  await Promise.all(pending)
  const milliseconds = performance.now() - began
  await sql.end()
  process.send?.({ sent, milliseconds })
}

process.on('message', (message) => void obey(message))
