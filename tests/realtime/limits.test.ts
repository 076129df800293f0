import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Limits, readLimits } from '../../stack/realtime/limits.ts'
import { eventually } from '../support/eventually.ts'
import { RawSocket } from './raw-socket.ts'
import { arrived, collect, join, type RealtimeServer, refusal, startRealtime, systemMessages } from './server.ts'

let server: RealtimeServer
const withLimits = (limits: Partial<Limits>): void => {
  beforeEach(async () => {
    server = await startRealtime({ refusalDelayMs: 1, ...limits })
  })
  afterEach(() => server.stop())
}

describe('channels of a connection', () => {
  withLimits({ channelsPerConnection: 2 })

  test('the third is refused, until one is left', async () => {
    const raw = await RawSocket.open(server.url, server.key)
    const joining = async (topic: string) => (await raw.ask(`realtime:${topic}`, 'phx_join', {}, '1'))[4]
    expect([await joining('1'), await joining('2')]).toMatchObject([{ status: 'ok' }, { status: 'ok' }])
    expect(await joining('3')).toEqual({
      status: 'error',
      response: { reason: 'ChannelRateLimitReached: Too many channels' },
    })
    await raw.ask('realtime:1', 'phx_leave', {}, '1')
    expect(await joining('3')).toMatchObject({ status: 'ok' })
    raw.close()
  })
})

describe('limits of the environment', () => {
  withLimits(readLimits((name) => ({ REALTIME_MAX_CHANNELS_PER_CLIENT: '1' })[name]))

  test('are told to the official client in hosted words, whichever version it speaks', async () => {
    for (const vsn of ['1.0.0', '2.0.0'] as const) {
      const client = await server.client(undefined, { vsn })
      await join(client.channel('first'))
      expect(await refusal(client.channel('second'))).toBe('ChannelRateLimitReached: Too many channels')
    }
  })
})

describe('connected users', () => {
  withLimits({ connections: 1 })

  test('the second socket with a channel is refused, then sockets at once', async () => {
    const [first, second] = [await RawSocket.open(server.url, server.key), await RawSocket.open(server.url, server.key)]
    expect((await first.ask('realtime:a', 'phx_join'))[4]).toMatchObject({ status: 'ok' })
    expect((await second.ask('realtime:a', 'phx_join'))[4]).toEqual({
      status: 'error',
      response: { reason: 'ConnectionRateLimitReached: Too many connected users' },
    })
    const third = new WebSocket(`${server.url.replace('http', 'ws')}/websocket?apikey=${server.key}`)
    const [, response] = await once(third, 'unexpected-response')
    expect(response.statusCode).toBe(429)
    first.close()
    await eventually(async () => {
      expect((await second.ask('realtime:a', 'phx_join'))[4]).toMatchObject({ status: 'ok' })
    })
    second.close()
  })
})

describe('joins per second', () => {
  withLimits({ joinsPerSecond: 20, rateSampleMs: 200 })

  test('too many are refused and the socket is closed', async () => {
    const raw = await RawSocket.open(server.url, server.key)
    const closed = once(raw.socket, 'close')
    // Each closes the one before, so that the number of channels is not what is refused.
    const timer = setInterval(
      () => raw.socket.send(JSON.stringify(['1', 'late', 'realtime:late', 'phx_join', { config: {} }])),
      5,
    )
    const refused = await raw.next(([, ref, , , payload]) => ref === 'late' && payload.status === 'error')
    clearInterval(timer)
    expect(refused[4]).toEqual({
      status: 'error',
      response: { reason: 'ClientJoinRateLimitReached: Too many joins per second' },
    })
    expect((await closed)[0]).toBe(1001)
  })
})

describe('messages per second', () => {
  withLimits({ messagesPerSecond: 20, rateSampleMs: 200 })

  test('a channel on which too many come is told and closed; over HTTP it is 429', async () => {
    const channel = (await server.client()).channel('busy', { config: { broadcast: { self: true } } })
    const messages = systemMessages(channel)
    await join(channel)
    const timer = setInterval(() => void channel.send({ type: 'broadcast', event: 'e', payload: {} }), 5)
    expect(await arrived(messages)).toMatchObject([{ status: 'error', message: 'Too many messages per second' }])
    clearInterval(timer)
    const response = await eventually(async () => {
      const body = JSON.stringify({
        messages: Array.from({ length: 10 }, () => ({ topic: 't', event: 'e', payload: {} })),
      })
      const answer = await fetch(`${server.url}/api/broadcast`, {
        method: 'POST',
        headers: { apikey: server.key },
        body,
      })
      expect(answer.status).toBe(429)
      return answer
    })
    expect(await response.json()).toEqual({ message: 'Too many requests' })
    expect(response.headers.get('x-rate-limit')).toBe('20')
  })
})

describe('payloads', () => {
  withLimits({ payloadKilobytes: 1 })

  test('what is too large is dropped, and the sender told where it asked', async () => {
    const client = await server.client()
    const channel = client.channel('large', { config: { broadcast: { ack: true, self: true } } })
    const received = collect(channel)
    await join(channel)
    const send = (length: number) =>
      channel.send({ type: 'broadcast', event: 'e', payload: { text: 'x'.repeat(length) } })
    expect(await send(1_600)).toBe('error')
    expect(await send(1_400)).toBe('ok')
    expect(received.map(({ payload }) => String(payload.text).length)).toEqual([1_400])
    await server.sql`select realtime.send(jsonb_build_object('text', repeat('x', 1600)), 'e', 'large', false)`
    await server.sql`select realtime.send(jsonb_build_object('text', repeat('x', 10)), 'e', 'large', false)`
    expect((await arrived(received, 2)).map(({ payload }) => String(payload.text).length)).toEqual([1_400, 10])
  })
})

describe('private channels alone', () => {
  withLimits({ privateOnly: true })

  test('public ones are refused', async () => {
    const words = 'PrivateOnly: This project only allows private channels'
    expect(await refusal((await server.client()).channel('public'))).toBe(words)
  })
})

describe('sockets without a channel', () => {
  withLimits({ noChannelMs: 2_000 })

  test('are closed, others not', async () => {
    const [idle, joined] = [await RawSocket.open(server.url, server.key), await RawSocket.open(server.url, server.key)]
    const closed = once(idle.socket, 'close')
    await joined.ask('realtime:a', 'phx_join')
    expect((await closed)[0]).toBe(1001)
    expect((await joined.ask('phoenix', 'heartbeat'))[4]).toMatchObject({ status: 'ok' })
    joined.close()
  })
})

describe('a client that does not read', () => {
  withLimits({ sendBufferBytes: 300_000 })

  /** Joins by hand and then stops reading. */
  async function deaf(): Promise<Socket> {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write(
      `GET /realtime/v1/websocket?apikey=${server.key}&vsn=2.0.0 HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    const text = '["1","1","realtime:flood","phx_join",{}]'
    const mask = Buffer.alloc(4)
    socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length]), mask, Buffer.from(text)]))
    await eventually(() => expect(String(socket.read() ?? '')).toContain('phx_reply'))
    socket.pause()
    return socket
  }

  test('is disconnected with a reason, and delays nobody', async () => {
    const socket = await deaf()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => undefined)
    const channel = (await server.client()).channel('flood')
    const received = collect(channel)
    await join(channel)
    const logged = () => server.database.lines.some((line) => line.includes('Send buffer is full'))
    let sent = 0
    await eventually(async () => {
      for (let n = 0; n < 20; n++, sent++)
        await server.sql`select realtime.send(jsonb_build_object('text', repeat('x', 100000)), 'e', 'flood', false)`
      expect(logged()).toBe(true)
    })
    await arrived(received, sent)
    socket.resume()
    await closed
  })
})
