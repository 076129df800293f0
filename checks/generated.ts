import type { Finding, SourceFile } from './source.ts'

/** A document of which one part is made from the code; the marks `<!-- generated: begin -->` and `end` enclose it. */
export interface GeneratedPart {
  readonly path: string
  /** The part as it has to read. */
  readonly content: string
}

const BEGIN = '<!-- generated: begin -->'
const END = '<!-- generated: end -->'

/** A finding when the document does not hold the part as it has to read, or has no place for it. */
export function staleness(part: GeneratedPart, files: readonly SourceFile[]): readonly Finding[] {
  const file = files.find(({ path }) => path === part.path)
  const finding = { path: part.path, line: 1, rule: 'stale-document' }
  const current = file && withPart(file, part.content)
  if (!current) return [{ ...finding, message: `needs the marks ${BEGIN} and ${END}` }]
  return current.text === file.text ? [] : [{ ...finding, message: 'is not what the code says; npm run fix' }]
}

/** The document with the part as it has to read, nothing when it has no place for it. */
export function refreshed(part: GeneratedPart, files: readonly SourceFile[]): readonly SourceFile[] {
  const file = files.find(({ path }) => path === part.path)
  const current = file && withPart(file, part.content)
  return current ? [current] : []
}

/** A row of a Markdown table. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function withPart({ path, text }: SourceFile, content: string): SourceFile | undefined {
  const from = text.indexOf(BEGIN)
  const to = text.indexOf(END)
  if (from === -1 || to < from) return undefined
  return { path, text: `${text.slice(0, from + BEGIN.length)}\n\n${content}\n\n${text.slice(to)}` }
}
