import { cpus, loadavg, totalmem } from 'node:os'

/** One answer of a bench: a title and rows whose keys are the columns. */
export interface Table {
  readonly title: string
  readonly rows: readonly Readonly<Record<string, string | number>>[]
  /** What the figures mean, and what bounds them. */
  readonly notes?: readonly string[]
}

/** What may be said on the command line. */
export interface Options {
  /** `--rows 1e7`: how many rows the largest table has, for benches that fill one. */
  readonly rows?: number
}

/** What a bench file exports: the question it asks, and how it finds out. */
export interface Bench {
  readonly question: string
  run(options: Options): Promise<readonly Table[]>
}

/** One of the ways that are compared. */
export interface Way {
  readonly name: string
  run(): Promise<unknown>
}

/** Milliseconds of one way. */
export interface Timing {
  readonly name: string
  readonly samples: readonly number[]
}

/**
 * Times `ways` in turns, so that whatever else the machine does hits all of them alike.
 * The first `warmUp` rounds are not counted. Rejects when a way does.
 */
export async function timeInTurns(
  ways: readonly Way[],
  { rounds, warmUp }: { readonly rounds: number; readonly warmUp: number },
): Promise<readonly Timing[]> {
  const timings = ways.map((way) => ({ name: way.name, way, samples: [] as number[] }))
  for (let round = -warmUp; round < rounds; round += 1)
    for (const { way, samples } of timings) {
      const began = performance.now()
      await way.run()
      if (round >= 0) samples.push(performance.now() - began)
    }
  return timings
}

/** How often a second each of `ways` is done by `clients` that wait for their answers: the median of `rounds` in turns. */
export async function rateInTurns(
  ways: readonly Way[],
  { clients, rounds, seconds }: { readonly clients: number; readonly rounds: number; readonly seconds: number },
): Promise<readonly { readonly name: string; readonly perSecond: number }[]> {
  const rates = ways.map((way) => ({ way, samples: [] as number[] }))
  for (let round = 0; round < rounds; round += 1)
    for (const { way, samples } of rates) samples.push(await rate(way, clients, seconds))
  return rates.map(({ way, samples }) => ({ name: way.name, perSecond: median(samples) }))
}

async function rate(way: Way, clients: number, seconds: number): Promise<number> {
  const began = performance.now()
  let done = 0
  const client = async (): Promise<void> => {
    for (; performance.now() < began + seconds * 1000; done += 1) await way.run()
  }
  await Promise.all(Array.from({ length: clients }, client))
  return (done / (performance.now() - began)) * 1000
}

/** The `share` quantile of `samples`, NaN when there are none. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** The middle of `samples`. */
export const median = (samples: readonly number[]): number => quantile(samples, 0.5)

/** `value` as a table shows it: three significant digits. */
export function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** What this machine is, and how busy it was before the bench began. */
export function machine(): string {
  const [processor] = cpus()
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`
  const load = (loadavg()[0] ?? 0).toFixed(1)
  return `${cpus().length} cores (${processor?.model.trim()}), ${memory}, Node ${process.version}, load ${load} at the start`
}

/** Prints `table` with its columns lined up. */
export function printTable({ title, rows, notes = [] }: Table): void {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const widths = columns.map((column) =>
    Math.max(column.length, ...rows.map((row) => String(row[column] ?? '').length)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  ')
  console.log(`\n${title}\n`)
  console.log(`  ${line(columns)}`)
  console.log(`  ${widths.map((width) => '-'.repeat(width)).join('  ')}`)
  for (const row of rows) console.log(`  ${line(columns.map((column) => String(row[column] ?? '')))}`)
  if (notes.length > 0) console.log(`\n${notes.map((note) => `  ${note}`).join('\n')}`)
}
