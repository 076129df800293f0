import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { stepAt, codeOf as totpOf } from '../../stack/auth/totp.ts'
import { createUser, freshEmail, newClient, signIn, type User } from '../support/clients.ts'
import { mailTo } from '../support/mailbox.ts'
import { sql } from '../support/stack.ts'
import { meet } from './meeting.ts'
import { codeOf, follow, fragmentOf, linkOf, PASSWORD, send } from './support.ts'

const Factor = z.object({ id: z.string(), totp: z.object({ secret: z.string() }) })
const NEW_PASSWORD = 'another-long-password'
const OTHER_PASSWORD = 'a-third-long-password'

const at = (user: User) => ({ table: 'users', id: user.id }) as const
const as = (user: User) => ({ authorization: `Bearer ${user.accessToken}` })
const put = (user: User, body: object) => () => send('PUT', '/user', JSON.stringify(body), as(user))
const byPassword = (email: string, password: string) => () =>
  send('POST', '/token?grant_type=password', JSON.stringify({ email, password }))
const outcome = ({ status, body }: { readonly status: number; readonly body: Record<string, unknown> }) =>
  status === 200 ? 'done' : body.error_code
const sessionOf = ({ accessToken }: User): string =>
  JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).session_id

describe('a password that is being changed', () => {
  test('signs nobody in any more who began before, and ends what they began', async () => {
    const ana = await createUser('ana')
    const [changed, late] = await meet(at(ana), [put(ana, { password: NEW_PASSWORD }), byPassword(ana.email, PASSWORD)])
    expect([changed, late].map((answer) => answer && outcome(answer))).toEqual(['done', 'invalid_credentials'])
    expect(await sql`select id from auth.sessions where user_id = ${ana.id}`).toEqual([{ id: sessionOf(ana) }])
    expect(outcome(await byPassword(ana.email, NEW_PASSWORD)())).toBe('done')
  })

  test('is not changed once more by a device whose session the change has ended', async () => {
    const ben = await createUser('ben')
    const thief = await signIn(ben.email)
    const answers = await meet(at(ben), [
      put(ben, { password: NEW_PASSWORD }),
      put(thief, { password: OTHER_PASSWORD }),
    ])
    expect(answers.map(outcome)).toEqual(['done', 'session_not_found'])
    expect((await ben.client.auth.getUser()).error).toBeNull()
    expect(outcome(await byPassword(ben.email, NEW_PASSWORD)())).toBe('done')
  })

  test('takes the auth codes along that were not traded yet', async () => {
    const cleo = await createUser('cleo')
    const challenge = 'c'.repeat(43)
    const body = { email: cleo.email, code_challenge: challenge, code_challenge_method: 'plain' }
    await send('POST', '/recover', JSON.stringify(body))
    const code = (await follow(linkOf(await mailTo(cleo.email)))).searchParams.get('code') ?? ''
    const trade = () =>
      send('POST', '/token?grant_type=pkce', JSON.stringify({ auth_code: code, code_verifier: challenge }))
    await sql`update auth.flow_state set code_challenge = 'elsewhere' where auth_code = ${code}`
    expect(outcome(await trade())).toBe('bad_code_verifier')
    expect(outcome(await put(cleo, { password: NEW_PASSWORD })())).toBe('done')
    expect(outcome(await trade())).toBe('flow_state_not_found')
  })
})

describe('a new address that both confirm at once', () => {
  const ask = async (user: User): Promise<string> => {
    const email = freshEmail('new')
    expect(outcome(await put(user, { email })())).toBe('done')
    return email
  }
  const addressOf = async ({ id }: User) => (await sql`select email from auth.users where id = ${id}`)[0]?.email

  test('by links holds', async () => {
    const dan = await createUser('dan')
    const email = await ask(dan)
    const links = [linkOf(await mailTo(dan.email)), linkOf(await mailTo(email))]
    const [first, second] = await meet(
      at(dan),
      links.map((link) => async () => fragmentOf(await follow(link))),
    )
    expect([first?.message, second?.type]).toEqual([expect.stringContaining('other email'), 'email_change'])
    expect(await addressOf(dan)).toBe(email)
  })

  test('by codes holds', async () => {
    const eva = await createUser('eva')
    const email = await ask(eva)
    const codes = [eva.email, email].map(async (address) => ({ email: address, token: codeOf(await mailTo(address)) }))
    const requests = (await Promise.all(codes)).map(
      (given) => () => send('POST', '/verify', JSON.stringify({ ...given, type: 'email_change' })),
    )
    const [first, second] = await meet(at(eva), requests)
    expect([first?.body.code, second?.body.access_token]).toEqual(['200', expect.any(String)])
    expect(await addressOf(eva)).toBe(email)
  })
})

test('of two ways to sign in that are taken away at once, the last one stays', async () => {
  const fay = await createUser('fay')
  await sql`
    insert into auth.identities (id, user_id, provider, provider_id, identity_data, created_at, updated_at)
    values (gen_random_uuid(), ${fay.id}, 'google', ${crypto.randomUUID()}, ${sql.json({ email: fay.email })}, now(), now())`
  const identities = await sql<{ id: string }[]>`select id from auth.identities where user_id = ${fay.id}`
  const answers = await meet(
    at(fay),
    identities.map(
      ({ id }) =>
        () =>
          send('DELETE', `/user/identities/${id}`, undefined, as(fay)),
    ),
  )
  expect(answers.map(outcome)).toEqual(['done', 'single_identity_not_deletable'])
  expect(await sql`select from auth.identities where user_id = ${fay.id}`).toHaveLength(1)
})

test('a code or a link that is used twice at once signs in once', async () => {
  const gil = await createUser('gil')
  const recover = () => send('POST', '/recover', JSON.stringify({ email: gil.email }))
  await recover()
  const mail = await mailTo(gil.email)
  const type = 'recovery'
  const byCode = () => send('POST', '/verify', JSON.stringify({ email: gil.email, token: codeOf(mail), type }))
  const token_hash = linkOf(mail).searchParams.get('token')
  const byHash = () => send('POST', '/verify', JSON.stringify({ token_hash, type }))
  expect((await meet(at(gil), [byHash, byCode, byHash])).map(outcome)).toEqual(['done', 'otp_expired', 'otp_expired'])
})

test('a session that is refreshed as its owner signs out does not go on, whichever comes first', async () => {
  const refresh = (refresh_token: unknown) => () =>
    send('POST', '/token?grant_type=refresh_token', JSON.stringify({ refresh_token }))
  const signOut = (user: User) => () => send('POST', '/logout?scope=local', undefined, as(user))
  const held = (user: User) => ({ table: 'sessions', id: sessionOf(user) }) as const

  const hal = await createUser('hal')
  const [refreshed, out] = await meet(held(hal), [refresh(hal.refreshToken), signOut(hal)])
  expect([refreshed?.status, out?.status]).toEqual([200, 204])
  expect(outcome(await refresh(refreshed?.body.refresh_token)())).toBe('refresh_token_not_found')

  const hana = await createUser('hana')
  const [gone, late] = await meet(held(hana), [signOut(hana), refresh(hana.refreshToken)])
  expect(gone?.status).toBe(204)
  expect(late && outcome(late)).toBe('refresh_token_not_found')
})

describe('a second factor', () => {
  const enrol = (user: User, friendly_name: string) => () =>
    send('POST', '/factors', JSON.stringify({ factor_type: 'totp', friendly_name }), as(user))

  /** The request that answers a challenge of a new factor. */
  async function codeToVerify(user: User) {
    const { id, totp } = Factor.parse((await enrol(user, 'phone')()).body)
    const challenge = await send('POST', `/factors/${id}/challenge`, '{}', as(user))
    const given = { challenge_id: challenge.body.id, code: totpOf(totp.secret, stepAt(Date.now())) }
    return () => send('POST', `/factors/${id}/verify`, JSON.stringify(given), as(user))
  }

  test('that is enrolled twice at once is refused by name', async () => {
    const ida = await createUser('ida')
    const answers = await meet(at(ida), [enrol(ida, 'phone'), enrol(ida, 'phone')])
    expect(answers.map(outcome)).toEqual(['done', 'mfa_factor_name_conflict'])
  })

  test('that begins to count stops a weaker session on its way to change the password', async () => {
    const jon = await createUser('jon')
    const thief = await signIn(jon.email)
    const verify = await codeToVerify(jon)
    const answers = await meet(at(jon), [verify, put(thief, { password: NEW_PASSWORD })])
    expect(answers.map(outcome)).toEqual(['done', 'session_not_found'])
    expect((await newClient().auth.signInWithPassword({ email: jon.email, password: PASSWORD })).error).toBeNull()
  })

  test('does not raise a session that is signed out meanwhile', async () => {
    const kay = await createUser('kay')
    const verify = await codeToVerify(kay)
    const signOut = () => send('POST', '/logout?scope=local', undefined, as(kay))
    const [out, verified] = await meet({ table: 'sessions', id: sessionOf(kay) }, [signOut, verify])
    expect([out?.status, verified && outcome(verified)]).toEqual([204, 'session_not_found'])
    expect(await sql`select status from auth.mfa_factors where user_id = ${kay.id}`).toEqual([{ status: 'unverified' }])
  })
})
