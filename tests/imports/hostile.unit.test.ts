import { describe, expect, test } from 'vitest'
import { decodeText } from '../../supabase/functions/imports/decode.ts'
import { readTable } from '../../supabase/functions/imports/table.ts'
import { readUpload } from '../../supabase/functions/imports/upload.ts'
import { readText } from './files.ts'

const HEADING = 'Date,Workout Name,Exercise Name,Set Order,Weight (kg),Reps,Notes\n'
const line = (cells: Readonly<Record<string, string>> = {}): string =>
  Object.values({
    date: '2025-01-01 10:00:00',
    workout: 'A',
    exercise: 'Squat',
    order: '1',
    weight: '100',
    reps: '5',
    notes: '',
    ...cells,
  }).join(',')

describe('a line that cannot be read costs that line alone', () => {
  test.each([
    ['not_a_date', { date: 'yesterday' }],
    ['not_a_date', { date: '2025-02-30 10:00:00' }],
    ['not_a_date', { date: '2025-01-01 25:00:00' }],
    ['not_a_date', { date: '' }],
    ['not_a_number', { weight: '=1+1' }],
    ['not_a_number', { weight: 'Infinity' }],
    ['not_a_number', { weight: '1e309' }],
    ['not_a_number', { weight: 'NaN' }],
    ['not_a_number', { reps: '9'.repeat(400) }],
    ['not_a_whole_number', { reps: '5.5' }],
    ['unknown_set_order', { order: '-1' }],
    ['no_exercise', { exercise: '' }],
  ])('%s: %o', (code, cells) => {
    const file = readText(`${HEADING}${line(cells)}\n${line({ order: '2' })}\n`)
    expect(file.remarks.map((remark) => [remark.line, remark.outcome, remark.code])).toEqual([[2, 'failed', code]])
    expect(file.sets.map((set) => set.line)).toEqual([3])
  })

  test('a line with too few cells says nothing', () => {
    expect(readText(`${HEADING}2025-01-01 10:00:00,A,Squat,1\n`).remarks[0]).toMatchObject({
      outcome: 'skipped',
      code: 'nothing_recorded',
    })
  })

  test('a line with too many is read as far as the heading goes', () => {
    expect(readText(`${HEADING}${line()},x,y,z\n`).sets).toHaveLength(1)
  })
})

describe('a file that is none', () => {
  test.each([
    ['import_unknown_format', ''],
    ['import_unknown_format', '\n\n\n'],
    ['import_unknown_format', 'PK\u0003\u0004 binary'],
    ['import_unknown_format', `${'x,'.repeat(1_000_000)}\n`.slice(0, 90_000)],
    ['import_unreadable', `${HEADING}${line({ notes: '"open' })}\n${line()}\n`],
    ['import_unreadable', `${HEADING}${line({ notes: 'x'.repeat(50_000_000) })}\n`],
    ['import_unreadable', `${'x,'.repeat(1_000_000)}\n`],
    ['import_too_long', HEADING + `${line()}\n`.repeat(100_001)],
  ])('%s', (code, text) => {
    expect(() => readText(text)).toThrow(expect.objectContaining({ code }))
  })

  test('a quote within a cell is a character', () => {
    expect(readText(`${HEADING}${line({ notes: '6" box' })}\n`).sets[0]?.notes).toBe('6" box')
  })

  test('what a spreadsheet would run is text', () => {
    expect(
      readText(
        `${HEADING}${line({ notes: '=HYPERLINK("http://x")'.replaceAll('"', '""').replace(/^(.*)$/, '"$1"') })}\n`,
      ).sets[0]?.notes,
    ).toBe('=HYPERLINK("http://x")')
  })
})

describe('the text of a file', () => {
  const text = 'Date,Übung,Größe'
  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with its mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['Windows', Buffer.from(text, 'latin1')],
    ['with NULs', Buffer.from(`Date\0,Übung\0,Größe`)],
  ])('%s', (_, bytes) => {
    expect(decodeText(bytes)).toBe(text)
  })

  test('no bytes are too strange', () => {
    expect(() => decodeText(Uint8Array.from({ length: 65_536 }, (_, n) => (n * 7919) % 256))).not.toThrow()
  })
})

test('50,000 lines are read whole', () => {
  const text = HEADING + Array.from({ length: 50_000 }, (_, n) => `${line({ order: String((n % 5) + 1) })}\n`).join('')
  expect(readTable(text).rows).toHaveLength(50_000)
  expect(readText(text).sets).toHaveLength(50_000)
})

describe('an upload', () => {
  const upload = (body: BodyInit, query = '') =>
    readUpload(new Request(`http://localhost/imports${query}`, { method: 'POST', body }))

  test('is a body with options in the query, or a form', async () => {
    const form = new FormData()
    form.set('file', new Blob(['Date']))
    form.set('options', '{"dry_run": true}')
    for (const { bytes, options } of [await upload('Date', '?dry_run=true'), await upload(form)])
      expect([decodeText(bytes), options.dry_run, options.unknown]).toEqual(['Date', true, 'refuse'])
  })

  test('of more than 16 megabytes is refused', async () => {
    await expect(upload('x'.repeat(16 * 1024 * 1024 + 1))).rejects.toMatchObject({ code: 'body_too_large' })
  })

  test.each(['?unit=stone', '?surprise=1', '?mapping=none', '?id=1'])('is not taken with %s', async (query) => {
    await expect(upload('Date', query)).rejects.toMatchObject({ code: 'invalid_body' })
  })

  test.each(['no JSON', '[]', '7'])('has options that are an object, not %s', async (options) => {
    const form = new FormData()
    form.set('file', 'Date')
    form.set('options', options)
    await expect(upload(form)).rejects.toMatchObject({ code: 'invalid_body' })
  })

  test('that is a form without a file is none', async () => {
    await expect(upload(new FormData())).rejects.toMatchObject({ code: 'invalid_body' })
  })
})
