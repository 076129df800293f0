import fc from 'fast-check'

/** A file that some app may have written, and how it is to be imported. */
export interface AnyFile {
  readonly text: string
  readonly options: Readonly<Record<string, unknown>>
}

interface AnySet {
  readonly day: number
  readonly workout: string
  readonly exercise: string
  readonly order: string
  readonly weight: string
  readonly reps: string
  readonly seconds: string
  readonly rpe: string
  readonly notes: string
}

type Unit = 'kg' | 'lb'

// Known by name, by its words, in another tracking type, twice in two spellings, and not at all.
const EXERCISES = [
  'Bench Press (Barbell)',
  'BENCH PRESS (barbell)',
  'Squat (Barbell)',
  'Pull Up',
  'Plank',
  'My Own Lift',
]

const number = (most: number, decimals: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(fc.integer({ min: 0, max: most }), decimals).map(([whole, part]) => `${whole}${part}`)

const odd = fc.constantFrom('=1+1', '-5', '1e9', 'NaN', 'x'.repeat(400), '1,234.5', '٣', '')
const mostly = (usual: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: odd })

const text = fc.oneof(
  fc.constantFrom(
    '',
    'Push',
    'Legs, heavy',
    'say "hi"',
    '=HYPERLINK("x")',
    'two\nlines',
    '💪 🏋️',
    '\u0007bell\tand tab',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
)

const set: fc.Arbitrary<AnySet> = fc.record({
  day: fc.integer({ min: -1, max: 6 }),
  workout: fc.constantFrom('Push', 'Push', 'Legs, heavy', ''),
  exercise: fc.oneof({ weight: 15, arbitrary: fc.constantFrom(...EXERCISES) }, { weight: 1, arbitrary: text }),
  order: fc.constantFrom('1', '2', '3', '4', 'W', 'D', 'Note', '?'),
  weight: mostly(number(160, fc.constantFrom('', '.5', '.25', '.125'))),
  reps: mostly(number(12, fc.constantFrom('', '', '', '.5'))),
  seconds: mostly(fc.constantFrom('0', '0', '60', '90')),
  rpe: fc.constantFrom('', '8', '8.5', '11'),
  notes: text,
})

// Days from before there were such apps and days to come are told, and so are those that no calendar has.
const DAYS = ['2024-12-30', '2025-01-06', '2025-01-08', '2025-03-30', '2025-03-31', '1999-12-31', '2025-02-30']
const dayOf = ({ day }: AnySet): string => (day < 0 ? 'yesterday' : (DAYS[day] ?? ''))

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`
const cell = (value: string, delimiter: string): string =>
  /["\r\n]/.test(value) || value.includes(delimiter) ? quoted(value) : value

const FORMATS = {
  strong: (unit: Unit) => ({
    heading: `Date|Workout Name|Duration|Exercise Name|Set Order|Weight (${unit})|Reps|Seconds|Notes|RPE`,
    line: (each: AnySet) => [
      `${dayOf(each)} 6:30:00 PM`,
      ...[each.workout, '1h 5m', each.exercise, each.order, each.weight, each.reps, each.seconds, each.notes, each.rpe],
    ],
  }),
  hevy: (unit: Unit) => ({
    heading: `title|start_time|end_time|exercise_title|set_index|set_type|weight_${unit}s|reps|duration_seconds|rpe|exercise_notes`,
    line: (each: AnySet) => [
      ...[each.workout, `${dayOf(each)}, 08:00`, `${dayOf(each)}, 09:10`, each.exercise, each.order],
      each.order === 'W' ? 'warmup' : each.order === '?' ? '?' : 'normal',
      ...[each.weight, each.reps, each.seconds, each.rpe, each.notes],
    ],
  }),
  fitnotes: (unit: Unit) => ({
    heading: `Date|Exercise|Category|Weight (${unit}s)|Reps|Time|Comment`,
    line: (each: AnySet) => [
      ...[dayOf(each), each.exercise, each.workout, each.weight, each.reps],
      ...[each.seconds === '0' ? '' : each.seconds, each.notes],
    ],
  }),
} as const

/** Any file: of any app, in any unit, with points or commas, with lines that are broken, shuffled or come twice. */
export const anyFile: fc.Arbitrary<AnyFile> = fc
  .record({
    source: fc.constantFrom('strong', 'hevy', 'fitnotes'),
    unit: fc.constantFrom('kg', 'lb'),
    comma: fc.boolean(),
    sets: fc.array(set, { minLength: 1, maxLength: 14 }),
    again: fc.array(fc.nat(), { maxLength: 3 }),
    unknown: fc.constantFrom('create', 'skip'),
    ending: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\uFEFF'),
  })
  .map(({ source, unit, comma, sets, again, unknown, ending, mark }) => {
    const { heading, line } = FORMATS[source](unit)
    const delimiter = comma ? ';' : ','
    const decimal = (each: AnySet): AnySet => (comma ? { ...each, weight: each.weight.replace('.', ',') } : each)
    const lines = sets.map((each) =>
      line(decimal(each))
        .map((value) => cell(value, delimiter))
        .join(delimiter),
    )
    const twice = again.flatMap((n) => lines[n % lines.length] ?? [])
    const body = [heading.replaceAll('|', delimiter), ...lines, ...twice].join(ending)
    return { text: `${mark}${body}${ending}`, options: { unknown } }
  })
