/** Free members of a JSON object. */
export type Json = Readonly<Record<string, unknown>>

/** `target` with the members of `changes`; null takes a member away. */
export function merge(target: Json, changes: Json): Json {
  return Object.fromEntries(Object.entries({ ...target, ...changes }).filter(([, value]) => value !== null))
}
