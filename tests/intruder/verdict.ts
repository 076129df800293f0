import type { CallModel } from './calls.ts'
import { canariesIn } from './canaries.ts'
import { FILES, HIDDEN } from './hidden.ts'
import { about, type Fact } from './model.ts'
import type { Outcome } from './session.ts'
import { TABLES, words } from './tables.ts'
import type { World } from './world.ts'

/** What a verdict that stops at the first disagreement throws. */
export class Disagreement extends Error {
  override readonly name = 'Disagreement'
}

/** Counts the decisions that were compared, and keeps those on which the database and the model disagree, as sentences. */
export class Verdict {
  decisions = 0
  /** The answers in which canaries were looked for. */
  answers = 0
  /** The columns outside of the exposed tables that some answer told their owner. */
  readonly told = new Set<string>()
  readonly #disagreements = new Map<string, string>()
  readonly #stopsAtFirst: boolean

  constructor({ stopsAtFirst = false } = {}) {
    this.#stopsAtFirst = stopsAtFirst
  }

  /** The first disagreement of each kind. */
  get disagreements(): readonly string[] {
    return [...this.#disagreements.values()]
  }

  /** One decision: what the database did and what the model says. `kind` is what it is about, without ids. */
  compare(kind: string, found: unknown, expected: unknown): void {
    this.decisions += 1
    if (JSON.stringify(found) === JSON.stringify(expected)) return
    const sentence = `${kind}: ${JSON.stringify(found)}, and not ${JSON.stringify(expected)}`
    if (this.#stopsAtFirst) throw new Disagreement(sentence)
    this.#disagreements.set(kind, sentence)
  }

  /** Every canary in an answer is one that the viewer may see, or is in a table that the answer shows to them. */
  heard(world: World, viewer: string | null, kind: string, outcome: Outcome, shows?: CallModel['shows']): void {
    this.answers += 1
    for (const canary of canariesIn(JSON.stringify(outcome))) {
      const perch = world.canaries.get(canary)
      if (perch?.owner !== undefined) {
        const fact = { ...about(perch.owner ?? ''), owner: perch.owner }
        const rule = FILES[perch.table] ?? HIDDEN[perch.table]?.shows?.[perch.column]
        if (viewer !== null && viewer === perch.owner) this.told.add(`${perch.table}.${perch.column}`)
        const may = rule?.(viewer, fact, world.society) === true
        this.compare(`${relation(world, viewer, fact)} hears ${perch.table}.${perch.column} from ${kind}`, true, may)
        continue
      }
      const fact = perch && world.fact(perch.table, perch.key)
      if (!perch || (fact && isShown(world, viewer, fact, `${perch.table}.${perch.column}`, shows))) continue
      const model = TABLES[perch.table]
      const hidden = [...words(model?.secret), ...(viewer === null ? words(model?.forMembers) : [])]
      const may = fact && model?.select(viewer, fact, world.society) && !hidden.includes(perch.column)
      this.compare(`${relation(world, viewer, fact)} hears ${perch.table}.${perch.column} from ${kind}`, true, may)
    }
  }
}

function isShown(world: World, viewer: string | null, fact: Fact, name: string, shows: CallModel['shows']): boolean {
  if (!shows?.to(viewer, fact, world.society)) return false
  const owner = world.society.people.get(fact.owner ?? '')
  return words(shows.columns).includes(name) || (owner?.sharesProgress === true && words(shows.progress).includes(name))
}

/** Who asks and whose it is, so that a disagreement can be read without the graph. */
export function relation({ society }: World, viewer: string | null, fact: Pick<Fact, 'owner'> | undefined): string {
  const owner = fact?.owner ?? null
  const person = viewer === null ? undefined : society.people.get(viewer)
  const other = owner === null ? undefined : society.people.get(owner)
  if (!person || viewer === null) return `nobody, of ${other?.visibility ?? 'the product'}`
  if (owner === null) return `${person.account}, of the product`
  if (viewer === owner) return `${person.account}, of their own`
  const between = society.hidden(viewer, owner) ? 'blocked' : society.friends(viewer, owner) ? 'friend' : 'stranger'
  return `${person.account}, ${between} of ${other?.visibility ?? 'nobody'}`
}
