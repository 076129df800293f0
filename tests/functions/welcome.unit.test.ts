import { once } from 'node:events'
import { simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import { PostOffice } from '../../supabase/functions/account/post-office.ts'
import { sendWelcomes } from '../../supabase/functions/account/welcome.ts'

const ANA = { user_id: crypto.randomUUID(), email: 'ana@example.test' }
const BEN = { user_id: crypto.randomUUID(), email: 'ben@example.test' }
const FROM = 'FitAI <hello@fitai.example>'

let server: SMTPServer | undefined
afterEach(() => new Promise<void>((resolve) => (server ? server.close(resolve) : resolve())))

/** A mail server that answers as `options` say; its URL. */
async function startServer(options: SMTPServerOptions): Promise<string> {
  server = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'], closeTimeout: 10, ...options })
  server.on('error', () => undefined)
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const address = listening.address()
  return `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

/** A queue of welcomes, which says what became of each. */
function queueOf(...due: readonly (typeof ANA)[]) {
  const waiting = [...due]
  const ended: unknown[] = []
  const welcomes = {
    take: async () => waiting.shift() ?? null,
    end: async (userId: string, undelivered: unknown) => void ended.push([userId, undelivered]),
  }
  return { welcomes, waiting, ended }
}

const refusal = (responseCode: number, message: string): Error => Object.assign(new Error(message), { responseCode })
const open = (url: string): PostOffice => PostOffice.open({ url, from: FROM })

describe('sending welcomes', () => {
  test('hands each over once, from us, to its address, and says so', async () => {
    const mails: string[] = []
    const url = await startServer({
      onData: (stream, _session, done) => {
        let text = ''
        stream.on('data', (chunk) => {
          text += chunk
        })
        stream.on('end', () => {
          mails.push(text)
          done()
        })
      },
    })
    const { welcomes, ended } = queueOf(ANA, BEN)
    expect(await sendWelcomes(welcomes, open(url))).toBe(2)
    expect(ended).toEqual([
      [ANA.user_id, undefined],
      [BEN.user_id, undefined],
    ])
    const [first] = await Promise.all(mails.map((mail) => simpleParser(mail)))
    expect(first).toMatchObject({ subject: 'Welcome to FitAI', messageId: `<welcome.${ANA.user_id}@fitai.example>` })
    expect(first?.from?.value).toEqual([{ name: 'FitAI', address: 'hello@fitai.example' }])
    expect(first?.to).toMatchObject({ value: [{ address: ANA.email }] })
    expect(first?.headers.get('auto-submitted')).toBe('auto-generated')
  })

  test('goes on where the server takes one of them not now or never, and keeps its codes without its words', async () => {
    const answers = [refusal(451, '4.7.1 <ana@example.test> later'), refusal(550, '5.1.1 <ben@example.test> unknown')]
    const url = await startServer({ onRcptTo: (_address, _session, done) => done(answers.shift()) })
    const { welcomes, ended } = queueOf(ANA, BEN)
    expect(await sendWelcomes(welcomes, open(url))).toBe(0)
    expect(ended).toEqual([
      [ANA.user_id, { reason: 'SMTP 451 4.7.1', again: true }],
      [BEN.user_id, { reason: 'SMTP 550 5.1.1', again: false }],
    ])
  })

  test('does not repeat one that the server may have taken when the connection broke', async () => {
    const url = await startServer({
      onData: (stream, session, done) => {
        stream.resume().on('end', () => {
          for (const { _socket: socket } of server?.connections ?? []) socket.destroy()
          done(refusal(421, session.id))
        })
      },
    })
    const { welcomes, ended } = queueOf(ANA)
    expect(await sendWelcomes(welcomes, open(url))).toBe(0)
    expect(ended).toEqual([[ANA.user_id, { reason: expect.stringMatching(/^E[A-Z]+, may have gone$/), again: false }]])
  })

  test('begins with none where there is no mail server, or none that lets us in', async () => {
    expect(() => PostOffice.open(undefined)).toThrow(expect.objectContaining({ code: 'mail_not_set_up' }))
    const url = await startServer({
      onAuth: (_auth, _session, done) => done(refusal(535, '5.7.8 no')),
      allowInsecureAuth: true,
    })
    const { welcomes, waiting } = queueOf(ANA)
    const locked = sendWelcomes(welcomes, open(url.replace('//', '//us:secret@')))
    await expect(locked).rejects.toMatchObject({ code: 'mail_server_unreachable', details: 'SMTP 535 5.7.8' })
    const nobody = sendWelcomes(welcomes, open('smtp://127.0.0.1:1'))
    await expect(nobody).rejects.toMatchObject({ code: 'mail_server_unreachable', details: 'ESOCKET' })
    expect(waiting).toEqual([ANA])
  })
})
