import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import type { StackConfig } from './config.ts'
import type { Ports } from './context.ts'

// Below the range from which systems take the ports of outgoing connections, so that none of those gets in between.
const FREE_FROM = 20_000
const FREE_TO = 32_000

/**
 * The ports that `config.toml` names, with `gateway` in place of its `[api] port` when given.
 * Rejects when one of them is in use, and says which setting names it.
 */
export async function configuredPorts(config: StackConfig, gateway: number | undefined): Promise<Ports> {
  const { api, db, local_smtp: mail } = config
  await requireFree(gateway ?? api.port, gateway === undefined ? '[api] port' : undefined)
  await requireFree(db.port, '[db] port')
  await requireFree(mail.port, '[local_smtp] port')
  await requireFree(mail.smtp_port, '[local_smtp] smtp_port')
  return { gateway: gateway ?? api.port, postgres: db.port, mailbox: mail.port, smtp: mail.smtp_port }
}

/** Ports that nobody listens on now. `gateway` is kept when it is given and not 0; rejects when it is in use. */
export async function freePorts(gateway: number): Promise<Ports> {
  const taken = new Set<number>()
  const free = async (): Promise<number> => {
    for (;;) {
      const port = randomInt(FREE_FROM, FREE_TO)
      if (taken.has(port) || !(await isFree(port))) continue
      taken.add(port)
      return port
    }
  }
  if (gateway !== 0) await requireFree(gateway, undefined)
  return {
    gateway: gateway === 0 ? await free() : gateway,
    postgres: await free(),
    mailbox: await free(),
    smtp: await free(),
  }
}

async function requireFree(port: number, setting: string | undefined): Promise<void> {
  if (await isFree(port)) return
  const where = setting === undefined ? 'It was asked for by --port.' : `supabase/config.toml names it: ${setting}.`
  throw new Error(`Port ${port} is in use. ${where}`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
