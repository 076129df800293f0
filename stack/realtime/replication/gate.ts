import type pg from 'pg'

const RETRY_MS = 1

/**
 * Says when committed transactions have become visible to every new snapshot. The WAL is written before that, so a
 * client that reads at once what it was told of could miss it.
 */
export class VisibilityGate {
  readonly #pool: pg.Pool
  #snapshot: Snapshot | undefined

  /** `pool` is asked for one snapshot at a time. */
  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /** Whether the transaction was visible when the gate last looked. */
  isOpen(xid: number): boolean {
    return this.#snapshot !== undefined && isVisible(xid, this.#snapshot)
  }

  /** Resolves when the committed transaction is visible. Rejects when the database cannot be asked. */
  async pass(xid: number): Promise<void> {
    while (!this.isOpen(xid)) {
      const { rows } = await this.#pool.query<{ snapshot: string }>({
        name: 'realtime-snapshot',
        text: 'select pg_current_snapshot()::text as snapshot',
      })
      this.#snapshot = parseSnapshot(rows[0]?.snapshot ?? '')
      if (!this.isOpen(xid)) await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}

/** Which transactions a snapshot sees, as `pg_snapshot` prints it. */
export interface Snapshot {
  readonly xmin: bigint
  readonly xmax: bigint
  readonly running: ReadonlySet<bigint>
}

/** Reads `xmin:xmax:xip,xip…`. */
export function parseSnapshot(text: string): Snapshot {
  const [xmin = '', xmax = '', running = ''] = text.split(':')
  return {
    xmin: BigInt(xmin),
    xmax: BigInt(xmax),
    running: new Set(running === '' ? [] : running.split(',').map(BigInt)),
  }
}

/** Whether a committed transaction is in `snapshot`. Its id has 32 bits, as the WAL has it. */
export function isVisible(xid: number, snapshot: Snapshot): boolean {
  const wide = widen(xid, snapshot.xmax)
  return wide < snapshot.xmin || (wide < snapshot.xmax && !snapshot.running.has(wide))
}

// The counter wraps around after 2^32 transactions; of the ids that end in these bits the nearest is meant.
function widen(xid: number, near: bigint): bigint {
  const candidate = (near & ~0xffff_ffffn) | BigInt(xid)
  const half = 1n << 31n
  if (candidate > near + half) return candidate - (1n << 32n)
  if (candidate + half < near) return candidate + (1n << 32n)
  return candidate
}
