import type { Session } from './session.ts'
import {
  beginStatement,
  preRequestStatement,
  type RequestSettings,
  type RoleSettings,
  settingsStatement,
} from './settings.ts'

/** What the database wishes of the answer, by the settings `response.status` and `response.headers`. */
export interface Overrides {
  readonly status: string
  readonly headers: string
}

const READ_OVERRIDES = `
  select
    coalesce(current_setting('response.status', true), '') as status,
    coalesce(current_setting('response.headers', true), '') as headers`

/**
 * Runs `body` in a transaction of its own, told of `request` and let in by the function of `db_pre_request`.
 * Commits what succeeded, and rolls back when something threw or the answer is an error that the database did not ask for.
 */
export async function runTransaction<T>(
  session: Session,
  request: RequestSettings,
  settings: RoleSettings,
  body: () => Promise<T>,
): Promise<{ readonly result: T; readonly overrides: Overrides | undefined }> {
  try {
    await open(session, request, settings)
    const result = await body()
    if (result instanceof Response && !(await mayCommit(session, result))) {
      await rollBack(session)
      return { result, overrides: undefined }
    }
    return { result, overrides: await commit(session) }
  } catch (cause) {
    await rollBack(session)
    throw cause
  }
}

// One round trip: the statements are sent together, and the first that fails makes those after it fail too.
async function open(session: Session, request: RequestSettings, settings: RoleSettings): Promise<void> {
  const { text, parameters } = settingsStatement(request, settings)
  const statements = [session.query(beginStatement(request, settings)), session.query(text, parameters)]
  if (settings.preRequest !== undefined) statements.push(session.query(preRequestStatement(settings.preRequest)))
  const failed = (await Promise.allSettled(statements)).find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}

// A function may answer a 4xx by `response.status` and mean what it wrote to stay.
async function mayCommit(session: Session, response: Response): Promise<boolean> {
  if (response.status < 400) return true
  const { rows } = await session.query<Overrides>(READ_OVERRIDES)
  return rows[0]?.status === String(response.status)
}

// One round trip as well. A constraint that is checked at commit speaks here.
async function commit(session: Session): Promise<Overrides | undefined> {
  const [read, committed] = await Promise.allSettled([
    session.query<Overrides>(READ_OVERRIDES),
    session.query('commit'),
  ])
  if (read.status === 'rejected') throw read.reason
  if (committed.status === 'rejected') throw committed.reason
  // Postgres answers a commit after an error by rolling back, without an error.
  if (committed.value.command !== 'COMMIT')
    throw new Error('The transaction was rolled back by an error nobody reported.')
  return read.value.rows[0]
}

// A session that cannot roll back is lost, and its transaction with it.
async function rollBack(session: Session): Promise<void> {
  await session.query('rollback').catch(() => session.close())
}
