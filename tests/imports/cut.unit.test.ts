import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutRecords } from '../../supabase/functions/imports/cut.ts'

const cellsOf = (text: string, delimiter = ','): readonly (readonly string[])[] =>
  cutRecords(text, delimiter, 100_000).map(({ cells }) => cells)

test('whatever a spreadsheet writes is cut as an established parser cuts it', () => {
  const cell = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom('', 'a"b', '6" box', 'two\nlines', 'carriage\r\nreturn', 'a,b', 'a;b', '"', '""', ' space '),
  )
  const file = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t'),
    ending: fc.constantFrom('\n', '\r\n', '\r'),
    rows: fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 6,
    }),
    last: fc.boolean(),
  })
  fc.assert(
    fc.property(file, ({ delimiter, ending, rows, last }) => {
      const written = rows.map((row) =>
        row
          .map(([value, always]) => {
            const needed = /["\r\n]/.test(value) || value.includes(delimiter) || value !== value.trim()
            return always || needed ? `"${value.replaceAll('"', '""')}"` : value
          })
          .join(delimiter),
      )
      const text = written.join(ending) + (last ? ending : '')
      const established: string[][] = parse(text, {
        delimiter,
        record_delimiter: ending,
        relax_column_count: true,
        trim: true,
      })
      const wanted = established.map((cells) => cells.map((each) => each.trim()))
      expect(cellsOf(text, delimiter)).toEqual(wanted)
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['a quote within a cell', 'a,6" box,b', [['a', '6" box', 'b']]],
  ['a quote that goes on behind its end', 'a,"b" c,d', [['a', '"b" c', 'd']]],
  ['space around quotes', 'a, "b,c" ,d', [['a', 'b,c', 'd']]],
  ['lines without end', 'a\n\nb', [['a'], [''], ['b']]],
])('%s', (_, text, cells) => {
  expect(cellsOf(text)).toEqual(cells)
})

test('lines are counted as an editor counts them', () => {
  const text = 'a,b\r\n"two\r\nlines",c\r"three\n\n",d\ne,f'
  expect(cutRecords(text, ',', 1000).map(({ line }) => line)).toEqual([1, 2, 4, 7])
})

test.each([
  ['a quote that is never closed', 'a,"b\nc,d'],
  ['a record of a million columns', 'x,'.repeat(1_000_000)],
  ['a cell without end', `a,"${'x'.repeat(1_000_000)}"`],
])('%s is refused', (_, text) => {
  expect(() => cellsOf(text)).toThrow(expect.objectContaining({ name: 'CutFault' }))
})
