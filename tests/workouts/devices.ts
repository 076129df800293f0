import type postgres from 'postgres'
import { z } from 'zod'
import type { Transaction } from './undone.ts'

type Query = postgres.PendingQuery<postgres.Row[]>

/** The workout that the devices share, and the exercise in it whose sets they write. */
export interface Shared {
  readonly workoutId: string
  readonly entryId: string
  readonly startedAt: string
}

/** A set as a device uploads it. */
interface Sent {
  readonly id: string
  readonly set_index?: number
  readonly weight_kg?: number
  readonly reps?: number
  readonly completed_at?: string
  readonly version?: number
  readonly deleted?: boolean
}

/** Something to upload, and the value that the athlete saw when they made it. */
interface Item {
  readonly sent: Sent
  readonly base: number | undefined
}

/** What a device believes of a set: `base` is its value at `version`, without which it has not heard that it was stored. */
interface Known {
  readonly value: number
  readonly base: number
  readonly version: number | undefined
}

const Current = z.object({ id: z.string(), version: z.int(), weight_kg: z.coerce.number() })
const Upload = z.object({
  rows: z.array(
    z.object({
      table: z.string(),
      id: z.string(),
      outcome: z.enum(['stored', 'unchanged', 'conflict', 'refused']),
      version: z.int().optional(),
      current: Current.nullish(),
    }),
  ),
})
const Gone = z.object({ code: z.enum(['set_deleted', 'workout_exercise_deleted', 'workout_deleted']) })
const Document = z.object({ exercises: z.array(z.object({ sets: z.array(Current) })) })

/** What became of the values that an athlete entered, as somebody would tell who saw every device and every packet. */
export class Witness {
  readonly entered = new Map<number, string>()
  /** Replaced or deleted by a device that had seen them. */
  readonly givenUp = new Set<number>()
  readonly uploads: { readonly device: Device; readonly items: readonly Item[] }[] = []
  stored = 0
  conflicts = 0
  tooLate = 0
  acting: Device | undefined
  #last = 0

  /** A value that no other set has had: weights tell the entries apart. */
  enter(setId: string): number {
    this.#last += 1
    this.entered.set(this.#last / 4, setId)
    return this.#last / 4
  }
}

/** A device of the athlete's: a sign-in, what it knows, and what it has not uploaded yet. */
export class Device {
  readonly #tx: Transaction
  readonly #shared: Shared
  readonly #witness: Witness
  readonly #claims: string
  readonly #known = new Map<string, Known>()
  #queue: Item[] = []

  constructor(tx: Transaction, userId: string, shared: Shared, witness: Witness) {
    this.#tx = tx
    this.#shared = shared
    this.#witness = witness
    this.#claims = JSON.stringify({ sub: userId, role: 'authenticated', session_id: crypto.randomUUID() })
  }

  /** Logs a set, at once or when it uploads next. `lost`: the answer does not come back. */
  async log(minute: number, live: boolean, lost: boolean): Promise<void> {
    const id = crypto.randomUUID()
    const value = this.#witness.enter(id)
    const at = new Date(Date.parse(this.#shared.startedAt) + minute * 60_000).toISOString()
    const sent = { id, weight_kg: value, reps: 5, completed_at: at }
    this.#known.set(id, { value, base: value, version: undefined })
    const answer = live
      ? await this.#call(this.#tx`public.complete_set(
          id => ${id}, workout_exercise_id => ${this.#shared.entryId}, weight_kg => ${value}, reps => 5, completed_at => ${at}
        )`)
      : undefined
    if (live && !lost && Gone.safeParse(answer).success) {
      this.#witness.tooLate += 1
      this.#known.delete(id)
    } else if (live && !lost) this.#known.set(id, { value, base: value, version: 1 })
    if (!live || lost) this.#queue.push({ sent: { ...sent, ...(live ? {} : { set_index: minute }) }, base: undefined })
  }

  /** Corrects the `n`th set that it knows, at once or when it uploads next. */
  async correct(n: number, live: boolean, lost: boolean): Promise<void> {
    const found = this.#nth(n)
    if (found === undefined) return
    const [id, { base, version }] = found
    const value = this.#witness.enter(id)
    this.#known.set(id, { value, base, version })
    if (!live || version === undefined)
      return this.#put({ sent: { id, weight_kg: value, version: version ?? 1 }, base })
    const answer = await this.#call(
      this.#tx`public.update_set(${id}, ${version}, ${JSON.stringify({ weight_kg: value })}::text::jsonb)`,
    )
    const stored = Current.safeParse(answer)
    this.#settle(stored.success ? base : undefined)
    if (Gone.safeParse(answer).success) this.#witness.tooLate += 1
    if (lost) this.#put({ sent: { id, weight_kg: value, version }, base })
    else if (stored.success) this.#known.set(id, { value, base: value, version: stored.data.version })
  }

  /** Deletes the `n`th set that it knows, at once or when it uploads next. */
  async delete(n: number, live: boolean, lost: boolean): Promise<void> {
    const found = this.#nth(n)
    if (found === undefined) return
    const [id, { base, version }] = found
    this.#known.delete(id)
    if (!live || version === undefined) return this.#put({ sent: { id, deleted: true, version: version ?? 1 }, base })
    const answer = await this.#call(this.#tx`public.delete_set(${id}, ${version})`)
    this.#settle(z.object({ deleted: z.literal(true) }).safeParse(answer).success ? base : undefined)
    if (lost) this.#put({ sent: { id, deleted: true, version }, base })
  }

  /** Writes into the table without saying what it has seen, as a client may. */
  async overwrite(n: number): Promise<void> {
    const found = this.#nth(n)
    if (found === undefined) return
    const [id] = found
    const own = await this.#read(this.#tx`
      select weight_kg::float8 as value from public.workout_sets
      where id = ${id} and changed_by = private.session_id()`)
    const value = this.#witness.enter(id)
    const rows = await this.#read(
      this.#tx`update public.workout_sets set weight_kg = ${value} where id = ${id} returning id, version, weight_kg`,
    )
    const [row] = z.array(Current).parse(rows)
    if (row === undefined) this.#witness.givenUp.add(value)
    else this.#known.set(id, { value, base: value, version: row.version })
    // What this device wrote itself it knows.
    for (const { value: before } of z.array(z.object({ value: z.number() })).parse(own)) this.#settle(before)
  }

  /** Takes the exercise out, or throws the whole workout away, without saying what it has seen. */
  async drop(table: 'workout_exercises' | 'workouts'): Promise<void> {
    const own = await this.#read(this.#tx`
      select weight_kg::float8 as value from public.workout_sets
      where workout_exercise_id = ${this.#shared.entryId} and changed_by = private.session_id()`)
    await this.#read(this.#tx`
      delete from public.${this.#tx.unsafe(table)}
      where id = ${table === 'workouts' ? this.#shared.workoutId : this.#shared.entryId}`)
    for (const { value } of z.array(z.object({ value: z.number() })).parse(own)) this.#settle(value)
    this.#known.clear()
  }

  /** Uploads a part of what waits, all of it if `share` is 1. What was lost on the way waits for the next time. */
  async sync(share: number, lost: boolean): Promise<void> {
    const items = this.#queue.slice(0, Math.ceil(this.#queue.length * share))
    if (items.length === 0) return
    this.#witness.uploads.push({ device: this, items })
    await this.deliver(items, lost)
    if (!lost) this.#queue = this.#queue.slice(items.length)
  }

  /** What the network does with an upload: brings it, late or again. */
  async deliver(items: readonly Item[], lost: boolean): Promise<void> {
    const { workoutId, entryId } = this.#shared
    const document = [{ id: workoutId, exercises: [{ id: entryId, sets: items.map(({ sent }) => sent) }] }]
    const answer = Upload.parse(
      await this.#call(this.#tx`public.upload_workouts(${JSON.stringify(document)}::text::jsonb)`),
    )
    const rows = answer.rows.filter(({ table }) => table === 'workout_sets')
    for (const [n, { outcome, version, current, id }] of rows.entries()) {
      const item = items[n]
      if (outcome === 'refused') throw new Error(`refused: ${JSON.stringify(rows[n])}`)
      if (outcome === 'conflict') this.#witness.conflicts += 1
      if (outcome === 'stored') this.#settle(item?.base)
      if (lost) continue
      const known = this.#known.get(id)
      if (current) this.#know(current)
      else if (outcome === 'conflict') this.#known.delete(id)
      else if (known && known.value === item?.sent.weight_kg)
        this.#known.set(id, { ...known, base: known.value, version })
    }
  }

  /** Reads the workout anew. What waits to be uploaded is still to come. */
  async refresh(): Promise<unknown> {
    const document = await this.#call(this.#tx`public.get_workout(${this.#shared.workoutId})`)
    this.#known.clear()
    for (const { sets } of Document.parse(document ?? { exercises: [] }).exercises)
      for (const set of sets) this.#know(set)
    return document
  }

  #know({ id, version, weight_kg: value }: z.infer<typeof Current>): void {
    this.#known.set(id, { value, base: value, version })
  }

  #nth(n: number): readonly [string, Known] | undefined {
    const known = [...this.#known]
    return known[n % Math.max(known.length, 1)]
  }

  // Who corrects what still waits corrects it there.
  #put(item: Item): void {
    const { id } = item.sent
    const waiting = this.#queue.findLast(({ sent }) => sent.id === id)
    const isSent = this.#witness.uploads.some(({ items }) => waiting !== undefined && items.includes(waiting))
    if (waiting === undefined || isSent || item.sent.deleted || waiting.sent.deleted) {
      this.#queue.push(item)
      return
    }
    if (waiting.sent.weight_kg !== undefined) this.#witness.givenUp.add(waiting.sent.weight_kg)
    const { weight_kg } = item.sent
    if (waiting.base === undefined && weight_kg !== undefined)
      this.#known.set(id, { value: weight_kg, base: weight_kg, version: undefined })
    this.#queue[this.#queue.indexOf(waiting)] = {
      sent: { ...waiting.sent, ...(weight_kg === undefined ? {} : { weight_kg }) },
      base: waiting.base,
    }
  }

  #settle(base: number | undefined): void {
    if (base === undefined) return
    this.#witness.stored += 1
    this.#witness.givenUp.add(base)
  }

  // What is answered; undefined when the call is refused.
  async #call(statement: Query): Promise<unknown> {
    await this.#act()
    try {
      return await this.#tx.savepoint(async (inner) => {
        const [row] = await inner`select ${statement} as answer`
        return row?.answer
      })
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'PGRST') return undefined
      throw cause
    }
  }

  async #read(statement: Query) {
    await this.#act()
    return statement
  }

  async #act(): Promise<void> {
    if (this.#witness.acting === this) return
    await this.#tx`select set_config('request.jwt.claims', ${this.#claims}, true)`
    this.#witness.acting = this
  }
}
