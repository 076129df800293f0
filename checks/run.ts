import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { accessMatrix } from './access-matrix.ts'
import { docs } from './docs.ts'
import { errorReference } from './errors.ts'
import { eventReference } from './events.ts'
import { exportsAreDescribed } from './exports.ts'
import { functionReference } from './functions.ts'
import { limitsReference } from './limits.ts'
import { secrets } from './secrets.ts'
import { type Check, formatFinding, readSources, type SourceFile } from './source.ts'
import { sqlRules } from './sql/rules.ts'
import { TOOLS } from './tools.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CHECKS: readonly Check[] = [
  sqlRules,
  errorReference,
  eventReference,
  functionReference,
  accessMatrix,
  limitsReference,
  secrets,
  docs,
  exportsAreDescribed,
]

/** One line of the gate's report; `run` answers what was found, nothing when all is well. */
interface Part {
  readonly name: string
  readonly run: () => Promise<string | undefined>
}

// Words after the command choose parts by their names: `npm run check -- types sql`.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { fix: { type: 'boolean', default: false } },
})
if (values.fix) await fix(positionals)
if (!(await checkAll(positionals))) process.exitCode = 1

/** Runs every part of the gate, or those whose name holds one of `words`. */
async function checkAll(words: readonly string[]): Promise<boolean> {
  const began = performance.now()
  const files = await readSources(ROOT)
  const tools = TOOLS.map(({ name, check }) => ({ name, run: () => runTool(check) }))
  const parts = [...tools, ...ownParts(files)].filter((part) => isMeant(part, words))
  const reports: string[] = []
  const queue = [...parts]
  const work = async (): Promise<void> => {
    for (let part = queue.shift(); part; part = queue.shift()) {
      const report = await runPart(part)
      if (report !== undefined) reports.push(report)
    }
  }
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work))
  for (const report of reports) console.log(`\n${report}`)
  console.log(`\n${parts.length - reports.length} of ${parts.length} checks passed in ${secondsSince(began)} s`)
  return reports.length === 0
}

function ownParts(files: readonly SourceFile[]): readonly Part[] {
  return CHECKS.map((check) => ({
    name: check.name,
    run: async () => {
      const findings = await check.run(files)
      return findings.length === 0 ? undefined : findings.map(formatFinding).join('\n')
    },
  }))
}

async function runPart({ name, run }: Part): Promise<string | undefined> {
  const began = performance.now()
  const found = await run().catch((cause: unknown) => (cause instanceof Error ? cause.message : String(cause)))
  console.log(`${found === undefined ? '✓' : '✗'} ${name.padEnd(20)} ${secondsSince(began).padStart(5)} s`)
  return found === undefined ? undefined : `── ${name} ──\n${found.trim()}`
}

/** Runs a program of `node_modules/.bin`; answers what it printed when it ended with another code than 0. */
function runTool([program, ...args]: readonly [string, ...string[]]): Promise<string | undefined> {
  const child = spawn(join(ROOT, 'node_modules', '.bin', program), args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  })
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => output.push(chunk))
  return new Promise((resolve) => {
    child.once('error', (cause) => resolve(`${program} did not start: ${cause.message}`))
    child.once('close', (code) => resolve(code === 0 ? undefined : `${output.join('')}\n${program} ended with ${code}`))
  })
}

async function fix(words: readonly string[]): Promise<void> {
  for (const tool of TOOLS) if (tool.fix && isMeant(tool, words)) await runTool(tool.fix)
  const files = await readSources(ROOT)
  for (const check of CHECKS.filter((candidate) => isMeant(candidate, words)))
    for (const file of (await check.fix?.(files)) ?? []) await writeFile(join(ROOT, file.path), file.text)
}

function isMeant({ name }: { readonly name: string }, words: readonly string[]): boolean {
  return words.length === 0 || words.some((word) => name.includes(word))
}

function secondsSince(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(1)
}
