import { vi } from 'vitest'

// As long as a busy machine may take for what is certain to come.
const PATIENCE_MS = 20_000

/** Tries until `attempt` succeeds, and resolves with what it answers. Rejects with its last error, after 20 seconds. */
export function eventually<T>(attempt: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(attempt, { timeout: PATIENCE_MS, interval: 10 })
}
