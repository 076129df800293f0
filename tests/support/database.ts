import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readConfig } from '../../stack/config.ts'
import type { StackContext } from '../../stack/context.ts'
import { generateKeys } from '../../stack/keys.ts'
import { createLog } from '../../stack/log.ts'
import { freePorts } from '../../stack/ports.ts'
import { Postgres } from '../../stack/postgres/postgres.ts'

/** A Postgres with hosted's roles and nothing else, for the tests of one service alone. */
export interface Database {
  readonly context: StackContext
  /** What services logged, as JSON lines. */
  readonly lines: readonly string[]
  /** Kills the server as a crash would and starts it again. */
  restart(): Promise<void>
  /** Stops the server and deletes its data. */
  stop(): Promise<void>
}

/** Starts a database of its own for the project below `projectDir`, this repository's if not given. */
export async function startDatabase(projectDir = fileURLToPath(new URL('../../', import.meta.url))): Promise<Database> {
  const dataDir = await mkdtemp(join(tmpdir(), 'supabase-stack-'))
  // The server runs as another account where the tests run as root.
  await chmod(dataDir, 0o711)
  const lines: string[] = []
  const context: StackContext = {
    config: await readConfig(projectDir),
    keys: await generateKeys(),
    projectDir,
    dataDir,
    ports: await freePorts(0),
    log: createLog((line) => lines.push(line)),
  }
  let postgres = new Postgres(context)
  const start = (): Promise<void> => postgres.start(AbortSignal.timeout(30_000))
  await start()
  return {
    context,
    lines,
    async restart() {
      await postgres.kill()
      postgres = new Postgres(context)
      await start()
    },
    async stop() {
      await postgres.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
