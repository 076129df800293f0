/** How two samples compare by rank. */
export interface Ranks {
  /** How often one of the second is larger than one of the first, ties counting half: 0.5 when nothing tells them apart. */
  readonly share: number
  /** How likely a share so far from 0.5 is where nothing does, both sides: the normal approximation, for 20 and more each. */
  readonly p: number
}

/** Compares samples by the test of Mann and Whitney. NaN for empty ones. */
export function compareRanks(first: readonly number[], second: readonly number[]): Ranks {
  const all = [...first.map((value) => ({ value, second: false })), ...second.map((value) => ({ value, second: true }))]
  all.sort((a, b) => a.value - b.value)
  let [rankSum, ties] = [0, 0]
  for (let start = 0; start < all.length; ) {
    let end = start
    while (all[end]?.value === all[start]?.value && end < all.length) end += 1
    const tied = end - start
    rankSum += all.slice(start, end).filter((entry) => entry.second).length * ((start + 1 + end) / 2)
    ties += tied ** 3 - tied
    start = end
  }
  const [n, m, total] = [first.length, second.length, all.length]
  const u = rankSum - (m * (m + 1)) / 2
  const deviation = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))))
  return { share: u / (n * m), p: deviation === 0 ? 1 : 2 * upperTail(Math.abs(u - (n * m) / 2) / deviation) }
}

// Abramowitz and Stegun 26.2.17, exact to 7.5e-8.
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const factors = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429]
  const series = factors.reduceRight((sum, factor) => (sum + factor) * t, 0)
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
}
