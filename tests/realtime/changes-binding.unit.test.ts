import { describe, expect, test } from 'vitest'
import { BindingError, bindingId, readBinding } from '../../stack/realtime/changes/binding.ts'

const withFilter = (filter: string) => readBinding({ event: '*', schema: 'public', table: 't', filter }).filters

describe('filters', () => {
  test.each([
    ['id=eq.1', [['id', 'eq', '1', false]]],
    [
      'id=gt.0,id=lt.100',
      [
        ['id', 'gt', '0', false],
        ['id', 'lt', '100', false],
      ],
    ],
    ['name=not.like.a%', [['name', 'like', 'a%', true]]],
    ['id=in.(1,2,3)', [['id', 'in', '{1,2,3}', false]]],
    [
      'name=in.("a,b",c),id=eq.1',
      [
        ['name', 'in', '{"a,b",c}', false],
        ['id', 'eq', '1', false],
      ],
    ],
    ['name=eq."a,b"', [['name', 'eq', 'a,b', false]]],
    ['name=eq."a\\"b"', [['name', 'eq', 'a"b', false]]],
    ['name=eq.a"b', [['name', 'eq', 'a"b', false]]],
    ['name=eq.a.b', [['name', 'eq', 'a.b', false]]],
    ['  ', []],
  ])('%s', (text, expected) => {
    expect(withFilter(text).map(({ column, op, value, negate }) => [column, op, value, negate])).toEqual(expected)
  })

  test.each([
    ['subject=foo.hey', 'Error parsing `filter` params: ["foo", "hey"]'],
    ['undefined', 'Error parsing `filter` params: ["undefined"]'],
    ['id=eq', 'Error parsing `filter` params: ["eq"]'],
    ['id=eq.1,', 'Error parsing `filter` params: filter must not contain empty segments (check for extra commas)'],
    ['id=in.1', 'Error parsing `filter` params: `in` filter value must be wrapped by parentheses'],
  ])('%s is refused in hosted words', (text, message) => {
    expect(() => withFilter(text)).toThrow(new BindingError(message))
  })
})

describe('tables', () => {
  test.each([
    [
      { schema: 'public', table: 't' },
      { schema: 'public', table: 't' },
    ],
    [{ schema: 'public' }, { schema: 'public', table: '*' }],
    [{ table: 't' }, { schema: 'public', table: 't' }],
    [{ schema: '*' }, { schema: '*', table: '*' }],
  ])('%j', (source, expected) => {
    expect(readBinding({ event: 'insert', ...source })).toMatchObject({ event: 'INSERT', ...expected })
  })

  test('neither schema nor table', () => {
    expect(() => readBinding({})).toThrow(
      'No subscription params provided. Please provide at least a `schema` or `table` to subscribe to: %{}',
    )
  })

  test('columns cannot be chosen of tables that are not named', () => {
    expect(() => readBinding({ schema: 'public', table: '*', select: ['id'] })).toThrow(
      'Column selection is not supported for wildcard subscriptions. Provide an explicit schema and table name.',
    )
  })
})

test('equal bindings share an id below 2^27, others have their own', () => {
  const binding = { event: '*', schema: 'public', table: 't' }
  expect(bindingId(binding)).toBe(bindingId({ ...binding }))
  expect(bindingId(binding)).not.toBe(bindingId({ ...binding, table: 'u' }))
  expect(bindingId(binding)).toBeLessThan(2 ** 27)
})
