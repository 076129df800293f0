import type { SupabaseClient } from '@supabase/supabase-js'
import { expect } from 'vitest'
import { z } from 'zod'
import {
  EVENTS,
  type EventName,
  type EventPayload,
  parseEvent,
} from '../../supabase/functions/_shared/contracts/events.ts'
import type { User } from '../support/clients.ts'
import { eventually } from '../support/eventually.ts'

const Row = z.object({ id: z.string() })
const Refusal = z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() })

/** What `rpc(name, args)` answers. Rejects with the error's code when it is refused. */
export async function call(client: SupabaseClient, name: string, args: Readonly<Record<string, unknown>>) {
  const { data, error } = await client.rpc(name, args)
  if (error) throw new Error(`${name}: ${error.code} ${error.message} ${error.details}`)
  return data
}

/** The status and code with which `rpc(name, args)` is refused. Fails the test when it is not. */
export async function refusal(client: SupabaseClient, name: string, args: Readonly<Record<string, unknown>>) {
  const { data, error, status } = await client.rpc(name, args)
  expect(error, `${name} answered ${JSON.stringify(data)}`).not.toBeNull()
  const { code, hint } = Refusal.parse(error)
  return { status, code, hint }
}

/** The id of an exercise of the library. */
export async function exerciseId(client: SupabaseClient, slug: string): Promise<string> {
  const { data } = await client.from('exercises').select('id').eq('slug', slug).single()
  return Row.parse(data).id
}

/** Starts a workout with one exercise; answers both ids. */
export async function startWith(client: SupabaseClient, slug: string, startedAt?: string) {
  const workoutId = crypto.randomUUID()
  const workoutExerciseId = crypto.randomUUID()
  await call(client, 'start_workout', { id: workoutId, ...(startedAt === undefined ? {} : { started_at: startedAt }) })
  await call(client, 'add_workout_exercise', {
    id: workoutExerciseId,
    workout_id: workoutId,
    exercise_id: await exerciseId(client, slug),
  })
  return { workoutId, workoutExerciseId }
}

interface Heard {
  readonly event: string
  readonly payload: unknown
}

/** Joins a private channel on a device of `user`'s. Rejects when the server refuses. */
export async function listen(user: User, topic: string) {
  const heard: Heard[] = []
  await user.client.realtime.setAuth(user.accessToken)
  const channel = user.client.channel(topic, { config: { private: true } })
  // Presence has to be listened to before the join.
  channel.on('presence', { event: 'sync' }, () => undefined)
  channel.on('broadcast', { event: '*' }, ({ event, payload }) => heard.push({ event, payload }))
  await new Promise<void>((resolve, reject) => {
    channel.subscribe((state, error) => {
      if (state === 'SUBSCRIBED') resolve()
      if (state === 'CHANNEL_ERROR' || state === 'TIMED_OUT') reject(error ?? new Error(state))
    })
  }).catch(async (cause: unknown) => {
    await user.client.removeChannel(channel)
    throw cause
  })
  return {
    channel,
    heard,
    names: () => heard.map(({ event }) => event),
    /** Waits for an event with this name; the payload as its schema reads it. */
    wait: async <Name extends EventName>(name: Name): Promise<EventPayload<Name>> =>
      eventually(() => {
        const found = heard.find(({ event }) => event === name)
        if (!found) throw new Error(`no ${name} among ${heard.map(({ event }) => event).join(', ')}`)
        return parseEvent(name, found.payload)
      }),
    leave: () => user.client.removeChannel(channel),
  }
}

/** Whether `name` is an event that the contract knows. */
export const isEvent = (name: string): name is EventName => Object.hasOwn(EVENTS, name)
