import { Hono } from 'hono'
import { z } from 'zod'
import type { Mailbox, MailMessage } from './mailbox.ts'
import { MAIL_POLICY, messagePage, overviewPage, PAGE_POLICY } from './pages.ts'
import { parseSearch } from './search.ts'

const DEFAULT_LIMIT = 50

const Deletion = z.object({ IDs: z.array(z.string()).default([]) })
const Count = z.coerce.number().int().nonnegative()

/** The mailbox over HTTP: the part of Mailpit's API that `supabase start` offers to tests, and pages for people. */
export function createMailApi(mailbox: Mailbox): Hono {
  const app = new Hono()

  // A page of another site may not read mails by pointing a name of its own at this machine.
  app.use(async (context, next) => {
    const host = new URL(`http://${context.req.header('host') ?? ''}`).hostname
    if (!['127.0.0.1', 'localhost', '[::1]'].includes(host)) return context.json({ Error: 'unknown host' }, 403)
    await next()
    context.header('x-content-type-options', 'nosniff')
    context.header('referrer-policy', 'no-referrer')
  })

  app.get('/livez', (context) => context.text('ok'))
  addApi(app, mailbox)
  addPages(app, mailbox)
  return app
}

function addApi(app: Hono, mailbox: Mailbox): void {
  const page = (query: { start?: string; limit?: string }, keep?: (message: MailMessage) => boolean) => {
    const start = Count.safeParse(query.start ?? 0).data ?? 0
    const limit = Count.safeParse(query.limit ?? DEFAULT_LIMIT).data ?? DEFAULT_LIMIT
    const found = mailbox.list(keep)
    const messages = found.slice(start, start + limit)
    return {
      total: mailbox.size,
      unread: 0,
      count: messages.length,
      messages_count: found.length,
      start,
      tags: [],
      messages,
    }
  }

  app.get('/api/v1/messages', (context) => context.json(page(context.req.query())))
  app.get('/api/v1/search', (context) => {
    const query = context.req.query('query')
    if (query === undefined || query === '') return context.json({ Error: 'no search query' }, 400)
    return context.json(page(context.req.query(), parseSearch(query)))
  })
  app.get('/api/v1/message/:id', (context) => {
    const message = mailbox.get(context.req.param('id'))
    return message ? context.json(message) : context.json({ Error: 'message not found' }, 404)
  })
  app.delete('/api/v1/messages', async (context) => {
    const text = await context.req.text()
    const deletion = Deletion.safeParse(text === '' ? {} : parseJson(text))
    if (!deletion.success) return context.json({ Error: 'IDs must be a list of message ids' }, 400)
    mailbox.delete(deletion.data.IDs)
    return context.text('ok')
  })
}

function addPages(app: Hono, mailbox: Mailbox): void {
  app.get('/', (context) => {
    context.header('content-security-policy', PAGE_POLICY)
    return context.html(overviewPage(mailbox.list()))
  })
  app.get('/view/:id', (context) => {
    const message = mailbox.get(context.req.param('id'))
    context.header('content-security-policy', PAGE_POLICY)
    return message ? context.html(messagePage(message)) : context.text('message not found', 404)
  })
  app.get('/view/:id/html', (context) => {
    const message = mailbox.get(context.req.param('id'))
    context.header('content-security-policy', MAIL_POLICY)
    return message ? context.html(`<base target="_blank">${message.HTML}`) : context.text('message not found', 404)
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
