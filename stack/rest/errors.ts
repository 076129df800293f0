import postgres from 'postgres'
import { z } from 'zod'

// What every failed request is answered with.
interface ErrorBody {
  readonly code: string
  readonly message: string
  readonly details: string | null
  readonly hint: string | null
}

/** A request's failure, with all that its answer consists of. */
export class RestError extends Error {
  override readonly name = 'RestError'
  readonly status: number
  readonly body: ErrorBody
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    body: Pick<ErrorBody, 'code' | 'message'> & Partial<ErrorBody>,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(body.message)
    this.status = status
    this.body = { code: body.code, message: body.message, details: body.details ?? null, hint: body.hint ?? null }
    this.headers = headers
  }

  /** The answer, in PostgREST's form. */
  toResponse(): Response {
    const body = JSON.stringify(this.body)
    return new Response(body, {
      status: this.status,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(Buffer.byteLength(body)),
        'proxy-status': `PostgREST; error=${this.body.code.replace(/[^\w.-]/g, '')}`,
        ...this.headers,
      },
    })
  }
}

const DatabaseError = z.object({
  code: z.string(),
  message: z.string(),
  detail: z.string().optional(),
  hint: z.string().optional(),
})
type DatabaseError = z.infer<typeof DatabaseError>

// PostgREST's table, most specific first; a state that is not here is the client's fault.
const STATUS: readonly (readonly [pattern: RegExp, status: number])[] = [
  [/^23503$|^23505$/, 409],
  [/^25006$/, 405],
  [/^42501$/, 403],
  [/^42883$|^42P01$/, 404],
  [/^P0001$/, 400],
  [/^53400$/, 500],
  [/^08|^53|^57P01$/, 503],
  [/^0L|^0P|^28/, 403],
  [/^09|^21000|^25|^2D|^38|^39|^3B|^40|^42P17|^54|^55|^57|^58|^F0|^HV|^P0|^XX/, 500],
]

const CONNECTION_LOST = /^(CONNECTION_|CONNECT_|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH)/

/** Whether `cause` came from the database or the way to it, rather than from a mistake in reading the request. */
export function isDatabaseError(cause: unknown): boolean {
  return cause instanceof RestError || cause instanceof postgres.PostgresError || isConnectionError(cause)
}

function isConnectionError(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && CONNECTION_LOST.test(String(cause.code))
}

/**
 * What PostgREST answers when the database refused with `cause`.
 * `authenticated` tells a caller with a token, who lacks a right, from one without, who lacks a token.
 */
export function databaseFailure(cause: unknown, authenticated: boolean): RestError {
  if (cause instanceof RestError) return cause
  if (isConnectionError(cause)) return connectionFailure()
  const { data: error } = DatabaseError.safeParse(cause)
  if (!error) return new RestError(500, { code: 'PGRSTX00', message: 'The Data API failed; its log says why.' })
  if (error.code === '0A000' && error.message.startsWith('cached plan'))
    return new RestError(503, { code: 'PGRST002', message: 'The schema has just changed. Try again.' })
  if (error.code === 'PGRST') return raised(error)
  const custom = /^PT(\d{3})$/.exec(error.code)?.[1]
  return new RestError(custom === undefined ? statusOf(error, authenticated) : customStatus(custom), {
    code: error.code,
    message: error.message,
    details: error.detail ?? null,
    hint: error.hint ?? null,
  })
}

/** The answer while the database cannot be reached, or stopped in the middle. */
export function connectionFailure(): RestError {
  return new RestError(503, { code: 'PGRST001', message: 'Database client error. Retrying the connection.' })
}

function statusOf({ code, message }: DatabaseError, authenticated: boolean): number {
  if (code === '42501' && !authenticated) return 401
  if (code === '21000' && message.endsWith('requires a WHERE clause')) return 400
  if (code === '22023' && /^role .* does not exist$/.test(message)) return 401
  return STATUS.find(([pattern]) => pattern.test(code))?.[1] ?? 400
}

function customStatus(digits: string): number {
  const status = Number(digits)
  return status >= 200 && status <= 599 ? status : 500
}

const json = z.string().transform((text, issue) => {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    issue.addIssue('not JSON')
    return z.NEVER
  }
})
const RaisedMessage = json.pipe(
  z.object({
    code: z.string(),
    message: z.string(),
    details: z.string().nullish(),
    hint: z.string().nullish(),
  }),
)
const RaisedDetail = json.pipe(
  z.object({
    status: z.int().min(200).max(599),
    headers: z.record(z.string(), z.string()),
  }),
)

// `raise sqlstate 'PGRST'` says the whole answer: the body in its message, status and headers in its detail.
function raised(error: DatabaseError): RestError {
  const message = RaisedMessage.safeParse(error.message)
  const detail = RaisedDetail.safeParse(error.detail)
  if (message.success && detail.success) {
    const { code, message: text, details, hint } = message.data
    return new RestError(
      detail.data.status,
      { code, message: text, details: details ?? null, hint: hint ?? null },
      detail.data.headers,
    )
  }
  return new RestError(500, {
    code: 'PGRST121',
    message: `Could not parse JSON in the "RAISE SQLSTATE 'PGRST'" error`,
    details: message.success
      ? `Invalid JSON value for DETAIL: '${error.detail ?? ''}'`
      : `Invalid JSON value for MESSAGE: '${error.message}'`,
    hint: message.success
      ? "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'."
      : "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'.",
  })
}
