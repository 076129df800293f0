/** Sets `key` in `map` as its newest entry; of more than `max`, the one that was set longest ago is dropped. */
export function remember<K, V>(map: Map<K, V>, key: K, value: V, max: number): void {
  // A map keeps its keys in the order in which they were first set.
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > max && oldest !== undefined) map.delete(oldest)
}
