import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStack } from '../stack/stack.ts'
import { type Bench, median, short } from './support.ts'

const WARM_STARTS = 5

/** How long somebody waits for the stack of this project. */
export const bench: Bench = {
  question: 'How long does the stack take until every part answers?',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'bench-start-'))
    const start = async (dataDir: string): Promise<number> => {
      const began = performance.now()
      const stack = await startStack({ dataDir, port: 0 })
      const taken = performance.now() - began
      await stack.stop()
      return taken
    }
    try {
      const first = await start(join(folder, 'first'))
      const copied = await start(join(folder, 'second'))
      const warm = []
      for (let time = 0; time < WARM_STARTS; time += 1) warm.push(await start(join(folder, 'first')))
      return [
        {
          title: 'Time until every service is ready',
          rows: [
            { start: 'a new database, migrated or copied as the cache has it', seconds: short(first / 1000) },
            { start: 'a new database, copied from the one prepared before', seconds: short(copied / 1000) },
            { start: `a kept data folder (median of ${WARM_STARTS})`, seconds: short(median(warm) / 1000) },
          ],
        },
      ]
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}
