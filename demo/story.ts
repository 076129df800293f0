import type { SupabaseClient } from '@supabase/supabase-js'
import type { z } from 'zod'
import type { StackStatus } from '../stack/status.ts'
import type { EventName } from '../supabase/functions/_shared/contracts/events.ts'
import { WorkoutDocument } from '../supabase/functions/_shared/contracts/workouts.ts'
import { join, newPhone, signUp } from './phone.ts'
import { Claims, Listener } from './report.ts'

const PASSWORD = 'five-sets-of-five'
const WITHIN_MS = 5_000
const EXPECTED: Readonly<Partial<Record<EventName, number>>> = {
  'set:completed': 3,
  'rest:timer': 2,
  'pr:achieved': 1,
  'workout:paused': 1,
  'workout:resumed': 1,
  'workout:completed': 1,
}

/** Tells the story on `stack`, prints it as it goes, and gives back what did not hold. */
export async function tell(stack: StackStatus): Promise<readonly string[]> {
  const claims = new Claims()
  const phones = [newPhone(stack), newPhone(stack), newPhone(stack)] as const
  try {
    await story(stack, claims, ...phones)
  } catch (cause) {
    claims.hold('the story came to its end', false, cause instanceof Error ? cause.message : cause)
  } finally {
    await Promise.all(phones.map((phone) => phone.removeAllChannels()))
  }
  return claims.broken
}

async function story(
  stack: StackStatus,
  claims: Claims,
  phone: SupabaseClient,
  tablet: SupabaseClient,
  strangers: SupabaseClient,
): Promise<void> {
  const email = `lifter.${crypto.randomUUID().slice(0, 8)}@example.com`
  console.log(`\n${email} signs up on a phone, and opens the app on a tablet`)
  const lifter = await signUp(stack, phone, email, PASSWORD)
  claims.hold('the account is confirmed by the code in the mail', true)
  const { error } = await tablet.auth.signInWithPassword({ email, password: PASSWORD })
  claims.hold('the tablet signs in', error === null, error)
  await signUp(stack, strangers, `stranger.${crypto.randomUUID().slice(0, 8)}@example.com`, PASSWORD)

  const listener = new Listener()
  const listen = async (topic: string): Promise<void> => {
    const state = await join(tablet, topic, (event, payload) => listener.take(topic, event, payload))
    claims.hold(`the tablet follows ${topic.split(':')[0]}:{id}`, state === 'SUBSCRIBED', state)
  }
  await listen(`user:${lifter}`)
  const workout = crypto.randomUUID()
  await call(phone, 'start_workout', { id: workout, name: 'First workout', timezone: 'Europe/Berlin' })
  await listen(`workout:${workout}`)

  const overheard: string[] = []
  const refused = await Promise.all(
    [`workout:${workout}`, `user:${lifter}`].map((topic) => join(strangers, topic, (event) => overheard.push(event))),
  )
  claims.hold(
    'the stranger may join neither channel',
    refused.every((state) => state === 'CHANNEL_ERROR'),
    refused,
  )

  console.log('\nThe phone logs sets; the tablet hears (from the database’s clock to the tablet)')
  await train(phone, workout)
  await heardAll(listener, claims)
  await look(strangers, lifter, workout, claims)
  claims.hold('the stranger heard nothing', overheard.length === 0, overheard)

  const document = await call(tablet, 'get_workout', { workout_id: workout })
  const parsed = WorkoutDocument.safeParse(document)
  claims.hold('the workout is complete, with its three sets and four records', parsed.success && isWhole(parsed.data))
  console.log('\nThe workout, as the library answers it\n')
  console.log(JSON.stringify(document, null, 2))
}

function isWhole({ status, records_set: records, exercises }: z.infer<typeof WorkoutDocument>): boolean {
  return status === 'completed' && records === 4 && exercises.flatMap(({ sets }) => sets).length === 3
}

async function train(phone: SupabaseClient, workout: string): Promise<void> {
  const { data: exercises, error } = await phone
    .from('exercises')
    .select('id')
    .eq('name', 'Barbell Bench Press')
    .limit(1)
  if (error) throw error
  const exercise = crypto.randomUUID()
  await call(phone, 'add_workout_exercise', { workout_id: workout, exercise_id: exercises[0]?.id, id: exercise })
  const set = (content: object): Promise<unknown> =>
    call(phone, 'complete_set', { id: crypto.randomUUID(), workout_exercise_id: exercise, ...content })
  await set({ weight_kg: 40, reps: 8, set_type: 'warmup' })
  await set({ weight_kg: 60, reps: 8, rpe: 8 })
  await call(phone, 'start_rest', { workout_id: workout, seconds: 120 })
  await call(phone, 'skip_rest', { workout_id: workout })
  await set({ weight_kg: 65, reps: 8, rpe: 9 })
  await call(phone, 'pause_workout', { workout_id: workout })
  await call(phone, 'resume_workout', { workout_id: workout })
  await call(phone, 'complete_workout', { workout_id: workout, mood_after: 'strong' })
}

async function heardAll(listener: Listener, claims: Claims): Promise<void> {
  const missing = (): readonly string[] =>
    Object.entries(EXPECTED).flatMap(([event, times]) => {
      const seen = listener.heard.filter((heard) => heard.event === event).length
      return seen === times ? [] : [`${event}: ${seen} of ${times}`]
    })
  for (const deadline = Date.now() + WITHIN_MS; missing().length > 0 && Date.now() < deadline; )
    await new Promise((resolve) => setTimeout(resolve, 10))
  claims.hold('the tablet heard every set, rest, record and change', missing().length === 0, missing())
  claims.hold('each event keeps the contract', listener.problems.length === 0, listener.problems)
  const ids = new Set(listener.heard.map(({ id }) => id))
  claims.hold('no event came twice', ids.size === listener.heard.length)
  const own = listener.heard.filter(({ topic }) => topic.startsWith('workout:'))
  const last = own.at(-1)?.event
  claims.hold('the end of the workout came last', last === 'workout:completed', last)
}

async function look(stranger: SupabaseClient, lifter: string, workout: string, claims: Claims): Promise<void> {
  for (const table of ['workouts', 'workout_exercises', 'workout_sets', 'personal_records', 'personal_details']) {
    const { data, error } = await stranger.from(table).select('user_id').eq('user_id', lifter)
    claims.hold(`the stranger reads no ${table}`, error === null && data.length === 0, error ?? data)
  }
  const { error } = await stranger.rpc('get_workout', { workout_id: workout })
  claims.hold('the stranger is told that there is no such workout', error?.code === 'workout_not_found', error)
}

async function call(phone: SupabaseClient, name: string, args: object): Promise<unknown> {
  const { data, error } = await phone.rpc(name, args)
  if (error) throw new Error(`${name}: ${error.code} ${error.message}`)
  return data
}
