import type { PostOffice } from './post-office.ts'
import type { WelcomeGateway } from './welcome-gateway.ts'
import { welcomeMail } from './welcome-mail.ts'

type Welcomes = Pick<WelcomeGateway, 'take' | 'end'>

const AT_MOST = 50
// The database waits a minute for the answer.
const WITHIN_MS = 40_000

/**
 * Sends the welcomes that are due, at most 50 and for at most 40 seconds, and answers how many went.
 * Each is taken by itself, so that a crash leaves no more than one in doubt; that one is not sent again.
 * Rejects, before any is taken, with mail_server_unreachable. Closes the post office.
 */
export async function sendWelcomes(welcomes: Welcomes, office: PostOffice): Promise<number> {
  try {
    await office.ready()
    return await sendDue(welcomes, office)
  } finally {
    office.close()
  }
}

async function sendDue(welcomes: Welcomes, office: PostOffice): Promise<number> {
  const deadline = Date.now() + WITHIN_MS
  let sent = 0
  for (let count = 0; count < AT_MOST && Date.now() < deadline; count++) {
    const due = await welcomes.take()
    if (due === null) break
    const undelivered = await office.send({
      id: `welcome.${due.user_id}`,
      address: due.email,
      ...welcomeMail(due.email),
    })
    await welcomes.end(due.user_id, undelivered)
    if (undelivered === undefined) sent += 1
  }
  return sent
}
