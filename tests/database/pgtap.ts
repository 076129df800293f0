import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import pg from 'pg'

/** What one pgTAP file said. */
export interface TapReport {
  readonly planned: number
  readonly passed: number
  /** Each failed assertion with its diagnostics. */
  readonly failures: readonly string[]
}

/**
 * Runs one pgTAP file as `psql` would: a transaction of its own, `\ir` included.
 * Rejects when a statement of it fails outside an assertion.
 */
export async function runPgTap(databaseUrl: string, path: string): Promise<TapReport> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const answer: unknown = await client.query({ text: await readScript(path), rowMode: 'array' })
    return parseTap(textsOf(answer))
  } finally {
    await client.end()
  }
}

// The text of an SQL file with the files that it includes by `\ir`; any other command of psql is an error.
async function readScript(path: string): Promise<string> {
  const lines = (await readFile(path, 'utf8')).split('\n').map(async (line) => {
    if (!line.startsWith('\\')) return line
    const file = /^\\ir (\S+)$/.exec(line)?.[1]
    if (file === undefined) throw new Error(`${path}: psql would understand ${line}, this runner does not`)
    return readScript(join(dirname(path), file))
  })
  return (await Promise.all(lines)).join('\n')
}

/** Counts the lines of a TAP stream; a failure takes along the diagnostics below it. */
export function parseTap(texts: readonly string[]): TapReport {
  const lines = texts.flatMap((text) => text.split('\n'))
  let planned = -1
  let passed = 0
  const failures: string[] = []
  for (const line of lines) {
    const plan = /^1\.\.(\d+)/.exec(line)?.[1]
    if (plan !== undefined) planned = Number(plan)
    else if (line.startsWith('ok ')) passed += 1
    else if (line.startsWith('not ok ')) failures.push(line)
    else if (line.startsWith('#') && failures.length > 0) failures.push(`${failures.pop()}\n${line}`)
  }
  return { planned, passed, failures }
}

function textsOf(answer: unknown): readonly string[] {
  const results = Array.isArray(answer) ? answer : [answer]
  return results
    .flatMap((result) => (result instanceof pg.Result ? result.rows : []))
    .flatMap((row: unknown) => (Array.isArray(row) ? row : []))
    .filter((value: unknown) => typeof value === 'string')
}
