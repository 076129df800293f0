import { chmod, cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startStack } from '../stack/stack.ts'
import { type Bench, median, short } from './support.ts'

const WARM_STARTS = 5

/** How long somebody waits for the stack of this project. */
export const bench: Bench = {
  question: 'How long does the stack take until every part answers?',
  async run() {
    const project = await copyProject()
    const start = async (dataDir: string): Promise<number> => {
      const began = performance.now()
      const stack = await startStack({ projectDir: project, dataDir, port: 0 })
      const taken = performance.now() - began
      await stack.stop()
      return taken
    }
    try {
      const cold = await start('.stack/first')
      const copied = await start('.stack/second')
      const warm = []
      for (let time = 0; time < WARM_STARTS; time += 1) warm.push(await start('.stack/first'))
      return [
        {
          title: 'Time until every service is ready, packages installed',
          rows: [
            { start: 'from nothing: initdb, every migration, reference data', seconds: short(cold / 1000) },
            { start: 'a new database, copied from the one prepared before', seconds: short(copied / 1000) },
            { start: `a kept data folder (median of ${WARM_STARTS})`, seconds: short(median(warm) / 1000) },
          ],
        },
      ]
    } finally {
      await rm(project, { recursive: true, force: true })
    }
  },
}

// A copy has no database prepared before, whatever this folder has been used for.
async function copyProject(): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), 'bench-start-'))
  // Postgres runs as another account where this process is root, and has to reach its own folder below.
  await chmod(project, 0o711)
  await cp('supabase', join(project, 'supabase'), { recursive: true })
  await symlink(resolve('node_modules'), join(project, 'node_modules'))
  return project
}
