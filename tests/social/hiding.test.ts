import { beforeAll, describe, expect, test } from 'vitest'
import { shownBy } from '../intruder/existence.ts'
import { sql, stack } from '../support/stack.ts'
import { CARDS, type Door, furnish, knock, newThings, OWN, type Things, WORKOUTS } from './hiding.ts'

// Whoever is open is so to all, but for a block; whoever is for friends is so to friends.
const [open, reserved, friend, former] = [newThings(), newThings(), newThings(), newThings()]
const [blocked, blocker] = [newThings(), newThings()]

const befriend = (one: Things, other: Things) => sql`
  insert into public.friendships (requester_id, addressee_id, accepted_at) values (${one.user}, ${other.user}, now())`
const call = (one: Things, name: string, other: Things) =>
  knock(
    stack,
    one.user,
    { name, seenBy: 'friends', path: () => `rest/v1/rpc/${name}`, body: ({ user }) => ({ user_id: user }) },
    other,
  )

/** What a door shows to somebody, without the ids and names that they asked with. */
const shown = async (viewer: Things, door: Door, things: Things): Promise<string> =>
  shownBy(await knock(stack, viewer.user, door, things), things)

beforeAll(async () => {
  await Promise.all([
    furnish(sql, open, 'public'),
    ...[reserved, friend, former, blocked, blocker].map((things) => furnish(sql, things, 'friends')),
  ])
  for (const [owner, viewer] of [
    [open, friend],
    [open, blocked],
    [open, blocker],
    [reserved, friend],
    [reserved, former],
  ] as const) {
    await befriend(owner, viewer)
    await sql`insert into public.template_favorites (template_id, user_id) values (${owner.template}, ${viewer.user})`
    await sql`
      insert into public.workout_shares (workout_id, owner_id, user_id) values (${owner.workout}, ${owner.user}, ${viewer.user})`
  }
  await call(open, 'block_user', blocked)
  await call(blocker, 'block_user', open)
  await call(former, 'remove_friend', reserved)
})

const LISTS = ['my_friends', 'shared_workouts']
const pairs = [
  { who: 'somebody who is blocked', viewer: blocked, owner: open },
  { who: 'somebody who blocks', viewer: blocker, owner: open },
  { who: 'a former friend', viewer: former, owner: reserved },
]
// A former friend may ask again.
const hides = ({ name }: Door, viewer: Things): boolean => viewer !== former || name !== 'send_friend_request'

test.each(pairs)('to $who nobody is told of', async ({ viewer, owner }) => {
  const doors = [...CARDS, ...WORKOUTS, ...OWN].filter((door) => hides(door, viewer))
  for (const door of doors)
    expect([door.name, await shown(viewer, door, owner)]).toEqual([door.name, await shown(viewer, door, newThings())])
  expect(await follows(viewer, owner.live)).toBe(false)
})

test.each([
  { of: 'somebody open', owner: open },
  { of: 'somebody reserved', owner: reserved },
])('a friend of $of is told all of that, but for what is the owner’s alone', async ({ owner }) => {
  for (const door of [...CARDS, ...WORKOUTS, ...OWN]) {
    const answer = await shown(door.seenBy === 'owner' ? owner : friend, door, owner)
    // A list without arguments is the same question of nobody.
    if (LISTS.includes(door.name)) expect([door.name, answer]).toEqual([door.name, expect.stringContaining('"user')])
    else expect([door.name, answer]).not.toEqual([door.name, await shown(friend, door, newThings())])
  }
  expect(await follows(friend, owner.live)).toBe(true)
})

// Last: they change what the questions above are about.
describe('a friend', () => {
  test('is told no more than the switches let through', async () => {
    const bodyweight = async () =>
      /"bodyweight_kg":81.5/.test(await (await knock(stack, friend.user, WORKOUTS[0] ?? missing(), reserved)).text())
    const isShown = async () =>
      Promise.all(
        WORKOUTS.map(async (door) =>
          (await (await knock(stack, friend.user, door, reserved)).text()).includes(reserved.user),
        ),
      )
    const set = (changes: { readonly workout_sharing?: boolean; readonly progress_sharing?: boolean }) =>
      sql`update public.preferences set ${sql(changes)} where user_id = ${reserved.user}`
    await set({ workout_sharing: true, progress_sharing: true })
    expect([await bodyweight(), await isShown(), await follows(friend, reserved.live)]).toEqual([
      true,
      [true, true],
      true,
    ])
    await set({ progress_sharing: false })
    expect([await bodyweight(), await isShown()]).toEqual([false, [true, true]])
    await set({ workout_sharing: false })
    expect([await isShown(), await follows(friend, reserved.live)]).toEqual([[false, false], false])
  })

  test('of somebody who becomes private is told of nobody', async () => {
    await sql`update public.profiles set visibility = 'private' where user_id = ${reserved.user}`
    for (const door of [...CARDS, ...WORKOUTS].filter(({ name }) => !LISTS.includes(name)))
      expect([door.name, await shown(friend, door, reserved)]).toEqual([
        door.name,
        await shown(friend, door, newThings()),
      ])
  })
})

const missing = (): never => {
  throw new Error('there is no such door')
}

/** Whether the policy of live channels lets somebody into that of a workout. */
function follows({ user }: Things, workout: string): Promise<boolean> {
  return sql.begin(async (tx) => {
    await tx`select set_config('request.jwt.claims', ${JSON.stringify({ sub: user, role: 'authenticated' })}, true)`
    await tx`set local role authenticated`
    const [row] = await tx`select private.may_follow_workout(${`workout:${workout}`}) as may`
    return row?.may === true
  })
}
