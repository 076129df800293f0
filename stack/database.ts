import { createHash } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { StackContext } from './context.ts'
import { migrate, runSqlFile } from './migrations.ts'
import { Postgres } from './postgres/postgres.ts'
import { type Service, startAll, stopAll } from './service.ts'
import { copyTemplate, fingerprint } from './template.ts'

const Applied = z.object({ fingerprint: z.string(), files: z.record(z.string(), z.string()) })

/** What a kept database was made from: by file below `supabase/`, a hash of its content. */
type Applied = Readonly<z.infer<typeof Applied>>

/** What is needed to make a stack's database, or to bring it up to date. */
export interface DatabasePlan {
  readonly context: StackContext
  readonly postgres: Postgres
  /** The services that lay out their part; called again for the context of a template. */
  readonly services: (context: StackContext) => readonly Service[]
  /** The folder of prepared databases. */
  readonly templates: string
  /** SQL files, relative to the project, that are run once after the migrations of a new database. */
  readonly seeds: readonly string[]
  readonly progress: (message: string) => void
  readonly signal: AbortSignal
}

/**
 * Leaves a database with every migration in the data folder; its server may run then, and may not.
 * A new one is a copy of one prepared before, so that only the first start after a change pays for the migrations.
 * Rejects when a migration fails, or was edited after it had been applied.
 */
export async function ensureDatabase(plan: DatabasePlan): Promise<void> {
  const { context } = plan
  const wanted: Applied = {
    fingerprint: await fingerprint(context.projectDir),
    files: await hashFiles(context.projectDir),
  }
  const file = join(context.dataDir, 'applied.json')
  const applied = await readApplied(file)
  if (applied?.fingerprint === wanted.fingerprint) return
  if (applied) await update(plan, applied, wanted)
  else await create(plan, wanted)
  await writeFile(file, JSON.stringify(wanted, null, 2))
}

async function create(plan: DatabasePlan, wanted: Applied): Promise<void> {
  const { context, progress, signal } = plan
  // What is there without a record is a start that did not get to its end.
  await rm(join(context.dataDir, 'postgres'), { recursive: true, force: true })
  await copyTemplate({
    directory: plan.templates,
    print: wanted.fingerprint,
    target: context.dataDir,
    build: async (dataDir) => {
      progress('preparing a database (once for this version of the migrations)')
      const builder = { ...context, dataDir }
      const postgres = new Postgres(builder)
      const services = plan.services(builder)
      try {
        await startAll([postgres], { signal })
        await prepare(builder, services, signal)
      } finally {
        await stopAll([postgres, ...services])
      }
    },
  })
  if (plan.seeds.length === 0) return
  progress(`loading ${plan.seeds.join(', ')}`)
  await startAll([plan.postgres], { signal })
  for (const seed of plan.seeds) await runSqlFile(context, join(context.projectDir, seed))
}

async function update(plan: DatabasePlan, applied: Applied, wanted: Applied): Promise<void> {
  const { context, progress, signal } = plan
  const edited = Object.keys(applied.files).filter((name) => applied.files[name] !== wanted.files[name])
  const migrations = edited.filter((name) => name.startsWith('migrations/'))
  if (migrations.length > 0)
    throw new Error(
      `Edited after it had been applied to the kept database: ${migrations.join(', ')}. ` +
        'No migration is applied twice: npm start -- --fresh begins with a new database and drops this one.',
    )
  for (const name of edited)
    progress(`${name} was edited after it had been loaded; npm start -- --fresh loads it into a new database`)
  progress('bringing the database up to date')
  await startAll([plan.postgres], { signal })
  await prepare(context, plan.services(context), signal)
}

async function prepare(context: StackContext, services: readonly Service[], signal: AbortSignal): Promise<void> {
  for (const service of services) {
    signal.throwIfAborted()
    await service.prepare?.()
  }
  await migrate(context, signal)
}

async function readApplied(file: string): Promise<Applied | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : Applied.parse(JSON.parse(text))
}

async function hashFiles(projectDir: string): Promise<Applied['files']> {
  const files: Record<string, string> = {}
  for (const folder of ['migrations', 'seed']) {
    const path = join(projectDir, 'supabase', folder)
    for (const name of await readdir(path).catch(() => []))
      if (name.endsWith('.sql'))
        files[`${folder}/${name}`] = createHash('sha256')
          .update(await readFile(join(path, name)))
          .digest('hex')
  }
  return files
}
