import type { Person, Tie } from './graph.ts'

/** Somebody with rows of their own. */
export interface Somebody extends Person {
  readonly id: string
  /** The workout that they share, where they do. */
  readonly workout: string
}

/** A tie of two people, named by their ids. */
export interface Acquaintance extends Omit<Tie, 'one' | 'other'> {
  readonly one: string
  readonly other: string
}

/** A row, and what the contract's rules ask about it. Ids that do not apply are null. */
export interface Fact {
  readonly table: string
  readonly key: string
  /** Whose it is; null for the product's own. */
  readonly owner: string | null
  /** The other person that it names. */
  readonly other: string | null
  /** Of the product's own: whether only those who pay for it read it. */
  readonly isPremium: boolean
}

/** What is asked about the things of `owner`, whichever row of theirs it is. */
export const about = (owner: string): Fact => ({ table: '', key: '', owner, other: null, isPremium: false })

const key = (one: string, other: string): string => `${one} ${other}`

/** Who is what to whom, worked out from the ties alone: the answers of the contract, not of the policies. */
export class Society {
  readonly people: ReadonlyMap<string, Somebody>
  readonly #friends = new Set<string>()
  readonly #asked = new Set<string>()
  readonly #requests = new Set<string>()
  readonly #blocks = new Set<string>()
  readonly #shares = new Set<string>()

  constructor(people: readonly Somebody[], ties: readonly Acquaintance[]) {
    this.people = new Map(people.map((person) => [person.id, person]))
    for (const { one, other, friendship, block, shared } of ties) {
      if (block === 'by one' || block === 'both') this.#blocks.add(key(one, other))
      if (block === 'by other' || block === 'both') this.#blocks.add(key(other, one))
      // A block ends what there was.
      const kept = block === 'none' ? friendship : 'none'
      if (kept === 'friends') for (const name of [key(one, other), key(other, one)]) this.#friends.add(name)
      if (kept === 'asked' || kept === 'friends') this.#requests.add(key(one, other))
      if (kept === 'asked') this.#asked.add(key(one, other))
      const workout = shared ? this.people.get(one)?.workout : undefined
      if (workout !== undefined) this.#shares.add(key(workout, other))
    }
  }

  /** For each other they do not exist. */
  hidden(one: string, other: string): boolean {
    return this.#blocks.has(key(one, other)) || this.#blocks.has(key(other, one))
  }

  /** Whether `viewer` is a friend of `owner` who may see what friends see. */
  friends(viewer: string, owner: string): boolean {
    return this.#friends.has(key(viewer, owner)) && this.people.get(owner)?.visibility !== 'private'
  }

  /** Whether `viewer` blocks `other`, who does not block back. */
  blocksAlone(viewer: string, other: string): boolean {
    return this.#blocks.has(key(viewer, other)) && !this.#blocks.has(key(other, viewer))
  }

  /** Whether `viewer`, null for nobody, sees the card of `owner`. */
  seesCard(viewer: string | null, owner: string): boolean {
    const visibility = this.people.get(owner)?.visibility
    if (viewer === null) return visibility === 'public'
    if (viewer === owner) return true
    if (visibility === 'private' || this.hidden(viewer, owner)) return false
    return visibility === 'public' || this.friends(viewer, owner) || this.#asked.has(key(owner, viewer))
  }

  /** Whether for `viewer` there is somebody under the id of `other`, who could be asked to be a friend. */
  existsFor(viewer: string, other: string): boolean {
    return this.people.get(other)?.visibility !== 'private' && !this.hidden(viewer, other)
  }

  /** Whether `other` has asked `viewer` to be a friend, or they are friends since. */
  hasHeardFrom(viewer: string, other: string): boolean {
    return this.#requests.has(key(other, viewer)) && this.existsFor(viewer, other)
  }

  /** Whether `owner` has shared this workout by name with `viewer`, who may still see what friends see. */
  #isSharedWith(viewer: string, owner: string, workout: string): boolean {
    return this.#shares.has(key(workout, viewer)) && this.friends(viewer, owner)
  }

  /** Whether `viewer` is shown this workout of somebody else; null: one that is shared with nobody by name. */
  isShown(viewer: string, owner: string, workout: string | null): boolean {
    const person = this.people.get(owner)
    if (!person?.sharesWorkouts || this.hidden(viewer, owner)) return false
    if (person.workouts === 'public' && person.visibility === 'public') return true
    return (
      this.friends(viewer, owner) &&
      (person.workouts !== 'private' || (workout !== null && this.#isSharedWith(viewer, owner, workout)))
    )
  }

  isAdmin(viewer: string | null): boolean {
    return viewer !== null && this.people.get(viewer)?.account === 'admin'
  }

  /** What the plan of `viewer` entitles to now. A token that says more is not believed. */
  isEntitled(viewer: string): boolean {
    return this.isAdmin(viewer) || this.people.get(viewer)?.plan === 'active'
  }
}

/** Whether `viewer`, null for somebody without a token, may do something with a row. */
export type Rule = (viewer: string | null, fact: Fact, society: Society) => boolean

export const nobody: Rule = () => false
export const everybody: Rule = () => true
export const owner: Rule = (viewer, { owner }) => viewer !== null && viewer === owner

/** Whoever sees the card. */
export const card: Rule = (viewer, { owner }, society) => owner !== null && society.seesCard(viewer, owner)

/** The two. */
export const involved: Rule = (viewer, { owner, other }) => viewer !== null && (viewer === owner || viewer === other)

/** The two, unless the other is private: of somebody private nothing is seen. */
export const contacts: Rule = (viewer, { owner, other }, society) => {
  if (viewer === null || (viewer !== owner && viewer !== other)) return false
  const contact = viewer === owner ? other : owner
  return contact !== null && society.people.get(contact)?.visibility !== 'private'
}

/** The owner, and whom they show the workout that they share, through the functions that show it. */
export const shownTo: Rule = (viewer, { owner }, society) => {
  const workout = owner === null ? undefined : society.people.get(owner)?.workout
  if (viewer === null || owner === null || workout === undefined) return false
  return viewer === owner || society.isShown(viewer, owner, workout)
}

/** The owner, and friends who follow the workout that they are in: one that is shared with nobody by name. */
export const follower: Rule = (viewer, { owner }, society) => {
  if (viewer === null || owner === null) return false
  return viewer === owner || (society.friends(viewer, owner) && society.isShown(viewer, owner, null))
}

/** The owner, and whom the row names while they are friends. */
export const sharee: Rule = (viewer, fact, society) =>
  owner(viewer, fact, society) ||
  (viewer !== null && viewer === fact.other && fact.owner !== null && society.friends(viewer, fact.owner))

/** What is the product's is everybody's; what somebody proposes is theirs: an admin reads it in the queue, which is logged. */
export const library: Rule = (viewer, fact, society) => fact.owner === null || owner(viewer, fact, society)

/** The creator of what is not the product's yet; of the product's own, admins. */
export const creator: Rule = (viewer, fact, society) =>
  owner(viewer, fact, society) || (fact.owner === null && society.isAdmin(viewer))

/** The creator, and admins through a call that is logged. */
export const curator: Rule = (viewer, fact, society) => owner(viewer, fact, society) || society.isAdmin(viewer)

/** What is published, for those to whom it is and who see its author's card. The product's own is for all. */
export const template: Rule = (viewer, fact, society) => {
  if (fact.owner === null || owner(viewer, fact, society)) return true
  const author = society.people.get(fact.owner)
  if (!author || author.template === 'private') return false
  const isForAll = author.template === 'public' && author.visibility === 'public'
  if (viewer === null) return isForAll
  return !society.hidden(viewer, author.id) && (isForAll || society.friends(viewer, author.id))
}

/** What is in a plan of training: where it is premium, for the author and those who pay. */
export const templateInside: Rule = (viewer, fact, society) => {
  const author = fact.owner === null ? fact : society.people.get(fact.owner)
  const isPaid = !author?.isPremium || (viewer !== null && (viewer === fact.owner || society.isEntitled(viewer)))
  return template(viewer, fact, society) && isPaid
}
