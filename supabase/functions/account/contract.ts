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
