/** The columns of `csv/workouts.csv`: one line for each set. */
export const WORKOUT_COLUMNS = [
  'started_at',
  'timezone',
  'workout',
  'status',
  'exercise',
  'set',
  'set_type',
  'weight',
  'weight_unit',
  'reps',
  'duration_seconds',
  'distance_m',
  'rpe',
  'done',
  'notes',
] as const

// A spreadsheet takes what begins so for a formula.
const FORMULA = /^[=+\-@\t\r\n|]/

/** What a cell holds. */
export type Cell = string | number | boolean | null

/**
 * A line of a CSV file (RFC 4180), with its line end. Text that a spreadsheet would run as a formula is preceded by an
 * apostrophe; numbers are not text.
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell(value: Cell): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const text = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
