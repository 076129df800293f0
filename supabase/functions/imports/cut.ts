/** Why a text cannot be cut: a quote that is never closed, or a record longer than any is. */
export class CutFault extends Error {
  override readonly name = 'CutFault'
}

/** A record of a text: its cells, and the line on which it begins, counted from 1. */
export interface CutRecord {
  readonly line: number
  readonly cells: readonly string[]
}

/**
 * Cuts `text` as RFC 4180 has it and spreadsheets write it: with line breaks of any kind, without the space around cells,
 * and with a quote that does not begin a cell, or goes on behind its end, as a character.
 * Throws a CutFault for a quote that is never closed, and for a record of more than `longest` characters.
 */
export function cutRecords(text: string, delimiter: string, longest: number): readonly CutRecord[] {
  const records: CutRecord[] = []
  let line = 1
  for (let start = 0; start < text.length; ) {
    const end = endOfLine(text, start)
    const quote = text.slice(start, end).includes('"')
    if (end - start > longest) throw new CutFault(`The record on line ${line} is too long.`)
    // Most lines have no quote, and splitting is what engines are fastest at: a file's time is short on the platform.
    const cutter = quote ? new QuotedRecord(text, start, delimiter, longest) : undefined
    const cells = cutter?.cells ?? text.slice(start, end).split(delimiter).map(trimmed)
    records.push({ line, cells })
    const next = cutter?.end ?? end
    line += 1 + (next > end ? breaksIn(text.slice(start, next)) : 0)
    start = next + (text.startsWith('\r\n', next) ? 2 : 1)
  }
  return records
}

/** A record with quotes, which may go on over several lines. */
class QuotedRecord {
  readonly cells: string[] = []
  /** Where it ends: at a line break, or behind the text. */
  readonly end: number
  readonly #text: string
  readonly #delimiter: string

  constructor(text: string, start: number, delimiter: string, longest: number) {
    this.#text = text
    this.#delimiter = delimiter
    let at = start
    for (;;) {
      at = this.#cut(at)
      if (at - start > longest) throw new CutFault('A record is too long; a quote may be open.')
      if (text[at] !== delimiter) break
      at += 1
    }
    this.end = at
  }

  // Answers where the cell that begins at `from` ends.
  #cut(from: number): number {
    const start = this.#skipSpace(from)
    if (this.#text[start] === '"') {
      const closing = this.#closingQuote(start + 1)
      const end = this.#skipSpace(closing + 1)
      if (this.#isEnd(end)) {
        const inside = this.#text.slice(start + 1, closing)
        this.cells.push((inside.includes('""') ? inside.replaceAll('""', '"') : inside).trim())
        return end
      }
    }
    let end = start
    while (!this.#isEnd(end)) end += 1
    this.cells.push(this.#text.slice(start, end).trim())
    return end
  }

  #closingQuote(from: number): number {
    for (let at = from; ; at += 2) {
      at = this.#text.indexOf('"', at)
      if (at < 0) throw new CutFault('A quote is never closed.')
      if (this.#text[at + 1] !== '"') return at
    }
  }

  #skipSpace(from: number): number {
    let at = from
    while (this.#text[at] === ' ' || (this.#text[at] === '\t' && this.#delimiter !== '\t')) at += 1
    return at
  }

  #isEnd(at: number): boolean {
    const character = this.#text[at]
    return character === undefined || character === this.#delimiter || character === '\n' || character === '\r'
  }
}

function endOfLine(text: string, start: number): number {
  const ends = /[\r\n]/g
  ends.lastIndex = start
  return ends.exec(text)?.index ?? text.length
}

const breaksIn = (text: string): number => text.match(/\r\n|[\r\n]/g)?.length ?? 0

const trimmed = (cell: string): string => cell.trim()
