import { about, creator, owner, type Rule } from './model.ts'
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
}

/** The model of every bucket. One that is not in it fails the intruder's tests. */
export const BUCKETS: Readonly<Record<string, BucketModel>> = {
  avatars: { path: '{owner}/avatar.png', select: owner, write: owner },
  'exercise-media': { path: '{own_exercise}/picture.png', select: creator, write: creator },
}

const COMMANDS = ['select', 'insert', 'update', 'delete'] as const

/** Has every viewer find, put, replace and remove a file of everybody in every bucket, against the model. */
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
        files.map(({ bucket, path }) => ({ sql: STATEMENTS[command](bucket, path) })),
      )
      for (const [place, { error, answer }] of outcomes.entries()) {
        const file = files[place]
        if (!file) continue
        const fact = about(file.owner)
        const may = (command === 'select' ? file.model.select : file.model.write)(viewer, fact, world.society)
        const kind = `${relation(world, viewer, fact)}, may ${command} in ${file.bucket}`
        if (error) verdict.compare(`${command} in ${file.bucket}`, error.code, '42501')
        verdict.compare(kind, !error && answer !== undefined, may)
      }
    }
}

const STATEMENTS: Readonly<Record<(typeof COMMANDS)[number], (bucket: string, path: string) => string>> = {
  select: (bucket, path) =>
    `select to_jsonb(name) from storage.objects where bucket_id = '${bucket}' and name = '${path}'`,
  insert: (bucket, path) =>
    `insert into storage.objects (bucket_id, name) values ('${bucket}', '${path}2') returning to_jsonb(name)`,
  update: (bucket, path) =>
    `update storage.objects set metadata = '{}' where bucket_id = '${bucket}' and name = '${path}' returning to_jsonb(name)`,
  delete: (bucket, path) =>
    `delete from storage.objects where bucket_id = '${bucket}' and name = '${path}' returning to_jsonb(name)`,
}
