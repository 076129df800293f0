import { createHash } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../_shared/errors.ts'

const HEX = '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}'
const ID = new RegExp(HEX, 'g')
// As an export writes it. Postgres reads others as the same id, which then would not be found in the text.
const Id = z.string().regex(new RegExp(`^${HEX}$`))

// The parts of a plan's document: its days and their exercises have ids of their own.
const Parts = z.array(z.looseObject({})).catch([])
const Document = z.object({ document: z.object({ days: Parts }) })

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

  /** Takes notice of every id that a row of the archive defines. Throws archive_unreadable for one that no export writes. */
  defineAll(row: Readonly<Record<string, unknown>>): void {
    const days = Document.safeParse(row).data?.document.days ?? []
    for (const part of [row, ...days, ...days.flatMap((day) => Parts.parse(day.exercises))]) {
      // What has none is judged by the database, which gives a row one and refuses a plan.
      if (part.id === undefined || part.id === null) continue
      const id = Id.safeParse(part.id)
      if (!id.success)
        throw new AppError('archive_unreadable', { details: 'An id is not written as an export writes it.' })
      this.define(id.data)
    }
  }

  /** A text in which every id that the archive defines is the new one. */
  replace(text: string): string {
    return text.replaceAll(ID, (id) => this.#known.get(id) ?? id)
  }
}
