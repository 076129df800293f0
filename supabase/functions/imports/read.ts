import { AppError } from '../_shared/errors.ts'
import { Columns } from './columns.ts'
import type { CutRecord } from './cut.ts'
import { type DateOrder, dateOrderOf } from './dates.ts'
import { fitnotes, fitnotesIos } from './fitnotes.ts'
import { hevy } from './hevy.ts'
import { type Format, Line } from './line.ts'
import { type FileSet, LineFault, type LineRemark, type Source } from './rows.ts'
import { strong } from './strong.ts'
import { lineText, type Table } from './table.ts'

const FORMATS: readonly { readonly source: Source; readonly format: Format }[] = [
  { source: 'hevy', format: hevy },
  { source: 'strong', format: strong },
  { source: 'fitnotes', format: fitnotesIos },
  { source: 'fitnotes', format: fitnotes },
]

/** What may be said about a file beforehand. */
export interface ReadOptions {
  readonly source?: Source | undefined
  readonly dateOrder?: DateOrder | undefined
}

/** A file, line by line: every line of it is in one of the two. */
export interface ReadFile {
  readonly source: Source
  readonly sets: readonly FileSet[]
  readonly remarks: readonly LineRemark[]
}

/**
 * Reads the lines of a table by the format of its app, which the headings tell.
 * Throws import_unknown_format when they are no app's, or not the one's that was named, and import_needs_date_order when
 * dates do not tell days from months. A line that cannot be read is a remark.
 */
export function readSets(table: Table, options: ReadOptions = {}): ReadFile {
  const columns = new Columns(table.headings)
  const found = FORMATS.find(({ source, format }) => (options.source ?? source) === source && format.fits(columns))
  if (!found) throw new AppError('import_unknown_format', { details: table.headings.join(', ').slice(0, 300) })
  const { source, format } = found
  const cells = function* (): Iterable<string> {
    for (const row of table.rows) yield columns.cell(row.cells, format.dated)
  }
  const order = options.dateOrder ?? dateOrderOf(cells())
  if (order === undefined) throw new AppError('import_needs_date_order')
  const reader = new Reader(format)
  const facts = { columns, order, moments: new Map<string, string>() }
  for (const row of table.rows) reader.take(new Line(row, facts), row)
  return { source, sets: reader.sets, remarks: reader.remarks }
}

class Reader {
  readonly sets: FileSet[] = []
  readonly remarks: LineRemark[] = []
  readonly #format: Format
  #note: { readonly exercise: string; readonly text: string } | undefined

  constructor(format: Format) {
    this.#format = format
  }

  take(line: Line, row: CutRecord): void {
    const remark = (outcome: LineRemark['outcome'], code: string): void => {
      this.remarks.push({ line: row.line, outcome, code, text: lineText(row) })
    }
    try {
      const reading = this.#format.read(line)
      if (reading.kind === 'set') this.#add(reading.set)
      else remark('skipped', reading.kind === 'skip' ? reading.code : reading.kind)
      if (reading.kind === 'note') this.#keepNote(line.cell('exercise'), reading.text)
      if (reading.kind === 'rest_timer') this.#change((last) => ({ ...last, restSeconds: reading.seconds }))
    } catch (cause) {
      if (!(cause instanceof LineFault)) throw cause
      remark(cause.code === 'nothing_recorded' ? 'skipped' : 'failed', cause.code)
    }
  }

  #add(set: FileSet): void {
    const note = this.#note?.exercise === set.exercise ? this.#note.text : ''
    this.sets.push(note === '' ? set : withNote(set, note))
    this.#note = undefined
  }

  // A note is about its exercise, whose sets come before it or after it.
  #keepNote(exercise: string, text: string): void {
    if (this.sets.at(-1)?.exercise === exercise) this.#change((last) => withNote(last, text))
    else this.#note = { exercise, text }
  }

  #change(change: (set: FileSet) => FileSet): void {
    const last = this.sets.pop()
    if (last) this.sets.push(change(last))
  }
}

const withNote = (set: FileSet, note: string): FileSet => ({
  ...set,
  exerciseNotes: [set.exerciseNotes, note].filter(Boolean).join('\n'),
})
