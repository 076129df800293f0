import { z } from 'zod'
import { TRACKING_TYPES } from '../_shared/contracts/workouts.ts'
import { SOURCES } from './rows.ts'

const flag = z.union([z.boolean(), z.stringbool()])

/** What a client says about the file it sends. */
export const ImportOptions = z.strictObject({
  /** Chosen by the client: the same id goes on with an import that broke off. */
  id: z.uuid().optional(),
  source: z.enum(SOURCES).optional(),
  timezone: z.string().max(64).optional(),
  unit: z.enum(['kg', 'lb']).optional(),
  distance_unit: z.enum(['m', 'km', 'mi', 'ft', 'yd']).optional(),
  date_order: z.enum(['dmy', 'mdy']).optional(),
  dry_run: flag.default(false),
  /** What to do with exercises that are not known and not in the mapping. */
  unknown: z.enum(['refuse', 'skip', 'create']).default('refuse'),
  /** By the name in the file: an exercise, or what to do instead. */
  mapping: z.record(z.string().max(300), z.union([z.uuid(), z.enum(['skip', 'create'])])).default({}),
})
/** What a client says about the file it sends. */
export type ImportOptions = z.infer<typeof ImportOptions>

/** What a client says when it takes an import back. */
export const UndoOptions = z.strictObject({ keep_changed: z.boolean().default(true) })

const Suggestion = z.object({ exercise_id: z.guid(), exercise_name: z.string(), confidence: z.number() })

/** An exercise of the file as `match_exercise_names` knows it. */
export const NameMatch = z.object({
  name: z.string(),
  how: z.enum(['remembered', 'name', 'alias', 'words']).nullable(),
  skip: z.boolean(),
  exercise_id: z.guid().nullable(),
  exercise_name: z.string().nullable(),
  tracking_type: z.enum(TRACKING_TYPES).nullable(),
  confidence: z.number().nullable(),
  suggestions: z.array(Suggestion),
})
/** An exercise of the file as `match_exercise_names` knows it. */
export type NameMatch = z.infer<typeof NameMatch>

/** A row of `imports`. */
export const ImportRow = z.object({
  id: z.guid(),
  source: z.enum(SOURCES),
  status: z.enum(['running', 'completed', 'undoing', 'undone']),
  timezone: z.string(),
  line_count: z.int(),
  imported_count: z.int(),
  duplicate_count: z.int(),
  skipped_count: z.int(),
  failed_count: z.int(),
  workout_count: z.int(),
  kept_count: z.int(),
})
/** A row of `imports`. */
export type ImportRow = z.infer<typeof ImportRow>

/** What `POST /imports` answers: what the file came to, or would come to. */
export const ImportAnswer = z.object({
  id: z.guid(),
  dry_run: z.boolean(),
  /** running when a request had no time for all of it: the same request goes on. */
  status: z.enum(['dry_run', 'running', 'completed']),
  source: z.enum(SOURCES),
  timezone: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  counts: z.object({
    lines: z.int(),
    imported: z.int(),
    duplicates: z.int(),
    skipped: z.int(),
    failed: z.int(),
    workouts: z.int(),
  }),
  /** What each exercise of the file is taken to be; the chosen ones are remembered. */
  names: z.array(
    NameMatch.omit({ tracking_type: true, how: true }).extend({
      how: z.enum(['remembered', 'name', 'alias', 'words', 'mapped', 'created', 'skipped', 'unknown']),
      sets: z.int(),
    }),
  ),
  /** The first lines that became no sets or lost something; `import_rows` has all of them. */
  remarks: z.array(
    z.object({
      line: z.int(),
      outcome: z.enum(['imported', 'duplicate', 'skipped', 'failed']),
      code: z.string(),
      text: z.string(),
    }),
  ),
})
/** What `POST /imports` answers. */
export type ImportAnswer = z.infer<typeof ImportAnswer>
