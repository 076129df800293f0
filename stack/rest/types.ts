const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
const unchanged = (text: string): string => text

/**
 * How values of a request are written as what the database expects of them; it judges what does not fit.
 * None of these may throw, or read more into a value than PostgREST does.
 */
export const TYPES = {
  number: { to: 0, from: [20, 21, 23, 26, 700, 701, 1700], serialize: asText, parse: Number },
  text: { to: 25, from: [19, 25, 1042, 1043], serialize: asText, parse: unchanged },
  boolean: { to: 16, from: [16], serialize: asText, parse: unchanged },
  moment: { to: 1184, from: [1082, 1083, 1114, 1184, 1266], serialize: asText, parse: unchanged },
  bytea: { to: 17, from: [17], serialize: asBytes, parse: unchanged },
  json: {
    to: 114,
    from: [114, 3802],
    serialize: (value: unknown): string => JSON.stringify(value),
    parse: (text: string): unknown => JSON.parse(text),
  },
}

/** `value`, whose text is JSON where the driver asks for the text of a value of a type that it does not know. */
export function legible(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return Object.defineProperty(value, 'toString', { value: () => JSON.stringify(value) })
}

function asBytes(value: unknown): string {
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : asText(value)
}
