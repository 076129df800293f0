import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type RealtimeChannel, RealtimeClient, type RealtimeClientOptions } from '@supabase/supabase-js'
import postgres from 'postgres'
import { WebSocket } from 'ws'
import { databaseUrl } from '../../stack/context.ts'
import type { Limits } from '../../stack/realtime/limits.ts'
import { Realtime } from '../../stack/realtime/realtime.ts'
import { Tokens } from '../../stack/tokens.ts'
import { type Database, startDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'

/** A Realtime service with a database of its own, reachable as through the gateway. */
export interface RealtimeServer {
  readonly database: Database
  readonly realtime: Realtime
  /** The database as `postgres`. */
  readonly sql: postgres.Sql
  readonly url: string
  readonly key: string
  readonly secretKey: string
  /** A user's access token; `claims` are added. */
  token(userId: string, claims?: Readonly<Record<string, unknown>>): Promise<string>
  /** The official client, signed in with `accessToken` if there is one. */
  client(
    accessToken?: string | (() => string),
    options?: Partial<RealtimeClientOptions>,
    transport?: typeof ClientSocket,
  ): Promise<RealtimeClient>
  /** Disconnects the clients made so far. */
  disconnect(): Promise<void>
  stop(): Promise<void>
}

/** The socket of the official client, which may send headers of its own. */
export class ClientSocket extends WebSocket {
  constructor(address: string | URL, protocols?: string | string[], headers: Readonly<Record<string, string>> = {}) {
    super(address, protocols, { headers })
  }
}

const HOUR_SECONDS = 3600

/** Starts one. `limits` replace the defaults. */
export async function startRealtime(limits: Partial<Limits> = {}): Promise<RealtimeServer> {
  const database = await startDatabase()
  const { context } = database
  const realtime = new Realtime(context, limits)
  await realtime.prepare()
  await realtime.start()
  const http = await listen(realtime, context.ports.gateway)
  const sql = postgres(databaseUrl(context, 'postgres'), { onnotice: () => undefined })
  const tokens = new Tokens(context.keys)
  const clients: RealtimeClient[] = []
  const url = `http://127.0.0.1:${context.ports.gateway}/realtime/v1`
  const disconnect = async (): Promise<void> => {
    for (const client of clients.splice(0)) {
      await client.removeAllChannels()
      await client.disconnect()
    }
  }
  return {
    database,
    realtime,
    sql,
    url,
    key: context.keys.publishableKey,
    secretKey: context.keys.secretKey,
    token: (userId, claims = {}) =>
      tokens.sign({
        sub: userId,
        role: 'authenticated',
        exp: Math.floor(Date.now() / 1000) + HOUR_SECONDS,
        ...claims,
      }),
    async client(accessToken, options = {}, transport = ClientSocket) {
      const current = typeof accessToken === 'function' ? accessToken : () => accessToken ?? null
      const all: RealtimeClientOptions = {
        params: { apikey: context.keys.publishableKey },
        accessToken: async () => current(),
        ...options,
      }
      // Apart, because the types of the two packages differ in the listeners that neither uses.
      Object.assign(all, { transport })
      const client = new RealtimeClient(url, all)
      clients.push(client)
      await client.setAuth()
      return client
    },
    disconnect,
    async stop() {
      await disconnect()
      http.closeAllConnections()
      http.close()
      await realtime.stop()
      await sql.end({ timeout: 1 })
      await database.stop()
    },
  }
}

async function listen(realtime: Realtime, port: number): Promise<Server> {
  const prefix = '/realtime/v1'
  const answer = getRequestListener((request) => {
    const url = new URL(request.url)
    url.pathname = url.pathname.slice(prefix.length)
    return realtime.fetch(new Request(url, request))
  })
  const server = createServer((request, response) => void answer(request, response))
  server.on('upgrade', (request, socket, head) => realtime.upgrade(request, socket, head))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}

/** Subscribes, and resolves when the channel is joined. Rejects with the server's refusal. */
export function join(channel: RealtimeChannel): Promise<void> {
  return new Promise((resolve, reject) => {
    channel.subscribe((status, error) => {
      if (status === 'SUBSCRIBED') resolve()
      else if (status !== 'CLOSED') reject(error ?? new Error(status))
    })
  })
}

/** The words with which the join of `channel` is refused. Rejects when it is not. */
export async function refusal(channel: RealtimeChannel): Promise<string> {
  try {
    await join(channel)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error('the join was not refused')
}

/** A broadcast as the application's callback gets it. */
export interface Received {
  readonly event: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly meta?: { readonly id: string; readonly replayed?: boolean } | undefined
}

/** Collects the broadcasts of a channel; to be called before it is joined. */
export function collect(channel: RealtimeChannel): Received[] {
  const received: Received[] = []
  channel.on('broadcast', { event: '*' }, (message) => received.push({ payload: {}, ...message }))
  return received
}

/** The texts of the `system` messages of a channel; to be called before it is joined. */
export function systemMessages(channel: RealtimeChannel): { status: string; message: string; extension: string }[] {
  const messages: { status: string; message: string; extension: string }[] = []
  channel.on('system', {}, (message) => messages.push(message))
  return messages
}

/** Resolves when `list` has at least `count` items, with the list. */
export async function arrived<T>(list: T[], count = 1): Promise<T[]> {
  await eventually(() => {
    if (list.length < count) throw new Error(`${list.length} of ${count} arrived`)
  })
  return list
}

/** Shows that everything sent to the channel before has arrived: a message of its own comes back. */
export async function settled(server: RealtimeServer, topic: string, isPrivate = true): Promise<void> {
  const client = await server.client(undefined, { params: { apikey: server.secretKey } })
  const channel = client.channel(topic, { config: { private: isPrivate } })
  const received = collect(channel)
  await join(channel)
  const mark = crypto.randomUUID()
  await server.sql`select realtime.send(${server.sql.json({ mark })}, 'mark', ${topic}, ${isPrivate})`
  await eventually(() => {
    if (!received.some(({ payload }) => payload.mark === mark)) throw new Error('the mark has not arrived')
  })
  await client.disconnect()
}
