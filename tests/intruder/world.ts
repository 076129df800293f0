import { z } from 'zod'
import { type Matrix, Probe, Row } from '../access/read-matrix.ts'
import { type Perch, plant } from './canaries.ts'
import { readHiddenTables, type Table } from './catalogue.ts'
import type { Graph } from './graph.ts'
import { plantHidden } from './hidden-canaries.ts'
import { HOUSE, OPINIONS, PLANS } from './house.ts'
import { type Acquaintance, type Fact, Society, type Somebody } from './model.ts'
import type { Claims, Session, Step } from './session.ts'
import { TABLES, type TableModel } from './tables.ts'

const Facts = z.array(
  z.object({
    table: z.string(),
    key: z.string(),
    owner: z.string().nullable(),
    other: z.string().nullable(),
    isPremium: z.boolean(),
  }),
)

type Ids = Readonly<Record<string, string>>

const COMPANION = {
  account: 'athlete',
  visibility: 'public',
  plan: 'none',
  template: 'private',
  workouts: 'private',
  sharesWorkouts: true,
  sharesProgress: false,
  sharesPhotos: false,
  isPremium: false,
} as const

const newId = (): string => crypto.randomUUID()

const fill = (text: string, ids: Ids): string =>
  text.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? newId())

/** A value as a text in SQL that holds its JSON. */
export const quote = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", "''")}'`

/** The name of a row `t` of a table, in SQL. */
export const keyOf = ({ key }: Table): string => key.map((column) => `t.${column}::text`).join(` || '/' || `)

/** People, what is between them, a row of each of them in every table, and what is true of those rows. */
export class World {
  readonly session: Session
  readonly matrix: Matrix
  readonly tables: readonly Table[]
  readonly society: Society
  /** The ids of the people's rows, by the names that the access matrix gives them. */
  readonly ids: ReadonlyMap<string, Ids>
  readonly facts: readonly Fact[]
  /** Where each canary sits. Tests that put some elsewhere add them. */
  readonly canaries: Map<string, Perch>
  readonly #byKey: ReadonlyMap<string, Fact>

  private constructor(
    session: Session,
    tables: readonly Table[],
    made: Pick<World, 'matrix' | 'society' | 'ids' | 'facts' | 'canaries'>,
  ) {
    this.matrix = made.matrix
    this.session = session
    this.tables = tables
    this.society = made.society
    this.ids = made.ids
    this.facts = made.facts
    this.canaries = made.canaries
    this.#byKey = new Map(made.facts.map((fact) => [`${fact.table} ${fact.key}`, fact]))
  }

  /** Makes the people of a graph, and two more: the friend of all with whom all share, and one whom all block. */
  static async create(session: Session, matrix: Matrix, tables: readonly Table[], graph: Graph): Promise<World> {
    const [companion, outcast, operator] = [newId(), newId(), newId()]
    const steps = [...matrix.steps, ...OPINIONS]
    const house = idsOf(HOUSE)
    const ids = new Map<string, Ids>(
      [...graph.people.map(newId), companion, outcast].map((id) => [
        id,
        { ...idsOf(steps), ...house, owner: id, friend: companion, blocked: outcast, admin: operator },
      ]),
    )
    const people = [...ids.keys()].map((id, place): Somebody => {
      const person = graph.people[place] ?? COMPANION
      return { ...person, id, workout: ids.get(id)?.workout ?? '' }
    })
    const society = new Society(people, [...acquaintances(graph, people), ...withEverybody(people, companion, outcast)])
    await createUsers(session, people, operator)
    await session.make({}, filled(HOUSE, house))
    for (const { id } of people) {
      const named = ids.get(id) ?? {}
      const absent = id === companion || id === outcast ? ['{friend}', '{blocked}'] : []
      const own = steps.filter(({ statement }) => !absent.some((name) => statement.includes(name)))
      await session.make({ owner: claimsOf(society, id), postgres: { role: 'postgres' } }, filled(own, named))
    }
    await settle(session, society, acquaintances(graph, people))
    await session.make({ companion: claimsOf(society, companion) }, [
      { actor: 'companion', statement: `select public.block_user('${outcast}')` },
    ])
    const canaries = new Map([
      ...(await plant(session, tables, [...ids.keys()])),
      ...(await plantHidden(session, await readHiddenTables(session.sql), [...ids.keys()])),
    ])
    const facts = await readFacts(
      session,
      tables,
      [...ids.keys()],
      [...Object.values(house), ...PLANS, ...[...ids.values()].map((named) => named.library_exercise ?? '')],
    )
    await remember(session, tables, facts)
    return new World(session, tables, { matrix, society, ids, facts, canaries })
  }

  /** Everybody who may ask: nobody without a token is null. */
  get viewers(): readonly (string | null)[] {
    return [null, ...this.society.people.keys()]
  }

  claims(viewer: string | null): Claims {
    return viewer === null ? null : claimsOf(this.society, viewer)
  }

  /** How the access matrix tries a table, with the ids of `owner` in it. */
  probe(table: string, owner?: string): Matrix['probes'][number] {
    const probe = this.matrix.probes.find(({ table_name: name }) => name === table)
    if (!probe) throw new Error(`supabase/tests/support/access.psql does not say how to try ${table}`)
    return Probe.parse(JSON.parse(this.fill(JSON.stringify(probe), owner)))
  }

  /** A row with the ids of `owner` in the place of their names. */
  row(proposal: Readonly<Record<string, unknown>>, owner: string | undefined): Readonly<Record<string, unknown>> {
    return Row.parse(JSON.parse(this.fill(JSON.stringify(proposal), owner)))
  }

  /** A text with the ids of `owner` in the place of their names, or with ids that are nobody's. */
  fill(text: string, owner: string | undefined): string {
    return fill(text, this.ids.get(owner ?? '') ?? {})
  }

  /** The row of this name. */
  fact(table: string, key: string): Fact | undefined {
    return this.#byKey.get(`${table} ${key}`)
  }

  /** The rows of a table whose access the model knows. */
  factsOf(table: string): readonly Fact[] {
    return this.facts.filter((fact) => fact.table === table)
  }
}

/** Tokens claim whatever they like: the database does not believe them. */
function claimsOf(society: Society, id: string): Exclude<Claims, null> {
  return {
    sub: id,
    role: 'authenticated',
    is_anonymous: society.people.get(id)?.account === 'anonymous',
    user_role: 'admin',
    plan: 'pro',
    scope: 'admin:users',
    app_metadata: { role: 'admin', plan: 'pro' },
  }
}

const filled = (steps: readonly Step[], ids: Ids): readonly Step[] =>
  steps.map(({ actor, statement }) => ({ actor, statement: fill(statement, ids) }))

function idsOf(steps: readonly Step[]): Ids {
  const names = steps.flatMap(({ statement }) => [...statement.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name))
  return Object.fromEntries(names.map((name) => [name, newId()]))
}

function acquaintances(graph: Graph, people: readonly Somebody[]): readonly Acquaintance[] {
  return graph.ties.map((tie) => ({ ...tie, one: people[tie.one]?.id ?? '', other: people[tie.other]?.id ?? '' }))
}

/** The companion is a friend of all, who share with them; the outcast is blocked by all. */
function withEverybody(people: readonly Somebody[], companion: string, outcast: string): readonly Acquaintance[] {
  const others = people.filter(({ id }) => id !== companion && id !== outcast)
  return [
    ...others.map(
      ({ id: one }) => ({ one, other: companion, friendship: 'friends', block: 'none', shared: true }) as const,
    ),
    ...[...others.map(({ id }) => id), companion].map(
      (one) => ({ one, other: outcast, friendship: 'none', block: 'by one', shared: false }) as const,
    ),
  ]
}

async function createUsers({ sql }: Session, people: readonly Somebody[], operator: string): Promise<void> {
  const users = [...people.map(({ id, account }) => ({ id, account })), { id: operator, account: 'athlete' }]
  for (const { id, account } of users)
    await sql`
      insert into auth.users (
        instance_id, id, aud, role, email, email_confirmed_at, is_anonymous, created_at, updated_at
      )
      values (
        '00000000-0000-0000-0000-000000000000', ${id}, 'authenticated', 'authenticated', ${account === 'anonymous' ? null : `${id}@example.test`}, now(),
        ${account === 'anonymous'}, now(), now()
      )`
}

/** Brings about what there is between people, through the same doors as they would, and what each of them is. */
async function settle(session: Session, { people }: Society, ties: readonly Acquaintance[]): Promise<void> {
  const claims = Object.fromEntries([...people.keys()].map((id) => [id, { sub: id, role: 'authenticated' }]))
  await session.make(claims, [
    ...ties.filter(({ shared }) => shared).map((tie) => shareStep(tie, people)),
    ...ties.flatMap(friendSteps),
    ...ties.flatMap(blockSteps),
    ...[...people.values()].flatMap(personSteps),
  ])
}

const POSTGRES = 'postgres'

function shareStep({ one, other }: Acquaintance, people: Society['people']): Step {
  return {
    actor: POSTGRES,
    statement: `
      insert into public.workout_shares (workout_id, owner_id, user_id)
      values ('${people.get(one)?.workout}', '${one}', '${other}')`,
  }
}

function friendSteps({ one, other, friendship }: Acquaintance): readonly Step[] {
  if (friendship === 'none') return []
  const accepted = friendship === 'asked' ? 'null' : 'now()'
  const begun = {
    actor: POSTGRES,
    statement: `
      insert into public.friendships (requester_id, addressee_id, accepted_at)
      values ('${one}', '${other}', ${accepted})`,
  }
  return friendship === 'ended'
    ? [begun, { actor: one, statement: `select public.remove_friend('${other}')` }]
    : [begun]
}

function blockSteps({ one, other, block }: Acquaintance): readonly Step[] {
  return [
    ...(block === 'by one' || block === 'both'
      ? [{ actor: one, statement: `select public.block_user('${other}')` }]
      : []),
    ...(block === 'by other' || block === 'both'
      ? [{ actor: other, statement: `select public.block_user('${one}')` }]
      : []),
  ]
}

const SUBSCRIPTION: Readonly<Record<Somebody['plan'], string>> = {
  none: 'delete from public.subscriptions',
  active: "update public.subscriptions set status = 'active', ends_at = now() + interval '1 day'",
  expired: "update public.subscriptions set status = 'expired'",
  ended: "update public.subscriptions set status = 'active', ends_at = now() - interval '1 second'",
}

function personSteps(person: Somebody): readonly Step[] {
  const { id, account, visibility, plan, template, isPremium } = person
  const role = account === 'admin' ? 'admin' : 'user'
  return [
    `update public.profiles set visibility = '${visibility}' where user_id = '${id}'`,
    `update public.workouts set visibility = '${person.workouts}' where user_id = '${id}'`,
    `update public.preferences
     set workout_sharing = ${person.sharesWorkouts}, progress_sharing = ${person.sharesProgress},
       photo_sharing = ${person.sharesPhotos}
     where user_id = '${id}'`,
    `${SUBSCRIPTION[plan]} where user_id = '${id}'`,
    `update public.workout_templates
     set visibility = '${template}', is_published = ${template !== 'private'}, published_at = now(), is_premium = ${isPremium}
     where created_by = '${id}'`,
    `update public.template_versions set is_premium = ${isPremium} where created_by = '${id}'`,
    // A former admin was one.
    ...(account === 'former admin' ? [`update public.user_roles set role = 'admin' where user_id = '${id}'`] : []),
    `update public.user_roles set role = '${role}' where user_id = '${id}'`,
  ].map((statement) => ({ actor: POSTGRES, statement }))
}

/** Which rows of a table are these people's or among these of the product's own, in SQL. */
function factsSql(table: Table, model: TableModel, people: readonly string[], house: readonly string[]): string {
  const list = people.map((id) => `'${id}'`).join()
  const own = house.map((id) => `'${id}'`).join()
  return `
    select
      '${table.name}' as table, ${keyOf(table)} as key, (${model.owner})::text as owner,
      (${model.other ?? 'null'})::text as other, coalesce(${model.premium ?? 'false'}, false) as "isPremium"
    from public.${table.name} as t
    where (${model.owner}) in (${list})
      or (${model.other ?? 'null::uuid'}) in (${list})
      or ((${model.owner}) is null and t.${table.key[0]}::text in (${own}))`
}

async function readFacts(
  session: Session,
  tables: readonly Table[],
  people: readonly string[],
  house: readonly string[],
): Promise<readonly Fact[]> {
  const queries = tables.flatMap((table) => {
    const model = TABLES[table.name]
    return model ? [factsSql(table, model, people, house)] : []
  })
  return Facts.parse(await session.sql.unsafe(queries.join(' union all ')))
}

/** Keeps where every row is, so that a write is seen whatever it wrote. */
async function remember({ sql }: Session, tables: readonly Table[], facts: readonly Fact[]): Promise<void> {
  await sql`truncate intruder_before`
  for (const table of tables) {
    const keys = facts.filter((fact) => fact.table === table.name).map(({ key }) => key)
    await sql.unsafe(
      `insert into intruder_before select '${table.name}', ${keyOf(table)}, t.ctid::text
       from public.${table.name} as t where ${keyOf(table)} = any ($1)`,
      [keys],
    )
  }
}
