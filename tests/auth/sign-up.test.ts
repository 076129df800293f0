import { describe, expect, test } from 'vitest'
import { createUser, freshEmail, newClient } from '../support/clients.ts'
import { mailsTo, mailTo } from '../support/mailbox.ts'
import { sql } from '../support/stack.ts'
import { codeOf, follow, fragmentOf, linkOf, PASSWORD, send, signUp } from './support.ts'

describe('a new account', () => {
  test('has no session and cannot sign in before its address is confirmed, and can after', async () => {
    const { email, client, mail } = await signUp('ana')
    expect((await client.auth.getSession()).data.session).toBeNull()
    expect((await client.auth.signInWithPassword({ email, password: PASSWORD })).error?.code).toBe(
      'email_not_confirmed',
    )

    const { data, error } = await client.auth.verifyOtp({ email, token: codeOf(mail), type: 'email' })
    expect(error).toBeNull()
    expect(data.user?.email_confirmed_at).toBeDefined()
    expect(data.user?.user_metadata).toMatchObject({ email_verified: true })
    expect(data.user?.identities?.[0]?.identity_data).toMatchObject({ email_verified: true })
    expect((await newClient().auth.signInWithPassword({ email, password: PASSWORD })).error).toBeNull()
  })

  test('keeps the metadata it came with, and its address in lower case', async () => {
    const email = freshEmail('Ben').toUpperCase()
    const { data } = await newClient().auth.signUp({ email, password: PASSWORD, options: { data: { shoe: 'flat' } } })
    expect(data.user).toMatchObject({
      email: email.toLowerCase(),
      role: 'authenticated',
      app_metadata: { provider: 'email', providers: ['email'] },
      user_metadata: { shoe: 'flat', email: email.toLowerCase(), email_verified: false },
    })
  })

  test('is confirmed by the link of the mail, which works once and leads to the app with a session', async () => {
    const { email, mail } = await signUp('cleo')
    const link = linkOf(mail)
    expect((await fetch(link, { method: 'HEAD', redirect: 'manual' })).status).toBe(405)
    const session = fragmentOf(await follow(link))
    expect(session).toMatchObject({ type: 'signup', token_type: 'bearer', expires_in: '900' })
    const { data } = await newClient().auth.getUser(session.access_token)
    expect(data.user?.email).toBe(email)

    const again = await follow(link)
    expect(again.origin).toBe('http://127.0.0.1:3000')
    expect(fragmentOf(again)).toMatchObject({ error: 'access_denied', error_code: 'otp_expired' })
  })

  test('is confirmed by the hash of the code alone', async () => {
    const { client, mail } = await signUp('dan')
    const token_hash = linkOf(mail).searchParams.get('token') ?? ''
    const wrong = await client.auth.verifyOtp({ token_hash: `${token_hash.slice(0, -1)}g`, type: 'email' })
    expect(wrong.error?.code).toBe('otp_expired')
    const { data, error } = await client.auth.verifyOtp({ token_hash, type: 'email' })
    expect(error).toBeNull()
    expect(data.session?.access_token).toBeDefined()
  })

  test('is not confirmed by a wrong code, by another user’s, or by its own when it is too old', async () => {
    const [eve, fay] = await Promise.all([signUp('eve'), signUp('fay')])
    const verify = (token: string) => eve.client.auth.verifyOtp({ email: eve.email, token, type: 'signup' })
    const code = codeOf(eve.mail)
    expect((await verify(code === '000000' ? '000001' : '000000')).error?.code).toBe('otp_expired')
    if (codeOf(fay.mail) !== code) expect((await verify(codeOf(fay.mail))).error?.code).toBe('otp_expired')
    const move = (by: string) =>
      sql`update auth.users set confirmation_sent_at = confirmation_sent_at + ${by}::interval where email = ${eve.email}`
    await move('-61 minutes')
    expect((await verify(code)).error?.code).toBe('otp_expired')
    await move('61 minutes')
    expect((await verify(code)).error).toBeNull()
  })

  test('leads only to addresses that the project allows', async () => {
    const to = async (redirectTo: string): Promise<string> => {
      const email = freshEmail('gus')
      await newClient().auth.signUp({ email, password: PASSWORD, options: { emailRedirectTo: redirectTo } })
      const target = await follow(linkOf(await mailTo(email)))
      return target.href.split('#')[0] ?? ''
    }
    expect(await to('fitai://confirmed')).toBe('fitai://confirmed')
    expect(await to('http://127.0.0.1:3000/hello?a=1&b=2')).toBe('http://127.0.0.1:3000/hello?a=1&b=2')
    expect(await to('https://evil.example/confirmed')).toBe('http://127.0.0.1:3000/')
    expect(await to('http://127.0.0.1:3000@evil.example/')).toBe('http://127.0.0.1:3000/')
    expect(await to('javascript:alert(1)')).toBe('http://127.0.0.1:3000/')
  })

  test('needs a password that is long enough for the project and short enough for bcrypt', async () => {
    const client = newClient()
    const short = await client.auth.signUp({ email: freshEmail('hal'), password: 'short' })
    expect(short.error).toMatchObject({ code: 'weak_password', status: 422, reasons: ['length'] })
    const long = await client.auth.signUp({ email: freshEmail('hal'), password: 'x'.repeat(73) })
    expect(long.error?.code).toBe('validation_failed')
    expect((await client.auth.signUp({ email: freshEmail('hal'), password: 'x'.repeat(72) })).error).toBeNull()
  })

  test('whose mail was asked for again too soon has to wait, and gets a new one later', async () => {
    const { email, client, mail } = await signUp('ida')
    const again = () => client.auth.resend({ type: 'signup', email })
    expect((await again()).error).toMatchObject({ code: 'over_email_send_rate_limit', status: 429 })
    expect(await mailsTo(email)).toHaveLength(1)

    await sql`update auth.users set confirmation_sent_at = now() - interval '2 minutes' where email = ${email}`
    expect((await again()).error).toBeNull()
    await expect.poll(() => mailsTo(email)).toHaveLength(2)
    const verify = (token: string) => client.auth.verifyOtp({ email, token, type: 'signup' })
    const [newest] = await mailsTo(email)
    expect(newest?.Text).not.toBe(mail.Text)
    expect((await follow(linkOf(mail))).hash).toContain('otp_expired')
    expect((await verify(codeOf(newest ?? mail))).error).toBeNull()
  })
})

describe('an address that is taken', () => {
  test('gets the answer of a free one, no mail, and stays as it was', async () => {
    const jon = await createUser('jon')
    const answer = (email: string) => newClient().auth.signUp({ email, password: 'another-long-password' })
    const [taken, free] = [await answer(jon.email), await answer(freshEmail('kay'))]
    expect(taken.error).toBeNull()
    expect(taken.data.session).toBeNull()
    expect(Object.keys(taken.data.user ?? {}).sort()).toEqual(Object.keys(free.data.user ?? {}).sort())
    expect(taken.data.user?.id).not.toBe(jon.id)
    expect(taken.data.user?.identities).toEqual([])
    expect(await mailsTo(jon.email)).toHaveLength(0)
    expect((await newClient().auth.signInWithPassword({ email: jon.email, password: jon.password })).error).toBeNull()
  })

  test('answers a second sign-up, a recovery and a resend just as a free one does', async () => {
    const leo = await createUser('leo')
    const answers = async (email: string) => {
      const client = newClient()
      const codes: unknown[] = []
      for (const ask of [
        () => client.auth.resend({ type: 'signup', email }),
        () => client.auth.resend({ type: 'signup', email }),
        () => client.auth.resetPasswordForEmail(email),
        () => client.auth.resetPasswordForEmail(email),
        () => client.auth.signInWithPassword({ email, password: 'not-the-password' }),
      ]) {
        const { error } = await ask()
        codes.push(error === null ? null : [error.status, error.code])
      }
      return codes
    }
    const known = await answers(leo.email)
    expect(known).toEqual([
      null,
      [429, 'over_email_send_rate_limit'],
      null,
      [429, 'over_email_send_rate_limit'],
      [400, 'invalid_credentials'],
    ])
    expect(await answers(freshEmail('nobody'))).toEqual(known)
  })

  test('by an account that was never confirmed: the mail is sent again, and nothing of it changes', async () => {
    const { email, client } = await signUp('max')
    await sql`update auth.users set confirmation_sent_at = now() - interval '2 minutes' where email = ${email}`
    const second = await client.auth.signUp({ email, password: 'another-long-password' })
    expect(second.error).toBeNull()
    await expect.poll(() => mailsTo(email)).toHaveLength(2)
    const [mail] = await mailsTo(email)
    await client.auth.verifyOtp({ email, token: codeOf(mail ?? { Text: '' }), type: 'signup' })
    expect((await client.auth.signInWithPassword({ email, password: 'another-long-password' })).error?.code).toBe(
      'invalid_credentials',
    )
    expect((await client.auth.signInWithPassword({ email, password: PASSWORD })).error).toBeNull()
  })

  test('by two sign-ups at once: one account, one mail, and no error of the server’s', async () => {
    const email = freshEmail('nia')
    const body = JSON.stringify({ email, password: PASSWORD })
    const answers = await Promise.all(Array.from({ length: 5 }, () => send('POST', '/signup', body)))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 429, 429, 429, 429])
    expect(await sql`select id from auth.users where email = ${email}`).toHaveLength(1)
    expect(await mailsTo(email)).toHaveLength(1)
  })
})
