import { loadModule, scanSync } from 'libpg-query'
import type { Finding, SourceFile } from '../source.ts'
import { lineAt } from '../source.ts'

/** A migration is called `<14 digits>_<domain>.sql`, its stamp is its own, and its first line says what it is. */
export function migrationFile(files: readonly SourceFile[]): readonly Finding[] {
  const stamps = new Map<string, string>()
  return files.flatMap(({ path, text }) => {
    const finding = (message: string): readonly Finding[] => [{ path, line: 1, rule: 'migration-file', message }]
    const stamp = /\/(\d{14})_[a-z][a-z0-9_]*\.sql$/.exec(path)?.[1]
    if (stamp === undefined) return finding('the name is not <14 digits>_<domain>.sql')
    const twin = stamps.get(stamp)
    if (twin !== undefined) return finding(`has the stamp of ${twin}`)
    stamps.set(stamp, path)
    return text.startsWith('-- ') ? [] : finding('does not begin with a line that says what it is for')
  })
}

/** Keywords are written in lower case. */
export async function lowerCase(files: readonly SourceFile[]): Promise<readonly Finding[]> {
  await loadModule()
  return files.flatMap(({ path, text }) => {
    const bytes = Buffer.from(text)
    return scanSync(text).tokens.flatMap((token): readonly Finding[] => {
      const word = bytes.subarray(token.start, token.end).toString()
      if (token.keywordKind === 0 || word === word.toLowerCase() || word.startsWith('"')) return []
      const line = lineAt(text, bytes.subarray(0, token.start).toString().length)
      return [{ path, line, rule: 'lower-case', message: `${word} is a keyword` }]
    })
  })
}
