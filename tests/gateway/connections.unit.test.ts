import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Gate, startGate } from './gate.ts'

let gate: Gate
beforeEach(async () => {
  gate = await startGate()
})
afterEach(() => gate.gateway.stop())

describe('bodies', () => {
  const post = (length: number): RequestInit => ({
    method: 'POST',
    headers: gate.publishable,
    body: new Uint8Array(length),
  })

  test.each([
    ['/rest/v1/x', 4],
    ['/auth/v1/signup', 1],
    ['/storage/v1/object/b/x', 3],
    ['/functions/v1/x', 20],
  ])('%s takes %i MiB and no more', async (path, mebibytes) => {
    expect((await gate.see(path, post(mebibytes * 2 ** 20))).length).toBe(mebibytes * 2 ** 20)
    expect(await gate.refusal(path, post(mebibytes * 2 ** 20 + 1))).toEqual({ status: 413, code: 'payload_too_large' })
  })

  test.each(['/rest/v1/x', '/storage/v1/object/b/x'])(
    '%s finds out about a body that does not tell its length',
    async (path) => {
      const send = async (chunks: number): Promise<number | undefined> => {
        const outgoing = httpRequest(gate.base + path, { method: 'POST', headers: gate.publishable })
        for (let chunk = 0; chunk < chunks; chunk += 1) outgoing.write(Buffer.alloc(2 ** 20))
        outgoing.end()
        // All of it is sent, whatever the answer, because the gateway goes on reading.
        const [[response]] = await Promise.all([once(outgoing, 'response'), once(outgoing, 'finish')])
        response.resume()
        await once(response, 'end')
        return response.statusCode
      }
      expect(await send(2)).toBe(200)
      expect(await send(10)).toBe(413)
    },
  )

  test('an answer is passed on as it comes, and a client that leaves ends it', async () => {
    const client = new AbortController()
    const response = await fetch(`${gate.base}/functions/v1/events`, { signal: client.signal })
    const reader = response.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: first\n\n')
    client.abort()
    await expect.poll(() => gate.lines.filter(({ path }) => path === '/functions/v1/events')).toHaveLength(1)
  })

  test('a service learns that the client left', async () => {
    const client = new AbortController()
    const response = fetch(`${gate.base}/functions/v1/wait`, { signal: client.signal })
    const failed = response.then(
      () => undefined,
      (cause: unknown) => cause,
    )
    await expect.poll(() => gate.services.functions.waiting?.aborted).toBe(false)
    client.abort()
    expect(await failed).toMatchObject({ name: 'AbortError' })
    await expect.poll(() => gate.services.functions.waiting?.aborted).toBe(true)
    await gate.see('/rest/v1/x', { headers: gate.publishable })
    expect(gate.lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})

describe('sockets', () => {
  const upgrade = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(gate.base).port), '127.0.0.1', () =>
        socket.write(
          `GET ${path} HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nx-forwarded-for: 203.0.113.7\r\n\r\n`,
        ),
      )
      socket.once('data', (data) => resolve(data.toString())).once('error', reject)
    })

  test('a WebSocket is handed to Realtime with its key exchanged, and refused without one', async () => {
    expect(await upgrade('/realtime/v1/websocket')).toMatch(/^HTTP\/1.1 401 [\s\S]*UNAUTHORIZED_MISSING_API_KEY/)
    expect(await upgrade('/realtime/v1/websocket?apikey=nonsense')).toMatch(/^HTTP\/1.1 401 /)
    expect(await upgrade(`/rest/v1/x?apikey=${gate.keys.publishableKey}`)).toMatch(/^HTTP\/1.1 404 /)
    expect(gate.services.realtime.upgrades).toEqual([])
    expect(await upgrade(`/realtime/v1/websocket?apikey=${gate.keys.publishableKey}&vsn=2.0.0`)).toMatch(
      /^HTTP\/1.1 101 /,
    )
    const [request] = gate.services.realtime.upgrades
    expect(request?.url).toBe(`/websocket?apikey=${gate.keys.anonKey}&vsn=2.0.0`)
    expect(request?.headers['x-forwarded-for']).toBe('127.0.0.1')
  })

  test('stop ends idle connections, streams and WebSockets at once, and may be called twice', async () => {
    const idle = connect(Number(new URL(gate.base).port), '127.0.0.1')
    const closed = new Promise((resolve) => idle.once('close', resolve))
    await gate.see('/rest/v1/x', { headers: gate.publishable })
    const stream = await fetch(`${gate.base}/functions/v1/events`)
    await upgrade(`/realtime/v1/websocket?apikey=${gate.keys.publishableKey}`)
    const began = performance.now()
    await gate.gateway.stop()
    await gate.gateway.stop()
    await closed
    expect(performance.now() - began).toBeLessThan(20_000)
    await expect(stream.text()).rejects.toThrow('terminated')
    await expect(fetch(`${gate.base}/rest/v1/x`)).rejects.toThrow('fetch failed')
    expect(await gate.gateway.ready()).toBe(false)
  })
})
