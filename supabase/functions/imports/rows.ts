import type { CutRecord } from './cut.ts'

/** The apps whose exports are read. */
export const SOURCES = ['strong', 'hevy', 'fitnotes'] as const
/** An app whose exports are read. */
export type Source = (typeof SOURCES)[number]

/** A unit of weight as sets keep it. */
export type WeightUnit = 'kg' | 'lb'
/** A unit of distance as the exports write it. */
export type DistanceUnit = 'm' | 'km' | 'mi' | 'ft' | 'yd'

/** The types of set that an export can tell. */
export type SetType = 'warmup' | 'working' | 'drop' | 'failure'

/** What became of a line, or would become of it. */
type Outcome = 'imported' | 'duplicate' | 'skipped' | 'failed'

/** A line that is no new set, and why. */
export interface LineRemark {
  readonly line: number
  readonly outcome: Exclude<Outcome, 'imported'>
  readonly code: string
  /** The line as it stands in the file, shortened. */
  readonly text: string
}

/** A number with the unit that the file gives it, if it gives one. */
export interface Measure<Unit extends string> {
  readonly value: number
  readonly unit: Unit | null
}

/** A set as the file has it, before it is known which exercise it is of. */
export interface FileSet {
  readonly line: number
  /** The line as it stands in the file. */
  readonly row: CutRecord
  /** When the workout began: a local time, or one with its offset where the file says so. */
  readonly start: string
  readonly workout: string
  readonly workoutNotes: string
  /** How long the workout took; null where the file does not know. */
  readonly workoutSeconds: number | null
  readonly exercise: string
  readonly exerciseNotes: string
  readonly superset: string
  /** The place of the set as the file numbers it; empty where it does not. */
  readonly order: string
  readonly type: SetType
  readonly weight: Measure<WeightUnit> | null
  readonly distance: Measure<DistanceUnit> | null
  readonly reps: number | null
  readonly seconds: number | null
  readonly rpe: number | null
  readonly rir: number | null
  readonly restSeconds: number | null
  readonly bodyweight: Measure<WeightUnit> | null
  readonly notes: string
}

/** A set at its place in its workout. */
export interface PlacedSet extends FileSet {
  readonly weight: (Measure<WeightUnit> & { readonly unit: WeightUnit }) | null
  readonly distance: (Measure<DistanceUnit> & { readonly unit: DistanceUnit }) | null
  readonly bodyweightKg: number | null
  /** The place of the exercise in the workout, and which time it comes up there. */
  readonly block: number
  readonly occurrence: number
  /** Which set of this exercise it is in the workout: part of what tells a duplicate. */
  readonly ordinal: number
  readonly supersetGroup: number | null
  /** Seconds from the start of the workout. */
  readonly at: number
}

/** A line that cannot be read. Caught line by line: it costs the file one line. */
export class LineFault extends Error {
  override readonly name = 'LineFault'
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}
