import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../support/stack.ts'
import { World } from './matrix.ts'
import { type Cell, type Matrix, readMatrix } from './read-matrix.ts'

let matrix: Matrix
let world: World
beforeAll(async () => {
  matrix = await readMatrix(sql)
  world = await World.create(matrix)
})
// What is everybody's goes; what is a user's own is nobody else's business.
afterAll(() => sql`update public.exercises set review_status = 'rejected' where name = 'Matrix Lift'`)

const cells = (matches: (cell: Cell) => boolean): readonly Cell[] => matrix.cells.filter(matches)
const name = ({ table, actor, verb, outcome }: Cell): string => `${actor} ${verb} ${table}: ${outcome}`

async function attempt(all: readonly Cell[], where: World): Promise<readonly string[]> {
  const found: string[] = []
  for (const cell of all) found.push(name({ ...cell, outcome: await where.attempt(cell) }))
  return found
}

describe('the access matrix over HTTP', () => {
  test('has a row for every table that a client can name', async () => {
    const tables = await sql`
      select table_name from information_schema.tables where table_schema = 'public' order by table_name
    `
    const listed = new Set(matrix.cells.map(({ table }) => table))
    expect([...listed].sort()).toEqual(tables.map(({ table_name }) => table_name))
  })

  test('shows rows to those it says, and to nobody else', async () => {
    const reads = cells(({ verb }) => verb === 'select')
    expect(await attempt(reads, world)).toEqual(reads.map(name))
  })

  test('refuses the writes it refuses, and they change nothing', async () => {
    const before = await world.owned()
    const refused = cells(({ verb, outcome }) => verb !== 'select' && outcome !== 'ok')
    expect(await attempt(refused, world)).toEqual(refused.map(name))
    expect(await world.owned()).toBe(before)
  })

  // In a world of each actor's own, and deletions last: a write that is allowed changes what the next one meets.
  test.for(['owner', 'stranger', 'admin'] as const)('allows %s the writes it allows', async (actor) => {
    const own = await World.create(matrix)
    const tables = matrix.probes.map(({ table_name }) => table_name)
    const steps = (['update', 'insert', 'delete'] as const).flatMap((verb) => {
      const allowed = cells((cell) => cell.actor === actor && cell.verb === verb && cell.outcome === 'ok')
      const sorted = [...allowed].sort((a, b) => tables.indexOf(a.table) - tables.indexOf(b.table))
      // What refers to others is listed after them.
      return verb === 'delete' ? sorted.reverse() : sorted
    })
    expect(steps).not.toEqual([])
    expect(await attempt(steps, own)).toEqual(steps.map(name))
  })
})
