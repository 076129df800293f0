import { createHash } from 'node:crypto'
import { z } from 'zod'
import { showAvatar } from './avatar.ts'
import type { AvatarGateway } from './avatar-gateway.ts'
import type { Manifest, Restored } from './contract.ts'
import type { AccountGateway, ArchiveGateway } from './gateway.ts'
import { NewIds } from './ids.ts'
import { DOCUMENTS, type Rows, readRows } from './rows.ts'
import { type Unpacked, unpack } from './unpack.ts'

const ROWS_AT_ONCE = 1000
const MEDIA = 'files/exercise-media/'
const AVATARS = 'files/avatars/'

// In the order in which they are sent; which of them are taken, and what of them, the database knows.
const TABLES = [
  'profiles',
  'personal_details',
  'preferences',
  'exercises',
  'exercise_translations',
  'exercise_variations',
  'exercise_ratings',
  'equipment_pieces',
  'training_maxes',
  'workout_templates',
  'template_generations',
  'template_runs',
  'template_versions',
  'template_ratings',
  'template_favorites',
  'imports',
  'workouts',
  'workout_exercises',
  'workout_sets',
  'import_rows',
  'import_names',
  'prescriptions',
] as const

const PATHS: ReadonlySet<string> = new Set(TABLES.map(pathOf))

interface Gateways {
  readonly archive: ArchiveGateway
  readonly account: AccountGateway
  readonly avatars: AvatarGateway
}

/**
 * Brings the archive into the empty account of `userId`: its rows in one transaction, then its files. Again, it brings those
 * files that are missing, and answers as before.
 * Rejects with archive_unreadable, archive_damaged, archive_too_large, archive_replaced, account_not_empty, invalid_archive,
 * archive_needs_exercise or with a rule of a table; nothing is changed then.
 */
export async function restoreAccount(
  bytes: Uint8Array<ArrayBuffer>,
  userId: string,
  gateways: Gateways,
): Promise<Restored & { readonly files: number; readonly missing: readonly string[] }> {
  const archive = await unpack(bytes)
  const ids = new NewIds(userId)
  // Every file is read before the first row is sent, so that one that was changed changes nothing.
  const tables = await readTables(archive, ids)
  for (const { path } of archive.manifest.files) if (!PATHS.has(path)) await archive.read(path)
  const restored = await sendTables(tables, ids, gateways.archive)
    .then(() => gateways.archive.restore(createHash('sha256').update(bytes).digest('hex')))
    .catch(async (cause: unknown) => {
      // Where that fails as well, it goes by its age.
      await gateways.archive.discard().catch(() => undefined)
      throw cause
    })
  // A picture that was chosen here stays.
  const avatar = (await gateways.account.hasAvatar(userId)) ? undefined : avatarOf(tables)
  const files = archive.manifest.files.flatMap((file) => {
    const place = placeOf(file, userId, ids, avatar)
    return place === undefined ? [] : [{ ...file, ...place }]
  })
  const missing: string[] = []
  for (const { path, type, bucket, name } of files) {
    const isTaken = await gateways.account.upload(bucket, name, await archive.read(path), type)
    if (!isTaken || (bucket === 'avatars' && !(await isShown(name, userId, gateways.avatars)))) missing.push(path)
  }
  return { ...restored, files: files.length - missing.length, missing }
}

type Tables = ReadonlyMap<(typeof TABLES)[number], Rows>

async function readTables(archive: Unpacked, ids: NewIds): Promise<Tables> {
  const tables = new Map<(typeof TABLES)[number], Rows>()
  const paths = new Set(archive.manifest.files.map(({ path }) => path))
  for (const table of TABLES) {
    const path = pathOf(table)
    if (!paths.has(path)) continue
    const rows = readRows(path, await archive.read(path), DOCUMENTS.has(table))
    tables.set(table, rows)
    for (const row of rows) ids.defineAll(row)
  }
  return tables
}

async function sendTables(tables: Tables, ids: NewIds, gateway: ArchiveGateway): Promise<void> {
  await gateway.begin()
  for (const [table, rows] of tables)
    for (let n = 0; n < rows.length; n += ROWS_AT_ONCE)
      await gateway.send(`public.${table}`, ids.replace(JSON.stringify(rows.slice(n, n + ROWS_AT_ONCE))))
}

function avatarOf(tables: Tables): string | undefined {
  const path = z.string().safeParse(tables.get('profiles')?.[0]?.avatar_path)
  return path.success ? AVATARS + path.data : undefined
}

// Where a file of the archive goes; undefined for those that are not brought back.
function placeOf({ path }: Manifest['files'][number], userId: string, ids: NewIds, avatar: string | undefined) {
  if (path.startsWith(MEDIA)) return { bucket: 'exercise-media', name: ids.replace(path.slice(MEDIA.length)) }
  if (path === avatar) return { bucket: 'avatars', name: `${userId}/${path.split('/').at(-1)}` }
  return undefined
}

async function isShown(path: string, userId: string, avatars: AvatarGateway): Promise<boolean> {
  return showAvatar(avatars, userId, path).then(
    () => true,
    () => false,
  )
}

function pathOf(table: (typeof TABLES)[number]): string {
  return `data/public/${table}.json`
}
