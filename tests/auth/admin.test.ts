import { describe, expect, test } from 'vitest'
import { createUser, freshEmail, newClient, serviceClient } from '../support/clients.ts'
import { mailsTo, mailTo } from '../support/mailbox.ts'
import { sql, stack } from '../support/stack.ts'
import { codeOf, follow, fragmentOf, linkOf, PASSWORD, send } from './support.ts'

const admin = () => serviceClient().auth.admin
const create = async (name: string, attributes = {}) => {
  const { data, error } = await admin().createUser({ email: freshEmail(name), password: PASSWORD, ...attributes })
  if (error) throw error
  return data.user
}

describe('the admin API', () => {
  test('is closed to anybody but a server', async () => {
    const ana = await createUser('ana')
    const paths = [
      ['GET', '/admin/users'],
      ['POST', '/admin/users'],
      ['GET', `/admin/users/${ana.id}`],
      ['PUT', `/admin/users/${ana.id}`],
      ['DELETE', `/admin/users/${ana.id}`],
      ['POST', '/admin/generate_link'],
      ['POST', '/invite'],
    ] as const
    for (const [method, path] of paths) {
      const body = method === 'GET' ? undefined : JSON.stringify({ email: freshEmail('x'), type: 'signup' })
      const user = await send(method, path, body, { authorization: `Bearer ${ana.accessToken}` })
      expect([path, user.status, user.body.error_code]).toEqual([path, 403, 'not_admin'])
      const anon = await send(method, path, body)
      expect([path, anon.status, anon.body.error_code]).toEqual([path, 403, 'not_admin'])
    }
    expect((await admin().getUserById(ana.id)).data.user?.email).toBe(ana.email)
  })

  test('creates an account that is confirmed or not, as asked, and sends no mail', async () => {
    const confirmed = await create('ben', {
      email_confirm: true,
      app_metadata: { team: 1 },
      user_metadata: { shoe: 1 },
    })
    expect(confirmed).toMatchObject({
      email_confirmed_at: expect.any(String),
      app_metadata: { provider: 'email', providers: ['email'], team: 1 },
      user_metadata: { shoe: 1, email_verified: true },
    })
    const waiting = await create('cleo')
    expect(waiting.email_confirmed_at).toBeUndefined()
    const signIn = async (email = '') =>
      (await newClient().auth.signInWithPassword({ email, password: PASSWORD })).error?.code
    expect(await signIn(confirmed.email)).toBeUndefined()
    expect(await signIn(waiting.email)).toBe('email_not_confirmed')
    expect(await mailsTo(waiting.email ?? '')).toHaveLength(0)
  })

  test('takes ids and bcrypt hashes of another system, and nothing that is neither', async () => {
    const id = crypto.randomUUID()
    const [row] = await sql`select extensions.crypt(${PASSWORD}, extensions.gen_salt('bf', 6)) as hash`
    const email = freshEmail('dan')
    const { data } = await admin().createUser({ id, email, password_hash: row?.hash, email_confirm: true })
    expect(data.user?.id).toBe(id)
    expect((await newClient().auth.signInWithPassword({ email, password: PASSWORD })).error).toBeNull()
    const refused = async (attributes: object) =>
      (await admin().createUser({ email: freshEmail('x'), ...attributes })).error?.code
    expect(await refused({ password_hash: 'md5:abc' })).toBe('validation_failed')
    expect(await refused({ id: 'not-an-id' })).toBe('validation_failed')
    expect(await refused({ password: PASSWORD, password_hash: row?.hash })).toBe('validation_failed')
    expect((await admin().createUser({ email })).error).toMatchObject({ status: 422, code: 'email_exists' })
    const sameId = await admin().createUser({ id, email: freshEmail('x') })
    expect(sameId.error).toMatchObject({ status: 409, code: 'conflict' })
  })

  test('pages through users, newest first, with the total and the last page', async () => {
    const marker = crypto.randomUUID()
    for (const name of ['a', 'b', 'c']) await create(name, { email: `${name}.${marker}@example.test` })
    const page = async (query: string) => {
      const answer = await fetchUsers(`${query}&filter=${marker}`)
      const users = answer.body.users
      return { ...answer, emails: Array.isArray(users) ? users.map(({ email }) => email.split('.')[0]) : [] }
    }
    const first = await page('page=1&per_page=2')
    expect(first.emails).toEqual(['c', 'b'])
    expect(first.headers.get('x-total-count')).toBe('3')
    expect(first.headers.get('link')).toBe(
      '</admin/users?page=2&per_page=2>; rel="next", </admin/users?page=2&per_page=2>; rel="last"',
    )
    expect((await page('page=2&per_page=2')).emails).toEqual(['a'])
    expect((await page('page=1&sort=created_at asc')).emails).toEqual(['a', 'b', 'c'])
    const { data } = await admin().listUsers({ page: 1, perPage: 2 })
    expect(data).toMatchObject({ nextPage: 2, lastPage: expect.any(Number), total: expect.any(Number) })
    for (const bad of ['page=0', 'page=-1', 'page=x', 'per_page=1e9', 'sort=email', `page=${'9'.repeat(400)}`])
      expect([bad, (await fetchUsers(bad)).status]).toEqual([bad, 400])
  })

  test('changes everything of an account, and signs its devices out when the password is new', async () => {
    const eve = await createUser('eve')
    const email = freshEmail('eve2')
    const { data, error } = await admin().updateUserById(eve.id, {
      email,
      email_confirm: true,
      password: 'another-long-password',
      app_metadata: { plan: 'pro' },
      user_metadata: { shoe: 'heel' },
    })
    expect(error).toBeNull()
    expect(data.user).toMatchObject({ email, app_metadata: { plan: 'pro' }, user_metadata: { shoe: 'heel' } })
    expect((await eve.client.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
    expect((await newClient().auth.signInWithPassword({ email, password: 'another-long-password' })).error).toBeNull()
    const fay = await createUser('fay')
    expect((await admin().updateUserById(fay.id, { email })).error?.code).toBe('email_exists')
    expect((await admin().updateUserById(fay.id, { ban_duration: 'for ever' })).error?.code).toBe('validation_failed')
    expect((await admin().updateUserById(fay.id, { password: 'short' })).error?.code).toBe('weak_password')
  })

  test('deletes an account for good', async () => {
    const gus = await createUser('gus')
    expect((await admin().deleteUser(gus.id)).error).toBeNull()
    expect((await newClient().auth.getUser(gus.accessToken)).error?.code).toBe('user_not_found')
    expect((await admin().getUserById(gus.id)).error).toMatchObject({ status: 404, code: 'user_not_found' })
    expect((await admin().deleteUser(gus.id)).error?.code).toBe('user_not_found')
    for (const table of ['sessions', 'identities', 'refresh_tokens'])
      expect(await sql`select from auth.${sql(table)} where user_id::text = ${gus.id}`).toHaveLength(0)
    expect(
      (await newClient().auth.signUp({ email: gus.email, password: PASSWORD })).data.user?.identities,
    ).toHaveLength(1)
  })

  test('empties an account that has to stay', async () => {
    const hal = await createUser('hal', { name: 'Hal' })
    expect((await admin().deleteUser(hal.id, true)).error).toBeNull()
    const { data } = await admin().getUserById(hal.id)
    expect(data.user?.deleted_at).toBeDefined()
    expect(JSON.stringify(data.user)).not.toMatch(/hal/i)
    expect((await newClient().auth.signInWithPassword(hal)).error?.code).toBe('invalid_credentials')
    expect((await newClient().auth.refreshSession({ refresh_token: hal.refreshToken })).error?.code).toBe(
      'refresh_token_not_found',
    )
    expect((await admin().deleteUser(hal.id, true)).error).toBeNull()
  })

  test('makes the links that a server mails itself', async () => {
    const ida = await createUser('ida')
    const email = freshEmail('new')
    const generate: ReturnType<typeof admin>['generateLink'] = (params) => admin().generateLink(params)
    const recovery = await generate({ type: 'recovery', email: ida.email, options: { redirectTo: 'fitai://reset' } })
    expect(recovery.data.properties).toMatchObject({ verification_type: 'recovery', redirect_to: 'fitai://reset' })
    const target = await follow(new URL(recovery.data.properties?.action_link ?? ''))
    expect(target.href).toMatch(/^fitai:\/\/reset#.*type=recovery/)

    const magic = await generate({ type: 'magiclink', email: ida.email })
    const token = magic.data.properties?.email_otp ?? ''
    expect((await newClient().auth.verifyOtp({ email: ida.email, token, type: 'magiclink' })).error).toBeNull()

    const signup = await generate({ type: 'signup', email, password: PASSWORD })
    expect(signup.data.user).toMatchObject({ email })
    const token_hash = signup.data.properties?.hashed_token ?? ''
    expect((await newClient().auth.verifyOtp({ token_hash, type: 'signup' })).error).toBeNull()
    expect((await newClient().auth.signInWithPassword({ email, password: PASSWORD })).error).toBeNull()

    expect((await generate({ type: 'signup', email, password: PASSWORD })).error?.code).toBe('email_exists')
    expect((await generate({ type: 'recovery', email: freshEmail('x') })).error?.code).toBe('user_not_found')
    expect([...(await mailsTo(ida.email)), ...(await mailsTo(email))]).toHaveLength(0)
  })

  test('makes the two links of a change of address', async () => {
    const jon = await createUser('jon')
    const newEmail = freshEmail('new')
    const links: string[] = []
    for (const type of ['email_change_current', 'email_change_new'] as const) {
      const { data, error } = await admin().generateLink({ type, email: jon.email, newEmail })
      expect(error).toBeNull()
      links.push(data.properties?.action_link ?? '')
    }
    for (const link of links) await follow(new URL(link))
    expect((await admin().getUserById(jon.id)).data.user?.email).toBe(newEmail)
  })

  test('invites somebody, who sets a password and signs in with it', async () => {
    const email = freshEmail('kay')
    const { data, error } = await admin().inviteUserByEmail(email, { data: { coach: 'ana' } })
    expect(error).toBeNull()
    expect(data.user).toMatchObject({ invited_at: expect.any(String), user_metadata: { coach: 'ana' } })
    const mail = await mailTo(email)
    expect(codeOf(mail)).toHaveLength(6)
    const session = fragmentOf(await follow(linkOf(mail)))
    const client = newClient()
    await client.auth.setSession({
      access_token: session.access_token ?? '',
      refresh_token: session.refresh_token ?? '',
    })
    expect((await client.auth.updateUser({ password: PASSWORD })).error).toBeNull()
    expect((await newClient().auth.signInWithPassword({ email, password: PASSWORD })).error).toBeNull()
    expect((await admin().inviteUserByEmail(email)).error?.code).toBe('email_exists')
  })

  test('signs a user out by their token', async () => {
    const leo = await createUser('leo')
    expect((await admin().signOut(leo.accessToken, 'global')).error).toBeNull()
    expect((await leo.client.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
  })

  test('names an id that is none', async () => {
    const answer = await adminSend('GET', '/admin/users/not-an-id')
    expect([answer.status, answer.body.error_code]).toEqual([404, 'validation_failed'])
  })
})

async function adminSend(method: string, path: string) {
  return send(method, path, undefined, { apikey: stack.secret_key, authorization: `Bearer ${stack.service_role_key}` })
}
const fetchUsers = (query: string) => adminSend('GET', `/admin/users?${query}`)
