import { once } from 'node:events'
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { StackContext } from '../context.ts'
import type { Service } from '../service.ts'
import { createMailApi } from './api.ts'
import { Mailbox } from './mailbox.ts'

const MAX_MAILS = 1000
const MAX_BYTES = 64 * 2 ** 20
const MAX_MAIL_BYTES = 10 * 2 ** 20
const CLOSE_GRACE_MS = 500

/** The mailbox of one stack: takes every mail by SMTP, whoever it is for, and shows it over HTTP. Sends nothing on. */
export class Mail implements Service {
  readonly name = 'mail'
  readonly needs = []
  readonly #context: StackContext
  readonly #mailbox = new Mailbox({ maxMails: MAX_MAILS, maxBytes: MAX_BYTES })
  #http: Server | undefined
  #smtp: SMTPServer | undefined

  constructor(context: StackContext) {
    this.#context = context
  }

  async start(): Promise<void> {
    const { ports } = this.#context
    const server = createAdaptorServer({ fetch: createMailApi(this.#mailbox).fetch })
    if (!('closeAllConnections' in server)) throw new Error('The mailbox needs an HTTP/1 server.')
    this.#http = server
    this.#smtp = new SMTPServer({
      authOptional: true,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      size: MAX_MAIL_BYTES,
      closeTimeout: CLOSE_GRACE_MS,
      onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anybody' }),
      onData: (stream, session, done) => {
        this.#receive(stream, session).then(() => done(), done)
      },
    })
    // A client that breaks off in the middle is no trouble of the mailbox's.
    this.#smtp.on('error', (cause) => this.#context.log.warn('smtp', { service: 'mail', cause: cause.message }))
    try {
      await Promise.all([
        once(server.listen(ports.mailbox, '127.0.0.1'), 'listening'),
        once(this.#smtp.listen(ports.smtp, '127.0.0.1'), 'listening'),
      ])
    } catch (cause) {
      await this.stop()
      throw cause
    }
  }

  async ready(): Promise<boolean> {
    const url = `http://127.0.0.1:${this.#context.ports.mailbox}/livez`
    return fetch(url).then(
      (response) => response.ok,
      () => false,
    )
  }

  async stop(): Promise<void> {
    const [http, smtp] = [this.#http, this.#smtp]
    this.#http = this.#smtp = undefined
    http?.closeAllConnections()
    await Promise.all([
      http?.listening ? new Promise((resolve) => http.close(resolve)) : undefined,
      smtp?.server.listening ? new Promise<void>((resolve) => smtp.close(() => resolve())) : undefined,
    ])
  }

  async #receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk)
      size += bytes.length
      if (size <= MAX_MAIL_BYTES) chunks.push(bytes)
    }
    if (size > MAX_MAIL_BYTES)
      throw Object.assign(new Error('This mailbox takes mails of up to 10 MiB.'), { responseCode: 552 })
    const { mailFrom, rcptTo } = session.envelope
    this.#mailbox.add(await simpleParser(Buffer.concat(chunks)), {
      from: mailFrom === false ? '' : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      size,
    })
  }
}
