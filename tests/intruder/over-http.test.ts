import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canariesIn } from './canaries.ts'
import { type Door, knock, readDoors } from './doors.ts'
import { HIDDEN } from './hidden.ts'
import { decideCallsOverHttp } from './http-calls.ts'
import { decideEmbeds } from './http-embeds.ts'
import { decideFilesOverHttp } from './http-files.ts'
import { archiveOf, decideHidden } from './http-hidden.ts'
import { type Asked, decideInsertions, decideReads, decideWrites } from './http-rows.ts'
import { decideLive, joinOf } from './live.ts'
import { Mint } from './tokens.ts'
import { Verdict } from './verdict.ts'
import { Wire } from './wire.ts'

let wire: Wire
let asked: Asked
let viewer: string
let mint: Mint
let doors: readonly Door[]
let forgeries: Readonly<Record<string, string>>
beforeAll(async () => {
  wire = await Wire.start()
  asked = { world: wire.world, tables: wire.tables, client: (viewer) => wire.client(viewer) }
  viewer = wire.athlete
  mint = new Mint(wire, viewer)
  doors = await readDoors(viewer)
  forgeries = await mint.forgeries()
})
afterAll(() => wire?.stop())

test('every table shows over HTTP what the model says', async () => {
  const verdict = new Verdict()
  await decideReads(asked, verdict)
  expect(verdict.disagreements).toEqual([])
  expect(verdict.decisions).toBeGreaterThan(0)
})

test('every embed shows what its tables show by themselves', async () => {
  const verdict = new Verdict()
  await decideEmbeds(wire.sql, asked, verdict)
  expect(verdict.disagreements).toEqual([])
  expect(verdict.decisions).toBeGreaterThan(0)
})

test('over HTTP nobody changes or deletes what the model forbids, and everybody what it allows', async () => {
  const verdict = new Verdict()
  await decideWrites(asked, verdict)
  expect(verdict.disagreements).toEqual([])
  expect(verdict.decisions).toBeGreaterThan(0)
})

test('over HTTP nobody inserts for somebody else', async () => {
  const verdict = new Verdict()
  await decideInsertions(asked, verdict)
  expect(verdict.disagreements).toEqual([])
  expect(verdict.decisions).toBeGreaterThan(0)
})

test('every function answers over HTTP those whom the model says', async () => {
  const verdict = new Verdict()
  await decideCallsOverHttp(wire.sql, asked, verdict)
  expect(verdict.disagreements).toEqual([])
  expect(verdict.decisions).toBeGreaterThan(0)
})

test('every bucket gives and takes files over HTTP as the model says', async () => {
  const verdict = new Verdict()
  await decideFilesOverHttp(wire, verdict)
  expect(verdict.disagreements).toEqual([])
  expect(verdict.decisions).toBeGreaterThan(0)
})

test('every live channel lets in whom the model says, and tells them no more than they may know', async () => {
  const verdict = new Verdict()
  await decideLive(wire, verdict)
  expect(verdict.disagreements).toEqual([])
  expect(verdict.decisions).toBeGreaterThan(0)
})

test('what lies outside of the exposed tables is told to nobody but its owner, who is told all that is theirs', async () => {
  const verdict = new Verdict()
  await decideHidden(wire, verdict)
  expect(verdict.disagreements).toEqual([])
  expect(verdict.answers).toBeGreaterThan((wire.world.viewers.length * Object.keys(HIDDEN).length) / 3)

  const { own, foreign } = await archiveOf(wire, viewer)
  expect([...foreign]).toEqual([])
  const told = new Set([...own, ...verdict.told])
  const theirs = Object.entries(HIDDEN).flatMap(([table, { shows = {} }]) =>
    Object.keys(shows).map((column) => `${table}.${column}`),
  )
  expect(theirs.filter((column) => !told.has(column))).toEqual([])
})

const guarded = (): readonly Door[] => doors.filter((door) => door.for !== 'none')

describe('at every door of the Data API, Auth, Storage and the functions', () => {
  test('the token of Auth is let in, and the key of the backend where the door is its own', async () => {
    const token = await mint.signed()
    for (const door of doors.filter((one) => one.for === 'user')) {
      const { status, code } = await knock(wire, door, token)
      // Whoever is known is told what is wrong with the request, and not that they are not known.
      expect([door.name, status, code]).not.toEqual([
        door.name,
        door.refusal.status,
        expect.stringMatching(door.refusal.code),
      ])
      expect(status, door.name).toBeLessThan(500)
    }
    for (const door of doors.filter((one) => one.for === 'service'))
      expect([door.name, (await knock(wire, door, wire.stack.status.service_role_key)).status]).toEqual([
        door.name,
        200,
      ])
  })

  test('no forgery is, nor anybody without a token: the same status and code each time, and nobody’s texts', async () => {
    for (const door of guarded())
      for (const [kind, token] of Object.entries(forgeries)) {
        const { status, code, body } = await knock(wire, door, token)
        expect([door.name, kind, status, code]).toEqual([
          door.name,
          kind,
          door.refusal.status,
          expect.stringMatching(door.refusal.code),
        ])
        expect(canariesIn(body).size).toBe(0)
      }
  })

  test('nobody without a token is let in', async () => {
    for (const door of guarded()) {
      const { status, body } = await knock(wire, door, undefined)
      expect([door.name, body === '[]' || status >= 400, status < 500]).toEqual([door.name, true, true])
      expect(canariesIn(body).size).toBe(0)
    }
  })

  test('what a token claims opens nothing that the tables do not', async () => {
    const claims = { user_role: 'admin', plan: 'pro', scope: 'admin:users', app_metadata: { role: 'admin' } }
    const [honest, boastful] = [await mint.signed(), await mint.signed(claims)]
    for (const door of guarded()) {
      const [one, other] = [await knock(wire, door, honest), await knock(wire, door, boastful)]
      expect([door.name, other.status, other.code]).toEqual([door.name, one.status, one.code])
    }
    const admins: Door = {
      name: 'a list for admins',
      for: 'user',
      refusal: { status: 403, code: /^admin_only$/ },
      path: '/rest/v1/rpc/admin_list_users',
      init: { method: 'POST', body: '{"query": "zq"}' },
    }
    const { status, code } = await knock(wire, admins, boastful)
    expect([status, code]).toEqual([admins.refusal.status, expect.stringMatching(admins.refusal.code)])
  })
})

describe('a token that our Auth signed, with claims that it never writes', () => {
  const isFunction = ({ path }: Door): boolean => path.startsWith('/functions/')

  test('is nobody’s to the functions: the role of the backend, and that of a stranger', async () => {
    for (const role of ['service_role', 'anon']) {
      const token = await mint.signed({ role })
      for (const door of guarded().filter(isFunction)) {
        const { status, code } = await knock(wire, door, token)
        expect([door.name, role, status, code]).toEqual([
          door.name,
          role,
          door.refusal.status,
          expect.stringMatching(door.refusal.code),
        ])
      }
    }
  })
})

describe('at the door of a live channel', () => {
  test('the token of Auth is let in, and no forgery', async () => {
    const topic = `user:${viewer}`
    expect(await joinOf(wire, await mint.signed(), topic)).toBe('SUBSCRIBED')
    for (const [kind, token] of [...Object.entries(forgeries), ['is not there', undefined] as const])
      expect([kind, await joinOf(wire, token, topic)]).toEqual([kind, 'CHANNEL_ERROR'])
  })
})
