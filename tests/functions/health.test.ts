import { describe, expect, test } from 'vitest'
import { createUser } from '../support/clients.ts'
import { stack } from '../support/stack.ts'

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${stack.api_url}/functions/v1/health${path}`, { headers })

describe('health', () => {
  test('says to anybody that the database works', async () => {
    const response = await get('')
    expect(response.status).toBe(200)
    expect(response.headers.get('x-request-id')).not.toBeNull()
    expect(await response.json()).toEqual({
      status: 'ok',
      database: { status: 'ok', latency_ms: expect.any(Number) },
      version: 'fitai_health_1',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
  })

  test('is reached by supabase-js', async () => {
    const { client } = await createUser('ana')
    const { data, error } = await client.functions.invoke('health', { method: 'GET' })
    expect([error, data?.status]).toEqual([null, 'ok'])
  })

  test('gives its figures to the backend', async () => {
    for (const headers of [{ apikey: stack.secret_key }, { authorization: `Bearer ${stack.service_role_key}` }]) {
      const response = await get('/metrics', headers)
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4'])
      const text = await response.text()
      expect(text).toMatch(/^fitai_database_up 1$/m)
      expect(text).toMatch(/^fitai_rows\{table="exercises"\} [1-9]\d*$/m)
    }
  })

  test('and to nobody else', async () => {
    const { accessToken } = await createUser('ben')
    for (const headers of [
      {},
      { apikey: stack.publishable_key },
      { authorization: `Bearer ${stack.anon_key}` },
      { apikey: stack.publishable_key, authorization: `Bearer ${accessToken}` },
    ]) {
      const response = await get('/metrics', headers)
      expect([response.status, await response.json()]).toEqual([403, expect.objectContaining({ code: 'service_only' })])
    }
  })

  test('has no other routes', async () => {
    const response = await get('/absent')
    expect([response.status, await response.json()]).toEqual([
      404,
      expect.objectContaining({ code: 'route_not_found' }),
    ])
  })
})
