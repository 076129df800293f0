import { AppError } from '../_shared/errors.ts'
import { CutFault, type CutRecord, cutRecords } from './cut.ts'
import { shortened } from './text.ts'

const DELIMITERS = [',', ';', '\t'] as const
const MOST_LINES = 100_000
const MOST_COLUMNS = 100
const LONGEST_RECORD = 100_000
const LONGEST_TEXT = 300

/** A file cut into its heading and its lines. */
export interface Table {
  readonly headings: readonly string[]
  readonly rows: readonly CutRecord[]
}

/**
 * Cuts `text` into cells, at whichever delimiter its first line has most of.
 * Throws import_unreadable for a quote that is never closed or a line without end, import_too_long for too many lines,
 * and import_unknown_format when the first line is no heading.
 */
export function readTable(text: string): Table {
  const [heading, ...records] = cut(text)
  const headings = heading?.cells ?? []
  if (headings.length < 3 || headings.length > MOST_COLUMNS)
    throw new AppError('import_unknown_format', { details: `The first line has ${headings.length} columns.` })
  if (records.length > MOST_LINES) throw new AppError('import_too_long', { details: `At most ${MOST_LINES} lines.` })
  return { headings, rows: records.filter(({ cells }) => cells.some((cell) => cell !== '')) }
}

/** A line as it stands in the file, shortened. */
export const lineText = ({ cells }: CutRecord): string => shortened(cells.join(' | '), LONGEST_TEXT)

function cut(text: string): readonly CutRecord[] {
  try {
    return cutRecords(text, delimiterOf(text), LONGEST_RECORD)
  } catch (cause) {
    if (!(cause instanceof CutFault)) throw cause
    throw new AppError('import_unreadable', { cause, details: cause.message })
  }
}

function delimiterOf(text: string): string {
  const end = text.search(/[\r\n]/)
  const first = text.slice(0, Math.min(end < 0 ? text.length : end, LONGEST_RECORD)).replaceAll(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => first.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}
