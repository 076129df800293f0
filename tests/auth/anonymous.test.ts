import { describe, expect, test } from 'vitest'
import { freshEmail, newClient, signIn } from '../support/clients.ts'
import { mailTo } from '../support/mailbox.ts'
import { codeOf, isWelcomed, PASSWORD } from './support.ts'

const workouts = async (client: ReturnType<typeof newClient>): Promise<unknown[]> =>
  (await client.from('workouts').select('id')).data?.map(({ id }) => id) ?? []

describe('somebody who is anonymous', () => {
  test('trains at once, and keeps it all as a user with address and password', async () => {
    const client = newClient()
    const { data, error } = await client.auth.signInAnonymously()
    expect(error).toBeNull()
    expect(data.user?.is_anonymous).toBe(true)
    expect(await isWelcomed(data.user?.id)).toBe(false)
    const workout = crypto.randomUUID()
    expect((await client.rpc('start_workout', { id: workout, timezone: 'Europe/Berlin' })).error).toBeNull()
    expect(await workouts(client)).toEqual([workout])

    const email = freshEmail('ana')
    expect((await client.auth.updateUser({ email })).error).toBeNull()
    const token = codeOf(await mailTo(email))
    expect((await client.auth.verifyOtp({ email, token, type: 'email_change' })).error).toBeNull()
    expect((await client.auth.updateUser({ password: PASSWORD })).error).toBeNull()
    const other = await signIn(email, PASSWORD)
    expect(other.id).toBe(data.user?.id)
    expect((await other.client.auth.getUser()).data.user).toMatchObject({ email, is_anonymous: false })
    expect((await other.client.auth.getClaims()).data?.claims.is_anonymous).toBe(false)
    expect(await workouts(other.client)).toEqual([workout])
    expect(await isWelcomed(other.id)).toBe(true)
  })

  test('cannot set a password without an address, nor a second factor, nor take an address that somebody has', async () => {
    const [client, email] = [newClient(), freshEmail('ben')]
    await client.auth.signInAnonymously()
    expect((await client.auth.updateUser({ password: PASSWORD })).error?.code).toBe('validation_failed')
    expect((await client.auth.mfa.enroll({ factorType: 'totp' })).error?.code).toBe('no_authorization')
    await newClient().auth.signUp({ email, password: PASSWORD })
    expect((await client.auth.updateUser({ email })).error?.code).toBe('email_exists')
  })
})
