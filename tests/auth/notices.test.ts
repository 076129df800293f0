import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { stepAt, codeOf as totp } from '../../stack/auth/totp.ts'
import { createUser, freshEmail } from '../support/clients.ts'
import { eventually } from '../support/eventually.ts'
import { mailsTo, mailTo } from '../support/mailbox.ts'
import { codeOf, linkOf, signUp } from './support.ts'

/** The mail to `address` with this subject. */
const mailAbout = (address: string, subject: string) =>
  eventually(async () => {
    const mail = (await mailsTo(address)).find(({ Subject }) => Subject === subject)
    if (!mail) throw new Error(`no mail about ${subject}`)
    return mail
  })

describe('the owner of an account is told', () => {
  test('of a new password, in words that can be read without HTML', async () => {
    const { client, email } = await createUser('ana')
    expect((await client.auth.updateUser({ password: 'another-horse-battery' })).error).toBeNull()
    const { Text, HTML } = await mailAbout(email, 'Your FitAI password was changed')
    expect(Text).toContain(`The FitAI account of ${email} has a new password.`)
    expect(Text).not.toMatch(/[<>]|\{\{/)
    expect(HTML).toContain('<h1')
    expect(await mailsTo(email)).toHaveLength(1)
  })

  test('of a new address, at the old one, when it holds and not before', async () => {
    const { client, email } = await createUser('ben')
    const next = freshEmail('benjamin')
    await client.auth.updateUser({ email: next })
    const codes = [
      [email, codeOf(await mailTo(email))],
      [next, codeOf(await mailTo(next))],
    ] as const
    for (const [address, token] of codes) {
      expect((await mailsTo(email)).map(({ Subject }) => Subject)).not.toContain('Your FitAI address was changed')
      await client.auth.verifyOtp({ email: address, token, type: 'email_change' })
    }
    const { Text } = await mailAbout(email, 'Your FitAI address was changed')
    expect(Text).toContain(`from ${email} to ${next}`)
  })

  test('of a second factor that counts, and of one that went', async () => {
    const { client, email } = await createUser('cleo')
    const { data } = await client.auth.mfa.enroll({ factorType: 'totp' })
    if (data?.type !== 'totp') throw new Error('no factor')
    expect(await mailsTo(email)).toEqual([])
    const code = totp(data.totp.secret, stepAt(Date.now()))
    await client.auth.mfa.challengeAndVerify({ factorId: data.id, code })
    await mailAbout(email, 'Your FitAI account asks for a second step')
    await client.auth.mfa.unenroll({ factorId: data.id })
    await mailAbout(email, 'Your FitAI account no longer asks for a second step')
  })
})

describe('guessing the code of a mail', () => {
  test('ends after five tries at an address, right or not; other addresses go on', async () => {
    const [dora, eli] = [await signUp('dora'), await signUp('eli')]
    const verify = ({ client, email }: typeof dora, token: string) =>
      client.auth.verifyOtp({ email, token, type: 'signup' })
    const right = codeOf(dora.mail)
    const wrong = right === '000000' ? '000001' : '000000'
    for (let guess = 1; guess <= 5; guess++) expect((await verify(dora, wrong)).error?.code).toBe('otp_expired')
    expect((await verify(dora, right)).error).toMatchObject({ status: 429, code: 'over_request_rate_limit' })
    expect((await verify(eli, codeOf(eli.mail))).error).toBeNull()
  })

  test('does not become guessing the link, whose token does not follow from the code', async () => {
    const { client, email, mail } = await signUp('gil')
    const hash = createHash('sha224')
      .update(email + codeOf(mail))
      .digest('hex')
    expect((await client.auth.verifyOtp({ token_hash: hash, type: 'signup' })).error?.code).toBe('otp_expired')
    const token = linkOf(mail).searchParams.get('token') ?? ''
    expect((await client.auth.verifyOtp({ token_hash: token, type: 'signup' })).error).toBeNull()
  })

  test('is limited for an address without an account too, so that the answer does not tell', async () => {
    const { client } = await createUser('fay')
    const email = freshEmail('nobody')
    const codes: unknown[] = []
    for (let guess = 1; guess <= 6; guess++)
      codes.push((await client.auth.verifyOtp({ email, token: '123456', type: 'email' })).error?.code)
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'otp_expired'), 'over_request_rate_limit'])
  })
})
