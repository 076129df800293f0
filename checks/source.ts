import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A text file of the project, by its path from the project's folder. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** One violation of a rule, at a line that counts from 1. */
export interface Finding {
  readonly path: string
  readonly line: number
  readonly rule: string
  readonly message: string
}

/** A check of the project's own: what it is called, and what it finds in a set of files. */
export interface Check {
  readonly name: string
  run(files: readonly SourceFile[]): readonly Finding[] | Promise<readonly Finding[]>
  /** The files that repair its findings, where they can be generated. */
  fix?(files: readonly SourceFile[]): Promise<readonly SourceFile[]>
}

const BINARY = /\.(png|jpe?g|webp|gif|ico|pdf|woff2?|gz|heic|avif|bin)$/i
const MAX_BUFFER_BYTES = 2 ** 26

/**
 * Every text file that git keeps or would keep, so that a check sees a new file before its first commit.
 * Rejects when `root` is not a git work tree.
 */
export async function readSources(root: string): Promise<readonly SourceFile[]> {
  // A clone that belongs to another account is refused by git unless it is named safe; the checks only read it.
  const { stdout } = await promisify(execFile)(
    'git',
    ['-c', `safe.directory=${root}`, 'ls-files', '--cached', '--others', '--exclude-standard', '-z'],
    { cwd: root, maxBuffer: MAX_BUFFER_BYTES },
  )
  const paths = [...new Set(stdout.split('\0'))].filter((path) => path !== '' && !BINARY.test(path)).sort()
  const files = await Promise.all(
    paths.map(async (path) => {
      // A file that was removed but is still in the index has nothing to check.
      const text = await readFile(join(root, path), 'utf8').catch(() => undefined)
      return text === undefined ? [] : [{ path, text }]
    }),
  )
  return files.flat()
}

/** The line, counted from 1, that holds the character at `offset`. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let index = text.indexOf('\n'); index !== -1 && index < offset; index = text.indexOf('\n', index + 1)) line += 1
  return line
}

/** `finding` as editors and terminals make it clickable. */
export function formatFinding({ path, line, rule, message }: Finding): string {
  return `${path}:${line}  ${rule}  ${message}`
}
