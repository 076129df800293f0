import type { LoggedWorkout } from './load.ts'

/** What the athlete prefers. */
export interface Rules {
  readonly weekly_goal: number
  readonly rest_days_per_week: number
  readonly week_starts_on: number
}

interface Run {
  readonly [column: string]: string | number
  readonly kind: string
  readonly began_on: string
  readonly ended_on: string
  readonly length: number
  readonly holds_until: string
}

const MILLISECONDS_OF_DAY = 86_400_000

// Days since 1970-01-01, which was a Thursday.
const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / MILLISECONDS_OF_DAY
const dateOf = (day: number): string => new Date(day * MILLISECONDS_OF_DAY).toISOString().slice(0, 10)
const isoWeekday = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1

function weekOf(day: number, { week_starts_on }: Rules): number {
  let first = day
  while (isoWeekday(first) !== week_starts_on) first -= 1
  return first
}

/** Whether no week between `first` and the day before `day` has more rest than is allowed, day by day. */
function restIsAllowed(trained: ReadonlySet<number>, first: number, day: number, rules: Rules): boolean {
  const rest = new Map<number, number>()
  for (let each = first; each < day; each += 1) {
    const week = weekOf(each, rules)
    if (!trained.has(each)) rest.set(week, (rest.get(week) ?? 0) + 1)
  }
  return [...rest.values()].every((days) => days <= rules.rest_days_per_week)
}

/** Splits `steps` where `goesOn` says that one does not go on with those before it. */
function runs(kind: string, steps: readonly number[], goesOn: (run: readonly number[], day: number) => boolean): Run[] {
  const found: number[][] = []
  for (const step of [...new Set(steps)].sort((a, b) => a - b)) {
    const run = found.at(-1)
    if (run && goesOn(run, step)) run.push(step)
    else found.push([step])
  }
  return found.map((run) => {
    const ended = run.at(-1) ?? 0
    let holds = ended + 1
    while (goesOn(run, holds + 1)) holds += 1
    return {
      kind,
      began_on: dateOf(run[0] ?? 0),
      ended_on: dateOf(ended),
      length: run.length,
      holds_until: dateOf(holds),
    }
  })
}

/** `user_streaks` of completed workouts with a set that counts. */
export function streaks(workouts: readonly LoggedWorkout[], rules: Rules): readonly Run[] {
  const days = workouts
    .filter(({ imported, local_date, entered_on }) => !imported && dayOf(entered_on) - dayOf(local_date) <= 7)
    .map(({ local_date }) => dayOf(local_date))
  const daysOfWeek = new Map<number, Set<number>>()
  for (const day of days) {
    const week = weekOf(day, rules)
    daysOfWeek.set(week, (daysOfWeek.get(week) ?? new Set()).add(day))
  }
  const weeks = [...daysOfWeek].filter(([, trained]) => trained.size >= rules.weekly_goal).map(([week]) => week)
  return [
    ...runs('days', days, (run, day) => restIsAllowed(new Set(run), run[0] ?? day, day, rules)),
    ...runs('weeks', weeks, (run, day) => weekOf(day, rules) - (run.at(-1) ?? 0) <= 7),
  ]
}
