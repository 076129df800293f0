import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { Mailbox } from '../../stack/mail/mailbox.ts'

const parsed = (subject: string) => simpleParser(`From: a@x.test\r\nTo: b@x.test\r\nSubject: ${subject}\r\n\r\nhi`)
const envelope = (size: number) => ({ from: 'a@x.test', to: ['b@x.test'], size })

describe('a mailbox', () => {
  test('keeps the newest when there are too many', async () => {
    const mailbox = new Mailbox({ maxMails: 2, maxBytes: 1000 })
    for (const subject of ['1', '2', '3']) mailbox.add(await parsed(subject), envelope(10))
    expect(mailbox.list().map(({ Subject }) => Subject)).toEqual(['3', '2'])
    expect(mailbox.size).toBe(2)
  })

  test('keeps the newest when they are too large, and always one', async () => {
    const mailbox = new Mailbox({ maxMails: 10, maxBytes: 100 })
    for (const subject of ['1', '2', '3']) mailbox.add(await parsed(subject), envelope(50))
    expect(mailbox.list().map(({ Subject }) => Subject)).toEqual(['3', '2'])
    mailbox.add(await parsed('4'), envelope(500))
    expect(mailbox.list().map(({ Subject }) => Subject)).toEqual(['4'])
    mailbox.delete()
    mailbox.add(await parsed('5'), envelope(90))
    expect(mailbox.list().map(({ Subject }) => Subject)).toEqual(['5'])
  })

  test('names who was told of a mail only by the envelope', async () => {
    const mailbox = new Mailbox({ maxMails: 10, maxBytes: 100 })
    const id = mailbox.add(await parsed('x'), { from: 'f@x.test', to: ['B@x.test', 'c@x.test'], size: 1 })
    expect(mailbox.get(id)).toMatchObject({ ReturnPath: 'f@x.test', Bcc: [{ Name: '', Address: 'c@x.test' }] })
  })
})
