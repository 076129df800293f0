import { secondsBetween } from './dates.ts'
import type { Format, Line, Reading } from './line.ts'
import { LineFault, type SetType } from './rows.ts'
import { wholeIn } from './values.ts'

const SET_TYPES: Readonly<Record<string, SetType>> = {
  '': 'working',
  normal: 'working',
  warmup: 'warmup',
  dropset: 'drop',
  failure: 'failure',
}

/** Hevy: units in the headings, months by name, places counted from 0, a set of no repetitions is one that failed. */
export const hevy: Format = {
  fits: (columns) => columns.has('start', 'exercise', 'order', 'setType'),
  dated: 'start',
  read(line: Line): Reading {
    const type = SET_TYPES[line.cell('setType').toLowerCase()]
    if (type === undefined) throw new LineFault('unknown_set_type')
    const start = line.moment('start')
    const end = line.cell('end') === '' ? null : line.moment('end')
    const set = line.set({
      start,
      type,
      workoutSeconds: end === null ? null : secondsBetween(start, end),
      reps: wholeIn(line.cell('reps')),
    })
    return { kind: 'set', set }
  },
}
