import postgres from 'postgres'

// The Storage API's codes: the status that the body tells, the word in `error`, and the text.
const PROBLEMS = {
  NoSuchBucket: [404, 'Bucket not found', 'Bucket not found'],
  NoSuchKey: [404, 'not_found', 'Object not found'],
  AccessDenied: [403, 'Unauthorized', 'Access denied'],
  KeyAlreadyExists: [409, 'Duplicate', 'The resource already exists'],
  ResourceNotEmpty: [409, 'ResourceNotEmpty', 'The bucket you tried to delete is not empty'],
  InvalidBucketName: [400, 'Invalid Input', 'Bucket name invalid'],
  InvalidKey: [400, 'InvalidKey', 'Invalid key'],
  InvalidRequest: [400, 'InvalidRequest', 'Invalid Request'],
  InvalidRange: [400, 'invalid_range', 'invalid range provided'],
  InvalidSignature: [400, 'InvalidSignature', 'Invalid signature'],
  InvalidJWT: [400, 'InvalidJWT', 'Invalid JWT'],
  InvalidMimeType: [415, 'invalid_mime_type', 'mime type is not supported'],
  EntityTooLarge: [413, 'Payload too large', 'The object exceeded the maximum allowed size'],
  DatabaseTimeout: [544, 'DatabaseTimeout', 'The connection to the database timed out'],
  NotSupported: [501, 'NotSupported', 'This stack does not have this part of the Storage API'],
  InternalError: [500, 'Internal', 'Internal Server Error'],
} as const satisfies Record<string, readonly [status: number, error: string, message: string]>

/** A code of the Storage API. */
export type ProblemCode = keyof typeof PROBLEMS

/** The only error that reaches a client as itself; anything else is an InternalError. */
export class StorageProblem extends Error {
  override readonly name = 'StorageProblem'
  readonly code: ProblemCode

  constructor(code: ProblemCode, message?: string, options?: ErrorOptions) {
    super(message ?? PROBLEMS[code][2], options)
    this.code = code
  }

  /** The answer in the Storage API's shape. As there, HTTP says 400 where the body has the exact status. */
  toResponse(): Response {
    const [status, error] = PROBLEMS[this.code]
    const body = { statusCode: String(status), code: this.code, error, message: this.message }
    return Response.json(body, { status: status >= 500 ? status : 400 })
  }
}

const OF_STATE: Readonly<Record<string, ProblemCode>> = {
  '42501': 'AccessDenied',
  '23505': 'KeyAlreadyExists',
  '23503': 'NoSuchBucket',
  '57014': 'DatabaseTimeout',
}

/** What `cause` is to a client: a problem, where the database refused for a reason that a client may hear. */
export function problemOf(cause: unknown): StorageProblem {
  if (cause instanceof StorageProblem) return cause
  if (!(cause instanceof postgres.PostgresError)) return new StorageProblem('InternalError', undefined, { cause })
  const code = OF_STATE[cause.code]
  if (code === 'AccessDenied') return new StorageProblem(code, 'new row violates row-level security policy', { cause })
  return new StorageProblem(code ?? 'InternalError', undefined, { cause })
}
