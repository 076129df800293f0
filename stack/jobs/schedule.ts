import { Cron } from 'croner'

/** When a job is due: after each interval, at the times of a cron expression, or once when the stack starts. */
export interface Schedule {
  /** The first time after `last` at which the job is due; undefined when there is none. */
  next(last: Date): Date | undefined
  readonly atStart: boolean
}

const INTERVAL = /^\s*([1-9]|[1-5]\d)\s+seconds?\s*$/i

/** Reads a schedule as pg_cron writes it, in UTC. Throws when it is not one. */
export function parseSchedule(text: string): Schedule {
  if (/^\s*@reboot\s*$/i.test(text)) return { next: () => undefined, atStart: true }
  const interval = INTERVAL.exec(text)
  if (interval) {
    const milliseconds = Number(interval[1]) * 1000
    return { next: (last) => new Date(last.getTime() + milliseconds), atStart: false }
  }
  const fields = text.trim().split(/\s+/)
  // pg_cron's $ is the last day of the month.
  if (fields[2] === '$') fields[2] = 'L'
  const cron = new Cron(fields.join(' '), { timezone: 'UTC', paused: true })
  return { next: (last) => cron.nextRun(last) ?? undefined, atStart: false }
}
