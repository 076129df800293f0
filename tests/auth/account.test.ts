import { createClient } from '@supabase/supabase-js'
import { describe, expect, test } from 'vitest'
import { createUser, freshEmail, newClient, signIn, type User } from '../support/clients.ts'
import { mailsTo, mailTo } from '../support/mailbox.ts'
import { sql, stack } from '../support/stack.ts'
import { codeOf, follow, fragmentOf, linkOf, PASSWORD, send } from './support.ts'

const NEW_PASSWORD = 'another-long-password'
const signInCode = async (email: string, password: string) =>
  (await newClient().auth.signInWithPassword({ email, password })).error?.code

describe('a forgotten password', () => {
  test('is replaced after following the link, and every other session ends', async () => {
    const ana = await createUser('ana')
    expect((await newClient().auth.resetPasswordForEmail(ana.email)).error).toBeNull()
    const session = fragmentOf(await follow(linkOf(await mailTo(ana.email))))
    expect(session.type).toBe('recovery')

    const client = newClient()
    await client.auth.setSession({
      access_token: session.access_token ?? '',
      refresh_token: session.refresh_token ?? '',
    })
    expect((await client.auth.updateUser({ password: NEW_PASSWORD })).error).toBeNull()
    expect(await signInCode(ana.email, ana.password)).toBe('invalid_credentials')
    expect(await signInCode(ana.email, NEW_PASSWORD)).toBeUndefined()
    expect((await ana.client.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
    expect((await client.auth.getUser()).error).toBeNull()
  })

  test('is replaced after typing the code, which works once', async () => {
    const ben = await createUser('ben')
    await newClient().auth.resetPasswordForEmail(ben.email)
    const token = codeOf(await mailTo(ben.email))
    const client = newClient()
    const verify = () => client.auth.verifyOtp({ email: ben.email, token, type: 'recovery' })
    expect((await verify()).error).toBeNull()
    expect((await verify()).error?.code).toBe('otp_expired')
  })
})

describe('a sign-in without a password', () => {
  test('signs in by link or code, and names the method', async () => {
    const cleo = await createUser('cleo')
    expect((await newClient().auth.signInWithOtp({ email: cleo.email })).error).toBeNull()
    const mail = await mailTo(cleo.email)
    const { data, error } = await newClient().auth.verifyOtp({ email: cleo.email, token: codeOf(mail), type: 'email' })
    expect(error).toBeNull()
    const claims = await newClient().auth.getClaims(data.session?.access_token)
    expect(claims.data?.claims.amr).toMatchObject([{ method: 'otp' }])
    expect(fragmentOf(await follow(linkOf(mail))).error_code).toBe('otp_expired')
  })

  test('makes an account where there is none, unless the app does not want one', async () => {
    const email = freshEmail('dan')
    const refused = await newClient().auth.signInWithOtp({ email, options: { shouldCreateUser: false } })
    expect(refused.error).toMatchObject({ status: 422, code: 'otp_disabled' })
    expect(await sql`select from auth.users where email = ${email}`).toHaveLength(0)
    expect((await newClient().auth.signInWithOtp({ email })).error).toBeNull()
    const token = codeOf(await mailTo(email))
    expect((await newClient().auth.verifyOtp({ email, token, type: 'email' })).data.user?.email).toBe(email)
  })
})

describe('a new password of somebody who is signed in', () => {
  test('ends the other sessions and keeps this one', async () => {
    const eve = await createUser('eve')
    const phone = await signIn(eve.email)
    expect((await eve.client.auth.updateUser({ password: NEW_PASSWORD })).error).toBeNull()
    expect((await eve.client.auth.getUser()).error).toBeNull()
    expect((await phone.client.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
  })

  test('has to be new and good enough', async () => {
    const fay = await createUser('fay')
    const change = async (password: string) => (await fay.client.auth.updateUser({ password })).error?.code
    expect(await change(fay.password)).toBe('same_password')
    expect(await change('short')).toBe('weak_password')
    expect(await change('')).toBe('weak_password')
    expect(await signInCode(fay.email, fay.password)).toBeUndefined()
  })

  test('needs the code of a mail when the session is older than a day, once for each code', async () => {
    const gus = await createUser('gus')
    await sql`update auth.sessions set created_at = now() - interval '25 hours' where user_id = ${gus.id}`
    const change = (nonce?: string, password = NEW_PASSWORD) =>
      gus.client.auth.updateUser({ password, ...(nonce === undefined ? {} : { nonce }) })
    expect((await change()).error).toMatchObject({ status: 400, code: 'reauthentication_needed' })
    expect((await gus.client.auth.reauthenticate()).error).toBeNull()
    const mail = await mailTo(gus.email)
    const code = codeOf(mail)
    expect(mail.Subject).toContain(code)
    expect((await change(code === '000000' ? '000001' : '000000')).error?.code).toBe('reauthentication_not_valid')
    expect((await change(code)).error).toBeNull()
    expect((await change(code, 'a-third-long-password')).error?.code).toBe('reauthentication_not_valid')
    expect(await signInCode(gus.email, NEW_PASSWORD)).toBeUndefined()
  })
})

describe('a new address', () => {
  const ask = async (user: User): Promise<{ old: string; next: string; email: string }> => {
    const email = freshEmail('new')
    const { data, error } = await user.client.auth.updateUser({ email })
    expect(error).toBeNull()
    expect(data.user).toMatchObject({ email: user.email, new_email: email })
    return { email, old: codeOf(await mailTo(user.email)), next: codeOf(await mailTo(email)) }
  }

  test('holds when both addresses have agreed, whichever first', async () => {
    const [hal, ida] = [await createUser('hal'), await createUser('ida')]
    for (const { user, oldFirst } of [
      { user: hal, oldFirst: true },
      { user: ida, oldFirst: false },
    ]) {
      const { email, old, next } = await ask(user)
      const agree = (isOld: boolean) =>
        user.client.auth.verifyOtp({
          email: isOld ? user.email : email,
          token: isOld ? old : next,
          type: 'email_change',
        })
      const half = await agree(oldFirst)
      expect(half.error).toBeNull()
      expect(half.data.session).toBeNull()
      expect(await signInCode(user.email, user.password)).toBeUndefined()
      const whole = await agree(!oldFirst)
      expect(whole.error).toBeNull()
      expect(whole.data.user).toMatchObject({ email, identities: [{ identity_data: { email, email_verified: true } }] })
      expect(await signInCode(email, user.password)).toBeUndefined()
      expect(await signInCode(user.email, user.password)).toBe('invalid_credentials')
    }
  })

  test('is not confirmed by one address agreeing twice', async () => {
    const jon = await createUser('jon')
    const { email, next } = await ask(jon)
    const agree = () => newClient().auth.verifyOtp({ email, token: next, type: 'email_change' })
    expect((await agree()).error).toBeNull()
    expect((await agree()).error?.code).toBe('otp_expired')
    expect(await signInCode(jon.email, jon.password)).toBeUndefined()
  })

  test('is confirmed by the links too', async () => {
    const kay = await createUser('kay')
    const email = freshEmail('new')
    await kay.client.auth.updateUser({ email })
    const [old, next] = [linkOf(await mailTo(kay.email)), linkOf(await mailTo(email))]
    expect(fragmentOf(await follow(old)).message).toContain('other email')
    const session = fragmentOf(await follow(next))
    expect((await newClient().auth.getUser(session.access_token)).data.user?.email).toBe(email)
  })

  test('that somebody has is refused, at once and when it was taken meanwhile', async () => {
    const [leo, mia] = [await createUser('leo'), await createUser('mia')]
    expect((await leo.client.auth.updateUser({ email: mia.email })).error).toMatchObject({
      status: 422,
      code: 'email_exists',
    })
    const { email, old, next } = await ask(leo)
    const nia = await createUser('nia')
    await sql`update auth.users set email = ${email} where id = ${nia.id}`
    await newClient().auth.verifyOtp({ email: leo.email, token: old, type: 'email_change' })
    const { error } = await newClient().auth.verifyOtp({ email, token: next, type: 'email_change' })
    expect(error?.code).toBe('email_exists')
  })
})

describe('metadata', () => {
  test('of the user’s is merged, and null takes a member away', async () => {
    const ole = await createUser('ole', { shoe: 'flat', belt: true })
    const { data } = await ole.client.auth.updateUser({ data: { belt: null, straps: 1 } })
    expect(data.user?.user_metadata).toMatchObject({ shoe: 'flat', straps: 1 })
    expect(data.user?.user_metadata).not.toHaveProperty('belt')
  })

  test('of the app’s is not the user’s to change', async () => {
    const pia = await createUser('pia')
    const answer = await send('PUT', '/user', JSON.stringify({ app_metadata: { plan: 'pro' } }), {
      authorization: `Bearer ${pia.accessToken}`,
    })
    expect([answer.status, answer.body.error_code]).toEqual([403, 'not_admin'])
    expect((await pia.client.auth.getUser()).data.user?.app_metadata).not.toHaveProperty('plan')
  })
})

describe('PKCE', () => {
  const storage = () => {
    const items = new Map<string, string>()
    return {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
      removeItem: (key: string) => void items.delete(key),
    }
  }

  test('trades the code of a link for a session, once, on the device that asked', async () => {
    const pkceClient = () =>
      createClient(stack.api_url, stack.publishable_key, {
        auth: { flowType: 'pkce', autoRefreshToken: false, persistSession: true, storage: storage() },
      })
    const [mine, thief] = [pkceClient(), pkceClient()]
    const email = freshEmail('quin')
    expect((await mine.auth.signUp({ email, password: PASSWORD })).error).toBeNull()
    const link = linkOf(await mailTo(email))
    expect(link.searchParams.get('token')).toMatch(/^pkce_/)
    const target = await follow(link)
    expect(target.hash).toBe('')
    const code = target.searchParams.get('code') ?? ''

    await thief.auth.resetPasswordForEmail(freshEmail('bait'))
    expect((await thief.auth.exchangeCodeForSession(code)).error?.code).toBe('bad_code_verifier')
    const { data, error } = await mine.auth.exchangeCodeForSession(code)
    expect(error).toBeNull()
    expect(data.user?.email).toBe(email)
    const replay = await send(
      'POST',
      '/token?grant_type=pkce',
      JSON.stringify({ auth_code: code, code_verifier: 'x'.repeat(56) }),
    )
    expect([replay.status, replay.body.error_code]).toEqual([404, 'flow_state_not_found'])
    expect(await mailsTo(email)).toHaveLength(1)
  })

  test('refuses half a challenge and a malformed one', async () => {
    for (const challenge of [
      { code_challenge: 'x'.repeat(43) },
      { code_challenge_method: 's256' },
      { code_challenge: 'short', code_challenge_method: 's256' },
      { code_challenge: `${'x'.repeat(43)}!`, code_challenge_method: 's256' },
      { code_challenge: 'x'.repeat(43), code_challenge_method: 'md5' },
    ]) {
      const body = JSON.stringify({ email: freshEmail('rio'), ...challenge })
      const answer = await send('POST', '/recover', body)
      expect([answer.status, answer.body.error_code]).toEqual([400, 'validation_failed'])
    }
  })
})
