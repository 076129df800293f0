import { about, creator, nobody, owner, type Rule } from './model.ts'
import type { Attempt } from './session.ts'
import { relation, type Verdict } from './verdict.ts'
import type { World } from './world.ts'

/** What the contract says of a bucket. */
interface BucketModel {
  /** The path of a file about somebody's things. */
  readonly path: string
  /** Who finds the file; the address of a public bucket's file is another matter. */
  readonly select: Rule
  /** Who puts, replaces and removes it. */
  readonly write: Rule
  /** Who replaces or moves it, where not all of those do. */
  readonly update?: Rule
}

/** The model of every bucket. One that is not in it fails the intruder's tests. */
export const BUCKETS: Readonly<Record<string, BucketModel>> = {
  avatars: { path: '{owner}/avatar.png', select: owner, write: owner, update: nobody },
  'exercise-media': { path: '{own_exercise}/picture.png', select: creator, write: creator },
}

const COMMANDS = ['select', 'insert', 'update', 'move', 'delete'] as const

interface File {
  readonly bucket: string
  readonly path: string
  /** The viewer's own file of the same kind; of nobody, none. */
  readonly own: string
}

/** Has every viewer find, put, replace, move their own to, and remove a file of everybody in every bucket. */
export async function decideFiles(world: World, verdict: Verdict): Promise<void> {
  const files = Object.entries(BUCKETS).flatMap(([bucket, model]) =>
    [...world.society.people.keys()].map((owner) => ({ bucket, model, owner, path: world.fill(model.path, owner) })),
  )
  for (const { bucket, path, owner } of files)
    await world.session.sql`
      insert into storage.objects (bucket_id, name, owner_id) values (${bucket}, ${path}, ${owner})`
  for (const viewer of world.viewers)
    for (const command of COMMANDS) {
      const outcomes = await world.session.attempt(
        world.claims(viewer),
        files.map(({ bucket, path, model }) =>
          ATTEMPTS[command]({ bucket, path, own: viewer === null ? '' : world.fill(model.path, viewer) }),
        ),
      )
      for (const [place, outcome] of outcomes.entries()) {
        const file = files[place]
        if (!file) continue
        const fact = about(file.owner)
        const may = ruleOf(file.model, command)(viewer, fact, world.society)
        if (outcome.error) verdict.compare(`${command} in ${file.bucket}`, outcome.error.code, '42501')
        const kind = `${relation(world, viewer, fact)}, may ${command} in ${file.bucket}`
        const found = command === 'select' ? outcome.answer : outcome.after
        verdict.compare(kind, !outcome.error && found === true, may)
      }
    }
}

/** Who may do this with its files. */
export function ruleOf({ select, write, update = write }: BucketModel, command: (typeof COMMANDS)[number]): Rule {
  if (command === 'select') return select
  return command === 'update' || command === 'move' ? update : write
}

const isThere = (condition: string): string =>
  `select case when count(*) > 0 then to_jsonb(true) end from storage.objects where ${condition}`

// What is written is looked for behind the API's back: to answer it, it would have to be found, too.
const ATTEMPTS: Readonly<Record<(typeof COMMANDS)[number], (file: File) => Attempt>> = {
  select: ({ bucket, path }) => ({ sql: isThere(`bucket_id = '${bucket}' and name = '${path}'`) }),
  insert: ({ bucket, path }) => ({
    sql: `insert into storage.objects (bucket_id, name) values ('${bucket}', '${path}2')`,
    plain: true,
    after: isThere(`bucket_id = '${bucket}' and name = '${path}2'`),
  }),
  update: ({ bucket, path }) => ({
    // Without a condition, as for tables: it would ask for the right to read.
    sql: `update storage.objects set metadata = '{"new": true}'`,
    plain: true,
    after: isThere(`bucket_id = '${bucket}' and name = '${path}' and metadata ? 'new'`),
  }),
  move: ({ bucket, path, own }) => ({
    sql: `update storage.objects set name = '${path}3' where bucket_id = '${bucket}' and name = '${own}'`,
    plain: true,
    after: isThere(`bucket_id = '${bucket}' and name = '${path}3'`),
  }),
  delete: ({ bucket, path }) => ({
    sql: 'delete from storage.objects',
    plain: true,
    after: `select case when not exists (
      select from storage.objects where bucket_id = '${bucket}' and name = '${path}'
    ) then to_jsonb(true) end`,
  }),
}
