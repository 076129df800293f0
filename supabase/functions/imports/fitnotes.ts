import { secondsBetween } from './dates.ts'
import type { Format, Line, Reading } from './line.ts'
import { onOneLine } from './text.ts'
import { secondsIn } from './values.ts'

const NOT_DONE = ['planned', 'pending', 'skipped', 'incomplete', 'not started', 'false', '0']
const YES = ['true', 'yes', '1']

/** FitNotes of Android: days without a clock, hence one workout a day, at noon; it is called by its categories. */
export const fitnotes: Format = {
  fits: (columns) => columns.has('date', 'exercise', 'category') && !columns.has('order'),
  dated: 'date',
  read(line: Line): Reading {
    const [day = ''] = line.moment('date').split('T')
    const set = line.set({
      start: `${day}T12:00:00`,
      workout: onOneLine(line.cell('category')),
      seconds: secondsIn(line.cell('time')) || null,
      reps: line.whole('reps'),
    })
    return { kind: 'set', set }
  },
}

/** FitNotes of iOS: workouts with a beginning and an end, and sets that may have been planned alone. */
export const fitnotesIos: Format = {
  fits: (columns) => columns.has('start', 'exercise', 'isWarmup'),
  dated: 'start',
  read(line: Line): Reading {
    if (NOT_DONE.includes(line.cell('status').toLowerCase())) return { kind: 'skip', code: 'not_done' }
    const start = line.moment('start')
    const end = line.cell('end') === '' ? null : line.moment('end')
    const set = line.set({
      start,
      type: YES.includes(line.cell('isWarmup').toLowerCase()) ? 'warmup' : 'working',
      workoutSeconds: end === null ? null : secondsBetween(start, end),
      seconds: secondsIn(line.cell('time')) || null,
      reps: line.whole('reps'),
      bodyweight: line.weight('bodyweight'),
    })
    return { kind: 'set', set }
  },
}
