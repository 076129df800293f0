import { createTransport, type Transporter } from 'nodemailer'
import type { Log } from '../log.ts'
import type { Database } from './database.ts'
import { AuthError } from './errors.ts'
import {
  type MailKind,
  type MailTemplate,
  type NoticeKind,
  readNotices,
  readTemplates,
  renderMail,
} from './mail-templates.ts'
import { type OneTimeToken, withdrawTokens } from './one-time-tokens.ts'
import type { AuthSettings } from './settings.ts'
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

/** A mail that tells of a change to an account once the transaction that made it has ended. */
export interface Notice {
  readonly kind: NoticeKind
  /** Where it goes: nobody is told where there is no address. */
  readonly to: string | null
  readonly user: User
  readonly oldEmail?: string | null
  readonly provider?: string
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
  readonly #notices: Readonly<Partial<Record<NoticeKind, MailTemplate>>>

  private constructor(options: {
    readonly settings: AuthSettings
    readonly database: Database
    readonly log: Log
    readonly smtpPort: number
    readonly templates: Readonly<Record<MailKind, MailTemplate>>
    readonly notices: Readonly<Partial<Record<NoticeKind, MailTemplate>>>
  }) {
    this.#settings = options.settings
    this.#database = options.database
    this.#log = options.log
    this.#templates = options.templates
    this.#notices = options.notices
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
    return new Mailer({
      ...options,
      templates: await readTemplates(options.settings.templates),
      notices: await readNotices(options.settings.notices),
    })
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

  /** Tells of changes that were made, as far as the project wants that. What was done stays done without its mail. */
  async notify(notices: readonly Notice[]): Promise<void> {
    for (const { kind, to, user, oldEmail, provider } of notices) {
      const template = this.#notices[kind]
      if (!template || !to) continue
      const data = { ...this.#common(user), OldEmail: oldEmail ?? '', Provider: provider ?? '', FactorType: 'totp' }
      await this.#post(to, template, data).catch((cause: unknown) =>
        this.#log.warn('a notice could not be sent', { kind, cause: String(cause) }),
      )
    }
  }

  /** Closes the connection to the mail server. */
  close(): void {
    this.#transport.close()
  }

  async #deliver({ kind, verify, user, token, redirectTo }: PendingMail): Promise<void> {
    await this.#post(token.address, this.#templates[kind], {
      ...this.#common(user),
      ConfirmationURL: verify === undefined ? '' : verifyUrl(this.#settings.authUrl, token.link, verify, redirectTo),
      NewEmail: user.email_change,
      SendingTo: token.address,
      Token: token.otp,
      TokenHash: token.link,
      RedirectTo: redirectTo,
    })
  }

  #common(user: User): Readonly<Record<string, unknown>> {
    return { SiteURL: this.#settings.siteUrl, Email: user.email ?? '', Data: user.raw_user_meta_data }
  }

  async #post(address: string, template: MailTemplate, data: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#transport.sendMail({
      from: this.#settings.sender,
      to: { name: '', address },
      ...renderMail(template, data),
    })
  }
}
