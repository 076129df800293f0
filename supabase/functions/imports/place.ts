import { AppError } from '../_shared/errors.ts'
import { fold } from './columns.ts'
import type { DistanceUnit, FileSet, LineRemark, Measure, PlacedSet, Source, WeightUnit } from './rows.ts'
import { lineText } from './table.ts'
import { shortened } from './text.ts'
import { kilograms } from './values.ts'

const MOST_BLOCKS = 100
const MOST_SETS = 200
const MOST_GROUPS = 50
const LONGEST_WORKOUT_SECONDS = 86_400

/** The units of a file that does not state them. */
export interface Units {
  readonly unit?: WeightUnit | undefined
  readonly distanceUnit?: DistanceUnit | undefined
}

/** The sets of a file at their places, oldest workout first, and the lines that say what another said already. */
export interface PlacedFile {
  readonly sets: readonly PlacedSet[]
  readonly remarks: readonly LineRemark[]
}

/**
 * Gives every set its unit, its workout and its place there.
 * Throws import_needs_unit when a number has no unit, neither in the file nor in `units`.
 */
export function placeSets(source: Source, sets: readonly FileSet[], units: Units): PlacedFile {
  const placed: PlacedSet[] = []
  const remarks: LineRemark[] = []
  const seen = new Set<string>()
  for (const workout of workoutsOf(source, sets))
    for (const set of placeWorkout(source, workout, units)) {
      const key = keyOf(set)
      const code = seen.has(key) ? 'repeated_in_file' : excess(set)
      if (code === undefined) placed.push(set)
      else
        remarks.push({ line: set.line, text: lineText(set.row), outcome: seen.has(key) ? 'duplicate' : 'failed', code })
      seen.add(key)
    }
  placed.sort((a, b) => (a.start < b.start ? -1 : Number(a.start > b.start)))
  return { sets: placed, remarks }
}

const lengthOf = ({ workoutSeconds }: FileSet): number | null =>
  (workoutSeconds ?? 0) > LONGEST_WORKOUT_SECONDS ? null : workoutSeconds

function measured<Unit extends string>(measure: Measure<Unit> | null, unit: Unit | undefined, what: string) {
  if (measure === null) return null
  const known = measure.unit ?? unit
  if (known === undefined) throw new AppError('import_needs_unit', { details: `The file has no unit of ${what}.` })
  return { value: measure.value, unit: known }
}

// Lines of one workout stand together. One that comes up again later is told again, by exports that were joined.
function workoutsOf(source: Source, sets: readonly FileSet[]): readonly (readonly FileSet[])[] {
  const workouts: FileSet[][] = []
  let name = ''
  for (const set of sets) {
    const key = source === 'fitnotes' && set.workoutSeconds === null ? set.start : `${set.start}|${set.workout}`
    if (workouts.length > 0 && key === name) workouts.at(-1)?.push(set)
    else workouts.push([set])
    name = key
  }
  return workouts
}

function placeWorkout(source: Source, sets: readonly FileSet[], units: Units): readonly PlacedSet[] {
  const groups = [...new Set(sets.map(({ superset }) => superset).filter(Boolean))]
  const names = [...new Set(sets.map(({ workout }) => workout).filter(Boolean))]
  const workout = shortened(names.join(', '), 120)
  const occurrences = new Map<string, number>()
  const ordinals = new Map<string, number>()
  let number = 0
  return blocksOf(source, sets).flatMap((block, place) => {
    const name = fold(block[0]?.exercise ?? '')
    const occurrence = count(occurrences, name)
    return block.map((set) => {
      const bodyweight = measured(set.bodyweight, units.unit, 'weight')
      const workoutSeconds = lengthOf(set)
      // Field by field: spreading 50,000 objects takes longer than all the rest.
      return {
        line: set.line,
        row: set.row,
        start: set.start,
        workout,
        workoutNotes: set.workoutNotes,
        workoutSeconds,
        exercise: set.exercise,
        exerciseNotes: set.exerciseNotes,
        superset: set.superset,
        order: set.order,
        type: set.type,
        weight: measured(set.weight, units.unit, 'weight'),
        distance: measured(set.distance, units.distanceUnit, 'distance'),
        reps: set.reps,
        seconds: set.seconds,
        rpe: set.rpe,
        rir: set.rir,
        restSeconds: set.restSeconds,
        bodyweight: set.bodyweight,
        bodyweightKg: bodyweight && kilograms(bodyweight),
        notes: set.notes,
        block: place,
        occurrence,
        ordinal: count(ordinals, name),
        supersetGroup: groupOf(groups.indexOf(set.superset) + 1),
        at: secondsAt(workoutSeconds, ++number, sets.length),
      }
    })
  })
}

// How often a name came up before.
function count(counts: Map<string, number>, name: string): number {
  const before = counts.get(name) ?? 0
  counts.set(name, before + 1)
  return before
}

// An exercise that is done twice in a workout is told apart by its sets' being counted anew. FitNotes counts none: there
// an exercise's sets of a day belong together however they were logged.
function blocksOf(source: Source, sets: readonly FileSet[]): readonly (readonly FileSet[])[] {
  if (source === 'fitnotes') {
    const byName = new Map<string, FileSet[]>()
    for (const set of sets) {
      const block = byName.get(fold(set.exercise)) ?? []
      block.push(set)
      byName.set(fold(set.exercise), block)
    }
    return [...byName.values()]
  }
  const blocks: FileSet[][] = []
  for (const set of sets) {
    const last = blocks.at(-1)?.at(-1)
    if (last && last.exercise === set.exercise && !countsAnew(last.order, set.order)) blocks.at(-1)?.push(set)
    else blocks.push([set])
  }
  return blocks
}

const countsAnew = (before: string, now: string): boolean => Number(now) <= Number(before)

const groupOf = (number: number): number | null => (number >= 1 && number <= MOST_GROUPS ? number : null)

// No export knows when a set was done: where the workout's length is known they are spread over it, else they keep their
// order alone.
function secondsAt(seconds: number | null, number: number, sets: number): number {
  return seconds === null ? number / 1000 : Math.round((seconds * number * 1000) / sets) / 1000
}

function keyOf(set: PlacedSet): string {
  const weight = set.weight ? Math.round(kilograms(set.weight) * 10) : ''
  return `${set.start}|${fold(set.exercise)}|${set.ordinal}|${weight}|${set.reps}`
}

function excess(set: PlacedSet): string | undefined {
  if (set.block >= MOST_BLOCKS) return 'too_many_exercises'
  return set.ordinal >= MOST_SETS ? 'too_many_sets' : undefined
}
