import postgres from 'postgres'
import { databaseUrl, type StackContext } from '../context.ts'
import { parseSchedule, type Schedule } from './schedule.ts'

interface Job {
  readonly jobid: string
  readonly schedule: string
  readonly command: string
  readonly username: string
}

interface Planned {
  readonly schedule: Schedule
  readonly text: string
  due: Date | undefined
  running: Promise<void> | undefined
  /** How often the job became due while it was running. */
  waiting: number
  job: Job
}

// A timer cannot wait longer than 24 days, and a clock that was set is noticed by then.
const LONGEST_WAIT_MS = 60_000

/**
 * Runs the jobs of `cron.job` as pg_cron does: in UTC, as the job's user, one run of a job at a time, each recorded in
 * `cron.job_run_details`. What was due while the stack was down is skipped, as it is there.
 */
export class CronJobs {
  readonly #context: StackContext
  readonly #admin: postgres.Sql
  readonly #planned = new Map<string, Planned>()
  readonly #sessions = new Set<postgres.Sql>()
  #timer: NodeJS.Timeout | undefined
  #loading: Promise<void> = Promise.resolve()
  #stopped = false
  #started = false

  constructor(context: StackContext, admin: postgres.Sql) {
    this.#context = context
    this.#admin = admin
  }

  /** Plans anew from the table, after a change to it and after each connection. */
  load(): Promise<void> {
    // One after another, so that an older answer never replaces a newer one.
    this.#loading = this.#loading.then(
      () => this.#load(),
      () => this.#load(),
    )
    return this.#loading
  }

  /** Ends runs under way, which are recorded as failed, and starts none any more. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    const running = [...this.#planned.values()].flatMap((planned) => planned.running ?? [])
    await Promise.all([...this.#sessions].map((session) => session.end({ timeout: 0 })))
    await Promise.all(running)
    await this.#loading.catch(() => undefined)
  }

  async #load(): Promise<void> {
    if (this.#stopped) return
    const sql = this.#admin
    const [exists] = await sql`select from pg_extension where extname = 'pg_cron'`
    if (!exists) return
    if (!this.#started)
      await sql`
      update cron.job_run_details set status = 'failed', return_message = 'server restarted', end_time = now()
      where status in ('starting', 'running')`
    const jobs = await sql<Job[]>`
      select jobid, schedule, command, username from cron.job where active and database = current_database()`
    for (const id of this.#planned.keys()) if (!jobs.some((job) => job.jobid === id)) this.#planned.delete(id)
    for (const job of jobs) this.#plan(job)
    this.#started = true
    this.#sleep()
  }

  #plan(job: Job): void {
    const known = this.#planned.get(job.jobid)
    if (known?.text === job.schedule) {
      known.job = job
      return
    }
    try {
      const schedule = parseSchedule(job.schedule)
      const due = schedule.atStart && !this.#started ? new Date() : schedule.next(new Date())
      this.#planned.set(job.jobid, {
        schedule,
        text: job.schedule,
        due,
        running: known?.running,
        waiting: known?.waiting ?? 0,
        job,
      })
    } catch (cause) {
      this.#context.log.error('a job has a schedule that cannot be read', {
        service: 'cron',
        job,
        cause: String(cause),
      })
    }
  }

  #sleep(): void {
    clearTimeout(this.#timer)
    if (this.#stopped) return
    const dues = [...this.#planned.values()].flatMap(({ due }) => (due ? [due.getTime()] : []))
    const wait = Math.max(0, Math.min(...dues) - Date.now())
    this.#timer = setTimeout(() => this.#tick(), Math.min(wait, LONGEST_WAIT_MS))
  }

  #tick(): void {
    const now = new Date()
    for (const planned of this.#planned.values()) {
      if (planned.due === undefined || planned.due > now) continue
      planned.due = planned.schedule.next(now)
      if (planned.running) planned.waiting += 1
      else this.#begin(planned)
    }
    this.#sleep()
  }

  #begin(planned: Planned): void {
    planned.running = this.#run(planned.job)
      .catch((cause: unknown) =>
        this.#context.log.error('a job could not be run', { service: 'cron', job: planned.job, cause: String(cause) }),
      )
      .finally(() => {
        planned.running = undefined
        if (planned.waiting === 0 || this.#stopped) return
        planned.waiting -= 1
        this.#begin(planned)
      })
  }

  async #run(job: Job): Promise<void> {
    const sql = this.#admin
    const [run] = await sql<{ runid: string }[]>`
      insert into cron.job_run_details (jobid, runid, database, username, command, status, start_time)
      values (${job.jobid}, nextval('cron.runid_seq'), current_database(), ${job.username}, ${job.command}, 'running', now())
      returning runid`
    const outcome = await this.#execute(job, run?.runid ?? '')
    await sql`
      update cron.job_run_details
      set status = ${outcome.status}, return_message = ${outcome.message}, end_time = now()
      where runid = ${run?.runid ?? null}`
  }

  // In a session of `postgres`, which becomes the job's user: a job that resets its role is no more than its author.
  async #execute(job: Job, runid: string): Promise<{ status: 'succeeded' | 'failed'; message: string }> {
    const role = job.username === 'supabase_admin' ? 'supabase_admin' : 'postgres'
    const session = postgres(databaseUrl(this.#context, role), {
      max: 1,
      prepare: false,
      // A question of the driver's own, which nobody could catch when a stop breaks it off.
      fetch_types: false,
      onnotice: () => undefined,
    })
    this.#sessions.add(session)
    try {
      const [backend] = await session<{ pid: number }[]>`select pg_backend_pid() as pid`
      await this.#admin`update cron.job_run_details set job_pid = ${backend?.pid ?? null} where runid = ${runid}`
      if (job.username !== role) await session`set role ${session(job.username)}`
      const result = await session.unsafe(job.command).simple()
      return { status: 'succeeded', message: tagOf(result) }
    } catch (cause) {
      return { status: 'failed', message: `ERROR:  ${cause instanceof Error ? cause.message : String(cause)}` }
    } finally {
      this.#sessions.delete(session)
      await session.end({ timeout: 0 })
    }
  }
}

// Of several statements, the last one's command tag, as `psql` would print it.
function tagOf(result: postgres.RowList<postgres.Row[]> | readonly postgres.RowList<postgres.Row[]>[]): string {
  const last = 'command' in result ? result : result.at(-1)
  const command = last?.command ?? ''
  if (!/^(SELECT|INSERT|UPDATE|DELETE|MERGE)$/.test(command)) return command
  return [command, ...(command === 'INSERT' ? [0] : []), last?.count ?? 0].join(' ')
}
