import { html, raw } from 'hono/html'
import type { Address, MailMessage, MailSummary } from './mailbox.ts'

/** The policy of our own pages: no script at all, and frames only of this mailbox. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** The policy of a mail's own HTML, which nobody trusts: an origin of its own, no script, nothing loaded. Links open. */
export const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"

type Html = ReturnType<typeof html>

const STYLE = raw(`
  body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem; color: #1c1c1e }
  a { color: #0a58ca } h1 { font-size: 1.3rem } table { border-collapse: collapse; width: 100% }
  th, td { text-align: left; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid #ddd; vertical-align: top }
  td.snippet { color: #666 } iframe { width: 100%; height: 32rem; border: 1px solid #ccc; background: #fff }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f5f5f7; padding: 1rem } dt { color: #666 } dd { margin: 0 0 .5rem }
`)

/** The list of mails, newest first. */
export function overviewPage(mails: readonly MailSummary[]): Html {
  const rows = mails.map(
    (mail) => html`<tr>
      <td>${mail.Created.slice(11, 19)}</td>
      <td>${spell([...mail.To, ...mail.Cc, ...mail.Bcc])}</td>
      <td><a href="/view/${mail.ID}">${mail.Subject === '' ? '(no subject)' : mail.Subject}</a></td>
      <td class="snippet">${mail.Snippet.slice(0, 90)}</td>
    </tr>`,
  )
  return page(
    'Mailbox',
    html`<h1>Mailbox</h1>
    <p>Every mail that this stack sends ends here. Reload to see new ones.</p>
    ${mails.length === 0 ? html`<p>No mail yet.</p>` : html`<table><tr><th>UTC</th><th>To</th><th>Subject</th><th></th></tr>${rows}</table>`}`,
  )
}

/** One mail: its header, its HTML in a frame that can do no harm, and its text. */
export function messagePage(mail: MailMessage): Html {
  return page(
    mail.Subject,
    html`<p><a href="/">All mails</a></p>
    <h1>${mail.Subject}</h1>
    <dl>
      <dt>From</dt><dd>${spell([mail.From])}</dd>
      <dt>To</dt><dd>${spell([...mail.To, ...mail.Cc, ...mail.Bcc])}</dd>
      <dt>Date</dt><dd>${mail.Date}</dd>
    </dl>
    ${mail.HTML === '' ? '' : html`<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="/view/${mail.ID}/html" title="The mail"></iframe>`}
    <h1>Text</h1>
    <pre>${mail.Text}</pre>`,
  )
}

function page(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head><meta charset="utf-8"><title>${title}</title><style>${STYLE}</style></head>
      <body>${body}</body>
    </html>`
}

const spell = (addresses: readonly Address[]): string =>
  addresses.map(({ Name, Address }) => (Name === '' ? Address : `${Name} <${Address}>`)).join(', ')
