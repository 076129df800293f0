import { beforeAll, describe, expect, test } from 'vitest'
import { ownedBy } from '../support/rows.ts'
import { sql } from '../support/stack.ts'
import { problemOf, send } from './answers.ts'
import { createLifter, type Lifter } from './lifter.ts'

const TEN_MB = 10 * 2 ** 20

type Case = readonly [
  what: string,
  request: (
    lifter: Lifter,
  ) => readonly [method: string, path: string, body?: string | undefined, headers?: Record<string, string>],
  status: number,
  code: string,
]

const note = (lifter: Lifter): string => `workouts?id=eq.${lifter.workoutId}`

const CASES: readonly Case[] = [
  ['half a JSON document', () => ['POST', 'rpc/start_workout', '{"name": "a'], 400, 'PGRST102'],
  ['a body that is not JSON', () => ['POST', 'rpc/start_workout', 'name=a'], 400, 'PGRST102'],
  ['JSON with a comma too many', (me) => ['PATCH', note(me), '{"notes": "x",}'], 400, 'PGRST102'],
  ['an empty body', () => ['POST', 'workouts', ''], 400, 'PGRST102'],
  ['a list of numbers', () => ['POST', 'workouts', '[1, 2]'], 400, 'PGRST102'],
  [
    'another kind of content',
    () => ['POST', 'workouts', '<a/>', { 'content-type': 'application/xml' }],
    400,
    'PGRST102',
  ],
  ['an unknown column of a new row', () => ['POST', 'workouts', '{"notes": "x", "nonsense": 1}'], 400, 'PGRST204'],
  ['an unknown column of a change', (me) => ['PATCH', note(me), '{"nonsense": 1}'], 400, 'PGRST204'],
  ['an unknown column to read', () => ['GET', 'workouts?select=nonsense'], 400, '42703'],
  ['an unknown column to filter by', () => ['GET', 'workouts?nonsense=eq.1'], 400, '42703'],
  ['an unknown column to sort by', () => ['GET', 'workouts?order=nonsense'], 400, '42703'],
  ['an unknown operator', () => ['GET', 'workouts?id=resembles.1'], 400, 'PGRST100'],
  ['a filter of another type', () => ['GET', 'workouts?id=eq.seven'], 400, '22P02'],
  ['a negative limit', () => ['GET', 'workouts?limit=-1'], 416, 'PGRST103'],
  ['an unknown table', () => ['GET', 'nonsense'], 404, 'PGRST205'],
  ['a table of another schema', () => ['GET', 'users', undefined, { 'accept-profile': 'auth' }], 406, 'PGRST106'],
  ['a table reached through another', () => ['GET', 'workouts?select=*,users(*)'], 400, 'PGRST200'],
  ['a column that clients do not write', (me) => ['PATCH', note(me), '{"volume_kg": 1}'], 403, '42501'],
  [
    'somebody else’s name on a new row',
    (me) => ['POST', 'workouts', JSON.stringify({ user_id: me.exerciseId })],
    403,
    '42501',
  ],
  ['a deletion of all there is', () => ['DELETE', 'workouts'], 400, '21000'],
  ['a deletion of what is derived', (me) => ['DELETE', `personal_records?user_id=eq.${me.id}`], 403, '42501'],
  [
    '10 MB for a function',
    () => ['POST', 'rpc/start_workout', JSON.stringify({ name: 'x'.repeat(TEN_MB) })],
    413,
    'payload_too_large',
  ],
  [
    '10 MB for a table',
    (me) => ['PATCH', note(me), JSON.stringify({ notes: 'x'.repeat(TEN_MB) })],
    413,
    'payload_too_large',
  ],
]

let me: Lifter
let registered: readonly string[]
beforeAll(async () => {
  me = await createLifter('me')
  registered = (await sql`select code from private.error_codes`).map(({ code }) => String(code))
})

describe('a request that is not one', () => {
  test('is told from one that is', async () => {
    expect(await send(me.accessToken, 'PATCH', note(me), '{"notes": "fine"}')).toMatchObject({ status: 204 })
    expect(await send(me.accessToken, 'GET', 'workouts?select=notes')).toMatchObject({ text: '[{"notes":"fine"}]' })
  })

  test.for(CASES)('%s is refused, and changes nothing', async ([, request, status, code]) => {
    const before = await ownedBy(me.id)
    const answer = await send(me.accessToken, ...request(me))
    expect(answer).toMatchObject({ status, code })
    expect(problemOf(answer, registered)).toBeUndefined()
    expect(await ownedBy(me.id)).toBe(before)
  })
})
