import { createHash } from 'node:crypto'
import { z } from 'zod'

// A row, and the parts of a plan's document: its days and their exercises have ids of their own.
const Id = z.guid()
const Document = z.object({
  document: z.object({
    days: z.array(z.object({ id: z.guid(), exercises: z.array(z.object({ id: z.guid() })) })),
  }),
})

const ID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g

/**
 * Gives ids of an archive new ones that belong to `userId` alone: of the same two ids always the same one (UUID version 8 of
 * their SHA-256), so that references stay what they are. An id that the archive does not define is left as it is.
 */
export class NewIds {
  readonly #userId: string
  readonly #known = new Map<string, string>()

  constructor(userId: string) {
    this.#userId = userId
  }

  /** Takes notice of an id that the archive defines. */
  define(id: string): void {
    const digest = createHash('sha256').update(`${this.#userId} ${id}`).digest('hex')
    const variant = ((Number.parseInt(digest.charAt(16), 16) & 3) | 8).toString(16)
    const parts = [digest.slice(0, 8), digest.slice(8, 12), `8${digest.slice(13, 16)}`, variant + digest.slice(17, 20)]
    this.#known.set(id, [...parts, digest.slice(20, 32)].join('-'))
  }

  /** Takes notice of every id that a row of the archive defines. */
  defineAll(row: Readonly<Record<string, unknown>>): void {
    const id = Id.safeParse(row.id)
    if (id.success) this.define(id.data)
    const plan = Document.safeParse(row)
    for (const day of plan.data?.document.days ?? []) for (const part of [day, ...day.exercises]) this.define(part.id)
  }

  /** A text in which every id that the archive defines is the new one. */
  replace(text: string): string {
    return text.replaceAll(ID, (id) => this.#known.get(id) ?? id)
  }
}
