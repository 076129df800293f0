import { fold } from './columns.ts'
import { LineFault } from './rows.ts'

/** Which comes first in a date that is all numbers. */
export type DateOrder = 'dmy' | 'mdy'

// By the first letters, in the languages that the apps are used in most. Where three letters are not enough, four decide.
// cspell:disable
const MONTHS: readonly string[] = [
  'jan janv ene gen sty oca янв',
  'feb fev fevr lut sub фев',
  'mar mrz marz mart mrt мар',
  'apr avr avri abr kwi nis апр',
  'may mai mag maj mei мая май',
  'jun juin giu cze haz июн',
  'jul juil lug lip tem июл',
  'aug aou aout ago sie agu авг',
  'sep sept set wrz eyl сен',
  'oct okt ott out paz eki окт',
  'nov lis kas ноя',
  'dec dez dic des gru ara дек',
]
// cspell:enable
const MONTH_OF: ReadonlyMap<string, number> = new Map(
  MONTHS.flatMap((names, n) => names.split(' ').map((name): [string, number] => [fold(name), n + 1])),
)

const CLOCK = String.raw`(?:[T,\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap])?\.?m?\.?\s*(Z|[+-]\d\d:?\d\d)?)?$`
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${CLOCK}`, 'i')
const DAY_AND_NAME = new RegExp(String.raw`^(\d{1,2})\.?\s+(?:de\s+)?(\p{L}+)\.?\s+(?:de\s+)?(\d{4})${CLOCK}`, 'iu')
const NAME_AND_DAY = new RegExp(String.raw`^(\p{L}+)\.?\s+(\d{1,2}),?\s+(\d{4})${CLOCK}`, 'iu')
const NUMBERS = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})${CLOCK}`, 'i')

/**
 * The time in a cell, as ISO 8601 writes it: local, or with its offset where the cell has one; midnight without a time.
 * Throws the fault not_a_date, also for days that no calendar has.
 */
export function momentIn(cell: string, order: DateOrder): string {
  const text = cell.replaceAll(/[\s\u00A0\u202F]+/g, ' ').trim()
  const [, year, month, day, ...clock] = YEAR_FIRST.exec(text) ?? []
  if (year !== undefined) return moment(Number(year), Number(month), Number(day), clock)
  const named = DAY_AND_NAME.exec(text)
  if (named) return moment(Number(named[3]), monthOf(named[2]), Number(named[1]), named.slice(4))
  const american = NAME_AND_DAY.exec(text)
  if (american) return moment(Number(american[3]), monthOf(american[1]), Number(american[2]), american.slice(4))
  const numbers = NUMBERS.exec(text)
  if (!numbers) throw new LineFault('not_a_date')
  const [first, second] = [Number(numbers[1]), Number(numbers[3])]
  const [dayOfMonth, monthOfYear] = order === 'dmy' ? [first, second] : [second, first]
  return moment(Number(numbers[4]), monthOfYear, dayOfMonth, numbers.slice(5))
}

/**
 * Whether day or month comes first, from all the dates of a file: the one that goes above 12 is the day. Dots mean days
 * first. Undefined where the dates do not say; dates that need no order agree with any.
 */
export function dateOrderOf(cells: Iterable<string>): DateOrder | undefined {
  let ambiguous = false
  for (const cell of cells) {
    const [, first, dot, second] = NUMBERS.exec(cell.trim()) ?? []
    if (first === undefined) continue
    if (Number(first) > 12 || dot === '.') return 'dmy'
    if (Number(second) > 12) return 'mdy'
    ambiguous = true
  }
  return ambiguous ? undefined : 'dmy'
}

/** Seconds from one time of `momentIn` to another; null when the other is no later. */
export function secondsBetween(start: string, end: string): number | null {
  // Both in the same zone: as if it were UTC, for the difference is the same on all but two nights of a year.
  const seconds = (Date.parse(zoned(end)) - Date.parse(zoned(start))) / 1000
  return seconds > 0 ? seconds : null
}

const zoned = (moment: string): string => (/[Z+-]/.test(moment.slice(19)) ? moment : `${moment}Z`)

function monthOf(name = ''): number {
  const letters = fold(name)
  return MONTH_OF.get(letters.slice(0, 4)) ?? MONTH_OF.get(letters.slice(0, 3)) ?? 0
}

function moment(year: number, month: number, day: number, clock: readonly (string | undefined)[]): string {
  const [hours = '0', minutes = '0', seconds = '0', half, offset = ''] = clock
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  const days = month >= 1 && month <= 12 ? new Date(Date.UTC(year, month, 0)).getUTCDate() : 0
  if (day < 1 || day > days || hour > 23 || Number(minutes) > 59 || Number(seconds) > 59)
    throw new LineFault('not_a_date')
  const two = (value: number | string): string => String(value).padStart(2, '0')
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minutes)}:${two(seconds)}${offset.toUpperCase()}`
}
