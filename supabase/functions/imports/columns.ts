/** What a column of an export is about, whatever the app and the language call it. */
export type Column = keyof typeof HEADINGS

// cspell:disable
// Folded: lower case, without accents, and with one space for whatever stands between words.
const HEADINGS = {
  date: ['date', 'datum', 'fecha', 'data'],
  start: ['start time', 'starttime', 'startzeit'],
  end: ['end time', 'endtime', 'endzeit'],
  workout: ['workout name', 'title', 'name', 'workout', 'name des workouts', 'trainingsname', 'titel'],
  duration: ['duration', 'workout duration', 'dauer', 'trainingsdauer', 'workout dauer'],
  exercise: [
    'exercise name',
    'exercise',
    'exercise title',
    'name der ubung',
    'ubungsname',
    'ubung',
    'ejercicio',
    'exercice',
  ],
  order: ['set order', 'set index', 'satzreihenfolge', 'reihenfolge der satze', 'satznummer', 'satz'],
  setType: ['set type', 'satztyp'],
  superset: ['superset id', 'supersatz id'],
  weight: ['weight', 'gewicht', 'peso', 'poids'],
  weightUnit: ['weight unit', 'gewichtseinheit'],
  reps: ['reps', 'repetitions', 'wiederholungen', 'wdh', 'repeticiones'],
  distance: ['distance', 'distanz', 'entfernung', 'strecke', 'distancia'],
  distanceUnit: ['distance unit', 'distanzeinheit', 'entfernungseinheit'],
  seconds: ['seconds', 'duration seconds', 'sekunden', 'segundos'],
  time: ['time', 'zeit'],
  rpe: ['rpe'],
  rir: ['rir'],
  notes: ['notes', 'note', 'comment', 'notizen', 'notiz', 'kommentar'],
  exerciseNotes: ['exercise notes', 'ubungsnotizen'],
  workoutNotes: ['workout notes', 'description', 'workout notizen', 'trainingsnotizen', 'beschreibung'],
  category: ['category', 'categories', 'kategorie', 'kategorien'],
  equipment: ['equipment'],
  bodyweight: ['bodyweight', 'body weight'],
  status: ['status'],
  isWarmup: ['iswarmup', 'is warmup'],
} as const satisfies Record<string, readonly string[]>
// cspell:enable

const BY_HEADING: ReadonlyMap<string, Column> = new Map(
  columnsOf(HEADINGS).flatMap(([column, headings]) => headings.map((heading): [string, Column] => [heading, column])),
)

// A unit stands in brackets in some apps, behind an underscore in others.
const UNIT = / (kgs?|lbs?|km|miles?|mi|meters?|metres?|m|sec|seconds)$/

/** Where the columns of a file stand, and the units that the headings give. */
export class Columns {
  readonly #places = new Map<Column, number>()
  readonly #units = new Map<Column, string>()

  constructor(headings: readonly string[]) {
    headings.forEach((heading, place) => {
      const words = fold(heading)
        .replaceAll(/[^\p{L}\p{N}#]+/gu, ' ')
        .trim()
      const column = BY_HEADING.get(words) ?? BY_HEADING.get(words.replace(UNIT, ''))
      if (column === undefined || this.#places.has(column)) return
      this.#places.set(column, place)
      const unit = BY_HEADING.has(words) ? undefined : UNIT.exec(words)?.[1]
      if (unit !== undefined) this.#units.set(column, unit)
    })
  }

  /** Whether the file has all of these columns. */
  has(...columns: readonly Column[]): boolean {
    return columns.every((column) => this.#places.has(column))
  }

  /** The cell of `column` in a line; empty where there is none. */
  cell(cells: readonly string[], column: Column): string {
    const place = this.#places.get(column)
    return place === undefined ? '' : (cells[place] ?? '')
  }

  /** The unit that the heading of `column` gives; empty where it gives none. */
  unit(column: Column): string {
    return this.#units.get(column) ?? ''
  }
}

// Most cells are plain, and a file has many.
const PLAIN = /^[\x20-\x7e]*$/

/** `text` in lower case and without accents: what makes two spellings of a word one. */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase()
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

function columnsOf<Key extends string, Value>(
  record: Readonly<Record<Key, Value>>,
): readonly (readonly [Key, Value])[] {
  const keys: Key[] = []
  for (const key in record) keys.push(key)
  return keys.map((key) => [key, record[key]])
}
