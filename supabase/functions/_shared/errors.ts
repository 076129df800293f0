import { z } from 'zod'

/** What a client gets to know of an error: a code to compare, and words for a developer. */
interface ErrorKind {
  readonly status: 400 | 401 | 403 | 404 | 413 | 500 | 503
  readonly message: string
  readonly hint: string
}

/** Every error that an edge function answers by itself. Codes that the database raises too mean the same there. */
export const ERRORS = {
  invalid_path: {
    status: 400,
    message: 'The id in the path is no id.',
    hint: 'Send a UUID, as the answer that named it has it.',
  },
  invalid_body: {
    status: 400,
    message: 'The body is not what this route takes.',
    hint: 'Send JSON; the details name the field and its rule.',
  },
  not_authenticated: {
    status: 401,
    message: 'This needs a signed-in user.',
    hint: 'Sign in and send the access token.',
  },
  service_only: {
    status: 403,
    message: 'This is for the backend alone.',
    hint: 'Send a secret key in the header apikey, from a server.',
  },
  route_not_found: {
    status: 404,
    message: 'There is no such route.',
    hint: 'Check the method and the path.',
  },
  body_too_large: {
    status: 413,
    message: 'The body is too large.',
    hint: 'Send less at a time; the details say how much is taken.',
  },
  import_unknown_format: {
    status: 400,
    message: 'The file is not an export that can be read.',
    hint: 'Send a CSV export of Strong, Hevy or FitNotes as the app wrote it, with its heading; the details show what was found.',
  },
  import_unreadable: {
    status: 400,
    message: 'The file cannot be cut into lines and columns.',
    hint: 'The details say where; a quote may be open there.',
  },
  import_too_long: {
    status: 413,
    message: 'The file has too many lines.',
    hint: 'Import it in parts; lines that come twice are told apart.',
  },
  import_needs_unit: {
    status: 400,
    message: 'The file does not say in which unit its numbers are.',
    hint: 'Ask the athlete and send unit, or distance_unit.',
  },
  import_needs_date_order: {
    status: 400,
    message: 'The dates of the file do not tell days from months.',
    hint: 'Ask the athlete and send date_order, dmy or mdy.',
  },
  import_needs_mapping: {
    status: 400,
    message: 'The file has exercises that are not known by these names.',
    hint: 'A dry run lists them with suggestions; send a mapping for each, or what to do with unknown ones.',
  },
  archive_unreadable: {
    status: 400,
    message: 'The file is no archive of an account.',
    hint: 'Send the ZIP that the export gave, unchanged.',
  },
  archive_damaged: {
    status: 400,
    message: 'The archive is not what its manifest says.',
    hint: 'Send the ZIP that the export gave, unchanged; the details name the file.',
  },
  archive_too_large: {
    status: 413,
    message: 'The archive is too large.',
    hint: 'The details say how much is taken.',
  },
  avatar_not_a_picture: {
    status: 400,
    message: 'The file is not a picture of the type that it was uploaded as.',
    hint: 'Upload a whole PNG, JPEG or WebP of at most 8192 pixels a side, with its own type; this file was deleted.',
  },
  mail_not_set_up: {
    status: 503,
    message: 'Functions have no mail server.',
    hint: 'Set the secrets SMTP_URL and MAIL_FROM: docs/how-to/deploy.md.',
  },
  mail_server_unreachable: {
    status: 503,
    message: 'The mail server does not let us in.',
    hint: 'Check the secret SMTP_URL; the details have the code. Nothing is lost: what is due is sent later.',
  },
  internal: {
    status: 500,
    message: 'Something went wrong.',
    hint: 'Try again; when it stays, report the header x-request-id.',
  },
} as const satisfies Record<string, ErrorKind>

/** A code of an edge function's own errors. */
export type ErrorCode = keyof typeof ERRORS

/** The only error that reaches a client as itself; anything else is rendered as `internal`. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly details: string | null

  constructor(code: ErrorCode, options: ErrorOptions & { readonly details?: string } = {}) {
    super(ERRORS[code].message, options)
    this.code = code
    this.details = options.details ?? null
  }

  /** The answer in the product's shape, `{ code, message, details, hint }`. */
  toResponse(): Response {
    const { status, message, hint } = ERRORS[this.code]
    return Response.json({ code: this.code, message, details: this.details, hint }, { status })
  }
}

const Refusal = z.object({
  code: z.string().regex(/^[a-z][a-z0-9_]{2,49}$/),
  message: z.string(),
  details: z.string().nullable().default(null),
  hint: z.string().nullable().default(null),
})

/** An error that the database raised by one of the product's codes: it reaches the client as it is. */
export class DatabaseRefusal extends Error {
  override readonly name = 'DatabaseRefusal'
  readonly #body: z.infer<typeof Refusal>
  readonly #status: number

  private constructor(body: z.infer<typeof Refusal>, status: number) {
    super(body.message)
    this.#body = body
    this.#status = status
  }

  /** What to throw for an error of the Data API's: the refusal, or whatever is wrong otherwise. */
  static from(error: unknown, status: number): Error {
    const body = Refusal.safeParse(error)
    if (body.success && status >= 400 && status < 500) return new DatabaseRefusal(body.data, status)
    return new Error(`the Data API answered ${status}: ${JSON.stringify(error)}`)
  }

  /** The answer in the product's shape; how long to wait, which supabase-js has no header of, is in its details. */
  toResponse(): Response {
    const wait = /^Retry after (\d+) seconds\./.exec(this.#body.details ?? '')?.[1]
    const headers = this.#body.code === 'rate_limited' && wait !== undefined ? { 'retry-after': wait } : {}
    return Response.json(this.#body, { status: this.#status, headers })
  }
}
