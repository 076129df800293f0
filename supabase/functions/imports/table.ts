import { parse } from 'csv-parse/sync'
import { AppError } from '../_shared/errors.ts'

const DELIMITERS = [',', ';', '\t'] as const
const MOST_LINES = 100_000
const MOST_COLUMNS = 100
const LONGEST_RECORD = 100_000

/** A line of the file, cut into its cells. */
export interface TableRow {
  readonly line: number
  readonly cells: readonly string[]
}

/** A file cut into its heading and its lines. */
export interface Table {
  readonly headings: readonly string[]
  readonly rows: readonly TableRow[]
}

/**
 * Cuts `text` into cells, at whichever delimiter its first line has most of.
 * Throws import_unreadable for a quote that is never closed or a line without end, import_too_long for too many lines,
 * and import_unknown_format when the first line is no heading.
 */
export function readTable(text: string): Table {
  const records = cut(text)
  const [headings = []] = records
  if (headings.length < 3 || headings.length > MOST_COLUMNS)
    throw new AppError('import_unknown_format', { details: `The first line has ${headings.length} columns.` })
  if (records.length > MOST_LINES + 1)
    throw new AppError('import_too_long', { details: `At most ${MOST_LINES} lines.` })
  return {
    headings,
    rows: numbered(records)
      .slice(1)
      .filter(({ cells }) => cells.some((cell) => cell !== '')),
  }
}

function cut(text: string): readonly (readonly string[])[] {
  try {
    return parse(text, {
      delimiter: delimiterOf(text),
      max_record_size: LONGEST_RECORD,
      relax_column_count: true,
      relax_quotes: true,
      trim: true,
    })
  } catch (cause) {
    const details = cause instanceof Error ? cause.message.slice(0, 200) : null
    throw new AppError('import_unreadable', { cause, ...(details === null ? {} : { details }) })
  }
}

function delimiterOf(text: string): string {
  const end = text.search(/[\r\n]/)
  const first = text.slice(0, Math.min(end < 0 ? text.length : end, LONGEST_RECORD)).replaceAll(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => first.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

// A record that has line breaks in its quotes is several lines of the file, and known by its first.
function numbered(records: readonly (readonly string[])[]): readonly TableRow[] {
  let line = 1
  return records.map((cells) => {
    const row = { line, cells }
    line += 1 + cells.reduce((breaks, cell) => breaks + (cell.includes('\n') ? cell.split('\n').length - 1 : 0), 0)
    return row
  })
}
