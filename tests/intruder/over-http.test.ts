import { afterAll, beforeAll, expect, test } from 'vitest'
import { decideCallsOverHttp } from './http-calls.ts'
import { decideEmbeds } from './http-embeds.ts'
import { type Asked, decideInsertions, decideReads, decideWrites } from './http-rows.ts'
import { Verdict } from './verdict.ts'
import { Wire } from './wire.ts'

let wire: Wire
let asked: Asked
beforeAll(async () => {
  wire = await Wire.start()
  asked = { world: wire.world, tables: wire.tables, client: (viewer) => wire.client(viewer) }
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

test('every R answers over HTTP those whom the model says', async () => {
  const verdict = new Verdict()
  await decideCallsOverHttp(wire.sql, asked, verdict)
  expect(verdict.disagreements).toEqual([])
  expect(verdict.decisions).toBeGreaterThan(0)
})
