import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EVENTS } from '../../supabase/functions/_shared/contracts/events.ts'
import { WorkoutDocument, WorkoutSet } from '../../supabase/functions/_shared/contracts/workouts.ts'
import { createUser, signIn, type User } from '../support/clients.ts'
import { call, isEvent, listen, refusal, startWith } from './training.ts'

let phone: User
let watch: User
let stranger: User
let workoutId: string
let workoutExerciseId: string

beforeAll(async () => {
  ;[phone, stranger] = await Promise.all([createUser('ana'), createUser('eve')])
  watch = await signIn(phone.email)
})
afterAll(async () => {
  await Promise.all([phone, watch, stranger].map((user) => user.client.removeAllChannels()))
})

describe('a first workout on two devices', () => {
  test('the second device follows every step, and the library answers the whole', async () => {
    const own = await listen(watch, `user:${watch.id}`)
    ;({ workoutId, workoutExerciseId } = await startWith(phone.client, 'barbell-bench-press'))
    expect(await own.wait('sync:workout')).toMatchObject({ workout_id: workoutId, change: 'inserted' })

    const live = await listen(watch, `workout:${workoutId}`)
    const set = { workout_exercise_id: workoutExerciseId, weight_kg: 100, reps: 5 }
    await call(phone.client, 'complete_set', { ...set, id: crypto.randomUUID() })
    expect((await live.wait('set:completed')).set).toMatchObject({ weight_kg: 100, reps: 5, e1rm_kg: 116.667 })
    expect(await live.wait('workout:stats')).toMatchObject({ workout_id: workoutId, set_count: 1, volume_kg: 500 })

    await call(phone.client, 'start_rest', { workout_id: workoutId, seconds: 90 })
    expect(await live.wait('rest:timer')).toMatchObject({ rest_seconds: 90 })
    // Either device may skip it.
    await call(watch.client, 'skip_rest', { workout_id: workoutId })
    await call(watch.client, 'pause_workout', { workout_id: workoutId })
    await call(phone.client, 'resume_workout', { workout_id: workoutId })

    const better = WorkoutSet.parse(
      await call(phone.client, 'complete_set', { ...set, id: crypto.randomUUID(), weight_kg: 105, rpe: 9 }),
    )
    expect(better.is_record).toBe(true)
    expect((await live.wait('pr:achieved')).records[0]).toMatchObject({
      value: 105,
      previous_value: 100,
      kind: 'max_weight',
    })
    await own.wait('sync:progress')

    await call(phone.client, 'complete_workout', { workout_id: workoutId, mood_after: 'proud', energy: 8 })
    expect((await live.wait('workout:completed')).workout).toMatchObject({ status: 'completed', records_set: 4 })
    expect(live.names().filter((name) => name !== 'workout:stats')).toEqual([
      'set:completed',
      'rest:timer',
      'rest:timer',
      'workout:paused',
      'workout:resumed',
      'set:completed',
      'pr:achieved',
      'workout:completed',
    ])

    const document = WorkoutDocument.parse(await call(watch.client, 'get_workout', { workout_id: workoutId }))
    expect(document).toMatchObject({ id: workoutId, status: 'completed', set_count: 2, volume_kg: 1025 })
    expect(document.exercises.map(({ sets }) => sets.map(({ weight_kg }) => weight_kg))).toEqual([[100, 105]])
    expect(document.pauses).toHaveLength(1)
    expect([...new Set(document.records.map(({ kind }) => kind))]).toEqual([
      'max_weight',
      'best_e1rm',
      'rep_max',
      'max_reps_at_weight',
      'best_set_volume',
      'max_session_reps',
      'best_session_volume',
    ])
    expect(await call(watch.client, 'active_workout', {})).toBeNull()

    // The contract describes all of every message that was sent, and nothing else.
    for (const { event, payload } of [...own.heard, ...live.heard]) {
      if (!isEvent(event)) expect.fail(`${event} is not in the contract`)
      expect(EVENTS[event].parse(payload)).toEqual(payload)
    }
  })

  test('a stranger neither reads it nor hears of it', async () => {
    const mine = await phone.client.from('workouts').select().eq('id', workoutId)
    expect(mine.data).toHaveLength(1)

    const theirs = await stranger.client.from('workouts').select().eq('id', workoutId)
    expect(theirs.data).toEqual([])
    const sets = await stranger.client.from('workout_sets').select().eq('workout_id', workoutId)
    expect(sets.data).toEqual([])
    expect(await refusal(stranger.client, 'get_workout', { workout_id: workoutId })).toMatchObject({
      status: 404,
      code: 'workout_not_found',
    })
    await expect(listen(stranger, `workout:${workoutId}`)).rejects.toThrow('Unauthorized')
    await expect(listen(stranger, `user:${phone.id}`)).rejects.toThrow('Unauthorized')
  })

  test('a client’s own event reaches nobody', async () => {
    const ben = await createUser('ben')
    const { workoutId: own } = await startWith(ben.client, 'pull-up')
    const live = await listen(await signIn(ben.email), `workout:${own}`)
    const { channel, leave } = await listen(ben, `workout:${own}`)
    await channel.send({ type: 'broadcast', event: 'pr:achieved', payload: { v: 1 } })

    await call(ben.client, 'pause_workout', { workout_id: own })
    await live.wait('workout:paused')
    expect(live.names()).toEqual(['workout:paused'])
    await Promise.all([leave(), live.leave()])
  })

  test('devices see each other on the workout', async () => {
    const ben = await createUser('ben')
    const other = await signIn(ben.email)
    const { workoutId: own } = await startWith(ben.client, 'pull-up')
    const present = await listen(ben, `workout:${own}`)
    const watching = await listen(other, `workout:${own}`)
    await present.channel.track({ device: 'phone' })

    await expect.poll(() => Object.values(watching.channel.presenceState()).flat()).toMatchObject([{ device: 'phone' }])
    await Promise.all([present.leave(), watching.leave()])
  })
})
