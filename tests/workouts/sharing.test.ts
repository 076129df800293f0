import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { parseEvent } from '../../supabase/functions/_shared/contracts/events.ts'
import { WorkoutDocument } from '../../supabase/functions/_shared/contracts/workouts.ts'
import { createUser, type User } from '../support/clients.ts'
import { eventually } from '../support/eventually.ts'
import { call, listen, refusal, startWith } from './training.ts'

const Page = z.object({
  items: z.array(z.object({ id: z.string(), user_id: z.string(), username: z.string() })),
  next_cursor: z.string().nullable(),
})

let ana: User
let ben: User
let eve: User
let workoutId: string
let workoutExerciseId: string

beforeAll(async () => {
  ;[ana, ben, eve] = await Promise.all([createUser('ana'), createUser('ben'), createUser('eve')])
  await befriend(ana, ben)
  ;({ workoutId, workoutExerciseId } = await startWith(ana.client, 'barbell-bench-press'))
})

async function befriend(one: User, other: User): Promise<void> {
  await call(one.client, 'send_friend_request', { user_id: other.id })
  await call(other.client, 'respond_friend_request', { user_id: one.id, accept: true })
}

const lift = (weight: number) =>
  call(ana.client, 'complete_set', {
    workout_exercise_id: workoutExerciseId,
    weight_kg: weight,
    reps: 5,
    notes: 'elbow hurts',
  })

const share = (args: Readonly<Record<string, unknown>>) =>
  call(ana.client, 'share_workout', { workout_id: workoutId, ...args })

const seenBy = async (user: User): Promise<string> => {
  const { data, error } = await user.client.rpc('get_workout', { workout_id: workoutId })
  return error === null ? WorkoutDocument.parse(data).id : `${error.code}: ${error.message}`
}

test('a friend reads what is shared and nobody else is told that there is anything', async () => {
  await lift(100)
  const unknown = await refusal(ben.client, 'get_workout', { workout_id: crypto.randomUUID() })
  expect(await refusal(ben.client, 'get_workout', { workout_id: workoutId })).toEqual(unknown)

  await share({ visibility: 'friends' })

  expect(await seenBy(ana)).toBe(workoutId)
  expect(await seenBy(ben)).toBe(workoutId)
  expect(await refusal(eve.client, 'get_workout', { workout_id: workoutId })).toEqual(unknown)
  const { items } = Page.parse(await call(ben.client, 'shared_workouts', {}))
  expect(items).toMatchObject([{ id: workoutId, user_id: ana.id }])
  expect(Page.parse(await call(eve.client, 'shared_workouts', {})).items).toEqual([])
  expect((await ben.client.from('workouts').select('id')).data).toEqual([])
  expect((await ben.client.from('workout_sets').select('id')).data).toEqual([])
})

test('to share with somebody who is no friend is refused alike, whoever that is', async () => {
  const withNobody = await refusal(ana.client, 'share_workout', {
    workout_id: workoutId,
    user_ids: [crypto.randomUUID()],
  })
  expect(withNobody).toMatchObject({ status: 404, code: 'user_not_found' })
  expect(await refusal(ana.client, 'share_workout', { workout_id: workoutId, user_ids: [eve.id] })).toEqual(withNobody)
  for (const [args, code] of [
    [{ workout_id: workoutId, user_ids: ['x'] }, '22P02'],
    [{ workout_id: workoutId, visibility: 'everyone' }, '22P02'],
    [{}, 'workout_not_found'],
  ] as const)
    expect((await refusal(ana.client, 'share_workout', args)).code).toBe(code)
})

const ways = [
  { way: 'it is taken back', lose: () => share({ visibility: 'private', user_ids: [] }) },
  {
    way: 'the settings share no workouts',
    lose: () => ana.client.from('preferences').update({ workout_sharing: false }).eq('user_id', ana.id).throwOnError(),
    restore: () =>
      ana.client.from('preferences').update({ workout_sharing: true }).eq('user_id', ana.id).throwOnError(),
  },
  {
    way: 'the profile becomes private',
    lose: () => ana.client.from('profiles').update({ visibility: 'private' }).eq('user_id', ana.id).throwOnError(),
    restore: () => ana.client.from('profiles').update({ visibility: 'public' }).eq('user_id', ana.id).throwOnError(),
  },
  {
    way: 'the friendship ends',
    lose: () => call(ana.client, 'remove_friend', { user_id: ben.id }),
    restore: () => befriend(ana, ben),
  },
  {
    way: 'she blocks the friend',
    lose: () => call(ana.client, 'block_user', { user_id: ben.id }),
    restore: async () => {
      await call(ana.client, 'unblock_user', { user_id: ben.id })
      await befriend(ana, ben)
    },
  },
]

test.each(ways)('a friend who follows live stops hearing when $way', async ({ lose, restore }) => {
  await share({ visibility: 'private', user_ids: [] })
  const topic = `workout:${workoutId}`
  await expect(listen(ben, topic)).rejects.toThrow(/Unauthorized/)
  await share({ visibility: 'private', user_ids: [ben.id] })
  const [own, friend] = [await listen(ana, topic), await listen(ben, topic)]

  await lift(60)
  const { set } = await friend.wait('set:completed')
  expect(set).toMatchObject({ weight_kg: 60, notes: null, load_kg: null })

  await lose()
  await lift(70)
  await eventually(() => expect(own.names().filter((name) => name === 'set:completed')).toHaveLength(2))
  await eventually(() => expect(friend.channel.state).not.toBe('joined'))
  expect(friend.names().filter((name) => name === 'set:completed')).toHaveLength(1)
  await expect(listen(ben, topic)).rejects.toThrow(/Unauthorized/)

  await Promise.all([own.leave(), friend.leave()])
  await restore?.()
})

test('what was said before it was shared is not replayed to a friend', async () => {
  await share({ visibility: 'private', user_ids: [] })
  await lift(61)
  expect(await replayed(ana, 61)).toContain(61)

  await share({ user_ids: [ben.id] })
  await lift(62)

  expect(await replayed(ben, 62)).not.toContain(61)
})

/** The weights, up to `last`, of the sets that a device hears that joins now and asks for the last 25 messages, oldest first. */
async function replayed(user: User, last: number): Promise<readonly number[]> {
  const weights: number[] = []
  await user.client.realtime.setAuth(user.accessToken)
  const channel = user.client.channel(`workout:${workoutId}`, {
    config: { private: true, broadcast: { replay: { since: 0, limit: 25 } } },
  })
  channel.on('broadcast', { event: 'set:completed' }, ({ payload }) =>
    weights.push(parseEvent('set:completed', payload).set.weight_kg ?? 0),
  )
  channel.subscribe()
  await eventually(() => expect(weights).toContain(last))
  await user.client.removeChannel(channel)
  return weights
}
