// The clients of bench/realtime.ts, in a process of their own: they join, count what arrives, and time it.
import { build, type Histogram } from 'hdr-histogram-js'
import { z } from 'zod'
import { LightSocket } from './frames.ts'

const Command = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('connect'),
    port: z.number(),
    path: z.string(),
    sockets: z.number(),
    /** Socket n joins topic n modulo the length of this. Empty: sockets that join nothing. */
    topics: z.array(z.string()),
    token: z.string(),
    atATime: z.number(),
  }),
  z.object({ do: z.literal('count') }),
  z.object({ do: z.literal('report') }),
  z.object({ do: z.literal('close') }),
])

const HEARTBEAT_MS = 25_000
const AT = Buffer.from('"at": ')
let sockets: LightSocket[] = []
let received = 0
let latency: Histogram = newHistogram()

function newHistogram(): Histogram {
  return build({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: 3 })
}

// The time, in microseconds, is a number of 16 digits in the payload that the database wrote.
function onBroadcast(payload: Buffer): void {
  const at = payload.indexOf(AT)
  if (at < 0) return
  received += 1
  const sentAt = Number(payload.toString('latin1', at + AT.length, at + AT.length + 16))
  // The clock that the database reads too; the monotonic one runs away from it where the machine's time is corrected.
  latency.recordValue(Math.max(1, Date.now() * 1000 - sentAt))
}

async function join(command: Extract<z.infer<typeof Command>, { do: 'connect' }>, index: number): Promise<void> {
  let onReply: (payload: string) => void = () => undefined
  const socket = await LightSocket.open(command.port, command.path, (payload) => {
    if (payload[0] === 4) onBroadcast(payload)
    else onReply(payload.toString('utf8'))
  })
  sockets.push(socket)
  const topic = command.topics[index % command.topics.length]
  if (topic === undefined) return
  await new Promise<void>((resolve, reject) => {
    onReply = (text) => (text.includes('"status":"ok"') ? resolve() : reject(new Error(text)))
    const config = { private: true, broadcast: {}, presence: {}, postgres_changes: [] }
    const payload = { config, access_token: command.token }
    socket.send(JSON.stringify(['1', '1', `realtime:${topic}`, 'phx_join', payload]))
  })
}

async function connectAll(command: Extract<z.infer<typeof Command>, { do: 'connect' }>): Promise<number> {
  const began = performance.now()
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < command.sockets) await join(command, next++)
  }
  await Promise.all(Array.from({ length: command.atATime }, worker))
  return performance.now() - began
}

function report(): Readonly<Record<string, number>> {
  const [p50, p95, p99] = [50, 95, 99].map((percent) => latency.getValueAtPercentile(percent) / 1000)
  const answer = { received, p50: p50 ?? 0, p95: p95 ?? 0, p99: p99 ?? 0 }
  received = 0
  latency = newHistogram()
  return answer
}

setInterval(() => {
  for (const socket of sockets) socket.send('[null,"h","phoenix","heartbeat",{}]')
}, HEARTBEAT_MS).unref()

async function obey(message: unknown): Promise<void> {
  const command = Command.parse(message)
  if (command.do === 'connect') process.send?.({ milliseconds: await connectAll(command) })
  else if (command.do === 'count') process.send?.({ received })
  else if (command.do === 'report') process.send?.(report())
  else {
    for (const socket of sockets) socket.close()
    sockets = []
    process.send?.({})
  }
}

process.on('message', (message) => void obey(message))
