/** A piece of equipment as the database keeps it. */
export interface Piece {
  readonly kind: 'barbell' | 'plate'
  readonly weight: number
  readonly unit: 'kg' | 'lb'
  readonly count: number
}

/** A load in steps of 10⁻¹⁰ kg, with the bar it is on and how many of each of `platesOf` are on one side. */
export interface Load {
  readonly heft: bigint
  readonly bar: bigint
  readonly plates: readonly number[]
}

const GRAM = 10_000_000n

/** What so many of a piece weigh, in steps of 10⁻¹⁰ kg, of which a quarter of a pound is a whole number. */
export const heftOf = ({ weight, unit }: Pick<Piece, 'weight' | 'unit'>, count = 1): bigint =>
  BigInt(weight * 4 * count) * (unit === 'kg' ? 2_500_000_000n : 1_133_980_925n)

/** The plates of an inventory, kilograms first, then the heaviest first. */
export const platesOf = (pieces: readonly Piece[]): readonly Piece[] =>
  pieces
    .filter(({ kind }) => kind === 'plate')
    .sort((one, other) => one.unit.localeCompare(other.unit) || other.weight - one.weight)

// Every way to load every bar, one by one.
function everyLoad(pieces: readonly Piece[]): readonly Load[] {
  const bars = pieces.filter(({ kind, count }) => kind === 'barbell' && count > 0)
  let loads: readonly Load[] = bars.map((bar) => ({ heft: heftOf(bar), bar: heftOf(bar), plates: [] }))
  for (const plate of platesOf(pieces)) {
    const pairs = Array.from({ length: Math.floor(plate.count / 2) + 1 }, (_, count) => count)
    loads = loads.flatMap((load) =>
      pairs.map((count) => ({
        ...load,
        heft: load.heft + heftOf(plate, 2 * count),
        plates: [...load.plates, count],
      })),
    )
  }
  return loads
}

const heaviest = (hefts: readonly bigint[]): bigint | undefined =>
  hefts.reduce<bigint | undefined>((best, heft) => (best === undefined || heft > best ? heft : best), undefined)

const lightest = (hefts: readonly bigint[]): bigint | undefined =>
  hefts.reduce<bigint | undefined>((best, heft) => (best === undefined || heft < best ? heft : best), undefined)

/** Puts more of the heavier plates first. */
function byPlates(one: Load, other: Load): number {
  const differs = one.plates.findIndex((count, index) => count !== other.plates[index])
  return (other.plates[differs] ?? 0) - (one.plates[differs] ?? 0)
}

function bestHeft(hefts: readonly bigint[], grams: number, neverAbove: boolean): bigint | undefined {
  const target = BigInt(grams) * GRAM
  const isAbove = (heft: bigint): boolean => 2n * (heft - target) > GRAM
  const below = heaviest(hefts.filter((heft) => !isAbove(heft)))
  const above = lightest(hefts.filter(isAbove))
  if (below === undefined || above === undefined) return below ?? above
  if (neverAbove) return below
  return target - below < above - target - GRAM ? below : above
}

/** The load that has to be answered for a target in grams; undefined when there is no bar. */
export function bestLoad(pieces: readonly Piece[], grams: number, neverAbove: boolean): Load | undefined {
  const loads = everyLoad(pieces)
  const heft = bestHeft([...new Set(loads.map((load) => load.heft))], grams, neverAbove)
  const same = loads.filter((load) => load.heft === heft)
  const bar = heaviest(same.map((load) => load.bar))
  return same.filter((load) => load.bar === bar).sort(byPlates)[0]
}
