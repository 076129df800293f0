import { createServer } from 'node:net'
import type { StackConfig } from './config.ts'
import type { Ports } from './context.ts'

const SETTING: Readonly<Record<keyof Ports, string>> = {
  gateway: '[api] port',
  postgres: '[db] port',
  mailbox: '[local_smtp] port',
  smtp: '[local_smtp] smtp_port',
}

/** The ports that `config.toml` names. Rejects, naming the port and the setting, when one of them is taken. */
export async function configuredPorts(config: StackConfig, gateway: number | undefined): Promise<Ports> {
  const ports: Ports = {
    gateway: gateway ?? config.api.port,
    postgres: config.db.port,
    mailbox: config.local_smtp.port,
    smtp: config.local_smtp.smtp_port,
  }
  for (const [name, setting] of Object.entries(SETTING)) {
    const port = Object.entries(ports).find(([key]) => key === name)?.[1]
    if (port !== undefined && !(await isFree(port)))
      throw new Error(`Port ${port} is in use; ${setting} in supabase/config.toml names it for this stack.`)
  }
  return ports
}

/** Ports that nobody listens on now. `gateway` is kept when it is given and not 0. */
export async function freePorts(gateway: number): Promise<Ports> {
  const servers = await Promise.all([gateway, 0, 0, 0].map((port) => listen(port)))
  const [first = 0, postgres = 0, mailbox = 0, smtp = 0] = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return { gateway: first, postgres, mailbox, smtp }
}

function listen(port: number): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', () => reject(new Error(`Port ${port} is in use.`)))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

async function isFree(port: number): Promise<boolean> {
  try {
    const server = await listen(port)
    await new Promise((resolve) => server.close(resolve))
    return true
  } catch {
    return false
  }
}
