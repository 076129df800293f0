import { expect } from 'vitest'
import { z } from 'zod'
import { ImportAnswer } from '../../supabase/functions/imports/contract.ts'
import type { User } from '../support/clients.ts'
import { stack } from '../support/stack.ts'

const Refusal = z.object({ code: z.string(), details: z.string().nullable() })

type Options = Readonly<Record<string, unknown>>

/** Sends `file` to `POST /imports` as a form, as `user`. */
export function send(user: User, file: string | Uint8Array, options: Options = {}): Promise<Response> {
  const form = new FormData()
  form.set(
    'file',
    new Blob([typeof file === 'string' ? file : new Uint8Array(file)], { type: 'text/csv' }),
    'export.csv',
  )
  form.set('options', JSON.stringify(options))
  return post(user, '', form)
}

/** Sends `body` to a route of the function, as `user`. */
export const post = (user: User, path: string, body: BodyInit | null): Promise<Response> =>
  fetch(`${stack.api_url}/functions/v1/imports${path}`, {
    method: 'POST',
    body,
    headers: { apikey: stack.publishable_key, authorization: `Bearer ${user.accessToken}` },
  })

/** What `POST /imports` answers. Rejects when it refuses. */
export async function imported(user: User, file: string | Uint8Array, options: Options = {}) {
  const response = await send(user, file, options)
  const body: unknown = await response.json()
  if (response.status !== 200) throw new Error(`${response.status} ${JSON.stringify(body)}`)
  return ImportAnswer.parse(body)
}

/** The status and the code with which a request is refused, with the details. */
export async function refused(request: Promise<Response>) {
  const response = await request
  const text = await response.text()
  const { data, error } = Refusal.safeParse(JSON.parse(text))
  if (error) throw new Error(`${response.status} ${text}`)
  return { status: response.status, ...data }
}

/** Where the athletes of these tests live. */
export const BERLIN = { timezone: 'Europe/Berlin' }

/** What the athlete's totals, weeks and standing records are, as the athlete reads them. */
export async function derived({ client }: User) {
  const [totals, weeks, records] = await Promise.all([
    client.from('user_stats').select('workout_count, set_count, rep_count, volume_kg, duration_seconds'),
    client.from('weekly_stats').select('week, workout_count, set_count, volume_kg').order('week'),
    client
      .from('personal_records')
      .select('exercise_name, value')
      .eq('kind', 'max_weight')
      .is('superseded_at', null)
      .is('revoked_at', null)
      .order('exercise_name'),
  ])
  return {
    totals: totals.data?.map((row) => Object.values(row)),
    weeks: weeks.data?.map((row) => Object.values(row)),
    records: records.data?.map((row) => Object.values(row)),
  }
}

/** Fails unless what is derived is what a full recompute gives. */
export async function expectNothingToRepair(user: User): Promise<void> {
  const { data } = await user.client.rpc('recompute_my_stats')
  expect(
    Object.values(data).every((rows) => rows === 0),
    JSON.stringify(data),
  ).toBe(true)
}
