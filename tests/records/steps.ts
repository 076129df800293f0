import fc from 'fast-check'

/**
 * The exercises that an athlete of these tests does, one of each tracking type. Who merges has two of their own in place of
 * the first two.
 */
export const EXERCISES = [
  'barbell-bench-press',
  'barbell-back-squat',
  'pull-up',
  'dumbbell-walking-lunge',
  'assisted-pull-up-machine',
  'ab-wheel-rollout',
  'battle-rope-waves',
  'plate-pinch-hold',
  'bear-crawl',
  'farmers-walk',
  'brisk-walk',
] as const

/** One thing that an athlete does: the arguments of `pg_temp.act` in act.sql. */
export interface Step {
  readonly do: string
  readonly [argument: string]: fc.JsonValue
}

const nth = fc.nat({ max: 999 })
// Half kilograms, and quarters of pounds as clients convert them.
const pounds = (min: number, max: number) =>
  fc.integer({ min: min * 4, max: max * 4 }).map((n) => Number(((n / 4) * 0.45359237).toFixed(10)))
const halfKilograms = fc.integer({ min: 0, max: 80 }).map((n) => n / 2)
const weight = fc.oneof(halfKilograms, halfKilograms, pounds(0, 90))
const heavy = fc.oneof(
  halfKilograms.map((kg) => kg + 60),
  halfKilograms.map((kg) => kg + 60),
  pounds(130, 220),
)
const reps = fc.oneof(fc.integer({ min: 0, max: 14 }), fc.integer({ min: 3, max: 6 }))
const rpe = fc.option(fc.integer({ min: 8, max: 20 }).map((n) => n / 2))
const type = fc.constantFrom(
  ...['warmup', 'working', 'working', 'working', 'top', 'backoff', 'amrap', 'failure'],
  ...['cluster', 'drop', 'rest_pause', 'myo_rep'],
)
const side = fc.constantFrom(null, null, 'left', 'right')
const rest = fc.option(fc.integer({ min: 0, max: 300 }))
// Of the hundred minutes that a workout takes.
const seconds = fc.integer({ min: 0, max: 6000 })
const minute = fc.integer({ min: 0, max: 59 })
const place = <Name extends string>(name: Name, shape: Record<string, fc.Arbitrary<fc.JsonValue>> = {}) =>
  fc.record({ do: fc.constant(name), ...shape })

// What was entered in pounds is stored in kilograms as well: only how it is shown differs.
const unit = fc.constantFrom('kg', 'kg', 'lb')
const lifted = { minute, weight: fc.oneof(heavy, weight), unit, reps, rpe, type, side, rest, continues: fc.boolean() }
const some = fc.array(fc.record({ minute, weight: heavy, reps, type, side }), { minLength: 1, maxLength: 5 })

const machine = fc.record({
  kcal: fc.option(fc.integer({ min: 0, max: 400 })),
  pulse: fc.integer({ min: 60, max: 200 }),
  incline: fc.integer({ min: 0, max: 15 }),
})

const lifts = place('lift', {
  ...lifted,
  exercise: fc.oneof(fc.nat({ max: 2 }), fc.nat({ max: EXERCISES.length - 1 })),
  seconds: fc.integer({ min: 0, max: 300 }),
  metres: fc.integer({ min: 0, max: 2000 }),
  machine,
})

const corrections = fc.oneof(
  place('correct set', { n: nth, weight: heavy }),
  place('correct set', { n: nth, reps }),
  place('correct set', { n: nth, rpe }),
  place('correct set', { n: nth, type }),
  place('correct set', { n: nth, side }),
  place('correct set', { n: nth, rest }),
  place('correct set', { n: nth, unit: fc.constant('lb'), weight: pounds(130, 220) }),
  place('correct set', { n: nth, unit: fc.constant('kg'), weight: heavy }),
  place('join set', { n: nth }),
  place('part set', { n: nth }),
  place('correct all', { by: fc.constantFrom(-5, 0.5, 10, 2.26796185) }),
  place('move set', { n: nth, minutes: fc.integer({ min: -30, max: 30 }) }),
)

const deletions = fc.oneof(
  { weight: 3, arbitrary: place('delete set', { n: nth }) },
  { weight: 1, arbitrary: place('delete exercise', { n: nth }) },
  { weight: 1, arbitrary: place('delete workout', { n: nth }) },
)

const changes = fc.oneof(
  place('weigh', { n: nth, kg: fc.constantFrom(70, 82.5, null) }),
  place('travel', { n: nth, timezone: fc.constantFrom('Asia/Tokyo', 'America/Lima', 'Pacific/Kiritimati') }),
  place('start earlier', { n: nth, minutes: fc.integer({ min: 1, max: 1200 }) }),
  place('prefer', { formula: fc.constantFrom('epley', 'brzycki', 'consensus') }),
  place('show', { units: fc.constantFrom('imperial', 'metric') }),
  place('plan', {
    goal: fc.integer({ min: 1, max: 4 }),
    rest: fc.integer({ min: 0, max: 6 }),
    starts: fc.integer({ min: 1, max: 7 }),
  }),
  fc.constantFrom({ do: 'merge', exercise: 1, into: 0 }, { do: 'merge', exercise: 0, into: 1 }),
  place('unmerge'),
)

const bulk = fc.oneof(
  place('upload', {
    exercise: fc.nat({ max: 2 }),
    days: fc.integer({ min: 1, max: 20 }),
    times: fc.constantFrom(1, 1, 1, 2),
    pauses: fc.array(
      fc.tuple(seconds, seconds).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]),
      { maxLength: 3 },
    ),
    sets: some,
  }),
  place('import', {
    exercise: fc.nat({ max: 2 }),
    days: fc.integer({ min: 1, max: 30 }),
    // Over several days, some of them yet to come; the same file may come in again.
    apart: fc.constantFrom(0, 0, 1, 4),
    times: fc.constantFrom(1, 1, 2),
    unit,
    sets: some,
  }),
  place('undo import', { keep: fc.boolean() }),
)

const session = [
  { weight: 14, arbitrary: lifts },
  { weight: 4, arbitrary: place('start', { days: fc.integer({ min: 1, max: 20 }), late: fc.boolean() }) },
  { weight: 3, arbitrary: place('complete') },
  // A day of training in one step: streaks need many.
  {
    weight: 4,
    arbitrary: place('session', {
      ...lifted,
      exercise: fc.nat({ max: 1 }),
      days: fc.integer({ min: 1, max: 20 }),
      late: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 1, arbitrary: place('cancel') },
]

/** What an athlete does who trains, and corrects what was just logged. */
export const training: fc.Arbitrary<Step> = fc.oneof(
  ...session,
  { weight: 5, arbitrary: corrections },
  { weight: 2, arbitrary: deletions },
  { weight: 1, arbitrary: changes },
)

/** What an athlete does who brings a history along and keeps changing it. */
export const rewriting: fc.Arbitrary<Step> = fc.oneof(
  ...session,
  { weight: 4, arbitrary: corrections },
  { weight: 4, arbitrary: deletions },
  { weight: 7, arbitrary: changes },
  { weight: 3, arbitrary: bulk },
)
