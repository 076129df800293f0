import fc from 'fast-check'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '../../stack/stack.ts'
import { type Matrix, readMatrix } from '../access/read-matrix.ts'
import { BUCKETS, decideFiles } from './buckets.ts'
import { decideCalls } from './calling.ts'
import { CALLS } from './calls.ts'
import { unwatched } from './canaries.ts'
import { CAST } from './cast.ts'
import { readBuckets, readCalls, readHiddenTables, readTables, readTopics, type Table } from './catalogue.ts'
import { CHANNELS, decideChannels } from './channels.ts'
import { decideRows, decideTexts } from './decisions.ts'
import { decideFunctions } from './functions.ts'
import { type Graph, graphs } from './graph.ts'
import { unwatchedHidden } from './hidden-canaries.ts'
import { decideGifts, decideInserts } from './inserting.ts'
import { isCaught, readMutants, reasonOf } from './mutants.ts'
import { Session } from './session.ts'
import { TABLES } from './tables.ts'
import { Verdict } from './verdict.ts'
import { World } from './world.ts'
import { decideColumns } from './writable.ts'

const GRAPHS = 9
// What writes for real takes longer than what is only asked for.
const GRAPHS_WRITTEN = 2
const DECISIONS = 100_000
const ROLES_AND_COMMANDS = 4
const MODEL = 'tests/intruder'
// Others with every seed: `npm run bench -- mutation` tries them all.
const MUTANTS = 12

// A stack of this file's own: what is written without a condition meets nobody else's rows.
let stack: Stack
let sql: postgres.Sql
let matrix: Matrix
let tables: readonly Table[]
beforeAll(async () => {
  stack = await startStack()
  sql = postgres(stack.status.db_url, { max: 1, onnotice: () => undefined })
  matrix = await readMatrix(sql)
  tables = await readTables(sql)
})
afterAll(async () => {
  await sql?.end()
  await stack?.stop()
})

/** What the database offers and the model does not know, and the other way round, as sentences. */
const strangers = (found: readonly string[], model: object, say: (name: string) => string): readonly string[] => [
  ...found.filter((name) => !(name in model)).map(say),
  ...Object.keys(model)
    .filter((name) => !found.includes(name))
    .map((name) => `${name} is in ${MODEL}, and not in the database: take it out`),
]

test('the model knows every table', () => {
  const names = tables.map(({ name }) => name)
  expect(
    strangers(names, TABLES, (name) => `say who may do what with the table ${name} in ${MODEL}/tables.ts`),
  ).toEqual([])
})

test('the model knows every function', async () => {
  expect(
    strangers(await readCalls(sql), CALLS, (name) => `say who may call ${name}, and how, in ${MODEL}/calls.ts`),
  ).toEqual([])
})

test('the model knows every bucket', async () => {
  expect(
    strangers(
      await readBuckets(sql),
      BUCKETS,
      (name) => `say who finds and who puts files of ${name} in ${MODEL}/buckets.ts`,
    ),
  ).toEqual([])
})

test('the model knows every kind of live channel', async () => {
  expect(
    strangers(
      await readTopics(sql),
      CHANNELS,
      (name) => `say who hears and who speaks on ${name}:{id} in ${MODEL}/channels.ts`,
    ),
  ).toEqual([])
})

test('no column is written that the contract does not give to clients, and every other one is', async () => {
  const verdict = new Verdict()
  await Session.run(stack.status.db_url, (session) => decideColumns(session, tables, verdict))
  expect(verdict.disagreements).toEqual([])
  expect(verdict.decisions).toBeGreaterThan(tables.length * ROLES_AND_COMMANDS)
})

test('the database and the model agree on every decision', { timeout: 240_000 }, async () => {
  const verdict = new Verdict()
  const decide = (graph: Graph, isWritten: boolean): Promise<void> =>
    Session.run(stack.status.db_url, async (session) => {
      const world = await World.create(session, matrix, tables, graph)
      expect(unwatched(tables, world.canaries)).toEqual([])
      expect(unwatchedHidden(await readHiddenTables(session.sql), world.canaries)).toEqual([])
      await decideRows(world, tables, verdict)
      await decideTexts(world, tables, verdict)
      if (!isWritten) return
      await decideInserts(world, tables, verdict)
      await decideGifts(world, tables, verdict)
      await decideCalls(world, verdict)
      await decideChannels(world, verdict)
      await decideFiles(world, verdict)
    })
  let place = 0
  await fc.assert(
    fc.asyncProperty(graphs, async (graph) => {
      place += 1
      await decide(graph, place <= GRAPHS_WRITTEN)
    }),
    // Whoever sees it fail wants the disagreements, and not a smaller graph with the same ones.
    { numRuns: GRAPHS, endOnFailure: true },
  )
  expect(verdict.disagreements).toEqual([])
  expect(verdict.decisions).toBeGreaterThanOrEqual(DECISIONS)
})

test('functions run with the rights that the contract gives them', async () => {
  const verdict = new Verdict()
  await Session.run(stack.status.db_url, (session) => decideFunctions(session, verdict))
  expect(verdict.disagreements).toEqual([])
  expect(verdict.decisions).toBeGreaterThan(Object.keys(CALLS).length)
})

test('whatever piece of the protection is taken away, it is noticed', { timeout: 240_000 }, async () => {
  await Session.run(stack.status.db_url, async (session) => {
    const world = await World.create(session, matrix, tables, CAST)
    await session.checkNow()
    const mutants = (await readMutants(session.sql)).filter(
      // What only functions use takes all questions, which are the bench's.
      (mutant) => mutant.place !== 'helper' && reasonOf(mutant) === undefined,
    )
    const sample = fc.sample(fc.shuffledSubarray([...mutants], { minLength: MUTANTS, maxLength: MUTANTS }), 1).flat()
    const missed = []
    for (const mutant of sample) if (!(await isCaught(world, tables, mutant))) missed.push(mutant)
    expect(missed).toEqual([])
    expect(sample).toHaveLength(MUTANTS)
  })
})
