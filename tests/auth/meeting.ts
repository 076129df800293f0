import { expect } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { sql } from '../support/stack.ts'

/**
 * Sends requests that meet at one row: it is held until each of them waits for it, one behind the other, and they go on in
 * this order. What each of them read before is then what held before the first. Resolves with their answers; rejects when
 * one of them does not come to wait.
 */
export async function meet<T>(
  at: { readonly table: 'users' | 'sessions'; readonly id: string },
  requests: readonly (() => PromiseLike<T>)[],
): Promise<T[]> {
  const answers = await sql.begin(async (held) => {
    const [backend] = await held<{ pid: number }[]>`select pg_backend_pid() as pid`
    await held`select from auth.${held(at.table)} where id = ${at.id} for update`
    const sent: Promise<T>[] = []
    for (const request of requests) {
      const answer = Promise.resolve(request())
      // Answered too early, it is told below; unheard, a refusal would end the run.
      answer.catch(() => undefined)
      sent.push(answer)
      await eventually(async () => expect(await waitingFor(backend?.pid ?? 0)).toBe(sent.length))
    }
    return { sent }
  })
  return Promise.all(answers.sent)
}

/** How many connections wait for that of `pid`, or for one that does. */
async function waitingFor(pid: number): Promise<number> {
  const [row] = await sql<{ waiting: number }[]>`
    with recursive queue (pid) as (
      select ${pid}::integer
      union
      select waiting.pid
      from queue
      join pg_stat_activity as waiting on waiting.wait_event_type = 'Lock' and queue.pid = any (pg_blocking_pids(waiting.pid))
    )
    select count(*)::integer - 1 as waiting from queue`
  return row?.waiting ?? 0
}
