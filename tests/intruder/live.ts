import { createClient, type RealtimeChannel, type SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { eventually } from '../support/eventually.ts'
import { CALLS } from './calls.ts'
import { CHANNELS, FOREIGN } from './channels.ts'
import { about } from './model.ts'
import { relation, type Verdict } from './verdict.ts'
import type { Wire } from './wire.ts'
import type { World } from './world.ts'

const MARKER = 'the end'
const NOTE = 'only for me'
const PRIVATE = { config: { private: true } } as const

const join = (channel: RealtimeChannel): Promise<string> =>
  new Promise((resolve) => void channel.subscribe((state) => resolve(state)))

/** What becomes of joining a private channel with this token, on a connection of its own. */
export async function joinOf({ stack }: Wire, token: string | undefined, topic: string): Promise<string> {
  const client = createClient(stack.status.api_url, stack.status.publishable_key, {
    auth: { autoRefreshToken: false, persistSession: false, detectSessionInUrl: false },
    ...(token === undefined ? {} : { accessToken: async () => token }),
  })
  await client.realtime.setAuth(token ?? null)
  const state = await join(client.channel(topic, PRIVATE))
  await client.removeAllChannels()
  return state
}

const Message = z.looseObject({ payload: z.unknown() })

/** What somebody heard on the channels that they were let into. */
interface Listener {
  readonly viewer: string | null
  readonly client: SupabaseClient
  readonly heard: { readonly kind: string; readonly owner: string; readonly payload: unknown }[]
}

/**
 * Has every viewer join every channel of everybody over a socket of their own: who is let in is whom the model lets in. Then
 * something happens to everybody's workout, and each hears of it where they were let in and what they may know of it.
 */
export async function decideLive(wire: Wire, verdict: Verdict): Promise<void> {
  const { world } = wire
  const listeners = world.viewers.map((viewer): Listener => ({ viewer, client: wire.client(viewer), heard: [] }))
  await Promise.all(listeners.map((listener) => joinAll(wire, listener, verdict)))
  await happen(wire)
  await Promise.all(listeners.map((listener) => awaitMarker(listener)))
  for (const listener of listeners) judge(world, listener, verdict)
}

function judge(world: World, { viewer, heard }: Listener, verdict: Verdict): void {
  for (const owner of world.society.people.keys()) {
    const fact = about(owner)
    const told = `${relation(world, viewer, fact)}, hears of a workout`
    const messages = heard.filter((message) => message.kind === 'workout' && message.owner === owner)
    verdict.compare(told, messages.length > 0, CHANNELS.workout?.hears(viewer, fact, world.society))
    if (viewer !== owner) verdict.compare(`${told} what was noted`, JSON.stringify(messages).includes(NOTE), false)
  }
  for (const { kind, owner, payload } of heard) {
    const told = `${relation(world, viewer, about(owner))}, hears of ${kind}`
    verdict.compare(told, true, CHANNELS[kind]?.hears(viewer, about(owner), world.society))
    verdict.heard(world, viewer, told, { answer: payload }, CALLS.get_workout?.shows)
  }
}

async function joinAll(wire: Wire, { viewer, client, heard }: Listener, verdict: Verdict): Promise<void> {
  const { world } = wire
  await client.realtime.setAuth(wire.token(viewer) ?? null)
  const people = [...world.society.people.keys()]
  const known = Object.entries(CHANNELS).flatMap(([kind, model]) =>
    people.map((owner) => ({
      kind,
      owner,
      topic: world.fill(model.topic, owner),
      may: model.hears(viewer, about(owner), world.society),
    })),
  )
  const [owner = ''] = people
  const foreign = FOREIGN.filter((topic) => topic !== '').map((topic) => ({
    kind: topic,
    owner,
    topic: world.fill(topic, owner),
    may: false,
  }))
  for (const { kind, owner, topic, may } of [...known, ...foreign]) {
    const channel = client.channel(topic, PRIVATE)
    channel.on('broadcast', { event: '*' }, (message) => heard.push({ kind, owner, payload: Message.parse(message) }))
    const state = await join(channel)
    verdict.compare(
      `${relation(world, viewer, about(owner))}, joins ${kind} over a socket`,
      state,
      may ? 'SUBSCRIBED' : 'CHANNEL_ERROR',
    )
    // It would go on trying.
    if (state !== 'SUBSCRIBED') await client.removeChannel(channel)
  }
}

/** Everybody does another set of their live workout; then a last word to everybody, which comes after all of that. */
async function happen({ world, sql }: Wire): Promise<void> {
  await sql.begin(async (transaction) => {
    for (const owner of world.society.people.keys())
      await transaction`
        insert into public.workout_sets (workout_exercise_id, user_id, set_index, weight_kg, reps, completed_at, notes)
        select id, user_id, 9, 50, 5, now(), ${NOTE}
        from public.workout_exercises where id = ${world.fill('{live_exercise}', owner)}`
  })
  for (const owner of world.society.people.keys())
    await sql`select realtime.send('{}', ${MARKER}, ${`user:${owner}`}, true)`
}

async function awaitMarker({ viewer, heard }: Listener): Promise<void> {
  if (viewer === null) return
  await eventually(() => {
    if (!heard.some(({ payload }) => JSON.stringify(payload).includes(MARKER))) throw new Error('the end has not come')
  })
}
