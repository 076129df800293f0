import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type StackOptions, type StackStatus, startStack } from './stack.ts'

/** Where a kept stack says that it runs, and how to reach it. */
interface Running {
  readonly pid: number
  readonly status: StackStatus
}

const DATA_DIR = '.stack/local'
const RUNNING = join(DATA_DIR, 'running.json')

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    ephemeral: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    port: { type: 'string' },
    seed: { type: 'string', multiple: true, default: [] },
  },
})

await main(positionals[0] ?? 'start')

async function main(command: string): Promise<void> {
  if (command === 'start') return start()
  if (command === 'status') return printStatus()
  if (command === 'stop') return stopRunning()
  console.error(`Unknown command ${command}; there are start, status and stop.`)
  process.exitCode = 2
}

async function start(): Promise<void> {
  const running = values.ephemeral ? undefined : await findRunning()
  if (running) {
    console.error(
      `A stack runs already: ${running.status.api_url} (process ${running.pid}). Stop it with npm run stop.`,
    )
    process.exitCode = 1
    return
  }
  const began = performance.now()
  const cancel = new AbortController()
  process.once('SIGINT', () => cancel.abort(new Error('stopped by a signal')))
  process.once('SIGTERM', () => cancel.abort(new Error('stopped by a signal')))
  try {
    const stack = await startStack({ ...(await options()), signal: cancel.signal })
    if (!values.ephemeral) await writeFile(RUNNING, JSON.stringify({ pid: process.pid, status: stack.status }, null, 2))
    printTable(stack.status, performance.now() - began)
    if (values.json) console.log(JSON.stringify(stack.status))
    if (!cancel.signal.aborted)
      await new Promise((resolve) => cancel.signal.addEventListener('abort', resolve, { once: true }))
    await stack.stop()
    if (!values.ephemeral) await rm(RUNNING, { force: true })
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause)
    process.exitCode = 1
  }
}

async function options(): Promise<StackOptions> {
  const onProgress = (message: string): void => console.error(`  ${message}`)
  const port = values.port === undefined ? {} : { port: Number(values.port) }
  if (values.ephemeral) return { ...port, seeds: values.seed, onProgress }
  await mkdir(DATA_DIR, { recursive: true })
  const file = createWriteStream(join(DATA_DIR, 'stack.log'), { flags: 'a' })
  return { ...port, dataDir: DATA_DIR, seeds: values.seed, onProgress, onLog: (line) => file.write(`${line}\n`) }
}

async function printStatus(): Promise<void> {
  const running = await findRunning()
  if (!running) {
    console.error('No stack runs; npm start brings one up.')
    process.exitCode = 1
  } else if (values.json) console.log(JSON.stringify(running.status))
  else printTable(running.status, undefined)
}

async function stopRunning(): Promise<void> {
  const running = await findRunning()
  if (!running) return console.error('No stack runs.')
  process.kill(running.pid, 'SIGTERM')
  while (isAlive(running.pid)) await new Promise((resolve) => setTimeout(resolve, 50))
  console.error('Stopped.')
}

async function findRunning(): Promise<Running | undefined> {
  const text = await readFile(RUNNING, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const running: Running = JSON.parse(text)
  return isAlive(running.pid) ? running : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function printTable(status: StackStatus, milliseconds: number | undefined): void {
  const width = Math.max(...Object.keys(status).map((name) => name.length))
  const rows = Object.entries(status).map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
  console.error(['', ...rows, ''].join('\n'))
  if (milliseconds !== undefined) console.error(`Ready in ${(milliseconds / 1000).toFixed(1)} s. Ctrl-C stops it.`)
}
