import type { Address, MailMessage } from './mailbox.ts'

type Test = (message: MailMessage) => boolean

const FIELDS: Readonly<Record<string, (message: MailMessage) => readonly string[]>> = {
  to: (message) => spell([...message.To, ...message.Cc, ...message.Bcc]),
  from: (message) => spell([message.From]),
  subject: (message) => [message.Subject],
  'message-id': (message) => [message.MessageID],
}

/**
 * Reads a query of Mailpit's: words, `"phrases"`, `to:`, `from:`, `subject:`, `message-id:`, each negated by `-` or `!`.
 * All of them have to hold, and case does not matter.
 */
export function parseSearch(query: string): Test {
  const terms = [...query.matchAll(/([-!])?(?:([\w-]+):)?(?:"([^"]*)"|(\S+))/g)].map((match): Test => {
    const [, not, name, phrase, word] = match
    const field = name === undefined ? undefined : FIELDS[name.toLowerCase()]
    const prefix = field === undefined && name !== undefined ? `${name}:` : ''
    const wanted = (prefix + (phrase ?? word ?? '')).toLowerCase()
    const texts = field ?? everything
    return (message) => texts(message).some((text) => text.toLowerCase().includes(wanted)) === (not === undefined)
  })
  return (message) => terms.every((term) => term(message))
}

const everything = (message: MailMessage): readonly string[] => [
  message.Subject,
  message.Text,
  message.HTML,
  ...Object.values(FIELDS).flatMap((field) => field(message)),
]

const spell = (addresses: readonly Address[]): readonly string[] =>
  addresses.map(({ Name, Address }) => `${Name} ${Address}`)
