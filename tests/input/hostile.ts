import fc from 'fast-check'
import type { Field } from './surface.ts'

const FAR_TIMES = [
  'infinity',
  '-infinity',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '294276-12-31T23:59:59Z',
  '2026-02-30T00:00:00Z',
  '2026-01-01',
  '24:00',
  'tomorrow',
  'epoch',
]
const NUMBERS = [0, -0, -1, 0.5, -0.01, 1e-9, 101, 32_768, 2 ** 31, 2 ** 53, 2 ** 63, 1e30, 1e308, -1e308]
const NUMBER_WORDS = ['NaN', 'Infinity', '-Infinity', '1e400', '1,5', '0x10', '१२', ' 7 ', '']
const TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e\u200b',
  '👩🏽‍🚀'.repeat(200),
  'x'.repeat(100_000),
  "'; drop table public.workouts; --",
  '%_\\',
  '{"$gt": ""}',
  '../../etc/passwd',
  '<script>alert(1)</script>',
]

/**
 * JSON values that a hostile client might send for `field`: of its type but out of bounds, of another type, or no type at
 * all. `ids` are some that exist, of the caller and of others.
 */
function hostileValue(field: Field, ids: readonly string[]): fc.Arbitrary<unknown> {
  const fitting = byType(field.type.replace('[]', ''), field, ids)
  const shaped = field.type.endsWith('[]') ? fc.array(fitting, { maxLength: 40 }) : fitting
  return fc.oneof(
    { weight: 4, arbitrary: shaped },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: anything },
  )
}

/** An object with some of the fields, each with a hostile value. */
export function hostileRow(
  fields: readonly Field[],
  ids: readonly string[],
): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const entries = fields.map((field): [string, fc.Arbitrary<unknown>] => [field.name, hostileValue(field, ids)])
  return fc.record(Object.fromEntries(entries), { requiredKeys: [] })
}

const numbers = fc.oneof(
  fc.constantFrom<unknown>(...NUMBERS, ...NUMBER_WORDS),
  fc.double(),
  fc.integer(),
  fc.bigInt().map(String),
)
const texts = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'binary', maxLength: 300 }), fc.string())
const times = fc.oneof(
  fc.constantFrom(...FAR_TIMES),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
)
const anything = fc.oneof(numbers, texts, times, fc.boolean(), fc.jsonValue())

function byType(type: string, field: Field, ids: readonly string[]): fc.Arbitrary<unknown> {
  if (field.labels) return fc.constantFrom(...field.labels, 'NO_SUCH_LABEL', '')
  if (type === 'uuid')
    return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ids) }, fc.uuid(), fc.constantFrom('', 'not-a-uuid'))
  if (/^(numeric|integer|smallint|bigint|double precision|real)/.test(type)) return numbers
  if (/^(timestamp|date|time|interval)/.test(type)) return times
  if (type === 'boolean') return fc.constantFrom<unknown>(true, false, 'maybe', 2)
  if (type.startsWith('json')) return fc.jsonValue()
  return texts
}
