import { z } from 'zod'
import { AppError } from '../_shared/errors.ts'
import type { AccountGateway, ArchiveGateway } from './gateway.ts'
import { NewIds } from './ids.ts'
import { type Unpacked, unpack } from './unpack.ts'

const Rows = z.array(z.record(z.string(), z.unknown()))
const Id = z.guid()
const ROWS_AT_ONCE = 1000
const MEDIA = 'files/exercise-media/'

// In the order in which they are sent; which of them are taken, and what of them, the database knows.
const TABLES = [
  'profiles',
  'personal_details',
  'preferences',
  'exercises',
  'exercise_translations',
  'exercise_variations',
  'equipment_pieces',
  'workouts',
  'workout_exercises',
  'workout_sets',
] as const

const PATHS: ReadonlySet<string> = new Set(TABLES.map(pathOf))

/** What `POST /import` answers: the rows that each table got, and the files that Storage did not take. */
export interface Restored {
  readonly rows: Readonly<Record<string, number>>
  readonly files: number
  readonly missing: readonly string[]
}

/**
 * Brings the archive into the empty account of `userId`: its rows in one transaction, then its files.
 * Rejects with archive_unreadable, archive_damaged, archive_too_large, account_not_empty, invalid_archive,
 * archive_needs_exercise or with a rule of a table; nothing is changed then.
 */
export async function restoreAccount(
  bytes: Uint8Array<ArrayBuffer>,
  userId: string,
  gateways: { readonly archive: ArchiveGateway; readonly account: AccountGateway },
): Promise<Restored> {
  const archive = await unpack(bytes)
  const ids = new NewIds(userId)
  // Every file is read before the first row is sent, so that one that was changed changes nothing.
  const tables = await readTables(archive, ids)
  const media = archive.manifest.files.filter(({ path }) => path.startsWith(MEDIA))
  for (const { path } of archive.manifest.files) if (!PATHS.has(path)) await archive.read(path)
  let page = 0
  await gateways.archive.send({ userId, relation: 'none', page, rows: '[]' })
  for (const [relation, rows] of tables)
    for (let n = 0; n < rows.length; n += ROWS_AT_ONCE) {
      page += 1
      const text = ids.replace(JSON.stringify(rows.slice(n, n + ROWS_AT_ONCE)))
      await gateways.archive.send({ userId, relation, page, rows: text })
    }
  const rows = await gateways.archive.restore(userId)
  const missing: string[] = []
  for (const { path, type } of media) {
    const name = ids.replace(path.slice(MEDIA.length))
    const isTaken = await gateways.account.upload('exercise-media', name, await archive.read(path), type)
    if (!isTaken) missing.push(path)
  }
  return { rows, files: media.length - missing.length, missing }
}

async function readTables(archive: Unpacked, ids: NewIds) {
  const tables = new Map<string, z.infer<typeof Rows>>()
  const paths = new Set(archive.manifest.files.map(({ path }) => path))
  for (const table of TABLES) {
    const path = pathOf(table)
    if (!paths.has(path)) continue
    const rows = parseRows(path, await archive.read(path))
    tables.set(`public.${table}`, rows)
    for (const { id } of rows) if (Id.safeParse(id).success) ids.define(String(id))
  }
  return tables
}

function pathOf(table: (typeof TABLES)[number]): string {
  return `data/public/${table}.json`
}

function parseRows(path: string, content: Uint8Array): z.infer<typeof Rows> {
  try {
    return Rows.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content)))
  } catch (cause) {
    throw new AppError('archive_unreadable', { cause, details: `${path} is no list of rows.` })
  }
}
