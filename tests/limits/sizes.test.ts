import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createUser, serviceClient, type User } from '../support/clients.ts'
import { stack } from '../support/stack.ts'

const MIB = 2 ** 20

let user: User
beforeAll(async () => {
  user = await createUser('sizes')
})

async function post(path: string, bytes: number, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const response = await fetch(`${stack.api_url}${path}`, {
    method: 'POST',
    headers: { apikey: stack.publishable_key, 'content-type': 'application/json', ...headers },
    body: new Uint8Array(bytes).fill(0x20),
  })
  const { code }: { readonly code: string } = await response.json()
  return [response.status, code]
}

describe('a body', () => {
  const bearer = (): Readonly<Record<string, string>> => ({ authorization: `Bearer ${user.accessToken}` })

  test('for the Data API has at most 4 MiB', async () => {
    expect(await post('/rest/v1/rpc/set_username', 4 * MIB + 1, bearer())).toEqual([413, 'payload_too_large'])
    expect(await post('/rest/v1/rpc/set_username', 4 * MIB, bearer())).toEqual([400, expect.stringMatching(/^PGRST/)])
  })

  test('for Auth has at most 1 MiB', async () => {
    expect(await post('/auth/v1/signup', MIB + 1)).toEqual([413, 'payload_too_large'])
    expect(await post('/auth/v1/signup', MIB)).toEqual([400, 400])
  })

  test('for a function has at most what its route takes, and the answer says so before any of it is used', async () => {
    expect(await post('/functions/v1/imports', 16 * MIB + 1, bearer())).toEqual([413, 'body_too_large'])
    expect(await post('/functions/v1/imports', 1_000, bearer())).toEqual([400, 'import_unknown_format'])
    const undo = `/functions/v1/imports/${crypto.randomUUID()}/undo`
    expect(await post(undo, MIB + 1, bearer())).toEqual([413, 'body_too_large'])
    expect(await post(undo, MIB, bearer())).toEqual([400, 'invalid_body'])
  })

  test('for any function has at most 20 MiB', async () => {
    expect(await post('/functions/v1/imports', 20 * MIB + 1, bearer())).toEqual([413, 'payload_too_large'])
  })

  test('that a function does not read is answered all the same', async () => {
    expect(await post('/functions/v1/imports', 15 * MIB)).toEqual([401, 'not_authenticated'])
    expect(await post('/functions/v1/imports/nowhere', 15 * MIB)).toEqual([404, 'route_not_found'])
  })
})

describe('a file', () => {
  const bucket = serviceClient().storage.from('exercise-media')
  const path = `${crypto.randomUUID()}/large.png`
  const options = { contentType: 'image/png' }
  afterAll(() => bucket.remove([path]))

  test('is as large as its bucket allows, and not a byte larger', async () => {
    const { error } = await bucket.upload(path, new Uint8Array(20 * MIB + 1), options)
    expect(error).toMatchObject({ statusCode: '413' })
    expect((await bucket.upload(path, new Uint8Array(20 * MIB), options)).error).toBeNull()
  })
})
