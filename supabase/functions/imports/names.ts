import type { TrackingType } from '../_shared/contracts/workouts.ts'
import type { ImportAnswer, ImportOptions, NameMatch } from './contract.ts'
import type { PlacedSet } from './rows.ts'

/** What an exercise of the file is taken to be. */
export interface NameChoice {
  readonly answer: ImportAnswer['names'][number]
  /** Null where its sets are left out. */
  readonly exercise: { readonly id: string; readonly trackingType: TrackingType } | null
  /** Whether the athlete decided it, in which case it is remembered. */
  readonly chosen: boolean
  readonly sets: readonly PlacedSet[]
}

/** An exercise of somebody's own, as a row of `exercises` to insert. */
export interface CustomExercise {
  readonly id: string
  readonly name: string
  readonly tracking_type: TrackingType
  readonly weight_entry: 'total' | 'none'
  readonly exercise_type: 'strength' | 'cardio'
  readonly primary_muscles: readonly string[]
  readonly difficulty: 'beginner'
  readonly movement_pattern: 'gait' | 'isolation'
}

/** The names of the exercises in the file, with their sets, in the order in which they come up. */
export function namesOf(sets: readonly PlacedSet[]): ReadonlyMap<string, readonly PlacedSet[]> {
  const names = new Map<string, PlacedSet[]>()
  for (const set of sets) {
    const known = names.get(set.exercise)
    if (known) known.push(set)
    else names.set(set.exercise, [set])
  }
  return names
}

/** Decides one name: as the athlete maps it, as it is known, as unknown ones shall be treated. */
export function choose(
  match: NameMatch,
  sets: readonly PlacedSet[],
  options: Pick<ImportOptions, 'mapping' | 'unknown'>,
  mapped: ReadonlyMap<string, { readonly name: string; readonly trackingType: TrackingType }>,
): NameChoice {
  const { tracking_type, ...known } = match
  const made = (how: NameChoice['answer']['how'], exercise: NameChoice['exercise'], chosen: boolean, name = '') => ({
    answer: {
      ...known,
      how,
      skip: how === 'skipped' || (how === 'remembered' && match.skip),
      exercise_id: exercise?.id ?? null,
      exercise_name: exercise === null ? null : name || match.exercise_name,
      sets: sets.length,
    },
    exercise,
    chosen,
    sets,
  })
  const wanted = Object.hasOwn(options.mapping, match.name) ? options.mapping[match.name] : undefined
  const target = wanted === undefined ? undefined : mapped.get(wanted)
  if (wanted !== undefined && target)
    return made('mapped', { id: wanted, trackingType: target.trackingType }, true, target.name)
  if (wanted === undefined && match.exercise_id !== null && tracking_type !== null)
    return made(match.how ?? 'name', { id: match.exercise_id, trackingType: tracking_type }, false)
  if (wanted === undefined && match.skip) return made('remembered', null, false)
  const decision = wanted ?? options.unknown
  if (decision === 'skip') return made('skipped', null, wanted !== undefined)
  if (decision !== 'create') return made('unknown', null, false)
  const exercise = { id: crypto.randomUUID(), trackingType: trackingTypeOf(sets) }
  return made('created', exercise, true, match.name)
}

/** The exercise that a created name becomes: what it tracks is what its sets have; the athlete adds the rest. */
export function customExercise({ answer, exercise }: NameChoice): CustomExercise | undefined {
  if (answer.how !== 'created' || exercise === null) return undefined
  const cardio = ['cardio', 'distance_duration'].includes(exercise.trackingType)
  return {
    id: exercise.id,
    name: answer.name,
    tracking_type: exercise.trackingType,
    weight_entry: exercise.trackingType.startsWith('weight_') ? 'total' : 'none',
    exercise_type: cardio ? 'cardio' : 'strength',
    primary_muscles: [cardio ? 'cardio' : 'full_body'],
    difficulty: 'beginner',
    movement_pattern: cardio ? 'gait' : 'isolation',
  }
}

function trackingTypeOf(sets: readonly PlacedSet[]): TrackingType {
  const has = (number: (set: PlacedSet) => unknown): boolean => sets.some((set) => number(set) !== null)
  const weight = has((set) => set.weight)
  if (has((set) => set.reps)) return weight ? 'weight_reps' : 'reps_only'
  if (has((set) => set.distance)) return has((set) => set.seconds) ? 'cardio' : 'weight_distance'
  return weight ? 'weight_duration' : 'duration'
}
