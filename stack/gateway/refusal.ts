/** Why the gateway answers a request itself; the codes and words that clients see. */
const REFUSALS = {
  UNAUTHORIZED_MISSING_API_KEY: {
    status: 401,
    message: 'No API key found in request',
    hint: 'No `apikey` request header or url param was found.',
  },
  UNAUTHORIZED_INVALID_API_KEY: {
    status: 401,
    message: 'Invalid API key',
    hint: 'Double check your Supabase `anon` or `service_role` API key.',
  },
  UNAUTHORIZED_INVALID_API_KEY_TYPE: {
    status: 401,
    message: 'Forbidden use of secret API key in browser',
    hint: 'Secret API keys can only be used in a protected environment and should never be used in a browser.',
  },
  malformed_url: { status: 400, message: 'The request URL is malformed', hint: 'Percent-encode it as RFC 3986 says.' },
  route_not_found: {
    status: 404,
    message: 'requested path is invalid',
    hint: 'Paths begin with /rest/v1, /auth/v1, /storage/v1, /realtime/v1 or /functions/v1.',
  },
  payload_too_large: { status: 413, message: 'The request body is too large', hint: 'Send less in one request.' },
  internal_error: {
    status: 500,
    message: 'An unexpected error occurred',
    hint: 'The log has it under this request id.',
  },
} as const

/** The code of one of the gateway's own refusals. */
export type Refusal = keyof typeof REFUSALS

/** The gateway's own answer, in the one shape of an error: `{ code, message, details, hint }`. */
export function refuse(code: Refusal): Response {
  const { status, message, hint } = REFUSALS[code]
  return Response.json({ code, message, details: null, hint }, { status, headers: { 'sb-error-code': code } })
}
