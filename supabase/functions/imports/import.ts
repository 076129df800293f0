import { createHash } from 'node:crypto'
import { AppError } from '../_shared/errors.ts'
import type { ImportAnswer, ImportOptions, ImportRow } from './contract.ts'
import { decodeText } from './decode.ts'
import { fitSet } from './fit.ts'
import type { Imports } from './gateway.ts'
import { choose, customExercise, type NameChoice, namesOf } from './names.ts'
import { placeSets } from './place.ts'
import { readSets } from './read.ts'
import { LineFault, type LineRemark, type PlacedSet, type Source } from './rows.ts'
import { lineText, readTable, type Table } from './table.ts'
import { shortened } from './text.ts'
import type { Upload } from './upload.ts'

const ROWS_AT_ONCE = 1000
const MOST_REMARKS = 200
const MOST_NAMES = 2000
// The platform gives a request 150 seconds to answer. What is left then goes on when the request is sent again.
const WRITE_FOR_MS = 100_000

type Remark = ImportAnswer['remarks'][number]

/** A line as `import_sets` takes it: a set, or why it is none. */
type Row = Readonly<Record<string, unknown>> & {
  readonly line: number
  readonly start?: string
  readonly workout?: string
}

/** A file that is understood: its sets, and what is to be said about the other lines. */
interface Plan {
  readonly source: Source
  readonly timezone: string
  readonly lines: number
  /** The lines as they stand in the file, by their numbers. */
  readonly text: (line: number) => string
  readonly sets: readonly PlacedSet[]
  readonly choices: readonly NameChoice[]
  /** The sets with the numbers that their exercises take, a workout's together. */
  readonly rows: readonly Row[]
  readonly remarks: readonly Remark[]
}

/**
 * Imports a file for an athlete, or, for a dry run, says what that would come to.
 * Rejects with the errors of reading it, with import_needs_mapping for exercises that nothing is said about, and with
 * whatever the database refuses.
 */
export async function importFile(gateway: Imports, userId: string, upload: Upload): Promise<ImportAnswer> {
  const { options, bytes } = upload
  const timezone = options.timezone ?? (await gateway.timezone(userId))
  const plan = await planImport(gateway, decodeText(bytes), options, timezone)
  return options.dry_run ? preview(gateway, plan) : write(gateway, plan, upload)
}

async function planImport(gateway: Imports, text: string, options: ImportOptions, timezone: string): Promise<Plan> {
  const table = readTable(text)
  const file = readSets(table, { source: options.source, dateOrder: options.date_order })
  const placed = placeSets(file.source, file.sets, { unit: options.unit, distanceUnit: options.distance_unit })
  const choices = await chooseNames(gateway, placed.sets, options)
  const fitted = fitSets(placed.sets, choices)
  return {
    source: file.source,
    timezone,
    lines: table.rows.length,
    text: textOf(table),
    sets: placed.sets,
    choices,
    rows: fitted.rows,
    remarks: [...file.remarks, ...placed.remarks, ...fitted.remarks].sort((a, b) => a.line - b.line),
  }
}

async function chooseNames(
  gateway: Imports,
  sets: readonly PlacedSet[],
  options: ImportOptions,
): Promise<readonly NameChoice[]> {
  const names = namesOf(sets)
  if (names.size > MOST_NAMES) throw new AppError('import_too_long', { details: `At most ${MOST_NAMES} exercises.` })
  const ids = Object.values(options.mapping).filter((wanted) => wanted !== 'skip' && wanted !== 'create')
  const mapped = await gateway.exercises(ids)
  const missing = ids.find((id) => !mapped.has(id))
  if (missing !== undefined)
    throw new AppError('invalid_body', { details: `mapping: there is no exercise ${missing}.` })
  const matches = await gateway.match([...names.keys()])
  return matches.map((match) => choose(match, names.get(match.name) ?? [], options, mapped))
}

function fitSets(sets: readonly PlacedSet[], choices: readonly NameChoice[]) {
  const byName = new Map(choices.map((choice) => [choice.answer.name, choice]))
  const rows: Row[] = []
  const remarks: Remark[] = []
  for (const set of sets) {
    const choice = byName.get(set.exercise)
    const remark = (outcome: Remark['outcome'], code: string): void => {
      remarks.push({ line: set.line, text: lineText(set.row), outcome, code })
    }
    if (!choice?.exercise) remark('skipped', choice?.answer.how === 'unknown' ? 'unknown_exercise' : 'exercise_skipped')
    else
      try {
        const row = rowOf(set, choice.exercise)
        rows.push(row)
        if (row.code !== null) remark('imported', row.code)
      } catch (cause) {
        if (!(cause instanceof LineFault)) throw cause
        remark('failed', cause.code)
      }
  }
  return { rows, remarks }
}

const rowOf = (set: PlacedSet, exercise: NonNullable<NameChoice['exercise']>) => ({
  line: set.line,
  start: set.start,
  workout: set.workout || 'Workout',
  workout_seconds: set.workoutSeconds,
  workout_notes: shortened(set.workoutNotes, 4000) || null,
  bodyweight_kg:
    set.bodyweightKg !== null && set.bodyweightKg >= 20 && set.bodyweightKg <= 400 ? set.bodyweightKg : null,
  exercise: set.exercise,
  exercise_id: exercise.id,
  exercise_notes: shortened(set.exerciseNotes, 2000) || null,
  superset_group: set.supersetGroup,
  block: set.block,
  occurrence: set.occurrence,
  ordinal: set.ordinal,
  at_second: set.at,
  set_type: set.type,
  rest_seconds: set.restSeconds !== null && set.restSeconds <= 7200 ? Math.round(set.restSeconds) : null,
  ...fitSet(set, exercise.trackingType),
})

async function preview(gateway: Imports, plan: Plan): Promise<ImportAnswer> {
  const found: Remark[] = []
  const workouts = new Set<string>()
  for (const rows of parts(plan.rows)) {
    const part = await gateway.preview(plan.source, plan.timezone, rows)
    found.push(...part.lines.map((remark) => ({ ...remark, text: plan.text(remark.line) })))
    for (const workout of part.workouts) workouts.add(workout)
  }
  const old = new Set(found.map(({ line }) => line))
  const remarks = [...plan.remarks.filter(({ line }) => !old.has(line)), ...found].sort((a, b) => a.line - b.line)
  const count = (outcome: LineRemark['outcome']): number => remarks.filter((each) => each.outcome === outcome).length
  const counts = {
    lines: plan.lines,
    imported: plan.rows.length - found.length,
    duplicates: count('duplicate'),
    skipped: count('skipped'),
    failed: count('failed'),
    workouts: workouts.size,
  }
  return {
    id: crypto.randomUUID(),
    dry_run: true,
    status: 'dry_run',
    ...summary(plan),
    counts,
    remarks: remarks.slice(0, MOST_REMARKS),
  }
}

async function write(gateway: Imports, plan: Plan, upload: Upload): Promise<ImportAnswer> {
  const unknown = plan.choices.filter(({ answer }) => answer.how === 'unknown').map(({ answer }) => answer.name)
  if (unknown.length > 0) throw new AppError('import_needs_mapping', { details: unknown.slice(0, 20).join('; ') })
  const until = performance.now() + WRITE_FOR_MS
  let begun = await begin(gateway, plan, upload)
  if (begun.status === 'completed') return written(gateway, plan, begun)
  const said = plan.remarks.filter(({ outcome }) => outcome !== 'imported')
  const lines = said.map(({ text, ...rest }) => ({ ...rest, line_text: text }))
  for (const rows of [...parts(plan.rows), ...parts(lines)]) {
    if (performance.now() > until) return written(gateway, plan, begun)
    begun = await gateway.write(begun.id, rows)
  }
  return written(gateway, plan, await gateway.finish(begun.id))
}

async function begin(gateway: Imports, plan: Plan, { options, bytes }: Upload): Promise<ImportRow> {
  const { unit = null, distance_unit = null, date_order = null } = options
  await gateway.create(plan.choices.flatMap((choice) => customExercise(choice) ?? []))
  return gateway.begin({
    ...(options.id === undefined ? {} : { id: options.id }),
    source: plan.source,
    file_hash: createHash('sha256').update(bytes).digest('hex'),
    timezone: plan.timezone,
    line_count: plan.lines,
    settings: { unit, distance_unit, date_order },
    names: plan.choices.map(({ answer, exercise, chosen }) => ({
      name: answer.name,
      exercise_id: exercise?.id ?? null,
      chosen,
      created: answer.how === 'created',
    })),
  })
}

async function written(gateway: Imports, plan: Plan, row: ImportRow): Promise<ImportAnswer> {
  const counts = {
    lines: row.line_count,
    imported: row.imported_count,
    duplicates: row.duplicate_count,
    skipped: row.skipped_count,
    failed: row.failed_count,
    workouts: row.workout_count,
  }
  const remarks = await gateway.remarks(row.id, MOST_REMARKS)
  return {
    id: row.id,
    dry_run: false,
    status: row.status === 'completed' ? 'completed' : 'running',
    ...summary(plan),
    counts,
    remarks: remarks.map((remark) => ({ ...remark, text: plan.text(remark.line) })),
  }
}

function textOf({ rows }: Table): (line: number) => string {
  const byLine = new Map(rows.map((row) => [row.line, row]))
  return (line) => {
    const row = byLine.get(line)
    return row === undefined ? '' : lineText(row)
  }
}

function summary({ source, timezone, sets, choices }: Plan) {
  return {
    source,
    timezone,
    from: sets[0]?.start ?? null,
    to: sets.at(-1)?.start ?? null,
    names: choices.map(({ answer }) => answer),
  }
}

// A workout's lines together, as far as they are not too many.
function parts(rows: readonly Row[]): readonly (readonly Row[])[] {
  const found: Row[][] = []
  for (let n = 0; n < rows.length; ) {
    let end = Math.min(n + ROWS_AT_ONCE, rows.length)
    while (
      end < rows.length &&
      end > n + 1 &&
      rows[end]?.start !== undefined &&
      rows[end]?.start === rows[end - 1]?.start
    )
      end -= 1
    if (end === n + 1) end = Math.min(n + ROWS_AT_ONCE, rows.length)
    found.push(rows.slice(n, end))
    n = end
  }
  return found
}
