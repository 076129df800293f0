/** A column of a relation as the replication stream describes it. */
export interface Column {
  readonly name: string
  readonly typeOid: number
  /** Part of the replica identity. */
  readonly key: boolean
}

/** A table as the replication stream describes it. */
export interface Relation {
  readonly oid: number
  readonly schema: string
  readonly table: string
  readonly replicaIdentity: string
  readonly columns: readonly Column[]
}

/** Values of a row in the order of its relation's columns: text bytes, null, or undefined for an unchanged large value. */
export type Tuple = readonly (Buffer | null | undefined)[]

/** A message of the output plugin `pgoutput`, protocol 1, text format. */
export type WalMessage =
  | { readonly kind: 'begin'; readonly finalLsn: bigint; readonly committedAt: Date; readonly xid: number }
  | { readonly kind: 'commit'; readonly endLsn: bigint }
  | { readonly kind: 'relation'; readonly relation: Relation }
  | RowChange
  | WalNote
  | { readonly kind: 'other' }

/** What `pg_logical_emit_message` wrote. */
export interface WalNote {
  readonly kind: 'message'
  readonly prefix: string
  readonly content: string
}

/** One row inserted, updated or deleted. */
export interface RowChange {
  readonly kind: 'insert' | 'update' | 'delete'
  readonly relation: Relation
  readonly row: Tuple | undefined
  /** The old row, or only the columns of the replica identity where `oldIsKey`. */
  readonly oldRow: Tuple | undefined
  readonly oldIsKey: boolean
}

// 2000-01-01, where Postgres' clock starts.
const EPOCH_MS = 946_684_800_000

/** Decodes one stream. It remembers the relations, which are described before their first row. */
export class PgOutputDecoder {
  readonly #relations = new Map<number, Relation>()

  /** Throws when a row belongs to a relation that was not described. */
  decode(data: Buffer): WalMessage {
    const reader = new Reader(data)
    switch (reader.char()) {
      case 'B':
        return {
          kind: 'begin',
          finalLsn: reader.uint64(),
          committedAt: new Date(EPOCH_MS + Number(reader.uint64() / 1000n)),
          xid: reader.uint32(),
        }
      case 'C':
        reader.skip(1 + 8)
        return { kind: 'commit', endLsn: reader.uint64() }
      case 'R':
        return { kind: 'relation', relation: this.#relation(reader) }
      case 'I':
        return this.#row('insert', reader)
      case 'U':
        return this.#row('update', reader)
      case 'D':
        return this.#row('delete', reader)
      case 'M':
        reader.skip(1 + 8)
        return { kind: 'message', prefix: reader.string(), content: reader.bytes(reader.uint32()).toString('utf8') }
      default:
        return { kind: 'other' }
    }
  }

  #relation(reader: Reader): Relation {
    const oid = reader.uint32()
    const schema = reader.string()
    const table = reader.string()
    const replicaIdentity = reader.char()
    const columns = Array.from({ length: reader.uint16() }, (): Column => {
      const key = reader.uint8() === 1
      const name = reader.string()
      const typeOid = reader.uint32()
      reader.skip(4)
      return { name, typeOid, key }
    })
    const relation = { oid, schema, table, replicaIdentity, columns }
    this.#relations.set(oid, relation)
    return relation
  }

  #row(kind: RowChange['kind'], reader: Reader): RowChange {
    const relation = this.#relations.get(reader.uint32())
    if (!relation) throw new Error('a row came before the description of its table')
    let oldRow: Tuple | undefined
    let row: Tuple | undefined
    let oldIsKey = false
    while (!reader.atEnd) {
      const part = reader.char()
      if (part === 'N') row = tuple(reader)
      else {
        oldIsKey = part === 'K'
        oldRow = tuple(reader)
      }
    }
    return { kind, relation, row, oldRow, oldIsKey }
  }
}

function tuple(reader: Reader): Tuple {
  return Array.from({ length: reader.uint16() }, () => {
    const form = reader.char()
    if (form === 'n') return null
    if (form === 'u') return undefined
    return reader.bytes(reader.uint32())
  })
}

class Reader {
  readonly #data: Buffer
  #offset = 0

  constructor(data: Buffer) {
    this.#data = data
  }

  get atEnd(): boolean {
    return this.#offset >= this.#data.length
  }

  skip(bytes: number): void {
    this.#offset += bytes
  }

  char(): string {
    return String.fromCharCode(this.uint8())
  }

  uint8(): number {
    return this.#data.readUInt8(this.#offset++)
  }

  uint16(): number {
    this.#offset += 2
    return this.#data.readUInt16BE(this.#offset - 2)
  }

  uint32(): number {
    this.#offset += 4
    return this.#data.readUInt32BE(this.#offset - 4)
  }

  uint64(): bigint {
    this.#offset += 8
    return this.#data.readBigUInt64BE(this.#offset - 8)
  }

  string(): string {
    const end = this.#data.indexOf(0, this.#offset)
    const text = this.#data.toString('utf8', this.#offset, end)
    this.#offset = end + 1
    return text
  }

  bytes(length: number): Buffer {
    this.#offset += length
    return this.#data.subarray(this.#offset - length, this.#offset)
  }
}
