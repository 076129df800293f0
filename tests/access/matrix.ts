import type { PostgrestError, SupabaseClient } from '@supabase/supabase-js'
import { anonClient, createUser, type User } from '../support/clients.ts'
import { ownedBy } from '../support/rows.ts'
import { sql } from '../support/stack.ts'
import { type Cell, type Matrix, Row } from './read-matrix.ts'

const PEOPLE = ['owner', 'stranger', 'admin', 'friend'] as const

/** The rows of the matrix and the people who reach for them, made anew. */
export class World {
  readonly #matrix: Matrix
  readonly #clients: ReadonlyMap<string, SupabaseClient>
  readonly #ids: ReadonlyMap<string, string>

  private constructor(matrix: Matrix, people: ReadonlyMap<string, User>) {
    this.#matrix = matrix
    this.#clients = new Map([...people].map(([name, { client }]) => [name, client]))
    const named = matrix.steps.flatMap(({ statement }) =>
      [...statement.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    )
    this.#ids = new Map(named.map((name) => [name, people.get(name)?.id ?? crypto.randomUUID()]))
  }

  static async create(matrix: Matrix): Promise<World> {
    const users = await Promise.all(PEOPLE.map(async (name) => [name, await createUser(name)] as const))
    const world = new World(matrix, new Map(users))
    for (const step of matrix.steps) await world.#act(step.actor, world.#fill(step.statement))
    return world
  }

  /** Tries a cell over HTTP and gives what came of it, in the matrix's words. */
  async attempt({ table, actor, verb }: Cell): Promise<string> {
    const probe = this.#matrix.probes.find(({ table_name }) => table_name === table)
    if (!probe) throw new Error(`the matrix does not say how to try ${table}`)
    const client = this.#clients.get(actor) ?? anonClient()
    const match = this.#row(probe.match)
    const columns = Object.keys(match).join()
    const request = {
      select: () => client.from(table).select(columns).match(match),
      insert: () => client.from(table).insert(this.#row(probe.new_row)),
      update: () => client.from(table).update(this.#row(probe.patch)).match(match).select(columns),
      delete: () => client.from(table).delete().match(match).select(columns),
    }[verb]()
    const { data, error, status } = await request
    if (error) return refusal(error, status, actor)
    if (verb === 'insert') return 'ok'
    if (data?.length === 0) return 'none'
    return verb === 'select' ? 'rows' : 'ok'
  }

  /** Everything that belongs to the owner, as one comparable text. */
  async owned(): Promise<string> {
    return ownedBy(this.#ids.get('owner') ?? '')
  }

  #fill(text: string): string {
    return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => this.#ids.get(name) ?? crypto.randomUUID())
  }

  #row(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Row.parse(JSON.parse(this.#fill(JSON.stringify(row))))
  }

  async #act(actor: string, statement: string): Promise<void> {
    await sql.begin(async (transaction) => {
      if (actor !== 'postgres') {
        const claims = JSON.stringify({ sub: this.#ids.get(actor), role: 'authenticated' })
        await transaction`select set_config('request.jwt.claims', ${claims}, true), set_config('role', 'authenticated', true)`
      }
      await transaction.unsafe(statement)
    })
  }
}

// 401 asks somebody unknown to sign in, 403 tells somebody known that it is not theirs.
function refusal(error: PostgrestError, status: number, actor: string): string {
  if (status >= 500) return `${status} ${error.code}`
  if (error.code !== '42501') return error.code
  return status === (actor === 'anon' ? 401 : 403) ? 'denied' : `denied with ${status}`
}
