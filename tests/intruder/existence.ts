import { SignJWT } from 'jose'
import type postgres from 'postgres'
import type { StackStatus } from '../../stack/stack.ts'

/** The ids that a question is asked with: of a person and of what is theirs. */
export interface Things {
  readonly user: string
  readonly workout: string
  readonly template: string
  readonly exercise: string
  readonly upload: string
}

/** Why the stranger must not learn of somebody. */
export type Reason = 'private' | 'blocks'

/** A stranger, whom the others are hidden from. */
export interface Strangers {
  /** A request of the stranger's. */
  ask(question: Question, things: Things): Promise<Response>
  readonly hidden: Readonly<Record<Reason, Things>>
}

/** A request about somebody by id. */
export interface Question {
  readonly name: string
  readonly path: (things: Things) => string
  readonly body?: (things: Things) => object
}

const read = (name: string, path: (things: Things) => string): Question => ({ name, path: (things) => path(things) })
const call = (name: string, body: (things: Things) => object): Question => ({ name, path: () => `rpc/${name}`, body })

const FILE_HASH = '0'.repeat(64)

/** What of others is asked for by id: tables, functions, and rows that refer to theirs. */
export const QUESTIONS: readonly Question[] = [
  read('profiles', ({ user }) => `profiles?user_id=eq.${user}`),
  read('workouts', ({ workout }) => `workouts?id=eq.${workout}`),
  read('workouts of somebody', ({ user }) => `workouts?user_id=eq.${user}&order=started_at.desc`),
  read('workout_sets', ({ workout }) => `workout_sets?workout_id=eq.${workout}`),
  read('workout_templates', ({ template }) => `workout_templates?id=eq.${template}`),
  read('exercises', ({ exercise }) => `exercises?id=eq.${exercise}`),
  read('personal_records', ({ user }) => `personal_records?user_id=eq.${user}`),
  call('get_workout', ({ workout }) => ({ workout_id: workout })),
  call('get_template', ({ template }) => ({ template_id: template })),
  call('duplicate_template', ({ template }) => ({ template_id: template, id: crypto.randomUUID() })),
  call('exercise_history', ({ exercise }) => ({ exercise_id: exercise })),
  read('imports', ({ upload }) => `imports?id=eq.${upload}`),
  call('finish_import', ({ upload }) => ({ import_id: upload })),
  call('undo_import', ({ upload }) => ({ import_id: upload })),
  call('import_sets', ({ upload }) => ({ import_id: upload, rows: [] })),
  call('begin_import', ({ exercise }) => ({
    ...{ id: crypto.randomUUID(), source: 'strong', file_hash: FILE_HASH, timezone: 'UTC', line_count: 1 },
    names: [{ name: 'Press', exercise_id: exercise, chosen: true, created: false }],
  })),
  call('send_friend_request', ({ user }) => ({ user_id: user })),
  call('respond_friend_request', ({ user }) => ({ user_id: user, accept: true })),
  call('remove_friend', ({ user }) => ({ user_id: user })),
  call('block_user', ({ user }) => ({ user_id: user })),
  call('unblock_user', ({ user }) => ({ user_id: user })),
  {
    name: 'a rating of a template',
    path: () => 'template_ratings',
    body: ({ template }) => ({ template_id: template, rating: 5 }),
  },
  {
    name: 'a favourite template',
    path: () => 'template_favorites',
    body: ({ template }) => ({ template_id: template }),
  },
  {
    name: 'a rating of an exercise',
    path: () => 'exercise_ratings',
    body: ({ exercise }) => ({ exercise_id: exercise, rating: 5 }),
  },
]

/** Ids that are nobody's, new ones each time. */
export const nobodys = (): Things => ({
  user: crypto.randomUUID(),
  workout: crypto.randomUUID(),
  template: crypto.randomUUID(),
  exercise: crypto.randomUUID(),
  upload: crypto.randomUUID(),
})

/** Makes a stranger, one who is private and one who blocks them, each with a workout, a template, an exercise and an import. */
export async function makeStrangers(sql: postgres.Sql, stack: StackStatus): Promise<Strangers> {
  const [stranger, hidden] = [nobodys(), { private: nobodys(), blocks: nobodys() }]
  for (const { user } of [stranger, hidden.private, hidden.blocks])
    await sql`
      insert into auth.users (id, aud, role, email, created_at, updated_at)
      values (${user}, 'authenticated', 'authenticated', ${`${user}@example.test`}, now(), now())`
  await furnish(sql, hidden.private, 'private')
  await furnish(sql, hidden.blocks, 'public')
  await sql`insert into public.blocks (blocker_id, blocked_id, was_known) values (${hidden.blocks.user}, ${stranger.user}, true)`
  const token = await new SignJWT({ sub: stranger.user, role: 'authenticated', aud: 'authenticated' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(stack.jwt_secret))
  const headers = {
    apikey: stack.publishable_key,
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
  }
  return {
    hidden,
    ask: ({ path, body }, things) =>
      fetch(`${stack.api_url}/rest/v1/${path(things)}`, {
        headers,
        ...(body ? { method: 'POST', body: JSON.stringify(body(things)) } : {}),
      }),
  }
}

/** What an answer shows: its status, and its headers and body with `things` called by what they are instead of by id. */
export async function shownBy(response: Response, things: Things): Promise<string> {
  const headers = ['content-range', 'content-type', 'location', 'preference-applied', 'www-authenticate']
  const text = JSON.stringify([
    response.status,
    headers.map((name) => response.headers.get(name)),
    await response.text(),
  ])
  return Object.entries(things).reduce((shown, [name, id]) => shown.replaceAll(id, name), text)
}

// What they have is open, as it stays with somebody who closes their card: only who they are, or that they block, hides it.
async function furnish(sql: postgres.Sql, things: Things, visibility: 'public' | 'private'): Promise<void> {
  const { user, workout, template, exercise, upload } = things
  await sql`update public.profiles set visibility = ${visibility} where user_id = ${user}`
  await sql`
    insert into public.workouts (id, user_id, status, timezone, started_at, ended_at, active_seconds, visibility)
    values (${workout}, ${user}, 'completed', 'UTC', now() - interval '2 hours', now() - interval '1 hour', 3600, 'public')`
  await sql`
    insert into public.workout_templates (id, created_by, name, difficulty, goal, visibility, is_published, published_at)
    values (${template}, ${user}, 'Hidden', 'beginner', 'strength', 'public', true, now())`
  await sql`
    insert into public.exercises (
      id, created_by, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry
    )
    values (
      ${exercise}, ${user}, ${`Hidden ${exercise}`}, 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'stack'
    )`
  await sql`
    insert into public.imports (id, user_id, source, file_hash, timezone, line_count, names, settings_hash, request_hash)
    values (${upload}, ${user}, 'strong', ${FILE_HASH}, 'UTC', 1, '[]', gen_random_uuid(), gen_random_uuid())`
}
