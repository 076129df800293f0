import pg from 'pg'

/**
 * Makes `slot` anew, at the present end of the WAL, and resolves with that position. One that was left behind is
 * dropped, and its reader ended.
 */
export async function recreateSlot(pool: pg.Pool, slot: string): Promise<bigint> {
  await dropSlot(pool, slot)
  const { rows } = await pool.query<{ position: string }>(
    `select (lsn - '0/0')::text as position from pg_create_logical_replication_slot($1, 'pgoutput')`,
    [slot],
  )
  return BigInt(rows[0]?.position ?? 0)
}

/** Drops `slot`, ending whoever reads it. Does nothing when there is none. */
export async function dropSlot(pool: pg.Pool, slot: string): Promise<void> {
  for (;;) {
    if ((await endReader(pool, slot)) === 0) return
    try {
      await pool.query('select pg_drop_replication_slot($1)', [slot])
      return
    } catch (cause) {
      if (!isInUse(cause) && !isLost(cause)) throw cause
    }
  }
}

/** Ends whoever reads `slot`, and resolves with the number of such slots. */
export async function endReader(pool: pg.Pool, slot: string): Promise<number> {
  const { rowCount } = await pool.query(
    'select pg_terminate_backend(active_pid, 1000) from pg_replication_slots where slot_name = $1',
    [slot],
  )
  return rowCount ?? 0
}

/** Whether the slot has another reader, for instance one whose connection broke and who has not noticed yet. */
export function isInUse(cause: unknown): boolean {
  return cause instanceof pg.DatabaseError && cause.code === '55006'
}

/** Whether the slot is gone, or has been invalidated because it held back too much WAL. */
export function isLost(cause: unknown): boolean {
  return cause instanceof pg.DatabaseError && (cause.code === '42704' || cause.code === '55000')
}
