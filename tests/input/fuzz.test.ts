import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { ownedBy } from '../support/rows.ts'
import { problemOf, send } from './answers.ts'
import { hostileRow } from './hostile.ts'
import { createLifter, type Lifter } from './lifter.ts'
import { readSurface } from './surface.ts'

// FUZZ_RUNS asks for more requests.
const numRuns = Number(process.env.FUZZ_RUNS ?? 15)

const surface = await readSurface()
let victim: Lifter
let untouched: string
beforeAll(async () => {
  victim = await createLifter('victim')
  untouched = await ownedBy(victim.id)
})

interface Request {
  readonly method: string
  readonly path: string
  readonly body: string
}

async function bombard(name: string, requestsOf: (lifter: Lifter) => fc.Arbitrary<Request>): Promise<void> {
  const lifter = await createLifter(name)
  const problems: string[] = []
  let refused = 0
  let before = await ownedBy(lifter.id)
  for (const { method, path, body } of fc.sample(requestsOf(lifter), { numRuns })) {
    const answer = await send(lifter.accessToken, method, path, body)
    const after = await ownedBy(lifter.id)
    const problem =
      problemOf(answer, surface.codes) ?? (answer.status >= 400 && after !== before ? 'changed something' : undefined)
    if (problem !== undefined) problems.push(`${method} ${path} ${body.slice(0, 500)} -> ${problem}`)
    if (answer.status >= 400) refused += 1
    before = after
  }
  if (problems.length > 0) expect.fail(problems.join('\n'))
  expect(await ownedBy(victim.id)).toBe(untouched)
  // Were nothing refused, nothing above would have been tested.
  expect(refused).toBeGreaterThan(0)
}

const ids = (lifter: Lifter): readonly string[] => [...lifter.ids, ...victim.ids]
const json = (value: unknown): string => JSON.stringify(value) ?? 'null'

describe('a function answers hostile arguments with a registered refusal, and changes nothing', () => {
  test.for(surface.functions.filter(({ fields }) => fields.length > 0))('$name', ({ name, fields }) =>
    bombard(name, (lifter) =>
      hostileRow(fields, ids(lifter)).map((row) => ({ method: 'POST', path: `rpc/${name}`, body: json(row) })),
    ),
  )
})

describe('a table answers a hostile new row with a registered refusal, and changes nothing', () => {
  test.for(surface.tables.filter(({ insert }) => insert.length > 0))('$name', ({ name, insert }) =>
    bombard(name, (lifter) =>
      fc
        .oneof(hostileRow(insert, ids(lifter)), fc.array(hostileRow(insert, ids(lifter)), { maxLength: 3 }))
        .map((row) => ({ method: 'POST', path: name, body: json(row) })),
    ),
  )
})

describe('a table answers a hostile change with a registered refusal, and changes nothing', () => {
  test.for(surface.tables.filter(({ update }) => update.length > 0))('$name', ({ name, key, update }) =>
    bombard(name, (lifter) =>
      // Of every row there is; the policies have to see to it that only the caller's own are meant.
      hostileRow(update, ids(lifter)).map((row) => ({
        method: 'PATCH',
        path: `${name}?${key}=not.is.null`,
        body: json(row),
      })),
    ),
  )
})
