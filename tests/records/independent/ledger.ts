import { type Formula, isMiniSet, type LoggedSet, partOf, sum, trustedMaximumOf, volumeOf } from './load.ts'

/** A record as the ledger should have it: in thousandths, weights in grams. */
export interface Achievement {
  readonly exercise_id: string
  readonly kind: string
  readonly at_reps: number | null
  readonly at_weight: number | null
  readonly set_id: string
  readonly workout_id: string
  readonly achieved_at: number
  readonly value: number
  readonly previous: number | null
  readonly superseded_by: string | null
  readonly superseded_at: number | null
}

interface Offer {
  readonly kind: string
  readonly at_reps: number | null
  readonly at_weight: number | null
  readonly value: number
  readonly set: LoggedSet
}

/** By how much a record has to be better, in thousandths; other kinds by anything. */
const MARGIN: Readonly<Record<string, number>> = {
  max_weight: 10,
  best_e1rm: 10,
  rep_max: 10,
  best_set_volume: 10,
  best_session_volume: 10,
  least_assist: 10,
}

const LESS_IS_BETTER = ['least_assist', 'best_pace']
const inOrder = (a: LoggedSet, b: LoggedSet): number =>
  a.completed_at - b.completed_at || a.set_index - b.set_index || (a.id < b.id ? -1 : 1)
const hundredths = (value: number): number => Math.round(value * 100) * 10

// A cluster is lifted again and again after a break: each time at least once.
const repsInOneGo = ({ set_type, reps }: LoggedSet): number => (set_type === 'cluster' ? 0 : (reps ?? 0))

/** What the set puts forward: pairs of kind and value; undefined and null are no offer. */
function valuesOf(set: LoggedSet, formula: Formula): Readonly<Record<string, number | null | undefined>> {
  const { tracking_type: tracking, weight_kg, reps, duration_seconds: seconds, distance_m: metres } = set
  const lifts = tracking === 'weight_reps'
  const pulls = tracking === 'bodyweight_reps'
  const carries = tracking === 'weight_duration' || tracking === 'weight_distance'
  const some = (reps ?? 0) >= 1
  const oneGo = repsInOneGo(set) * 1000
  const maximum = trustedMaximumOf(set, formula)
  return {
    max_weight: carries || ((lifts || pulls) && some) ? (weight_kg ?? 0) * 1000 : null,
    best_e1rm: lifts || pulls ? maximum : null,
    best_relative:
      lifts && maximum !== null && set.bodyweight_kg !== null ? Math.round(maximum / set.bodyweight_kg) : null,
    best_set_volume: set.set_type === 'drop' ? null : volumeOf(set) * 1000,
    max_reps:
      tracking === 'reps_only' || tracking === 'assisted_reps' || (pulls && (weight_kg ?? 0) === 0) ? oneGo : null,
    max_reps_at_weight: lifts && (weight_kg ?? 0) > 0 ? oneGo : null,
    longest_duration: ['duration', 'weight_duration'].includes(tracking) ? (seconds ?? 0) * 1000 : null,
    longest_distance: (metres ?? 0) * 1000,
    best_pace:
      ['distance_duration', 'cardio'].includes(tracking) && metres && seconds
        ? hundredths((seconds * 1000) / metres)
        : null,
  }
}

function offersOf(set: LoggedSet, formula: Formula): readonly Offer[] {
  const weight = Math.round((set.weight_kg ?? 0) * 100) * 10
  const offers: Offer[] = []
  for (const [kind, value] of Object.entries(valuesOf(set, formula)))
    if (value) {
      const at =
        kind === 'max_reps_at_weight' || (kind === 'max_reps' && set.tracking_type === 'assisted_reps') ? weight : null
      offers.push({ kind, at_reps: null, at_weight: at, value, set })
    }
  if (set.tracking_type === 'weight_reps' && (set.weight_kg ?? 0) > 0)
    for (let n = 1; n <= Math.min(Math.max(repsInOneGo(set), Math.min(set.reps ?? 0, 1)), 12); n += 1)
      offers.push({ kind: 'rep_max', at_reps: n, at_weight: null, value: (set.weight_kg ?? 0) * 1000, set })
  // No assistance at all is the best there is.
  if (set.tracking_type === 'assisted_reps' && (set.reps ?? 0) >= 1)
    offers.push({ kind: 'least_assist', at_reps: null, at_weight: null, value: (set.weight_kg ?? 0) * 1000, set })
  return offers
}

/** What the sets of each workout come to, at the last of them. */
function sessionsOf(sets: readonly LoggedSet[]): readonly Offer[] {
  const done = sets.filter(({ reps }) => (reps ?? 0) >= 1)
  const heavy = done.filter((set) => set.set_type !== 'drop' && volumeOf(set) > 0)
  const totals = (kind: string, parts: readonly LoggedSet[], amount: (set: LoggedSet) => number): readonly Offer[] =>
    [...new Set(parts.map(({ workout_id }) => workout_id))].flatMap((id) => {
      const session = parts.filter(({ workout_id }) => workout_id === id).sort(inOrder)
      const last = session.at(-1)
      return last ? [{ kind, at_reps: null, at_weight: null, value: sum(session.map(amount)), set: last }] : []
    })
  return [
    ...totals('best_session_volume', heavy, (set) => volumeOf(set) * 1000 * partOf(set)),
    ...totals('max_session_reps', done, (set) => (set.reps ?? 0) * partOf(set)).map((offer) => ({
      ...offer,
      value: Math.ceil(offer.value) * 1000,
    })),
  ]
}

const hardness = ({ kind, at_weight }: Offer): number =>
  kind === 'max_reps_at_weight' ? (at_weight ?? 0) : kind === 'max_reps' ? -(at_weight ?? 0) : 0
const score = ({ kind, value }: Offer): number => (LESS_IS_BETTER.includes(kind) ? -value : value)
// Sums of doubles are off by less.
const NOTHING = 1e-6
const covers = (a: Offer, b: Offer): boolean =>
  hardness(a) >= hardness(b) && score(a) + (MARGIN[a.kind] ?? 0) + NOTHING >= score(b)

function timeline(exercise_id: string, offers: readonly Offer[]): readonly Achievement[] {
  const records: Offer[] = []
  for (const offer of [...offers].sort((a, b) => inOrder(a.set, b.set)))
    if (!records.some((record) => covers(record, offer))) records.push(offer)
  return records.map((record, n) => {
    const before = records.slice(0, n).filter((each) => hardness(each) >= hardness(record))
    const best = before.reduce<Offer | null>(
      (found, each) => (found && score(found) >= score(each) ? found : each),
      null,
    )
    const next = records.slice(n + 1).find((each) => covers(each, record))
    const { kind, at_reps, at_weight, value, set } = record
    return {
      exercise_id,
      kind,
      at_reps,
      at_weight,
      set_id: set.id,
      workout_id: set.workout_id,
      achieved_at: set.completed_at,
      value,
      previous: best?.value ?? null,
      superseded_by: next?.set.id ?? null,
      superseded_at: next?.set.completed_at ?? null,
    }
  })
}

/** Every record, exercise by exercise and kind by kind, that the counted sets hold. */
export function achievements(sets: readonly LoggedSet[], formula: Formula): readonly Achievement[] {
  return [...new Set(sets.map(({ exercise_id }) => exercise_id))].flatMap((exercise_id) => {
    const done = sets.filter((set) => set.exercise_id === exercise_id && !isMiniSet(set))
    const offers = [...done.flatMap((set) => offersOf(set, formula)), ...sessionsOf(done)]
    const keys = [...new Set(offers.map(({ kind, at_reps }) => `${kind} ${at_reps}`))]
    return keys.flatMap((key) =>
      timeline(
        exercise_id,
        offers.filter(({ kind, at_reps }) => `${kind} ${at_reps}` === key),
      ),
    )
  })
}
