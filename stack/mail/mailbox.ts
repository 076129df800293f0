import type { AddressObject, ParsedMail } from 'mailparser'

/** A name and an address, as Mailpit writes them. */
export interface Address {
  readonly Name: string
  readonly Address: string
}

/** One mail in a list, in the shape of Mailpit's `GET /api/v1/messages`. */
export interface MailSummary {
  readonly ID: string
  readonly MessageID: string
  readonly From: Address
  readonly To: readonly Address[]
  readonly Cc: readonly Address[]
  readonly Bcc: readonly Address[]
  readonly ReplyTo: readonly Address[]
  readonly Subject: string
  readonly Created: string
  readonly Size: number
  readonly Attachments: number
  readonly Snippet: string
}

/** One whole mail, in the shape of Mailpit's `GET /api/v1/message/{ID}`. */
export interface MailMessage extends Omit<MailSummary, 'Attachments' | 'Created' | 'Snippet'> {
  readonly ReturnPath: string
  readonly Date: string
  readonly Text: string
  readonly HTML: string
  readonly Attachments: readonly { readonly FileName: string; readonly ContentType: string; readonly Size: number }[]
}

/** What the SMTP server was told beside the mail itself. */
export interface Envelope {
  readonly from: string
  readonly to: readonly string[]
  readonly size: number
}

interface Entry {
  readonly summary: MailSummary
  readonly message: MailMessage
}

const SNIPPET_LENGTH = 250

/** The mails of one stack, newest first, in memory: the oldest goes when there are too many or they grow too large. */
export class Mailbox {
  readonly #entries: Entry[] = []
  readonly #maxMails: number
  readonly #maxBytes: number
  #bytes = 0

  constructor(limits: { readonly maxMails: number; readonly maxBytes: number }) {
    this.#maxMails = limits.maxMails
    this.#maxBytes = limits.maxBytes
  }

  /** Keeps a mail and answers its id. */
  add(mail: ParsedMail, envelope: Envelope): string {
    const entry = entryOf(mail, envelope)
    this.#entries.unshift(entry)
    this.#bytes += envelope.size
    while (this.#entries.length > this.#maxMails || (this.#bytes > this.#maxBytes && this.#entries.length > 1))
      this.#bytes -= this.#entries.pop()?.summary.Size ?? 0
    return entry.summary.ID
  }

  /** The mails for which `keep` answers true, newest first. */
  list(keep: (message: MailMessage) => boolean = () => true): readonly MailSummary[] {
    return this.#entries.filter(({ message }) => keep(message)).map(({ summary }) => summary)
  }

  /** How many mails there are. */
  get size(): number {
    return this.#entries.length
  }

  /** The mail called `id`, or the newest for `latest`; undefined when there is none. */
  get(id: string): MailMessage | undefined {
    const entry = id === 'latest' ? this.#entries[0] : this.#entries.find(({ summary }) => summary.ID === id)
    return entry?.message
  }

  /** Throws mails away: those called `ids`, or all of them. */
  delete(ids?: readonly string[]): void {
    const kept = ids === undefined || ids.length === 0 ? [] : this.#entries.filter((e) => !ids.includes(e.summary.ID))
    this.#entries.splice(0, this.#entries.length, ...kept)
    this.#bytes = kept.reduce((sum, { summary }) => sum + summary.Size, 0)
  }
}

function entryOf(mail: ParsedMail, envelope: Envelope): Entry {
  const To = addresses(mail.to)
  const Cc = addresses(mail.cc)
  const named = new Set([...To, ...Cc].map(({ Address }) => Address.toLowerCase()))
  const shared = {
    ID: crypto.randomUUID(),
    MessageID: mail.messageId ?? '',
    From: addresses(mail.from)[0] ?? { Name: '', Address: envelope.from },
    To,
    Cc,
    Bcc: envelope.to
      .filter((address) => !named.has(address.toLowerCase()))
      .map((address) => ({ Name: '', Address: address })),
    ReplyTo: addresses(mail.replyTo),
    Subject: mail.subject ?? '',
    Size: envelope.size,
  }
  const created = new Date().toISOString()
  const text = mail.text ?? ''
  return {
    summary: {
      ...shared,
      Created: created,
      Attachments: mail.attachments.length,
      Snippet: text.replace(/\s+/g, ' ').trim().slice(0, SNIPPET_LENGTH),
    },
    message: {
      ...shared,
      ReturnPath: envelope.from,
      Date: (mail.date ?? new Date()).toISOString(),
      Text: text,
      HTML: mail.html || '',
      Attachments: mail.attachments.map((file) => ({
        FileName: file.filename ?? '',
        ContentType: file.contentType,
        Size: file.size,
      })),
    },
  }
}

function addresses(header: AddressObject | AddressObject[] | undefined): readonly Address[] {
  const objects = header === undefined ? [] : Array.isArray(header) ? header : [header]
  return objects.flatMap(({ value }) =>
    value.map(({ name, address }) => ({ Name: name ?? '', Address: address ?? '' })),
  )
}
