import type { RealtimeChannel } from '@supabase/supabase-js'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { RawSocket } from './raw-socket.ts'
import { arrived, ClientSocket, join, type RealtimeServer, startRealtime, systemMessages } from './server.ts'

let server: RealtimeServer
beforeAll(async () => {
  server = await startRealtime({ refusalDelayMs: 1 })
  await server.sql`
    create policy read on realtime.messages for select to authenticated, anon
    using (extension = 'broadcast' or (select current_user) = 'authenticated')`
  await server.sql`
    create policy write on realtime.messages for insert to authenticated with check (extension = 'presence')`
})
afterEach(() => server.disconnect())
afterAll(() => server.stop())

const topic = (): string => `room:${crypto.randomUUID()}`
const names = (channel: RealtimeChannel): unknown[] =>
  Object.values(channel.presenceState<{ name: string }>())
    .flat()
    .map(({ name }) => name)
    .sort()

/** Joins as `key` with a presence listener; the list is of the events that the application sees. */
async function present(
  vsn: '1.0.0' | '2.0.0',
  name: string,
  key: string,
  transport?: typeof ClientSocket,
): Promise<{ channel: RealtimeChannel; events: string[] }> {
  const client = await server.client(undefined, { vsn }, transport)
  const channel = client.channel(name, { config: { presence: { key } } })
  const events: string[] = []
  channel
    .on('presence', { event: 'sync' }, () => events.push('sync'))
    .on('presence', { event: 'join' }, (event) => events.push(`join ${event.key}`))
    .on('presence', { event: 'leave' }, (event) => events.push(`leave ${event.key}`))
  await join(channel)
  return { channel, events }
}

describe.each(['1.0.0', '2.0.0'] as const)('version %s', (vsn) => {
  test('who joins sees who is there; tracks, updates and leaves are told', async () => {
    const name = topic()
    const ana = await present(vsn, name, 'ana')
    await eventually(() => expect(ana.events).toEqual(['sync']))
    expect(await ana.channel.track({ name: 'Ana' })).toBe('ok')
    await eventually(() => expect(names(ana.channel)).toEqual(['Ana']))

    const ben = await present(vsn, name, 'ben')
    await eventually(() => expect(names(ben.channel)).toEqual(['Ana']))
    await ben.channel.track({ name: 'Ben' })
    await eventually(() => expect(names(ana.channel)).toEqual(['Ana', 'Ben']))

    await ben.channel.track({ name: 'Benjamin' })
    await eventually(() => expect(names(ana.channel)).toEqual(['Ana', 'Benjamin']))
    await ben.channel.untrack()
    await eventually(() => expect(names(ana.channel)).toEqual(['Ana']))
    expect(ana.events.at(-1)).toBe('sync')
    expect(ana.events).toContain('leave ben')
  })

  test('a socket that dies leaves', async () => {
    const name = topic()
    const ana = await present(vsn, name, 'ana')
    const sockets: ClientSocket[] = []
    class WatchedSocket extends ClientSocket {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols)
        sockets.push(this)
      }
    }
    const ben = await present(vsn, name, 'ben', WatchedSocket)
    await ben.channel.track({ name: 'Ben' })
    await eventually(() => expect(names(ana.channel)).toEqual(['Ben']))
    // Without a word, as when the process ends.
    for (const socket of sockets) socket.terminate()
    await eventually(() => expect(ana.events).toContain('leave ben'))
  })
})

test('topics do not see each other', async () => {
  const [here, there] = [await present('1.0.0', topic(), 'ana'), await present('2.0.0', topic(), 'ben')]
  await there.channel.track({ name: 'Ben' })
  await eventually(() => expect(names(there.channel)).toEqual(['Ben']))
  expect(names(here.channel)).toEqual([])
})

test('one key may be present on several devices', async () => {
  const name = topic()
  const [phone, watch] = [await present('2.0.0', name, 'ana'), await present('1.0.0', name, 'ana')]
  await phone.channel.track({ name: 'phone' })
  await watch.channel.track({ name: 'watch' })
  await eventually(() => expect(names(phone.channel)).toEqual(['phone', 'watch']))
  await watch.channel.unsubscribe()
  await eventually(() => expect(names(phone.channel)).toEqual(['phone']))
})

describe('by hand', () => {
  const track = (payload: unknown) => ({ type: 'presence', event: 'TRACK', payload })

  test('an update joins with the new reference and leaves with the old; the same again is no news', async () => {
    const name = `realtime:${topic()}`
    const raw = await RawSocket.open(server.url, server.key)
    await raw.ask(name, 'phx_join', { config: { presence: { key: 'k', enabled: true } } }, '1')
    expect((await raw.next(([, , , event]) => event === 'presence_state'))[4]).toEqual({})
    const diff = () => raw.next(([, , , event]) => event === 'presence_diff')
    await raw.ask(name, 'presence', track({ a: 1 }), '1')
    const first = (await diff())[4]
    expect(first).toEqual({ joins: { k: { metas: [{ a: 1, phx_ref: expect.any(String) }] } }, leaves: {} })
    expect((await raw.ask(name, 'presence', track({ a: 1 }), '1'))[4]).toEqual({ status: 'ok', response: {} })
    await raw.ask(name, 'presence', track({ a: 2 }), '1')
    const second = await diff()
    expect(second[0]).toBeNull()
    expect(second[4]).toEqual({
      joins: { k: { metas: [{ a: 2, phx_ref: expect.any(String), phx_ref_prev: expect.any(String) }] } },
      leaves: first.joins,
    })
    raw.close()
  })

  test('refusals', async () => {
    const name = `realtime:${topic()}`
    const raw = await RawSocket.open(server.url, server.key)
    await raw.ask(name, 'phx_join', { config: {} }, '1')
    expect((await raw.ask(name, 'presence', track('text'), '1'))[4]).toEqual({
      status: 'error',
      response: { reason: 'Presence track payload must be a map' },
    })
    expect((await raw.ask(name, 'presence', { event: 'other' }, '1'))[4]).toEqual({ status: 'error', response: {} })
    raw.close()
  })
})

describe('private', () => {
  const config = { config: { private: true, presence: { enabled: true } } }

  test.each(['1.0.0', '2.0.0'] as const)(
    'who may neither read nor write presence sees nobody and cannot track, version %s',
    async (vsn) => {
      const name = topic()
      const [ana, stranger] = [
        await server.client(await server.token(crypto.randomUUID()), { vsn }),
        await server.client(undefined, { vsn }),
      ]
      const [allowed, denied] = [ana.channel(name, config), stranger.channel(name, config)]
      const seen: string[] = []
      denied.on('presence', { event: 'sync' }, () => seen.push('sync'))
      allowed.on('presence', { event: 'sync' }, () => undefined)
      await Promise.all([join(allowed), join(denied)])
      expect(await allowed.track({ name: 'Ana' })).toBe('ok')
      await eventually(() => expect(names(allowed)).toEqual(['Ana']))
      expect(await denied.track({ name: 'Eve' })).toBe('error')
      expect(names(allowed)).toEqual(['Ana'])
      expect(seen).toEqual([])
    },
  )
})

test.each(['1.0.0', '2.0.0'] as const)('more than five calls in 30 seconds end it, version %s', async (vsn) => {
  const client = await server.client(undefined, { vsn })
  const channel = client.channel(topic())
  const messages = systemMessages(channel)
  await join(channel)
  for (let call = 1; call <= 5; call++) expect(await channel.track({ call })).toBe('ok')
  void channel.track({ call: 6 })
  expect(await arrived(messages)).toMatchObject([{ status: 'error', message: 'Client presence rate limit exceeded' }])
  await eventually(() => expect(channel.state).toBe('closed'))
})
