import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, lchown, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { freePorts } from '../../stack/ports.ts'
import { StackStatus } from '../../stack/status.ts'

const RUN = fileURLToPath(new URL('../../stack/run.mjs', import.meta.url))
const FUNCTION = `export default { fetch: () => new Response('hello') }\n`

const FIRST_MIGRATION = `
create table public.notes (body text primary key);
alter table public.notes enable row level security;
`

// What the Supabase CLI keeps for its next run, and what stacks tell those that start within a minute.
const CACHES = /^(\.bun-|\.supabase$|supabase-stack-ports$)/

/** A small project of its own in a temporary folder, for tests of how stacks come and go. */
export class Project implements AsyncDisposable {
  readonly dir: string
  /** Where the stacks of this project make temporary folders; nobody else's are in there. */
  readonly temporary: string
  readonly ports: {
    readonly gateway: number
    readonly postgres: number
    readonly mailbox: number
    readonly smtp: number
  }
  readonly #commands: Command[] = []

  private constructor(dir: string, ports: Project['ports']) {
    this.dir = dir
    this.temporary = join(dir, 'tmp')
    this.ports = ports
  }

  /** Makes one with a table, a function and ports of its own, below `parent`. */
  static async create(parent: string = tmpdir()): Promise<Project> {
    const project = new Project(await mkdtemp(join(await realpath(parent), 'project-')), await freePorts(0))
    const { dir, ports, temporary } = project
    await chmod(dir, 0o755)
    await mkdir(temporary)
    await mkdir(join(dir, 'supabase', 'migrations'), { recursive: true })
    await mkdir(join(dir, 'supabase', 'functions', 'hello'), { recursive: true })
    await writeFile(join(dir, 'supabase', 'functions', 'hello', 'index.ts'), FUNCTION)
    const config = `project_id = "small"
[api]
port = ${ports.gateway}
[db]
port = ${ports.postgres}
major_version = 17
[local_smtp]
port = ${ports.mailbox}
smtp_port = ${ports.smtp}
[functions.hello]
verify_jwt = false
`
    await writeFile(join(dir, 'supabase', 'config.toml'), config)
    await project.migration('20260101000000_notes.sql', FIRST_MIGRATION)
    return project
  }

  /** Writes the migration `name`. */
  async migration(name: string, sql: string): Promise<void> {
    await writeFile(join(this.dir, 'supabase', 'migrations', name), sql)
  }

  /** Gives the project to another account. */
  async giveTo(uid: number): Promise<void> {
    for (const name of ['.', ...(await readdir(this.dir, { recursive: true }))])
      await lchown(join(this.dir, name), uid, uid)
  }

  /** Runs the stack's command line in this project's folder, as the account `uid` if given. */
  run(args: readonly string[], uid?: number): Command {
    const command = new Command(this, args, uid)
    this.#commands.push(command)
    return command
  }

  /** Processes, open ports and temporary folders that stacks of this project have left or use now. */
  async traces(): Promise<{
    readonly processes: readonly string[]
    readonly ports: readonly number[]
    readonly folders: readonly string[]
  }> {
    const open = await Promise.all(Object.values(this.ports).map(async (port) => ((await answers(port)) ? [port] : [])))
    const made = (await readdir(this.temporary)).filter((name) => !CACHES.test(name))
    return { processes: await processesOf(this.dir), ports: open.flat(), folders: made }
  }

  /** Kills what still runs and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const command of this.#commands) command.kill()
    await Promise.all(this.#commands.map((command) => command.exited))
    await rm(this.dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 })
  }
}

/** One run of the stack's command line. */
export class Command {
  readonly exited: Promise<number | null>
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  #stdout = ''
  #stderr = ''

  constructor(project: Project, args: readonly string[], uid: number | undefined) {
    this.#child = spawn(process.execPath, [RUN, 'stack/start.ts', ...args], {
      cwd: project.dir,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: project.temporary, TMPDIR: project.temporary },
      ...(uid === undefined ? {} : { uid, gid: uid }),
    })
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
    })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.exited = once(this.#child, 'close').then(() => this.#child.exitCode)
  }

  /** What it has said to people so far. */
  get stderr(): string {
    return this.#stderr
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('it did not start')
    return this.#child.pid
  }

  /** Waits for the status that `start --json` prints last. Rejects with what was said instead. */
  async ready(): Promise<StackStatus> {
    while (!this.#stdout.endsWith('\n')) {
      const ended = await Promise.race([
        once(this.#child.stdout, 'data').then(() => false),
        this.exited.then(() => true),
      ])
      if (ended) throw new Error(`it ended:\n${this.#stderr}`)
    }
    return this.status()
  }

  /** The last line it printed, as a status with exactly the keys of one. */
  status(): StackStatus {
    return StackStatus.strict().parse(JSON.parse(this.#stdout.trimEnd().split('\n').at(-1) ?? ''))
  }

  /** Waits for its end and gives the exit code. */
  async signal(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal)
    return this.exited
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

/** Whether somebody listens on `port`. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** Processes, but for this one, that name `dir` in their arguments or environment, or work below it. */
async function processesOf(dir: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
      const [args, environment, cwd] = await Promise.all([
        read('cmdline'),
        read('environ'),
        readlink(`/proc/${pid}/cwd`).catch(() => ''),
      ])
      return args !== '' && [args, environment, cwd].some((text) => text.includes(dir))
        ? [`${pid} ${args.replaceAll('\0', ' ').slice(0, 120)}`]
        : []
    }),
  )
  return found.flat()
}
