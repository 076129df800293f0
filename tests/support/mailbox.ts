import { z } from 'zod'
import { eventually } from './eventually.ts'
import { stack } from './stack.ts'

const Found = z.object({ messages: z.array(z.object({ ID: z.string() })) })
const Message = z.object({ Subject: z.string(), Text: z.string(), HTML: z.string() })

/** A mail as the mailbox shows it. */
export type Mail = z.infer<typeof Message>

/** The subject of the mail that a job sends on its own, at a time of its own. */
const WELCOME = 'Welcome to FitAI'

/** Auth's mails to `address`, newest first. */
export async function mailsTo(address: string): Promise<readonly Mail[]> {
  return (await allMailsTo(address)).filter(({ Subject }) => Subject !== WELCOME)
}

/** The welcomes that `address` was sent. */
export async function welcomesTo(address: string): Promise<readonly Mail[]> {
  return (await allMailsTo(address)).filter(({ Subject }) => Subject === WELCOME)
}

async function allMailsTo(address: string): Promise<readonly Mail[]> {
  const query = new URLSearchParams({ query: `to:"${address}"` })
  const found = Found.parse(await get(`/api/v1/search?${query}`))
  return Promise.all(found.messages.map(async ({ ID }) => Message.parse(await get(`/api/v1/message/${ID}`))))
}

/** Waits for a mail of Auth's to `address` and gives the newest. Rejects when none has come in time. */
export async function mailTo(address: string): Promise<Mail> {
  return eventually(async () => {
    const [mail] = await mailsTo(address)
    if (!mail) throw new Error(`no mail to ${address}`)
    return mail
  })
}

async function get(path: string): Promise<unknown> {
  const response = await fetch(`${stack.mailbox_url}${path}`)
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}
