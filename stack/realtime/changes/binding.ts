import { createHash } from 'node:crypto'
import type { JsonObject } from '../codec.ts'

/** What a client listens to: changes of some tables, narrowed down. */
export interface Binding {
  readonly id: number
  readonly event: '*' | 'INSERT' | 'UPDATE' | 'DELETE'
  /** A name, or `*`. */
  readonly schema: string
  readonly table: string
  readonly filters: readonly Filter[]
  /** Columns to be told of, besides the key; all of them where null. */
  readonly select: readonly string[] | null
}

/** One condition on a column; a binding's conditions must all hold. */
interface Filter {
  readonly column: string
  readonly op: string
  readonly value: string
  readonly negate: boolean
}

/** A binding cannot be subscribed to; the message is what the client is told. */
export class BindingError extends Error {
  override readonly name = 'BindingError'
}

const OPERATORS = new Set([
  ...['eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'in', 'like', 'ilike', 'is', 'match', 'imatch', 'isdistinct'],
])
const EVENTS = ['INSERT', 'UPDATE', 'DELETE'] as const

/** The number by which events name the binding: the same for equal bindings, and below 2^27. */
export function bindingId(binding: JsonObject): number {
  return createHash('sha1').update(JSON.stringify(binding)).digest().readUInt32BE(0) >>> 5
}

/** Reads a binding as the client sent it. Throws `BindingError`. */
export function readBinding(source: JsonObject): Binding {
  const select = readSelect(source.select)
  const { schema, table } = readTable(source)
  if (select && (schema === '*' || table === '*'))
    throw new BindingError(
      'Column selection is not supported for wildcard subscriptions. Provide an explicit schema and table name.',
    )
  const filters = typeof source.filter === 'string' ? readFilters(source.filter) : []
  return { id: bindingId(source), event: readEvent(source.event), schema, table, filters, select }
}

/** A binding as hosted's messages describe it. */
export function describeBinding({ event, schema, table, filters, select }: Binding): string {
  const list = filters.map(
    ({ column, op, value, negate }) => `{${[column, op, value].map(inspect).join(', ')}, ${negate}}`,
  )
  const columns = select === null ? 'nil' : `[${select.map(inspect).join(', ')}]`
  return `[event: ${event}, schema: ${schema}, table: ${table}, filters: [${list.join(', ')}], select: ${columns}]`
}

function readEvent(event: unknown): Binding['event'] {
  const name = typeof event === 'string' ? event.toUpperCase() : '*'
  return EVENTS.find((known) => known === name) ?? '*'
}

function readSelect(select: unknown): string[] | null {
  if (typeof select === 'string')
    throw new BindingError(
      'Error parsing `select` params: expected a list of column name strings, e.g. select: ["col1", "col2"]',
    )
  const columns = Array.isArray(select) ? select.filter((column) => typeof column === 'string') : []
  return columns.length > 0 ? columns.sort() : null
}

function readTable(source: JsonObject): { schema: string; table: string } {
  const { schema, table, filter } = source
  const filtered = 'filter' in source
  if (typeof schema === 'string' && typeof table === 'string' && (!filtered || typeof filter === 'string'))
    return { schema, table }
  if (typeof schema === 'string' && !('table' in source) && !filtered) return { schema, table: '*' }
  if (typeof table === 'string' && !('schema' in source) && !filtered) return { schema: 'public', table }
  const given = 'user_token' in source || 'auth_token' in source ? '<redacted>' : inspectMap(source)
  throw new BindingError(
    `No subscription params provided. Please provide at least a \`schema\` or \`table\` to subscribe to: ${given}`,
  )
}

function readFilters(text: string): Filter[] {
  return text.trim() === '' ? [] : splitConditions(text.trim()).map(readCondition)
}

/** Splits at commas outside parentheses and quotes. A quote opens only where a value begins. */
function splitConditions(text: string): string[] {
  const parts: string[] = ['']
  let depth = 0
  let quoted = false
  let previous = ''
  for (let at = 0; at < text.length; at++) {
    let char = text[at] ?? ''
    if (quoted && char === '\\') char += text[++at] ?? ''
    else if (char === '"') quoted = quoted ? false : ['.', '(', ','].includes(previous)
    else if (!quoted && char === '(') depth++
    else if (!quoted && char === ')') depth = Math.max(0, depth - 1)
    else if (!quoted && char === ',' && depth === 0) {
      parts.push('')
      previous = ''
      continue
    }
    parts.push((parts.pop() ?? '') + char)
    previous = char
  }
  return parts
}

function readCondition(segment: string): Filter {
  const text = segment.trim()
  if (text === '') throw filterError('filter must not contain empty segments (check for extra commas)')
  const [column, rest] = cut(text, '=')
  if (rest === undefined) throw filterError(`[${inspect(column)}]`)
  const negate = rest.startsWith('not.')
  const [op, value] = cut(negate ? rest.slice('not.'.length) : rest, '.')
  if (value === undefined) throw filterError(`[${inspect(op)}]`)
  if (!OPERATORS.has(op)) throw filterError(`[${inspect(op)}, ${inspect(value)}]`)
  return { column, op, value: op === 'in' ? listValue(value) : unquote(value), negate }
}

function listValue(value: string): string {
  if (!/^\(.*\)$/s.test(value)) throw filterError('`in` filter value must be wrapped by parentheses')
  return `{${value.slice(1, -1)}}`
}

// Only what is quoted from end to end; a quote within is part of the value.
function unquote(value: string): string {
  return /^"(?:[^"\\]|\\.)*"$/s.test(value) ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value
}

function cut(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

const filterError = (reason: string): BindingError => new BindingError(`Error parsing \`filter\` params: ${reason}`)
const inspect = (text: string): string => JSON.stringify(text)

function inspectMap(source: JsonObject): string {
  return `%{${Object.entries(source)
    .map(([key, value]) => `${inspect(key)} => ${value === null ? 'nil' : JSON.stringify(value)}`)
    .join(', ')}}`
}
