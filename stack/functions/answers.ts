/** The answers that hosted Supabase's edge gives in place of a function, by their code. */
const ANSWERS = {
  NOT_FOUND: [404, 'Requested function was not found'],
  UNAUTHORIZED_NO_AUTH_HEADER: [401, 'Missing authorization header'],
  UNAUTHORIZED_INVALID_JWT_FORMAT: [401, 'Invalid JWT'],
  UNAUTHORIZED_LEGACY_JWT: [401, 'Invalid JWT'],
  UNAUTHORIZED_ASYMMETRIC_JWT: [401, 'Invalid JWT'],
  UNAUTHORIZED_UNSUPPORTED_TOKEN_ALGORITHM: [401, 'Unsupported JWT algorithm'],
  BOOT_ERROR: [503, 'Function failed to start (please check logs)'],
  WORKER_ERROR: [500, 'Function exited due to an error (please check logs)'],
  WORKER_RESOURCE_LIMIT: [546, 'Function failed due to not having enough compute resources (please check logs)'],
  IDLE_TIMEOUT: [504, 'Request idle timeout limit reached'],
  SERVICE_UNAVAILABLE: [503, 'Too many functions are running; try again later'],
} as const satisfies Record<string, readonly [status: number, message: string]>

/** A code of an answer that does not come from the function itself. */
export type AnswerCode = keyof typeof ANSWERS

/** The platform's answer `code`: its status, its JSON body and the header `sb-error-code`. */
export function answer(code: AnswerCode): Response {
  const [status, message] = ANSWERS[code]
  const headers = { 'sb-error-code': code, 'access-control-expose-headers': 'sb-error-code' }
  return Response.json({ code, message }, { status, headers })
}
