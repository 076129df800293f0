import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { type StackStatus, startStack } from '../stack/stack.ts'
import { type Bench, quantile, short } from './support.ts'

const SETS = 120
const WARM_UP = 20
const PASSWORD = 'correct-horse-battery'
const Row = z.object({ id: z.string() })

/** How long after a tap on one device the other one shows the set. */
export const bench: Bench = {
  question: 'How soon does a set that is completed on one device appear on the athlete’s other one?',
  async run() {
    await using stack = await startStack({ onLog: () => undefined })
    const [phone, watch] = await signIn(stack.status)
    const { workoutId, exerciseId } = await startWorkout(phone)
    const arrivals = await follow(watch, workoutId)
    const samples: { readonly answer: number; readonly other: number }[] = []
    for (let set = 0; set < SETS + WARM_UP; set += 1) {
      const sample = await completeSet(phone, arrivals, exerciseId, set)
      if (set >= WARM_UP) samples.push(sample)
    }
    await Promise.all([phone, watch].map((client) => client.removeAllChannels()))
    return [
      {
        title: `${SETS} sets, one after the other, with the official client through the gateway`,
        rows: [
          row(
            'the phone has its answer',
            samples.map(({ answer }) => answer),
          ),
          row(
            'the other device has the set',
            samples.map(({ other }) => other),
          ),
        ],
        notes: [
          'From the call of complete_set on the phone. The event is sent by the transaction that stores the set.',
        ],
      },
    ]
  },
}

async function signIn(status: StackStatus): Promise<[SupabaseClient, SupabaseClient]> {
  const newClient = (key: string): SupabaseClient => {
    const realtime = {}
    // Node 20 has no WebSocket; apart, because the types of the packages differ in the listeners that neither uses.
    Object.assign(realtime, { transport: WebSocket })
    return createClient(status.api_url, key, { auth: { persistSession: false, autoRefreshToken: false }, realtime })
  }
  const email = `${crypto.randomUUID()}@example.test`
  const account = { email, password: PASSWORD }
  const created = await newClient(status.secret_key).auth.admin.createUser({ ...account, email_confirm: true })
  if (created.error) throw created.error
  const [phone, watch] = [newClient(status.publishable_key), newClient(status.publishable_key)]
  for (const client of [phone, watch]) {
    const { error } = await client.auth.signInWithPassword(account)
    if (error) throw error
  }
  return [phone, watch]
}

async function call(client: SupabaseClient, name: string, values: Readonly<Record<string, unknown>>): Promise<string> {
  const { data, error } = await client.rpc(name, values)
  if (error) throw error
  return Row.parse(data).id
}

async function startWorkout(phone: SupabaseClient): Promise<{ workoutId: string; exerciseId: string }> {
  const { data, error } = await phone
    .from('exercises')
    .select('id')
    .eq('tracking_type', 'weight_reps')
    .limit(1)
    .single()
  if (error) throw error
  const workoutId = await call(phone, 'start_workout', { id: crypto.randomUUID(), timezone: 'Europe/Berlin' })
  const exerciseId = await call(phone, 'add_workout_exercise', {
    id: crypto.randomUUID(),
    workout_id: workoutId,
    exercise_id: Row.parse(data).id,
  })
  return { workoutId, exerciseId }
}

/** When each set arrived, by its id, as `performance.now()` has it. */
class Arrivals {
  readonly #waiting = new Map<string, (at: number) => void>()

  /** To be called before the set is sent. */
  of(setId: string): Promise<number> {
    return new Promise((resolve) => this.#waiting.set(setId, resolve))
  }

  note(payload: unknown): void {
    const now = performance.now()
    const text = JSON.stringify(payload)
    for (const [setId, resolve] of this.#waiting) {
      if (!text.includes(setId)) continue
      this.#waiting.delete(setId)
      resolve(now)
    }
  }
}

async function follow(watch: SupabaseClient, workoutId: string): Promise<Arrivals> {
  const arrivals = new Arrivals()
  await watch.realtime.setAuth()
  await new Promise<void>((resolve, reject) => {
    watch
      .channel(`workout:${workoutId}`, { config: { private: true } })
      .on('broadcast', { event: 'set:completed' }, ({ payload }) => arrivals.note(payload))
      .subscribe((state, error) => (state === 'SUBSCRIBED' ? resolve() : reject(error ?? new Error(state))))
  })
  return arrivals
}

async function completeSet(
  phone: SupabaseClient,
  arrivals: Arrivals,
  exerciseId: string,
  set: number,
): Promise<{ answer: number; other: number }> {
  const id = crypto.randomUUID()
  const arrival = arrivals.of(id)
  const tapped = performance.now()
  const values = { id, workout_exercise_id: exerciseId, set_index: set, weight_kg: 80, reps: 5 }
  await call(phone, 'complete_set', values)
  const answer = performance.now() - tapped
  return { answer, other: (await arrival) - tapped }
}

function row(what: string, samples: readonly number[]): Readonly<Record<string, string>> {
  const at = (share: number): string => short(quantile(samples, share))
  return { what, 'p50 ms': at(0.5), 'p95 ms': at(0.95), 'p99 ms': at(0.99) }
}
