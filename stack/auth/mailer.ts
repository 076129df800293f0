import { createTransport, type Transporter } from 'nodemailer'
import type { Log } from '../log.ts'
import type { Database } from './database.ts'
import { AuthError } from './errors.ts'
import { type MailKind, type MailTemplate, readTemplates } from './mail-templates.ts'
import { type OneTimeToken, withdrawTokens } from './one-time-tokens.ts'
import type { AuthSettings } from './settings.ts'
import { escapeHtml, htmlToText } from './template.ts'
import type { User } from './users.ts'

const SMTP_TIMEOUT_MS = 5_000

/** What a link of a mail does when it is followed; the `type` of `/verify`. */
type VerifyType = 'signup' | 'invite' | 'magiclink' | 'recovery' | 'email_change'

/** A mail that is to be sent once the transaction that made its code has ended. */
export interface PendingMail {
  readonly kind: MailKind
  /** Undefined for a mail without a link. */
  readonly verify?: VerifyType
  readonly user: User
  readonly token: OneTimeToken
  readonly redirectTo: string
}

/** The address of a link that proves an address and leads to `redirectTo`. */
export function verifyUrl(authUrl: string, hash: string, type: string, redirectTo: string): string {
  const url = new URL(`${authUrl}/verify`)
  url.search = new URLSearchParams({ token: hash, type, redirect_to: redirectTo }).toString()
  return url.href
}

/** Sends Auth's mails by SMTP, as HTML and as text. */
export class Mailer {
  readonly #settings: AuthSettings
  readonly #database: Database
  readonly #log: Log
  readonly #transport: Transporter
  readonly #templates: Readonly<Record<MailKind, MailTemplate>>

  private constructor(options: {
    readonly settings: AuthSettings
    readonly database: Database
    readonly log: Log
    readonly smtpPort: number
    readonly templates: Readonly<Record<MailKind, MailTemplate>>
  }) {
    this.#settings = options.settings
    this.#database = options.database
    this.#log = options.log
    this.#templates = options.templates
    this.#transport = createTransport({
      host: '127.0.0.1',
      port: options.smtpPort,
      ignoreTLS: true,
      connectionTimeout: SMTP_TIMEOUT_MS,
      greetingTimeout: SMTP_TIMEOUT_MS,
      socketTimeout: SMTP_TIMEOUT_MS,
    })
  }

  /** A mailer with the project's templates. Rejects as `readTemplates` does. */
  static async create(options: {
    readonly settings: AuthSettings
    readonly database: Database
    readonly log: Log
    readonly smtpPort: number
  }): Promise<Mailer> {
    return new Mailer({ ...options, templates: await readTemplates(options.settings.templates) })
  }

  /**
   * Sends mails, after the transaction that stored their codes: who reads a mail can use it at once.
   * When one cannot be sent all their codes are taken back, so that the user may ask again; rejects with a 500.
   */
  async send(mails: readonly PendingMail[]): Promise<void> {
    try {
      await Promise.all(mails.map((mail) => this.#deliver(mail)))
    } catch (cause) {
      this.#log.error('a mail could not be sent', { cause: String(cause) })
      const [first] = mails
      if (first) {
        const tokens = mails.map(({ token }) => token)
        await this.#database.transaction((sql) => withdrawTokens(sql, first.user, tokens))
      }
      throw new AuthError(500, 'unexpected_failure', `Error sending ${first?.kind.replace('_', ' ')} email`)
    }
  }

  /** Closes the connection to the mail server. */
  close(): void {
    this.#transport.close()
  }

  async #deliver({ kind, verify, user, token, redirectTo }: PendingMail): Promise<void> {
    const { siteUrl, authUrl, sender } = this.#settings
    const data = {
      SiteURL: siteUrl,
      ConfirmationURL: verify === undefined ? '' : verifyUrl(authUrl, token.hash, verify, redirectTo),
      Email: user.email ?? '',
      NewEmail: user.email_change,
      SendingTo: token.address,
      Token: token.otp,
      TokenHash: token.hash,
      RedirectTo: redirectTo,
      Data: user.raw_user_meta_data,
    }
    const template = this.#templates[kind]
    const html = template.body.render(data, escapeHtml)
    await this.#transport.sendMail({
      from: sender,
      to: { name: '', address: token.address },
      subject: template.subject.render(data),
      html,
      text: htmlToText(html),
    })
  }
}
