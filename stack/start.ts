import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stackHome } from './folder.ts'
import { findRunning, type Running } from './lock.ts'
import type { StackOptions } from './stack.ts'
import type { StackStatus } from './status.ts'

const USAGE = `npm start [-- options]       bring the stack up until Ctrl-C
  --ephemeral                throw-away data, beside a kept stack
  --fresh                    drop the kept data and begin anew
  --port <number>            the gateway's port; 0 takes free ports
  --seed <file.sql>          run once in a new database; may be repeated
  --json                     print how to reach the stack as the last line
npm run status [-- --json]   how to reach the stack that runs
npm stop                     stop it`

const STOP_WITHIN_MS = 30_000

await main().catch((cause: unknown) => {
  console.error(cause instanceof Error ? cause.message : cause)
  process.exitCode = 1
})

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      ephemeral: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      port: { type: 'string' },
      seed: { type: 'string', multiple: true, default: [] },
    },
  })
  const dataDir = join(await stackHome(process.cwd()), 'local')
  const command = values.help ? 'help' : positionals[0]
  if (command === 'start') {
    const place = values.ephemeral ? {} : { dataDir, fresh: values.fresh }
    const port = values.port === undefined ? {} : { port: portNumber(values.port) }
    return start({ ...place, ...port, seeds: values.seed }, values.json)
  }
  if (command === 'status') return printStatus(await findRunning(dataDir), values.json)
  if (command === 'stop') return stopRunning(dataDir)
  console.error(USAGE)
  if (command !== 'help') process.exitCode = 2
}

async function start(options: StackOptions, json: boolean): Promise<void> {
  const began = performance.now()
  const cancel = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => cancel.abort(new Error(`Stopped by ${signal}.`)))
  const stopped = new Promise((resolve) => cancel.signal.addEventListener('abort', resolve, { once: true }))
  const onProgress = (message: string): void => console.error(`  ${message}`)
  // Only here, because the other commands need none of the services.
  const { startStack } = await import('./stack.ts')
  const stack = await startStack({ ...options, onProgress, signal: cancel.signal })
  printTable(stack.status)
  console.error(`Ready in ${((performance.now() - began) / 1000).toFixed(1)} s. Ctrl-C stops it.`)
  if (json) console.log(JSON.stringify(stack.status))
  if (!cancel.signal.aborted) await stopped
  console.error('Stopping…')
  await stack.stop()
}

function printStatus(running: Running | undefined, json: boolean): void {
  if (!running?.status)
    throw new Error(running ? 'A stack is just starting.' : 'No stack runs; npm start brings one up.')
  if (json) console.log(JSON.stringify(running.status))
  else printTable(running.status)
}

async function stopRunning(dataDir: string): Promise<void> {
  const running = await findRunning(dataDir)
  if (!running) return console.error('No stack runs.')
  process.kill(running.pid, 'SIGTERM')
  for (const deadline = Date.now() + STOP_WITHIN_MS; await findRunning(dataDir); ) {
    if (Date.now() > deadline) throw new Error(`Process ${running.pid} does not end; kill -9 ${running.pid} does it.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  console.error('Stopped.')
}

function portNumber(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port
  throw new Error(`--port ${text} is not a port.`)
}

function printTable(status: StackStatus): void {
  const width = Math.max(...Object.keys(status).map((name) => name.length))
  const rows = Object.entries(status).map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
  console.error(['', ...rows, ''].join('\n'))
}
