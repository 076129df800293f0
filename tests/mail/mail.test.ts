import { createConnection } from 'node:net'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../stack/config.ts'
import type { StackContext } from '../../stack/context.ts'
import { generateKeys } from '../../stack/keys.ts'
import { createLog } from '../../stack/log.ts'
import { Mail } from '../../stack/mail/mail.ts'
import { freePorts } from '../../stack/ports.ts'

let context: StackContext
let mail: Mail

beforeAll(async () => {
  context = {
    config: await readConfig(process.cwd()),
    keys: await generateKeys(),
    projectDir: process.cwd(),
    dataDir: '',
    ports: await freePorts(0),
    log: createLog(() => undefined),
  }
  mail = new Mail(context)
  await mail.start()
})
afterAll(() => mail.stop())

const url = (path: string): string => `http://127.0.0.1:${context.ports.mailbox}${path}`
const get = async (path: string) => (await fetch(url(path))).json()

async function sendMail(message: object): Promise<string> {
  const marker = crypto.randomUUID()
  const transport = createTransport({ host: '127.0.0.1', port: context.ports.smtp, ignoreTLS: true })
  const messageId = `<${marker}@example.test>`
  await transport.sendMail({
    from: 'Ana <ana@example.test>',
    to: 'x@example.test',
    subject: 'Hi',
    messageId,
    ...message,
  })
  transport.close()
  const found = await get(`/api/v1/search?query=message-id:${marker}`)
  return found.messages[0].ID
}

describe('the mailbox', () => {
  test('shows a mail as Mailpit does', async () => {
    const id = await sendMail({
      subject: 'Hällo',
      text: 'text part',
      html: '<p>html part</p>',
      cc: 'Ben <ben@example.test>',
      bcc: 'cleo@example.test',
      attachments: [{ filename: 'a.txt', content: 'x' }],
    })
    expect(await get(`/api/v1/message/${id}`)).toMatchObject({
      ID: id,
      From: { Name: 'Ana', Address: 'ana@example.test' },
      Cc: [{ Name: 'Ben', Address: 'ben@example.test' }],
      Bcc: [{ Address: 'cleo@example.test' }],
      Subject: 'Hällo',
      Text: expect.stringContaining('text part'),
      HTML: expect.stringContaining('<p>html part</p>'),
      Attachments: [{ FileName: 'a.txt', ContentType: 'text/plain', Size: 1 }],
    })
    expect(await get('/api/v1/message/latest')).toMatchObject({ ID: id })
    const { messages, total } = await get('/api/v1/messages?limit=1')
    expect(messages).toMatchObject([{ ID: id, Subject: 'Hällo', Snippet: 'text part', Attachments: 1 }])
    expect(total).toBeGreaterThan(0)
    expect((await fetch(url('/api/v1/message/none'))).status).toBe(404)
  })

  test('finds mails by recipient, sender, subject and words, and pages', async () => {
    const word = crypto.randomUUID().slice(0, 8)
    for (const name of ['one', 'two', 'three']) await sendMail({ to: `${name}@${word}.test`, subject: `Set ${name}` })
    const subjects = async (query: string, page = '') => {
      const found = await get(`/api/v1/search?query=${encodeURIComponent(query)}${page}`)
      return found.messages.map(({ Subject }: { Subject: string }) => Subject)
    }
    expect(await subjects(`to:${word}`)).toEqual(['Set three', 'Set two', 'Set one'])
    expect(await subjects(`to:ONE@${word}.test`)).toEqual(['Set one'])
    expect(await subjects(`to:${word} subject:"set two"`)).toEqual(['Set two'])
    expect(await subjects(`to:${word} -subject:two from:ana`)).toEqual(['Set three', 'Set one'])
    expect(await subjects(`to:${word} nothing`)).toEqual([])
    expect(await subjects(`to:${word}`, '&start=1&limit=1')).toEqual(['Set two'])
    expect((await fetch(url('/api/v1/search'))).status).toBe(400)
  })

  test('deletes the mails that are named, and all', async () => {
    const [first, second] = [await sendMail({}), await sendMail({})]
    const remove = (body?: string) =>
      fetch(url('/api/v1/messages'), { method: 'DELETE', ...(body === undefined ? {} : { body }) })
    expect((await remove(JSON.stringify({ IDs: [first] }))).status).toBe(200)
    expect((await fetch(url(`/api/v1/message/${first}`))).status).toBe(404)
    expect((await fetch(url(`/api/v1/message/${second}`))).status).toBe(200)
    expect((await remove('{"IDs":7}')).status).toBe(400)
    expect((await remove('{')).status).toBe(400)
    expect((await fetch(url(`/api/v1/message/${second}`))).status).toBe(200)
    await remove()
    expect(await get('/api/v1/messages')).toMatchObject({ total: 0, messages: [] })
  })

  test('shows a hostile mail without letting it do anything', async () => {
    const id = await sendMail({ subject: '<script>alert(1)</script>', html: '<script>alert(2)</script><p>hello</p>' })
    const overview = await (await fetch(url('/'))).text()
    expect(overview).toContain('&lt;script&gt;alert(1)')
    expect(overview).not.toContain('<script')
    const page = await fetch(url(`/view/${id}`))
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none';/)
    expect(await page.text()).not.toContain('<script')
    const frame = await fetch(url(`/view/${id}/html`))
    const policy = frame.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^sandbox /)
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/allow-(scripts|same-origin|forms|top-navigation)/)
  })

  test('does not answer under another name, which a hostile page might give this machine', async () => {
    const { ports } = context
    const answer = await new Promise<string>((resolve) => {
      const socket = createConnection(ports.mailbox, '127.0.0.1')
      socket.setEncoding('utf8').once('data', (data) => {
        socket.destroy()
        resolve(String(data))
      })
      socket.write('GET /api/v1/messages HTTP/1.1\r\nHost: evil.example\r\n\r\n')
    })
    expect(answer).toContain('403')
    expect((await fetch(`http://localhost:${ports.mailbox}/livez`)).status).toBe(200)
  })

  test('refuses a mail that is too large and takes the next', async () => {
    await expect(sendMail({ text: 'x'.repeat(11 * 2 ** 20) })).rejects.toMatchObject({ responseCode: 552 })
    expect(await sendMail({ text: 'small' })).toBeDefined()
  })

  test('stops twice, and a start that fails leaves no port open', async () => {
    const ports = { ...(await freePorts(0)), smtp: context.ports.smtp }
    const second = new Mail({ ...context, ports })
    await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await expect(fetch(`http://127.0.0.1:${ports.mailbox}/livez`)).rejects.toThrow('fetch failed')
    await second.stop()
    await second.stop()
  })
})
