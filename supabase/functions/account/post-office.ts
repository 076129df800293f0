import { createTransport, type Transporter } from 'nodemailer'
import { z } from 'zod'
import type { MailServer } from '../_shared/env.ts'
import { AppError } from '../_shared/errors.ts'

const TIMEOUT_MS = 10_000

/** A mail to one address, in two ways to say the same. */
export interface Letter {
  /** The same for the same mail, however often it is handed over: receivers that see it twice show it once. */
  readonly id: string
  readonly address: string
  readonly subject: string
  readonly html: string
  readonly text: string
}

/** Why a mail did not go, in codes; and whether it certainly did not and may be tried again. */
export interface Undelivered {
  readonly reason: string
  readonly again: boolean
}

// What nodemailer throws. A `responseCode` is the server's own; without one the connection broke.
const Failure = z.object({ code: z.string(), responseCode: z.int().optional(), response: z.string().catch('') })
const UNKNOWN = { code: 'ERROR', response: '' }

/** Hands mails over to the project's mail server by SMTP. */
export class PostOffice {
  readonly #from: string
  readonly #transport: Transporter

  private constructor({ url, from }: MailServer) {
    this.#from = from
    this.#transport = createTransport(
      { url, connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS },
      { disableFileAccess: true, disableUrlAccess: true },
    )
  }

  /** The post office of `server`. Throws mail_not_set_up where there is none. */
  static open(server: MailServer | undefined): PostOffice {
    if (server === undefined) throw new AppError('mail_not_set_up')
    return new PostOffice(server)
  }

  /** Resolves when the server answers and takes our password. Rejects with mail_server_unreachable otherwise. */
  async ready(): Promise<void> {
    await this.#transport.verify().catch((cause: unknown) => {
      throw new AppError('mail_server_unreachable', { cause, details: codesOf(cause) })
    })
  }

  /** Hands a mail over; resolves with why it did not go, or with nothing when the server has taken it. Never rejects. */
  async send({ id, address, subject, html, text }: Letter): Promise<Undelivered | undefined> {
    try {
      await this.#transport.sendMail({
        from: this.#from,
        to: { name: '', address },
        subject,
        html,
        text,
        messageId: `<${id}@${addressOf(this.#from).split('@').at(-1)}>`,
        // So that no absence note comes back.
        headers: { 'auto-submitted': 'auto-generated' },
      })
      return undefined
    } catch (cause) {
      return undelivered(cause)
    }
  }

  /** Closes the connection. */
  close(): void {
    this.#transport.close()
  }
}

const addressOf = (from: string): string => /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from

/**
 * What a failure means. A server that says no has not taken the mail: for good with 5, for now with 4. When the connection
 * broke, nobody knows.
 */
function undelivered(cause: unknown): Undelivered {
  const { responseCode } = failureOf(cause)
  if (responseCode === undefined) return { reason: `${codesOf(cause)}, may have gone`, again: false }
  return { reason: codesOf(cause), again: responseCode < 500 }
}

// The server's words are left out, because they may hold the address.
function codesOf(cause: unknown): string {
  const { code, responseCode, response } = failureOf(cause)
  if (responseCode === undefined) return code
  const enhanced = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(response)?.[0]
  return `SMTP ${responseCode}${enhanced === undefined ? '' : ` ${enhanced}`}`
}

const failureOf = (cause: unknown): z.infer<typeof Failure> => Failure.catch(UNKNOWN).parse(cause)
