import { describe, expect, test } from 'vitest'
import { createUser, freshEmail, newClient, serviceClient, signIn, type User } from '../support/clients.ts'
import { sql, stack } from '../support/stack.ts'
import { PASSWORD, send } from './support.ts'

const refresh = (refresh_token: string) => newClient().auth.refreshSession({ refresh_token })
const codeOfRefresh = async (token: string) => (await refresh(token)).error?.code
const sessionId = ({ accessToken }: User): string => String(claimsOf(accessToken).session_id)
const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
/** Makes it so long ago that a session was used and its tokens were changed. */
const age = async (user: User, interval: string): Promise<void> => {
  const session = sessionId(user)
  await sql`update auth.refresh_tokens set updated_at = updated_at - ${interval}::interval where session_id = ${session}`
  await sql`update auth.sessions set created_at = created_at - ${interval}::interval,
    refreshed_at = refreshed_at - ${interval}::interval where id = ${session}`
}

describe('a token', () => {
  test('carries every claim of GoTrue’s and is verified by the client against the JWKS', async () => {
    const ana = await createUser('ana', { shoe: 'flat' })
    const { data, error } = await ana.client.auth.getClaims()
    expect(error).toBeNull()
    expect(data?.header.alg).toBe('ES256')
    expect(data?.claims).toMatchObject({
      iss: `${stack.api_url}/auth/v1`,
      sub: ana.id,
      aud: 'authenticated',
      role: 'authenticated',
      email: ana.email,
      phone: '',
      aal: 'aal1',
      amr: [{ method: 'password', timestamp: expect.any(Number) }],
      app_metadata: { provider: 'email', providers: ['email'] },
      user_metadata: { shoe: 'flat' },
      is_anonymous: false,
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect((data?.claims.exp ?? 0) - (data?.claims.iat ?? 0)).toBe(900)

    const [header, payload] = ana.accessToken.split('.')
    const forged = `${header}.${payload}.${Buffer.alloc(64, 1).toString('base64url')}`
    expect((await newClient().auth.getClaims(forged)).error).not.toBeNull()
    expect((await newClient().auth.getUser(forged)).error?.code).toBe('bad_jwt')
  })

  test('is not given for a wrong password, and the refusal is that of an unknown address', async () => {
    const ben = await createUser('ben')
    const attempt = (email: string) => newClient().auth.signInWithPassword({ email, password: 'not-the-password' })
    const [known, unknown] = [await attempt(ben.email), await attempt(freshEmail('nobody'))]
    expect(known.error).toMatchObject({
      status: 400,
      code: 'invalid_credentials',
      message: 'Invalid login credentials',
    })
    const { status, code, message } = known.error ?? {}
    expect(unknown.error).toMatchObject({ status, code, message })
  })

  test('signs in whatever the case of the address', async () => {
    const cleo = await createUser('cleo')
    const { error } = await newClient().auth.signInWithPassword({ email: cleo.email.toUpperCase(), password: PASSWORD })
    expect(error).toBeNull()
  })
})

describe('a refresh token', () => {
  test('is replaced at every use', async () => {
    const dan = await createUser('dan')
    const { data, error } = await refresh(dan.refreshToken)
    expect(error).toBeNull()
    expect(data.session?.refresh_token).not.toBe(dan.refreshToken)
    expect(data.user?.id).toBe(dan.id)
    expect(claimsOf(data.session?.access_token ?? '').session_id).toBe(sessionId(dan))
  })

  test('that was used before gives the token in force while that one has not been used, however late', async () => {
    const eve = await createUser('eve')
    const first = await refresh(eve.refreshToken)
    await age(eve, '1 hour')
    const lost = await refresh(eve.refreshToken)
    expect(lost.error).toBeNull()
    expect(lost.data.session?.refresh_token).toBe(first.data.session?.refresh_token)
  })

  test('that is used again outside the reuse interval ends its session, and no other', async () => {
    const fay = await createUser('fay')
    const otherDevice = await signIn(fay.email)
    const second = (await refresh(fay.refreshToken)).data.session?.refresh_token ?? ''
    const third = (await refresh(second)).data.session?.refresh_token ?? ''
    await age(fay, '11 seconds')
    expect(await codeOfRefresh(fay.refreshToken)).toBe('refresh_token_already_used')
    expect(await codeOfRefresh(third)).toBe('refresh_token_not_found')
    expect((await newClient().auth.getUser(fay.accessToken)).error?.name).toBe('AuthSessionMissingError')
    expect((await refresh(otherDevice.refreshToken)).error).toBeNull()
  })

  test('that is used again within the reuse interval still gives a session', async () => {
    const gus = await createUser('gus')
    const second = (await refresh(gus.refreshToken)).data.session?.refresh_token ?? ''
    const third = (await refresh(second)).data.session?.refresh_token ?? ''
    const again = await refresh(gus.refreshToken)
    expect(again.error).toBeNull()
    expect((await refresh(again.data.session?.refresh_token ?? '')).error).toBeNull()
    expect((await refresh(third)).error).toBeNull()
  })

  test('that twenty tabs use at once gives all of them the same valid session', async () => {
    const hal = await createUser('hal')
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(hal.refreshToken)))
    expect(answers.map(({ error }) => error)).toEqual(answers.map(() => null))
    const tokens = new Set(answers.map(({ data }) => data.session?.refresh_token))
    expect(tokens.size).toBe(1)
    for (const { data } of answers)
      expect((await newClient().auth.getUser(data.session?.access_token)).data.user?.id).toBe(hal.id)
    expect((await refresh([...tokens][0] ?? '')).error).toBeNull()
  })

  test('is refused when it is unknown or no token at all', async () => {
    expect(await codeOfRefresh('abcdefghijkl')).toBe('refresh_token_not_found')
    expect(await codeOfRefresh('ABCDEFGHIJKL')).toBe('validation_failed')
    expect(await codeOfRefresh("' or 1=1 --'")).toBe('validation_failed')
    const answer = await send('POST', '/token?grant_type=refresh_token', '{}')
    expect([answer.status, answer.body.error_code]).toEqual([400, 'validation_failed'])
  })

  test('is refused after seven days without use, and not after six', async () => {
    const ida = await createUser('ida')
    await age(ida, '167 hours')
    const next = (await refresh(ida.refreshToken)).data.session?.refresh_token ?? ''
    expect(next).not.toBe('')
    await age(ida, '169 hours')
    expect(await codeOfRefresh(next)).toBe('session_expired')
  })

  test('is refused for somebody who was banned, and passes again after', async () => {
    const jon = await createUser('jon')
    const ban = (ban_duration: string) => serviceClient().auth.admin.updateUserById(jon.id, { ban_duration })
    await ban('24h')
    expect(await codeOfRefresh(jon.refreshToken)).toBe('user_banned')
    expect((await jon.client.auth.getUser()).error?.code).toBe('user_banned')
    const again = () => newClient().auth.signInWithPassword({ email: jon.email, password: jon.password })
    expect((await again()).error?.code).toBe('user_banned')
    await ban('none')
    expect((await again()).error).toBeNull()
    expect((await refresh(jon.refreshToken)).error).toBeNull()
  })
})

describe('signing out', () => {
  const devices = async (name: string): Promise<readonly [User, User, User]> => {
    const first = await createUser(name)
    return [first, await signIn(first.email), await signIn(first.email)]
  }
  const states = (users: readonly User[]) =>
    Promise.all(users.map(async ({ accessToken }) => (await newClient().auth.getUser(accessToken)).error?.code ?? 'in'))

  test('of this device leaves the others, and its token says that the session is gone', async () => {
    const users = await devices('kay')
    expect((await users[0].client.auth.signOut({ scope: 'local' })).error).toBeNull()
    const { error } = await newClient().auth.getUser(users[0].accessToken)
    expect(error?.name).toBe('AuthSessionMissingError')
    expect(await codeOfRefresh(users[0].refreshToken)).toBe('refresh_token_not_found')
    const raw = await send('GET', '/user', undefined, { authorization: `Bearer ${users[0].accessToken}` })
    expect([raw.status, raw.body.error_code]).toEqual([403, 'session_not_found'])
    expect(await states(users.slice(1))).toEqual(['in', 'in'])
  })

  test('of the others leaves this one', async () => {
    const users = await devices('leo')
    expect((await users[0].client.auth.signOut({ scope: 'others' })).error).toBeNull()
    expect((await states(users))[0]).toBe('in')
    expect(await codeOfRefresh(users[1].refreshToken)).toBe('refresh_token_not_found')
    expect(await codeOfRefresh(users[2].refreshToken)).toBe('refresh_token_not_found')
    expect((await refresh(users[0].refreshToken)).error).toBeNull()
  })

  test('everywhere leaves none, and nobody else is touched', async () => {
    const [users, max] = [await devices('mia'), await createUser('max')]
    expect((await users[1].client.auth.signOut({ scope: 'global' })).error).toBeNull()
    for (const { refreshToken } of users) expect(await codeOfRefresh(refreshToken)).toBe('refresh_token_not_found')
    expect((await max.client.auth.getUser()).error).toBeNull()
  })

  test('with a scope that does not exist is refused and ends nothing', async () => {
    const nia = await createUser('nia')
    const answer = await send('POST', '/logout?scope=everyone', '', { authorization: `Bearer ${nia.accessToken}` })
    expect([answer.status, answer.body.error_code]).toEqual([400, 'validation_failed'])
    expect((await nia.client.auth.getUser()).error).toBeNull()
  })
})
