import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { RawSocket } from './raw-socket.ts'
import { type RealtimeServer, startRealtime } from './server.ts'

let server: RealtimeServer
beforeAll(async () => {
  server = await startRealtime({ refusalDelayMs: 1, idleMs: 3_000, frameBytes: 100_000 })
})
afterAll(() => server.stop())

const open = (): Promise<RawSocket> => RawSocket.open(server.url, server.key)

describe('handshake', () => {
  async function refused(
    query: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: string }> {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/websocket${query}`, { headers })
    const [, response] = await once(socket, 'unexpected-response')
    let body = ''
    for await (const chunk of response) body += String(chunk)
    return { status: response.statusCode, body }
  }

  test('no key', async () => {
    expect(await refused('')).toEqual({ status: 401, body: '{"error":"API key is missing"}' })
  })

  test('what is not a token', async () => {
    const body = '{"error":"The token provided is not a valid JWT"}'
    expect(await refused('?apikey=nonsense')).toEqual({ status: 401, body })
  })

  test('an expired token', async () => {
    const token = await server.token('x', { exp: 1_000_000_000 })
    expect(await refused(`?apikey=${token}`)).toEqual({ status: 401, body: '{"error":"Token has expired"}' })
  })

  test('a forged token', async () => {
    const token = await server.token('x')
    const forged = `${token.slice(0, -8)}${token.endsWith('AAAAAAAA') ? 'BBBBBBBB' : 'AAAAAAAA'}`
    const body = '{"error":"Failed to validate JWT signature"}'
    expect(await refused(`?apikey=${forged}`)).toEqual({ status: 401, body })
  })

  test('a token without role', async () => {
    const token = await server.token('x', { role: undefined })
    const body = '{"error":"Fields `role` and `exp` are required in JWT"}'
    expect(await refused(`?apikey=${token}`)).toEqual({ status: 401, body })
  })

  test('an unknown version', async () => {
    expect(await refused(`?apikey=${server.key}&vsn=3.0.0`)).toEqual({ status: 403, body: '' })
  })

  test('the header wins over the query', async () => {
    expect((await refused(`?apikey=${server.key}`, { 'x-api-key': 'nonsense' })).status).toBe(401)
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/websocket?apikey=nonsense`, {
      headers: { 'x-api-key': server.key },
    })
    await once(socket, 'open')
    socket.terminate()
  })

  test('a client that goes away in the middle of it does no harm', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write(`GET /realtime/v1/websocket?apikey=${server.key} HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\n`)
    socket.write(
      'connection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    socket.resetAndDestroy()
    const raw = await open()
    expect((await raw.ask('phoenix', 'heartbeat'))[4]).toEqual({ status: 'ok', response: {} })
    raw.close()
  })
})

describe('topics', () => {
  test('heartbeats, also as a binary push', async () => {
    const raw = await open()
    expect(await raw.ask('phoenix', 'heartbeat')).toEqual([
      null,
      'r1',
      'phoenix',
      'phx_reply',
      { status: 'ok', response: {} },
    ])
    raw.socket.send(Buffer.concat([Buffer.from([0, 0, 2, 7, 9]), Buffer.from('b1phoenixheartbeat{}')]))
    expect((await raw.next(([, ref]) => ref === 'b1'))[4]).toEqual({ status: 'ok', response: {} })
    raw.close()
  })

  test('what is not a topic of Realtime, or not joined', async () => {
    const raw = await open()
    const unmatched = { status: 'error', response: { reason: 'unmatched topic' } }
    expect((await raw.ask('other:room', 'phx_join'))[4]).toEqual(unmatched)
    expect((await raw.ask('realtime:room', 'broadcast'))[4]).toEqual(unmatched)
    expect((await raw.ask('realtime:room', 'phx_leave'))[4]).toEqual({ status: 'ok', response: {} })
    expect((await raw.ask('realtime:', 'phx_join'))[4]).toEqual({
      status: 'error',
      response: { reason: 'TopicNameRequired: You must provide a topic name' },
    })
    raw.close()
  })

  test('a leave is answered, then the channel is closed with its join_ref', async () => {
    const raw = await open()
    const joined = await raw.ask('realtime:room', 'phx_join', { config: {} }, '7')
    expect(joined).toEqual([
      '7',
      'r1',
      'realtime:room',
      'phx_reply',
      { status: 'ok', response: { postgres_changes: [] } },
    ])
    expect((await raw.ask('realtime:room', 'phx_leave', {}, '7'))[4]).toEqual({ status: 'ok', response: {} })
    expect(await raw.next(() => true)).toEqual(['7', '7', 'realtime:room', 'phx_close', {}])
    raw.close()
  })

  test('joining again closes the earlier joining first', async () => {
    const raw = await open()
    await raw.ask('realtime:room', 'phx_join', { config: {} }, '1')
    const [closed, joined] = await Promise.all([
      raw.next(([, , , event]) => event === 'phx_close'),
      raw.ask('realtime:room', 'phx_join', { config: {} }, '2'),
    ])
    expect(closed).toEqual(['1', '1', 'realtime:room', 'phx_close', {}])
    expect(joined[0]).toBe('2')
    // A stale leave concerns nobody; the one after it shows that the channel is still there.
    raw.socket.send(JSON.stringify(['1', 'stale', 'realtime:room', 'phx_leave', {}]))
    expect((await raw.ask('realtime:room', 'phx_leave', {}, '2'))[0]).toBe('2')
    raw.close()
  })

  test('a join is read leniently', async () => {
    const raw = await open()
    const config = { private: 'FALSE', broadcast: { self: 'true', ack: 'True' }, presence: 5, postgres_changes: [null] }
    await raw.ask('realtime:room', 'phx_join', { config }, '1')
    const sent = await raw.ask('realtime:room', 'broadcast', { type: 'broadcast', event: 'e', payload: {} }, '1')
    expect(sent[4]).toEqual({ status: 'ok', response: {} })
    expect((await raw.next(([, , , event]) => event === 'broadcast'))[0]).toBeNull()
    raw.close()
  })
})

describe('what a socket survives', () => {
  test('malformed frames are dropped', async () => {
    const raw = await open()
    raw.socket.send('nonsense')
    raw.socket.send('[]')
    raw.socket.send(Buffer.from([9, 9, 9]))
    expect((await raw.ask('phoenix', 'heartbeat'))[4]).toEqual({ status: 'ok', response: {} })
    raw.close()
  })

  test('a frame over the limit closes it with 1009', async () => {
    const raw = await open()
    raw.socket.send(Buffer.alloc(100_001))
    const [code] = await once(raw.socket, 'close')
    expect(code).toBe(1009)
  })

  test('one that is silent for too long is closed, one that beats is not', async () => {
    const [silent, beating] = [await open(), await open()]
    const timer = setInterval(() => beating.socket.send('[null,"h","phoenix","heartbeat",{}]'), 50)
    const [code] = await once(silent.socket, 'close')
    expect(code).toBe(1001)
    expect((await beating.ask('phoenix', 'heartbeat'))[4]).toEqual({ status: 'ok', response: {} })
    clearInterval(timer)
    beating.close()
  })
})
