import { randomInt } from 'node:crypto'
import { access, mkdir, open, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StackConfig } from './config.ts'
import type { Ports } from './context.ts'

// Below the range from which systems take the ports of outgoing connections, so that none of those gets in between.
const FREE_FROM = 20_000
const FREE_TO = 32_000
// Where stacks that start at the same time tell each other which ports they will use, and for how long at least.
const CLAIMS = join(tmpdir(), 'supabase-stack-ports')
const CLAIM_MS = 60_000

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

/**
 * Ports that nobody listens on now, and that no other stack is given within a minute.
 * `gateway` is kept when it is given and not 0; rejects when it is in use.
 */
export async function freePorts(gateway: number): Promise<Ports> {
  const period = Math.floor(Date.now() / CLAIM_MS)
  await mkdir(CLAIMS, { recursive: true })
  await forgetClaims(period)
  const free = async (): Promise<number> => {
    for (;;) {
      const port = randomInt(FREE_FROM, FREE_TO)
      if ((await claim(port, period)) && (await isFree(port))) return port
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

// A file that only one can create; it counts in its period and in the next.
async function claim(port: number, period: number): Promise<boolean> {
  const before = await access(join(CLAIMS, `${port}.${period - 1}`)).then(
    () => true,
    () => false,
  )
  if (before) return false
  try {
    await (await open(join(CLAIMS, `${port}.${period}`), 'wx')).close()
    return true
  } catch (cause) {
    // A folder that belongs to another account tells nothing.
    return !(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
  }
}

async function forgetClaims(period: number): Promise<void> {
  const old = (await readdir(CLAIMS)).filter((name) => Number(name.split('.')[1]) < period - 1)
  await Promise.allSettled(old.map((name) => rm(join(CLAIMS, name), { force: true })))
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
