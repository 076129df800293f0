import { fold } from './columns.ts'
import type { Format, Line, Reading } from './line.ts'
import { LineFault, type SetType } from './rows.ts'
import { recordedIn, secondsIn } from './values.ts'

const SET_TYPES: Readonly<Record<string, SetType>> = { w: 'warmup', d: 'drop', f: 'failure' }
// cspell:disable-next-line
const NOTES = ['note', 'notiz']
// cspell:disable-next-line
const RESTS = ['rest timer', 'rest', 'pausentimer']

/**
 * Strong: with commas and no unit, with semicolons and a column for the unit, or with the unit in the heading. A number
 * that was not recorded is a 0; the place of a set may be a letter for its type, or say that the line is no set at all.
 */
export const strong: Format = {
  fits: (columns) => columns.has('date', 'exercise', 'order'),
  dated: 'date',
  read(line: Line): Reading {
    const order = fold(line.cell('order'))
    if (NOTES.includes(order)) return { kind: 'note', text: line.cell('notes') }
    if (RESTS.includes(order)) return { kind: 'rest_timer', seconds: recordedIn(line.cell('seconds')) }
    const type = /^\d+$/.test(order) ? 'working' : SET_TYPES[order]
    if (type === undefined) throw new LineFault('unknown_set_order')
    const set = line.set({
      start: line.moment('date'),
      type,
      workoutSeconds: secondsIn(line.cell('duration')),
      reps: line.whole('reps'),
      rpe: recordedIn(line.cell('rpe')),
    })
    return { kind: 'set', set }
  },
}
