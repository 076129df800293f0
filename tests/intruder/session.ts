import { readFile } from 'node:fs/promises'
import postgres from 'postgres'
import { z } from 'zod'

const PROBES = new URL('./probes.sql', import.meta.url)

export const Outcome = z.object({
  answer: z.unknown().optional(),
  after: z.unknown().optional(),
  error: z
    .object({ code: z.string(), message: z.string(), detail: z.string().nullable(), hint: z.string().nullable() })
    .optional(),
})

/** What came of an attempt, before it was undone. */
export type Outcome = Readonly<z.infer<typeof Outcome>>

/** A statement that is tried. */
export interface Attempt {
  readonly sql: string
  /** What is asked behind the API's back once it is done. */
  readonly after?: string
  /** The statement answers nothing. */
  readonly plain?: true
  /** With the triggers. Without them the grants and policies alone decide. */
  readonly live?: true
}

/** The claims of a token, null for none. */
export type Claims = Readonly<Record<string, unknown>> | null

/** What is thrown to undo what was made. */
const UNDONE = new Error('undone')

/**
 * One connection to a database, in one transaction that is undone: people are made in it and act in it, as the Data API
 * would have them act.
 */
export class Session {
  readonly sql: postgres.TransactionSql

  private constructor(sql: postgres.TransactionSql) {
    this.sql = sql
  }

  /** Runs `use` in a session on the database at `url`, and undoes what it did. Rejects as `use` does. */
  static async run(url: string, use: (session: Session) => Promise<void>): Promise<void> {
    await Session.keep(url, async (session) => {
      await use(session)
      throw UNDONE
    }).catch((cause: unknown) => {
      if (cause !== UNDONE) throw cause
    })
  }

  /** Runs `use` in a session on the database at `url`, and commits what it did. Rejects as `use` does. */
  static async keep<T>(url: string, use: (session: Session) => Promise<T>): Promise<T> {
    const admin = new URL(url)
    // Who may switch triggers off, and become anybody.
    admin.username = 'supabase_admin'
    const sql = postgres(admin.href, { max: 1, onnotice: () => undefined })
    try {
      const kept = await sql.begin(async (transaction) => {
        await transaction.unsafe(await readFile(PROBES, 'utf8'))
        await transaction`set local synchronous_commit = off`
        return { answer: await use(new Session(transaction)) }
      })
      return kept.answer
    } finally {
      await sql.end()
    }
  }

  /** Runs `use` and undoes what it did. */
  async undone(use: (session: Session) => Promise<void>): Promise<void> {
    await this.sql
      .savepoint(async (inner) => {
        await use(new Session(inner))
        throw UNDONE
      })
      .catch((cause: unknown) => {
        if (cause !== UNDONE) throw cause
      })
  }

  /** Checks now what is put off to the end: it would keep a table from being altered. What comes later is put off as ever. */
  async checkNow(): Promise<void> {
    const [put] = await this.sql`
      select string_agg(format('%s.%I', connamespace::regnamespace, conname), ', ') as off
      from pg_constraint
      where condeferred`
    await this.sql`set constraints all immediate`
    await this.sql.unsafe(`set constraints ${put?.off} deferred`)
  }

  /** Tries each statement with these claims, undoes it, and gives what came of it, in the same order. */
  async attempt(claims: Claims, attempts: readonly Attempt[]): Promise<readonly Outcome[]> {
    const items = attempts.map(({ sql, after, plain, live }) => ({
      sql,
      ...(after === undefined ? {} : { after }),
      ...(plain ? { plain } : {}),
      ...(live ? { live } : {}),
    }))
    const [row] = await this.sql`
      select pg_temp.attempt(${JSON.stringify(claims)}::text::jsonb, ${JSON.stringify(items)}::text::jsonb) as outcomes`
    const outcomes = z.array(Outcome).parse(row?.outcomes)
    if (outcomes.length !== attempts.length) throw new Error('an attempt has no outcome')
    return outcomes
  }

  /** Runs statements as the actors they name; those who are not in `claims` are the database's own. */
  async make(claims: Readonly<Record<string, Claims>>, steps: readonly Step[]): Promise<void> {
    await this.sql`select pg_temp.make(${JSON.stringify(claims)}::text::jsonb, ${JSON.stringify(steps)}::text::jsonb)`
  }
}

/** A statement, and who runs it. */
export interface Step {
  readonly actor: string
  readonly statement: string
}
