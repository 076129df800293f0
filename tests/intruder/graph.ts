import fc from 'fast-check'

/** How much of themselves somebody shows. */
type Visibility = 'public' | 'friends' | 'private'

/** What somebody is: with an account, without an address, with power over the product, or with power that was taken away. */
type Account = 'athlete' | 'anonymous' | 'admin' | 'former admin'

/** Somebody of a graph. Whatever they are, their tokens claim to be an admin's who pays for the highest plan. */
export interface Person {
  readonly account: Account
  readonly visibility: Visibility
  readonly plan: 'none' | 'active' | 'expired' | 'ended'
  /** Whom they show their workouts, and whether at all; and whether what tells of the body goes with them. */
  readonly workouts: Visibility
  readonly sharesWorkouts: boolean
  readonly sharesProgress: boolean
  readonly sharesPhotos: boolean
  /** Who finds the plan of training that they have written; private: it is not published. */
  readonly template: Visibility
  /** Whether only those who pay for it read what is in that plan. */
  readonly isPremium: boolean
}

/** What there is between two people, named by their places in the list. */
export interface Tie {
  readonly one: number
  readonly other: number
  /** asked: by `one`, unanswered. ended: they were friends. */
  readonly friendship: 'none' | 'asked' | 'friends' | 'ended'
  readonly block: 'none' | 'by one' | 'by other' | 'both'
  /** Whether `one` has shared a workout with `other`. */
  readonly shared: boolean
}

/** People and what is between them. */
export interface Graph {
  readonly people: readonly Person[]
  readonly ties: readonly Tie[]
}

const PEOPLE = 6

/** One who is asked, one who asks: every relation of the contract is in it, whatever fast-check adds. */
const person: fc.Arbitrary<Person> = fc.record({
  account: fc.constantFrom<Account>('athlete', 'athlete', 'anonymous', 'admin', 'former admin'),
  visibility: fc.constantFrom<Visibility>('public', 'friends', 'private'),
  plan: fc.constantFrom<Person['plan']>('none', 'active', 'expired', 'ended'),
  workouts: fc.constantFrom<Visibility>('public', 'friends', 'private'),
  sharesWorkouts: fc.constantFrom(true, true, false),
  sharesProgress: fc.boolean(),
  sharesPhotos: fc.boolean(),
  template: fc.constantFrom<Visibility>('public', 'friends', 'private'),
  isPremium: fc.boolean(),
})

const pairs = Array.from({ length: PEOPLE }, (_, one) =>
  Array.from({ length: PEOPLE - one - 1 }, (_, step) => ({ one, other: one + step + 1 })),
).flat()

const tie = (pair: { readonly one: number; readonly other: number }): fc.Arbitrary<Tie> =>
  fc
    .record({
      turned: fc.boolean(),
      friendship: fc.constantFrom<Tie['friendship']>('none', 'asked', 'friends', 'friends', 'ended'),
      block: fc.constantFrom<Tie['block']>('none', 'none', 'none', 'by one', 'by other', 'both'),
      shared: fc.boolean(),
    })
    .map(({ turned, ...rest }) => ({ ...rest, ...(turned ? { one: pair.other, other: pair.one } : pair) }))

/** Graphs of six people, every two of whom may be anything to each other. */
export const graphs: fc.Arbitrary<Graph> = fc.record({
  people: fc.array(person, { minLength: PEOPLE, maxLength: PEOPLE }),
  ties: fc.tuple(...pairs.map(tie)),
})
