import type { Graph, Person, Tie } from './graph.ts'

const athlete: Person = {
  account: 'athlete',
  visibility: 'friends',
  plan: 'none',
  workouts: 'friends',
  sharesWorkouts: true,
  sharesProgress: true,
  sharesPhotos: true,
  template: 'friends',
  isPremium: false,
}

const tie = (one: number, other: number, between: Partial<Tie> = {}): Tie => ({
  one,
  other,
  friendship: 'none',
  block: 'none',
  shared: false,
  ...between,
})

/** One graph with every kind of person, each of whom has a friend, a stranger, a former friend or somebody who blocks them. */
export const CAST: Graph = {
  people: [
    { ...athlete, plan: 'active', isPremium: true },
    { ...athlete, visibility: 'public', plan: 'expired', workouts: 'public', template: 'public', isPremium: true },
    { ...athlete, account: 'anonymous', visibility: 'public', sharesProgress: false, template: 'public' },
    { ...athlete, account: 'admin', workouts: 'private' },
    { ...athlete, account: 'former admin', plan: 'ended', sharesWorkouts: false },
    { ...athlete, visibility: 'private', template: 'private' },
  ],
  ties: [
    tie(0, 1, { friendship: 'friends', shared: true }),
    tie(0, 2),
    tie(0, 3, { friendship: 'asked' }),
    tie(0, 4, { friendship: 'ended', shared: true }),
    tie(0, 5, { block: 'by one' }),
    tie(1, 2, { friendship: 'friends' }),
    tie(1, 3),
    tie(1, 4, { block: 'by other', friendship: 'friends' }),
    tie(1, 5, { friendship: 'asked' }),
    tie(2, 3, { block: 'both' }),
    tie(2, 4, { friendship: 'friends' }),
    tie(2, 5),
    tie(3, 4, { friendship: 'friends', shared: true }),
    tie(3, 5, { friendship: 'ended' }),
    tie(4, 5, { friendship: 'friends' }),
  ],
}
