/** Writes one JSON line per event; `child` adds fields to every line that follows. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
  child(fields: Readonly<Record<string, unknown>>): Log
}

/** A log that hands finished lines (no newline at the end) to `write`. */
export function createLog(write: (line: string) => void, base: Readonly<Record<string, unknown>> = {}): Log {
  const line =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      write(JSON.stringify({ at: new Date().toISOString(), level, ...base, message, ...fields }))
  return {
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child: (fields) => createLog(write, { ...base, ...fields }),
  }
}
