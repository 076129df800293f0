import type postgres from 'postgres'
import { z } from 'zod'
import type { StackContext } from '../context.ts'

const Queued = z.object({
  id: z.string(),
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.coerce.string()).nullable(),
  body: z.instanceof(Uint8Array<ArrayBuffer>).nullable(),
  timeout_milliseconds: z.int(),
})
type Queued = z.infer<typeof Queued>

interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly content?: string
  readonly timedOut?: boolean
  readonly error?: string
}

// pg_net's own: its batch size, and how long answers are kept.
const AT_ONCE = 200
const TTL = '6 hours'

/**
 * Sends the requests that `net.http_get`, `http_post` and `http_delete` queued, and keeps the answers for six hours.
 * As with pg_net a request is sent at most once: it leaves the queue before it is sent.
 */
export class NetRequests {
  readonly #context: StackContext
  readonly #admin: postgres.Sql
  readonly #cancel = new AbortController()
  readonly #underWay = new Set<Promise<void>>()
  #draining: Promise<void> = Promise.resolve()
  #asked = false

  constructor(context: StackContext, admin: postgres.Sql) {
    this.#context = context
    this.#admin = admin
  }

  /** Sends everything that is queued now. Calls while it is at work add one more round, not one each. */
  drain(): Promise<void> {
    if (this.#asked) return this.#draining
    this.#asked = true
    this.#draining = this.#draining.then(async () => {
      this.#asked = false
      await this.#drain()
    })
    return this.#draining
  }

  /** Breaks off the requests under way and sends none any more. */
  async stop(): Promise<void> {
    this.#cancel.abort(new Error('the stack stopped'))
    await this.#draining
    await Promise.all(this.#underWay)
  }

  async #drain(): Promise<void> {
    try {
      const [exists] = await this.#admin`select from pg_extension where extname = 'pg_net'`
      if (!exists) return
      await this.#admin`delete from net._http_response where created < now() - ${TTL}::interval`
      while (!this.#cancel.signal.aborted) {
        if (this.#underWay.size >= AT_ONCE) await Promise.race(this.#underWay)
        const rows = await this.#admin`
          with next as (
            select id from net.http_request_queue order by id limit ${AT_ONCE - this.#underWay.size} for update skip locked
          )
          delete from net.http_request_queue as queue using next where queue.id = next.id
          returning queue.id, method::text, url, headers, body, timeout_milliseconds`
        if (rows.length === 0) return
        for (const row of rows) this.#begin(Queued.parse(row))
      }
    } catch (cause) {
      this.#failed(cause)
    }
  }

  #begin(request: Queued): void {
    const sending = this.#perform(request)
      .catch((cause: unknown) => this.#failed(cause))
      .finally(() => this.#underWay.delete(sending))
    this.#underWay.add(sending)
  }

  #failed(cause: unknown): void {
    this.#context.log.error('queued requests could not be sent', { service: 'net', cause: String(cause) })
  }

  async #perform(request: Queued): Promise<void> {
    const answer = await this.#send(request)
    await this.#admin`
      insert into net._http_response (id, status_code, content_type, headers, content, timed_out, error_msg)
      values (
        ${request.id}, ${answer.status ?? null}, ${answer.headers?.['content-type'] ?? null},
        ${answer.headers ? this.#admin.json(answer.headers) : null}, ${answer.content ?? null},
        ${answer.timedOut ?? null}, ${answer.error ?? null}
      )`
  }

  async #send(request: Queued): Promise<Answer> {
    const timeout = AbortSignal.timeout(request.timeout_milliseconds)
    try {
      const response = await fetch(request.url, {
        method: request.method.toUpperCase(),
        headers: { 'user-agent': 'pg_net/0.20.4', ...request.headers },
        body: request.body,
        redirect: 'manual',
        signal: AbortSignal.any([timeout, this.#cancel.signal]),
      })
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        // Postgres' text holds no NUL.
        content: (await response.text()).replaceAll('\0', '\ufffd'),
        timedOut: false,
      }
    } catch (cause) {
      if (timeout.aborted) return { timedOut: true, error: `Timeout of ${request.timeout_milliseconds} ms reached.` }
      return { timedOut: false, error: reasonOf(cause) }
    }
  }
}

// What fetch rejects with says only that it failed; its cause says why.
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error ? cause.cause.message || cause.message : cause.message
}
