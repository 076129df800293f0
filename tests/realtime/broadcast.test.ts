import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { arrived, collect, join, type RealtimeServer, startRealtime } from './server.ts'

let server: RealtimeServer
beforeAll(async () => {
  server = await startRealtime({ refusalDelayMs: 1 })
  await server.sql`
    create policy room_read on realtime.messages for select to authenticated, anon using (topic like 'room:%')`
  await server.sql`
    create policy room_write on realtime.messages for insert to authenticated with check (topic like 'room:%')`
})
afterEach(() => server.disconnect())
afterAll(() => server.stop())

const VERSIONS = ['1.0.0', '2.0.0'] as const
const topic = (): string => `room:${crypto.randomUUID()}`
const send = (event: string, payload: Record<string, unknown> = {}) => ({ type: 'broadcast' as const, event, payload })

describe.each(VERSIONS)('version %s', (vsn) => {
  test('others get it, the sender does not', async () => {
    const name = topic()
    const [one, two] = [await server.client(undefined, { vsn }), await server.client(undefined, { vsn })]
    const [sender, receiver] = [one.channel(name), two.channel(name)]
    const [own, other] = [collect(sender), collect(receiver)]
    await Promise.all([join(sender), join(receiver)])
    await sender.send(send('hello', { text: 'é' }))
    await receiver.send(send('back'))
    expect(await arrived(other)).toEqual([{ type: 'broadcast', event: 'hello', payload: { text: 'é' } }])
    expect((await arrived(own)).map(({ event }) => event)).toEqual(['back'])
  })

  test('the sender gets it too where it asked for it, and an acknowledgement', async () => {
    const client = await server.client(undefined, { vsn })
    const channel = client.channel(topic(), { config: { broadcast: { self: true, ack: true } } })
    const received = collect(channel)
    await join(channel)
    expect(await channel.send(send('hello', { n: 1 }))).toBe('ok')
    expect(received.map(({ payload }) => payload)).toEqual([{ n: 1 }])
  })

  test('several channels on one socket keep apart', async () => {
    const client = await server.client(undefined, { vsn })
    const other = await server.client(undefined, { vsn })
    const channels = [topic(), topic(), topic()].map((name) => ({ name, channel: client.channel(name) }))
    const lists = channels.map(({ channel }) => collect(channel))
    await Promise.all(channels.map(({ channel }) => join(channel)))
    for (const { name } of channels) {
      const sender = other.channel(name, { config: { broadcast: { ack: true } } })
      await join(sender)
      await sender.send(send('to', { name }))
    }
    for (const [index, list] of lists.entries())
      expect((await arrived(list)).map(({ payload }) => payload.name)).toEqual([channels[index]?.name])
  })

  test('public and private topics of one name are two', async () => {
    const name = topic()
    const token = await server.token(crypto.randomUUID())
    const client = await server.client(token, { vsn })
    const other = await server.client(token, { vsn })
    const [open, closed] = [client.channel(name), other.channel(name, { config: { private: true } })]
    const [publicly, privately] = [collect(open), collect(closed)]
    await Promise.all([join(open), join(closed)])
    await server.sql`select realtime.send('{"to":"public"}', 'e', ${name}, false)`
    await server.sql`select realtime.send('{"to":"private"}', 'e', ${name}, true)`
    expect((await arrived(publicly)).map(({ payload }) => payload.to)).toEqual(['public'])
    expect((await arrived(privately)).map(({ payload }) => payload.to)).toEqual(['private'])
  })

  test('a private channel takes a broadcast from who may write, and passes over the others in silence', async () => {
    const name = topic()
    const writer = await server.client(await server.token(crypto.randomUUID()), { vsn })
    const reader = await server.client(undefined, { vsn })
    const config = { config: { private: true, broadcast: { ack: true } } }
    const [allowed, denied] = [writer.channel(name, config), reader.channel(name, config)]
    const [atWriter, atReader] = [collect(allowed), collect(denied)]
    await Promise.all([join(allowed), join(denied)])
    const silence = denied.send(send('denied'), { timeout: 300 })
    expect(await allowed.send(send('allowed'))).toBe('ok')
    expect((await arrived(atReader)).map(({ event }) => event)).toEqual(['allowed'])
    expect(await silence).toBe('timed out')
    expect(atWriter).toEqual([])
  })
})

test('the versions understand each other; bytes reach version 2 alone', async () => {
  const name = topic()
  const [old, recent] = [await server.client(undefined, { vsn: '1.0.0' }), await server.client()]
  const config = { config: { broadcast: { ack: true } } }
  const [first, second] = [old.channel(name, config), recent.channel(name, config)]
  const [atOld, atRecent] = [collect(first), collect(second)]
  await Promise.all([join(first), join(second)])
  await first.send(send('from old', { n: 1 }))
  await second.send({ type: 'broadcast', event: 'bytes', payload: new Uint8Array([1, 2]).buffer })
  await second.send(send('from recent', { n: 2 }))
  expect((await arrived(atOld)).map(({ event }) => event)).toEqual(['from recent'])
  expect((await arrived(atRecent)).map(({ event }) => event)).toEqual(['from old'])
  const third = (await server.client()).channel(name)
  const atThird: ArrayBuffer[] = []
  third.on('broadcast', { event: 'bytes' }, ({ payload }) => atThird.push(payload))
  await join(third)
  await second.send({ type: 'broadcast', event: 'bytes', payload: new Uint8Array([0xde, 0xad]).buffer })
  expect([...new Uint8Array((await arrived(atThird))[0] ?? new ArrayBuffer(0))]).toEqual([0xde, 0xad])
})

describe('over HTTP', () => {
  const post = (path: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      body,
      headers: { apikey: server.key, 'content-type': 'application/json', ...headers },
    })

  test('ping, and the preflight of browsers', async () => {
    expect(await (await fetch(`${server.url}/api/ping`)).json()).toEqual({ message: 'Success' })
    const preflight = await fetch(`${server.url}/api/broadcast`, { method: 'OPTIONS' })
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('a batch goes out as a whole or not at all', async () => {
    const name = topic()
    const channel = (await server.client()).channel(name)
    const received = collect(channel)
    await join(channel)
    const message = (event: string) => ({ topic: name, event, payload: { a: 1 } })
    const bad = await post('/api/broadcast', JSON.stringify({ messages: [message('lost'), { payload: {} }] }))
    expect(bad.status).toBe(422)
    expect(await bad.json()).toEqual({
      errors: { messages: [{}, { topic: ["can't be blank"], event: ["can't be blank"] }] },
    })
    const good = await post('/api/broadcast', JSON.stringify({ messages: [message('one'), message('two')] }))
    expect([good.status, await good.text()]).toEqual([202, ''])
    expect((await arrived(received, 2)).map(({ event }) => event)).toEqual(['one', 'two'])
    const missing = await post('/api/broadcast', '{}')
    expect([missing.status, await missing.json()]).toEqual([422, { errors: { messages: ["can't be blank"] } }])
  })

  test('a batch skips private topics that may not be written', async () => {
    const name = topic()
    const token = await server.token(crypto.randomUUID())
    const channel = (await server.client(token)).channel(name, { config: { private: true } })
    const received = collect(channel)
    await join(channel)
    const body = (event: string): string =>
      JSON.stringify({ messages: [{ topic: name, event, payload: {}, private: true }] })
    expect((await post('/api/broadcast', body('as anon'))).status).toBe(202)
    expect((await post('/api/broadcast', body('as user'), { authorization: `Bearer ${token}` })).status).toBe(202)
    expect((await arrived(received)).map(({ event }) => event)).toEqual(['as user'])
  })

  test.each([false, true])('httpSend reaches both versions, bytes the second; private: %s', async (isPrivate) => {
    const name = topic()
    const token = await server.token(crypto.randomUUID())
    const config = { config: { private: isPrivate } }
    const channel = (await server.client(token)).channel(name, config)
    const old = (await server.client(token, { vsn: '1.0.0' })).channel(name, config)
    const [received, atOld] = [collect(channel), collect(old)]
    const bytes: ArrayBuffer[] = []
    channel.on('broadcast', { event: 'bytes' }, ({ payload }) => bytes.push(payload))
    await Promise.all([join(channel), join(old)])
    expect(await channel.httpSend('json', { a: 1 })).toEqual({ success: true })
    expect(await channel.httpSend('bytes', new Uint8Array([0, 7, 255]).buffer)).toEqual({ success: true })
    expect(await channel.httpSend('last', { b: 2 })).toEqual({ success: true })
    expect((await arrived(received, 3)).map(({ event }) => event)).toEqual(['json', 'bytes', 'last'])
    expect(received[0]).toEqual({ type: 'broadcast', event: 'json', payload: { a: 1 } })
    expect(bytes.map((payload) => [...new Uint8Array(payload)])).toEqual([[0, 7, 255]])
    expect((await arrived(atOld, 2)).map(({ event, payload }) => [event, payload])).toEqual([
      ['json', { a: 1 }],
      ['last', { b: 2 }],
    ])
  })

  test('httpSend is refused in hosted words where nobody may write', async () => {
    const name = topic()
    const anonymous = (await server.client()).channel(name, { config: { private: true } })
    await expect(anonymous.httpSend('denied', {})).rejects.toThrow('Unauthorized')
  })

  test.each([
    ['no key', '/api/broadcast', { apikey: '' }, 401, { message: 'Unauthorized' }],
    [
      'another content type',
      '/api/broadcast/t/events/e',
      { 'content-type': 'text/plain' },
      415,
      { error: 'Unsupported Media Type. Use application/json or application/octet-stream' },
    ],
    ['a path that is none', '/api/broadcast/t/other', {}, 404, { error: 'Not Found' }],
    ['private without write', '/api/broadcast/room%3A1/events/e?private=true', {}, 403, { message: 'Unauthorized' }],
    [
      'kept on a public channel',
      '/api/broadcast/t/events/e?persist=true',
      {},
      422,
      { errors: { persist: ['can only be used on private channels'] } },
    ],
  ])('refuses: %s', async (_, path, headers, status, body) => {
    const response = await post(path, '{}', headers)
    expect([response.status, await response.json()]).toEqual([status, body])
  })
})
