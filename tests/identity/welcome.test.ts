import { describe, expect, test } from 'vitest'
import { codeOf, isWelcomed, signUp } from '../auth/support.ts'
import { createUser } from '../support/clients.ts'
import { eventually } from '../support/eventually.ts'
import { welcomesTo } from '../support/mailbox.ts'
import { sql } from '../support/stack.ts'

const stateOf = async (userId: string) =>
  (
    await sql`select attempts, begun_at is not null as begun, ended_at is not null as ended, failure
      from private.welcome_mails where user_id = ${userId}`
  )[0]

/** Somebody who has confirmed the address by the code of the mail. */
async function confirmed(name: string): Promise<{ readonly id: string; readonly email: string }> {
  const { client, email, mail } = await signUp(name)
  const { data, error } = await client.auth.verifyOtp({ email, token: codeOf(mail), type: 'signup' })
  if (error) throw error
  return { email, id: data.user?.id ?? '' }
}

describe('a welcome', () => {
  test('goes once to who has confirmed the address, and says what to do first', async () => {
    const { id, email } = await confirmed('ana')
    await sql`select private.send_welcome_mails()`
    const [mail] = await eventually(async () => {
      const mails = await welcomesTo(email)
      expect(mails).toHaveLength(1)
      return mails
    })
    expect(mail?.Text).toContain('Start an empty one and log your sets')
    expect(mail?.Text).toContain(email)
    await eventually(async () => expect(await stateOf(id)).toMatchObject({ attempts: 1, ended: true, failure: null }))

    await sql`select private.send_welcome_mails()`
    await sql`update auth.users set email_confirmed_at = null where id = ${id}`
    await sql`update auth.users set email_confirmed_at = now() where id = ${id}`
    const later = await confirmed('ben')
    await sql`select private.send_welcome_mails()`
    await eventually(async () => expect(await stateOf(later.id)).toMatchObject({ ended: true }))
    expect(await welcomesTo(email)).toHaveLength(1)
  })

  test('is not for an account that the backend makes, nor before the address is confirmed', async () => {
    const { email } = await signUp('cleo')
    const [waiting] = await sql`select id from auth.users where email = ${email}`
    expect(await isWelcomed(waiting?.id)).toBe(false)
    expect(await isWelcomed((await createUser('dan')).id)).toBe(false)
  })

  test('that two senders want is given to one of them', async () => {
    const { id } = await confirmed('eve')
    const undone = new Error('undone')
    const senders = sql.begin(async (one) => {
      await one`update private.welcome_mails set due_at = '2000-01-01', begun_at = null, ended_at = null where user_id = ${id}`
      expect((await one`select private.take_welcome_mail() ->> 'user_id' as id`)[0]?.id).toBe(id)
      await sql
        .begin(async (other) => {
          expect((await other`select private.take_welcome_mail() ->> 'user_id' as id`)[0]?.id).not.toBe(id)
          throw undone
        })
        .catch((cause: unknown) => expect(cause).toBe(undone))
      throw undone
    })
    await expect(senders).rejects.toBe(undone)
  })
})
