import { z } from 'zod'
import { stack } from '../support/stack.ts'

// Codes that the product does not word itself; docs/reference/errors.md says what they mean.
const OTHERS = /^(PGRST\d{3}|22[0-9A-Z]{3}|21000|2350[235]|23514|42501|42703|payload_too_large)$/
const Refusal = z.strictObject({
  code: z.string(),
  message: z.string().min(1),
  details: z.string().nullable(),
  hint: z.string().nullable(),
})

/** What the Data API answered to one request. */
export interface Answer {
  readonly status: number
  readonly code: string | undefined
  readonly text: string
}

/** Sends `body` as it is, JSON or not, as the user of `token`. */
export async function send(
  token: string,
  method: string,
  path: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${stack.api_url}/rest/v1/${path}`, {
    method,
    headers: {
      apikey: stack.publishable_key,
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  return { status: response.status, code: codeOf(response.status, text), text }
}

/** What is wrong with an answer to bad input, if anything is: a 5xx, a body of another shape, an unregistered code. */
export function problemOf({ status, code, text }: Answer, registered: readonly string[]): string | undefined {
  if (status < 400) return undefined
  const known = code !== undefined && (registered.includes(code) || OTHERS.test(code))
  return status >= 500 || !known ? `${status} ${text.slice(0, 500)}` : undefined
}

function codeOf(status: number, text: string): string | undefined {
  if (status < 400) return undefined
  try {
    return Refusal.parse(JSON.parse(text)).code
  } catch {
    return undefined
  }
}
