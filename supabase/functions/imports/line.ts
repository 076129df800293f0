import type { Column, Columns } from './columns.ts'
import type { CutRecord } from './cut.ts'
import { type DateOrder, momentIn } from './dates.ts'
import { type FileSet, LineFault, type Measure, type WeightUnit } from './rows.ts'
import { onOneLine, shortened } from './text.ts'
import { distanceOf, numberIn, recordedIn, weightOf, wholeIn } from './values.ts'

/** What a line of a file is: a set, something about the sets around it, or nothing that is kept. */
export type Reading =
  | { readonly kind: 'set'; readonly set: FileSet }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'rest_timer'; readonly seconds: number | null }
  | { readonly kind: 'skip'; readonly code: string }

/** How the exports of one app are read. */
export interface Format {
  /** Whether a file with these columns is one of the app's. */
  fits(columns: Columns): boolean
  /** The column whose dates decide whether days or months come first. */
  readonly dated: Column
  /** What a line says. Throws a LineFault for one that cannot be read. */
  read(line: Line): Reading
}

/** What the lines of a file share. */
export interface FileFacts {
  readonly columns: Columns
  readonly order: DateOrder
  /** The times that were read, by their cells: the lines of a workout have the same. */
  readonly moments: Map<string, string>
}

/** One line of a file, with its cells by column. */
export class Line {
  readonly #row: CutRecord
  readonly #file: FileFacts

  constructor(row: CutRecord, file: FileFacts) {
    this.#row = row
    this.#file = file
  }

  /** The cell of `column`; empty where there is none. */
  cell(column: Column): string {
    return this.#file.columns.cell(this.#row.cells, column)
  }

  /** The time in `column`. Throws the fault not_a_date. */
  moment(column: Column): string {
    const cell = this.cell(column)
    const known = this.#file.moments.get(cell)
    if (known !== undefined) return known
    const moment = momentIn(cell, this.#file.order)
    this.#file.moments.set(cell, moment)
    return moment
  }

  /** The weight in `column`, where 0 is none. Throws the faults not_a_number and unknown_unit. */
  weight(column: 'weight' | 'bodyweight' = 'weight'): Measure<WeightUnit> | null {
    const unit = (column === 'weight' && this.cell('weightUnit')) || this.#file.columns.unit(column)
    return weightOf(recordedIn(this.cell(column)), unit)
  }

  /** The whole number in `column`, where 0 is none. Throws the faults not_a_number and not_a_whole_number. */
  whole(column: Column): number | null {
    return wholeIn(this.cell(column)) || null
  }

  /**
   * A set with what all apps call alike; `own` has the rest.
   * Throws the faults of its numbers, no_exercise, and nothing_recorded for a set without any.
   */
  set(own: Partial<FileSet> & Pick<FileSet, 'start'>): FileSet {
    const set: FileSet = {
      line: this.#row.line,
      row: this.#row,
      workout: onOneLine(this.cell('workout')),
      workoutNotes: this.cell('workoutNotes'),
      workoutSeconds: null,
      exercise: shortened(onOneLine(this.cell('exercise')), 120).trim(),
      exerciseNotes: this.cell('exerciseNotes'),
      superset: this.cell('superset'),
      order: this.cell('order'),
      type: 'working',
      weight: this.weight(),
      distance: distanceOf(
        recordedIn(this.cell('distance')),
        this.cell('distanceUnit') || this.#file.columns.unit('distance'),
      ),
      reps: null,
      seconds: recordedIn(this.cell('seconds')),
      rpe: numberIn(this.cell('rpe')),
      rir: numberIn(this.cell('rir')),
      restSeconds: null,
      bodyweight: null,
      notes: this.cell('notes'),
      ...own,
    }
    if (set.exercise === '') throw new LineFault('no_exercise')
    if (set.reps === null && set.seconds === null && set.distance === null && set.weight === null)
      throw new LineFault('nothing_recorded')
    return set
  }
}
