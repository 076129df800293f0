import { z } from 'zod'

/** What an export consists of, as `begin_export` answers it. */
export const ExportPlan = z.object({
  export_id: z.guid(),
  user_id: z.guid(),
  taken_at: z.string(),
  pages: z.array(z.object({ page: z.int(), relation: z.string(), rows: z.int() })),
})
/** What an export consists of. */
export type ExportPlan = z.infer<typeof ExportPlan>

/** A file as its bucket lists it. */
export const ListedFile = z.object({
  name: z.string(),
  type: z.string().nullable(),
  bytes: z.number().nullable(),
})

/** What is said to a person who leaves. */
export const Leaving = z.object({ status: z.literal('leaving'), final_at: z.string() })
/** What is said to a person who leaves. */
export type Leaving = z.infer<typeof Leaving>

/** Files that are to be deleted. */
export const FilesToErase = z.array(z.object({ bucket: z.string(), name: z.string() }))
/** Files that are to be deleted. */
export type FilesToErase = z.infer<typeof FilesToErase>

/** `manifest.json`, the last file of an archive: every other one with its length and its SHA-256. */
export const Manifest = z.strictObject({
  format: z.literal('fitai-account'),
  version: z.literal(1),
  taken_at: z.string(),
  user_id: z.guid(),
  files: z.array(
    z.strictObject({
      path: z.string(),
      bytes: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      /** How many rows a table has; files of the person's have none. */
      rows: z.int().nonnegative().optional(),
      /** The media type of a file of the person's. */
      type: z.string().optional(),
    }),
  ),
  /** Files that are listed and could not be read. */
  missing: z.array(z.string()),
})
/** `manifest.json`. */
export type Manifest = z.infer<typeof Manifest>

const Counts = z.record(z.string(), z.int())

/** What `restore_account` answers: rows by table, those that refer to what the account does not see, and ended runs. */
export const Restored = z.object({ rows: Counts, left_out: Counts, ended_runs: z.int() })
/** What `restore_account` answers. */
export type Restored = z.infer<typeof Restored>

/** What `POST /avatar` takes: the path of an upload in the bucket `avatars`. */
export const AvatarChoice = z.strictObject({ path: z.string().min(1).max(200) })

/** An upload in the bucket `avatars`; `type` is what it was declared as. */
export const UploadedAvatar = z.object({
  object_id: z.guid(),
  version: z.string().nullable(),
  type: z.string().nullable(),
})
/** An upload in the bucket `avatars`. */
export type UploadedAvatar = z.infer<typeof UploadedAvatar>

/** Files that cards show and nobody has looked into; `type` is null where one is gone. */
export const AvatarsToCheck = z.array(UploadedAvatar.extend({ path: z.string() }))
/** A file that a card shows and nobody has looked into. */
export type AvatarToCheck = z.infer<typeof AvatarsToCheck>[number]

/** A welcome that is to be sent now, by the caller and by nobody else; null when none is due. */
export const DueWelcome = z.object({ user_id: z.guid(), email: z.string() }).nullable()
/** A welcome that is to be sent now, or null. */
export type DueWelcome = z.infer<typeof DueWelcome>
