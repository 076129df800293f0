import postgres from 'postgres'
import { startStack } from '../stack/stack.ts'
import { readMatrix } from '../tests/access/read-matrix.ts'
import { CAST } from '../tests/intruder/cast.ts'
import { readTables } from '../tests/intruder/catalogue.ts'
import { isCaught, type Mutant, readMutants, reasonOf } from '../tests/intruder/mutants.ts'
import { Session } from '../tests/intruder/session.ts'
import { World } from '../tests/intruder/world.ts'
import type { Bench } from './support.ts'

const PLACES = ['table', 'files', 'channels', 'call', 'helper'] as const

const NOTHING = { place: 'helper', name: '', kind: 'nothing', sql: 'select' } as const

/** Whether the intruder's tests notice when what protects the data is taken away, one piece at a time. */
export const bench: Bench = {
  question: 'Does the intruder notice every policy, grant and guard that is dropped or loosened?',
  async run() {
    await using stack = await startStack()
    const sql = postgres(stack.status.db_url, { max: 1, onnotice: () => undefined })
    const [matrix, tables] = [await readMatrix(sql), await readTables(sql)]
    await sql.end()
    const tried: { readonly mutant: Mutant; readonly caught: boolean }[] = []
    await Session.run(stack.status.db_url, async (session) => {
      const world = await World.create(session, matrix, tables, CAST)
      await session.checkNow()
      // Where nothing is taken away, nothing may be noticed: else what is caught says nothing.
      if (await isCaught(world, tables, NOTHING)) throw new Error('the model and the database disagree as they are')
      for (const mutant of await readMutants(session.sql))
        tried.push({ mutant, caught: await isCaught(world, tables, mutant) })
    })
    const row = (place: string, some: typeof tried): Record<string, string | number> => {
      const caught = some.filter((one) => one.caught).length
      return {
        'what is changed': place,
        mutants: some.length,
        caught,
        'caught of 100': ((caught / some.length) * 100).toFixed(1),
      }
    }
    const missed = tried.filter(({ caught }) => !caught).map(({ mutant }) => mutant)
    return [
      {
        title: 'Mutants of policies, grants and functions',
        rows: [
          ...PLACES.map((place) =>
            row(
              place,
              tried.filter(({ mutant }) => mutant.place === place),
            ),
          ),
          row('all', tried),
        ],
        notes: missed.length > 0 ? ['Not caught:', ...missed.map(line)] : ['All are caught.'],
      },
    ]
  },
}

const line = (mutant: Mutant): string =>
  `${mutant.place} ${mutant.name}: ${mutant.kind} (${reasonOf(mutant) ?? 'without a reason'})`
