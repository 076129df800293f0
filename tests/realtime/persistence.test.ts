import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { arrived, collect, join, type RealtimeServer, startRealtime } from './server.ts'

let server: RealtimeServer
beforeAll(async () => {
  server = await startRealtime({ refusalDelayMs: 1 })
  await server.sql`create policy read on realtime.messages for select to authenticated, anon using (true)`
  await server.sql`
    create policy write on realtime.messages for insert to authenticated, anon
    with check (extension = 'broadcast' or (extension = 'persistence' and (select current_user) = 'authenticated'))`
})
afterEach(() => server.disconnect())
afterAll(() => server.stop())

const topic = (): string => `room:${crypto.randomUUID()}`
const keeper = async () => server.client(await server.token(crypto.randomUUID()))
const sending = { config: { private: true, broadcast: { ack: true, self: true } } }
const broadcast = (event: string, persist?: boolean | { ttl: number }) => ({
  type: 'broadcast' as const,
  event,
  payload: { event },
  ...(persist === undefined ? {} : { persist }),
})

/** The events that somebody who joins now has replayed. */
async function replayed(name: string, vsn: '1.0.0' | '2.0.0' = '2.0.0'): Promise<string[]> {
  const client = await server.client(undefined, { vsn })
  const channel = client.channel(name, {
    config: { private: true, broadcast: { ack: true, self: true, replay: { since: 0 } } },
  })
  const received = collect(channel)
  await join(channel)
  // What is replayed comes before anything that is sent after the join.
  await channel.send(broadcast('mark'))
  await arrived(received)
  return received.filter(({ meta }) => meta?.replayed).map(({ event }) => event)
}

describe('over a socket', () => {
  test('a kept broadcast is sent once, stored, and replayed to who joins later; others are not', async () => {
    const name = topic()
    const channel = (await keeper()).channel(name, sending)
    const received = collect(channel)
    await join(channel)
    expect(await channel.send(broadcast('plain'))).toBe('ok')
    expect(await channel.send(broadcast('kept', true))).toBe('ok')
    expect(await channel.send({ ...broadcast('bytes', true), payload: new Uint8Array([1, 2]).buffer })).toBe('ok')
    expect((await arrived(received, 3)).map(({ event, meta }) => [event, meta])).toEqual([
      ['plain', undefined],
      ['kept', undefined],
      ['bytes', undefined],
    ])
    const rows = await server.sql`
      select event, payload, binary_payload, extension, private, skip_broadcast
      from realtime.messages where topic = ${name} order by inserted_at`
    const stored = { extension: 'broadcast', private: true, skip_broadcast: true }
    expect(rows).toEqual([
      { ...stored, event: 'kept', payload: { event: 'kept' }, binary_payload: null },
      { ...stored, event: 'bytes', payload: null, binary_payload: Buffer.from([1, 2]) },
    ])
    expect(await replayed(name)).toEqual(['kept', 'bytes'])
    expect(await replayed(name, '1.0.0')).toEqual(['kept'])
  })

  test('who may not keep has it sent all the same', async () => {
    const name = topic()
    const channel = (await server.client()).channel(name, sending)
    const received = collect(channel)
    await join(channel)
    expect(await channel.send(broadcast('kept', true))).toBe('ok')
    expect((await arrived(received)).map(({ event }) => event)).toEqual(['kept'])
    expect(await replayed(name)).toEqual([])
  })

  test('for as many seconds as it says', async () => {
    const name = topic()
    const channel = (await keeper()).channel(name, sending)
    await join(channel)
    for (const [event, ttl] of [
      ['short', 0.001],
      ['long', 3_600],
      ['never', -1],
    ] as const)
      expect(await channel.send(broadcast(event, { ttl }))).toBe('ok')
    expect(await replayed(name)).toEqual(['long'])
    const rows = await server.sql`
      select extract(epoch from expires_at - inserted_at)::int as seconds
      from realtime.messages where topic = ${name} and event = 'long'`
    expect(rows).toEqual([{ seconds: 3_600 }])
  })
})

describe('over HTTP', () => {
  test('httpSend keeps, with and without a ttl', async () => {
    const name = topic()
    const channel = (await keeper()).channel(name, { config: { private: true } })
    expect(await channel.httpSend('kept', { a: 1 }, { persist: true })).toEqual({ success: true })
    expect(await channel.httpSend('long', { a: 1 }, { persist: { ttl: 60 } })).toEqual({ success: true })
    expect(await channel.httpSend('short', { a: 1 }, { persist: { ttl: 0.001 } })).toEqual({ success: true })
    expect(await channel.httpSend('bytes', new Uint8Array([7]), { persist: true })).toEqual({ success: true })
    expect(await channel.httpSend('plain', {})).toEqual({ success: true })
    expect(await replayed(name)).toEqual(['kept', 'long', 'bytes'])
  })

  test('who may not keep has it sent all the same', async () => {
    const name = topic()
    const channel = (await server.client()).channel(name, { config: { private: true } })
    const received = collect(channel)
    await join(channel)
    expect(await channel.httpSend('sent', {}, { persist: true })).toEqual({ success: true })
    expect((await arrived(received)).map(({ event }) => event)).toEqual(['sent'])
    expect(await replayed(name)).toEqual([])
  })
})
