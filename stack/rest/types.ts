const asText = (value: unknown): string => String(value)
const unchanged = (text: string): string => text
const toJson = (value: unknown): string => JSON.stringify(value)
const fromJson = (text: string): unknown => JSON.parse(text)

/** How values of the database's types are read and written, so that a row's JSON is what Postgres itself would make of it. */
export const TYPES = {
  bigint: { to: 20, from: [20], serialize: asText, parse: Number },
  numeric: { to: 1700, from: [1700], serialize: asText, parse: Number },
  json: { to: 114, from: [114], serialize: toJson, parse: fromJson },
  jsonb: { to: 3802, from: [3802], serialize: toJson, parse: fromJson },
  date: { to: 1082, from: [1082], serialize: asText, parse: unchanged },
  time: { to: 1083, from: [1083], serialize: asText, parse: unchanged },
  timestamp: { to: 1114, from: [1114], serialize: asText, parse: unchanged },
  timestamptz: { to: 1184, from: [1184], serialize: asText, parse: unchanged },
  timetz: { to: 1266, from: [1266], serialize: asText, parse: unchanged },
}
