import type postgres from 'postgres'

/** A transaction in which one athlete trains; it is never committed. */
export type Transaction = postgres.TransactionSql

class Undo extends Error {}

/** Runs `act` in what `begin` opens, and takes back what it did. Rejects with what `act` does. */
export async function undone(
  begin: (act: (tx: Transaction) => Promise<never>) => Promise<unknown>,
  act: (tx: Transaction) => Promise<void>,
): Promise<void> {
  await begin(async (tx) => {
    await act(tx)
    throw new Undo()
  }).catch((cause: unknown) => {
    if (!(cause instanceof Undo)) throw cause
  })
}

/** Makes an athlete in `tx`, and lets it act as them on a device. Answers who they are. */
export async function becomeAthlete(tx: Transaction): Promise<string> {
  const userId = crypto.randomUUID()
  await tx`
    insert into auth.users (id, aud, role, email, raw_user_meta_data, created_at, updated_at)
    values (${userId}, 'authenticated', 'authenticated', ${`${userId}@example.test`}, '{}', now(), now())`
  const claims = JSON.stringify({ sub: userId, role: 'authenticated', session_id: crypto.randomUUID() })
  await tx`select set_config('request.jwt.claims', ${claims}, true), set_config('role', 'authenticated', true)`
  return userId
}
