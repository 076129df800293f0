import { z } from 'zod'
import { PersonalRecord, Time, Workout, WorkoutSet, WorkoutStats } from './workouts.ts'

/** What every event carries: the version of its form, when it was sent, and an id that no other message has. */
const event = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.object({ v: z.literal(1), at: Time, id: z.guid(), ...shape })

const workoutEvent = event({ workout: Workout })
const setEvent = event({ set: WorkoutSet })
const friendshipEvent = event({ friendship_id: z.guid(), user_id: z.guid() })

/**
 * The payload of each live event, by its name. Clients should ignore events and fields that they do not know.
 */
export const EVENTS = {
  'workout:started': workoutEvent.describe('The workout has begun, or a planned one has.'),
  'workout:paused': workoutEvent.describe('Its clock stands still since `paused_at`.'),
  'workout:resumed': workoutEvent.describe('Its clock runs again.'),
  'workout:completed': workoutEvent.describe('It is over, with its final totals.'),
  'workout:cancelled': workoutEvent.describe('It is over and does not count.'),
  'workout:stats': event(WorkoutStats.shape).describe('The totals changed, or the place in the workout.'),
  'set:completed': setEvent.describe('A set was done. Records follow in `pr:achieved`.'),
  'set:updated': setEvent.describe('A set that was done has been corrected.'),
  'set:deleted': event({ workout_id: z.guid(), workout_exercise_id: z.guid(), set_id: z.guid() }).describe(
    'A set was deleted.',
  ),
  'rest:timer': event({
    workout_id: z.guid(),
    rest_started_at: Time.nullable(),
    rest_ends_at: Time.nullable(),
    rest_seconds: z.int().nullable(),
  }).describe('Rest began, or its end was moved; with nulls, it was skipped.'),
  'pr:achieved': event({
    workout_id: z.guid(),
    set_id: z.guid(),
    exercise_id: z.guid(),
    records: z.array(PersonalRecord),
  }).describe(
    'A set of the last 48 hours beat the athlete’s best: all that it achieved, once. First-ever records are not announced, nor what corrections make records again.',
  ),
  'sync:workout': event({ workout_id: z.guid(), change: z.enum(['inserted', 'updated', 'deleted']) }).describe(
    'Something in a workout changed: read it again with `get_workout`, or forget it.',
  ),
  'sync:import': event({ import_id: z.guid(), status: z.enum(['completed', 'undone']) }).describe(
    'An import has come in or was taken back: read workouts, records and statistics again.',
  ),
  'sync:progress': event({ exercise_id: z.guid(), kinds: z.array(PersonalRecord.shape.kind) }).describe(
    'The records of an exercise changed: read them again.',
  ),
  'sync:preferences': event({ updated_at: Time }).describe('The preferences changed: read them again.'),
  'friend:request': friendshipEvent.describe('`user_id` asks to be a friend: their card can be read now.'),
  'friend:accepted': friendshipEvent.describe('`user_id`, who was asked, is a friend now.'),
} as const

/** The name of a live event. */
export type EventName = keyof typeof EVENTS
interface Payloads extends z.output<z.ZodObject<typeof EVENTS>> {}
/** What the event of this name carries, as `parseEvent` gives it. */
export type EventPayload<Name extends EventName> = Payloads[Name]

const SCHEMAS: { readonly [Name in EventName]: z.ZodType<Payloads[Name]> } = EVENTS

/**
 * What a message of this name carries, without the fields that this version of the contract does not know.
 * Throws zod's error when it is not of the event's form.
 */
export function parseEvent<Name extends EventName>(name: Name, payload: unknown): EventPayload<Name> {
  return SCHEMAS[name].parse(payload)
}

/** Which events a private channel carries, by the kind of its topic: `workout:{workout_id}`, `user:{user_id}`. */
export const CHANNELS = {
  workout: [
    'workout:started',
    'workout:paused',
    'workout:resumed',
    'workout:completed',
    'workout:cancelled',
    'workout:stats',
    'set:completed',
    'set:updated',
    'set:deleted',
    'rest:timer',
    'pr:achieved',
  ],
  user: [
    'sync:workout',
    'sync:import',
    'sync:progress',
    'sync:preferences',
    'friend:request',
    'friend:accepted',
    'pr:achieved',
  ],
} as const satisfies Record<string, readonly EventName[]>
