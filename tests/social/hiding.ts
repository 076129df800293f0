import { SignJWT } from 'jose'
import type postgres from 'postgres'
import type { StackStatus } from '../../stack/stack.ts'
import type { Things as Ids } from '../intruder/existence.ts'

/** What a question names: a person and what is theirs. */
export interface Things extends Ids {
  readonly live: string
  readonly username: string
  readonly title: string
}

/** A request about somebody's things, and who is answered otherwise than about nobody's. */
export interface Door {
  readonly name: string
  readonly seenBy: 'friends' | 'owner'
  readonly path: (things: Things) => string
  readonly body?: (things: Things) => object
  readonly headers?: Readonly<Record<string, string>>
}

type Path = Door['path']
type Body = NonNullable<Door['body']>

const read = (name: string, path: Path): Door => ({
  name,
  seenBy: 'friends',
  path: (things) => `rest/v1/${path(things)}`,
})
const count = (name: string, path: Path): Door => ({
  ...read(`the number of ${name}`, path),
  headers: { prefer: 'count=exact', range: '0-0' },
})
const call = (name: string, body: Body, seenBy: Door['seenBy'] = 'friends'): Door => ({
  name,
  seenBy,
  path: () => `rest/v1/rpc/${name}`,
  body,
})
const insert = (table: string, body: Body, seenBy: Door['seenBy'] = 'friends'): Door => ({
  name: `a row of ${table} that names it`,
  seenBy,
  path: () => `rest/v1/${table}`,
  body,
})
const store = (name: string, path: Path, body: Body): Door => ({
  name,
  seenBy: 'owner',
  path: (things) => `storage/v1/object/${path(things)}`,
  body,
})

/** Of a plan of training and its author: what friends are shown, and what a block hides. */
export const CARDS: readonly Door[] = [
  read('profiles', ({ user }) => `profiles?user_id=eq.${user}`),
  read('profiles by name', ({ username }) => `profiles?username=eq.${username}`),
  count('profiles', ({ user }) => `profiles?user_id=eq.${user}&select=user_id`),
  call('my_friends', () => ({})),
  read('workout_templates', ({ template }) => `workout_templates?id=eq.${template}`),
  read('workout_templates by author', ({ user }) => `workout_templates?created_by=eq.${user}&select=id`),
  count('workout_templates', ({ user }) => `workout_templates?created_by=eq.${user}&select=id`),
  read('template_days', ({ template }) => `template_days?template_id=eq.${template}&select=name`),
  read('template_exercises', ({ template }) => `template_exercises?template_id=eq.${template}&select=sets`),
  read('template_versions', ({ template }) => `template_versions?template_id=eq.${template}&select=document`),
  read(
    'an embed',
    ({ template }) => `workout_templates?id=eq.${template}&select=name,template_days(name,template_exercises(sets))`,
  ),
  read(
    'an embed from what one has said oneself',
    ({ template }) => `template_favorites?template_id=eq.${template}&select=workout_templates!inner(name)`,
  ),
  call('search_templates', ({ title }) => ({ query: title })),
  call('get_template', ({ template }) => ({ template_id: template })),
  call('template_changes', ({ template }) => ({ template_id: template })),
  call('next_workout', ({ template }) => ({ template_id: template })),
  call('duplicate_template', ({ template }) => ({ template_id: template })),
  call('begin_template_run', ({ template }) => ({ template_id: template })),
  insert('template_favorites', ({ template }) => ({ template_id: template })),
  insert('template_ratings', ({ template }) => ({ template_id: template, rating: 5 })),
  insert('workouts', ({ template }) => ({
    template_id: template,
    status: 'planned',
    planned_for: '2030-01-01',
    timezone: 'UTC',
  })),
  call('send_friend_request', ({ user }) => ({ user_id: user })),
]

/** Of workouts. */
export const WORKOUTS: readonly Door[] = [
  call('get_workout', ({ workout }) => ({ workout_id: workout })),
  call('shared_workouts', () => ({})),
]

/** Of what is nobody's but the owner's, and whose refusals tell nothing. */
export const OWN: readonly Door[] = [
  { ...read('workouts', ({ workout }) => `workouts?id=eq.${workout}`), seenBy: 'owner' },
  { ...read('exercises', ({ exercise }) => `exercises?id=eq.${exercise}`), seenBy: 'owner' },
  call('get_exercise', ({ exercise }) => ({ exercise_id: exercise }), 'owner'),
  insert(
    'training_maxes',
    ({ exercise }) => ({ exercise_id: exercise, load_kg: 50, effective_on: '2026-01-01' }),
    'owner',
  ),
  insert(
    'exercise_variations',
    ({ exercise }) => ({ exercise_id: exercise, name: 'Paused', difficulty: 'beginner' }),
    'owner',
  ),
  call(
    'save_template',
    ({ exercise }) => ({
      template: {
        name: 'Mine',
        difficulty: 'beginner',
        goal: 'strength',
        days: [{ name: 'A', exercises: [{ exercise_id: exercise, sets: 3, reps_min: 5, reps_max: 8 }] }],
      },
    }),
    'owner',
  ),
  store(
    'a list of pictures',
    () => 'list/avatars',
    ({ user }) => ({ prefix: user }),
  ),
]

/** Ids and names that are nobody's, new ones each time. */
export const newThings = (): Things => {
  const id = (): string => crypto.randomUUID()
  const name = id().replaceAll('-', '')
  return {
    user: id(),
    workout: id(),
    live: id(),
    template: id(),
    exercise: id(),
    upload: id(),
    username: `u${name.slice(0, 20)}`,
    title: `Plan ${name}`,
  }
}

/** Makes somebody with things that are as open as `visibility`. */
export async function furnish(sql: postgres.Sql, things: Things, visibility: 'public' | 'friends'): Promise<void> {
  const { user, workout, live, template, exercise, username, title } = things
  const day = crypto.randomUUID()
  await sql.begin(async (tx) => {
    await tx`
      insert into auth.users (id, aud, role, email, created_at, updated_at)
      values (${user}, 'authenticated', 'authenticated', ${`${user}@example.test`}, now(), now())`
    await tx`update public.profiles set visibility = ${visibility}, username = ${username} where user_id = ${user}`
    await tx`
      insert into public.workouts (id, user_id, status, timezone, started_at, ended_at, active_seconds, visibility, bodyweight_kg)
      values
        (${workout}, ${user}, 'completed', 'UTC', now() - interval '2 hours', now() - interval '1 hour', 3600, ${visibility}, 81.5)`
    await tx`
      insert into public.workouts (id, user_id, status, timezone, started_at, visibility)
      values (${live}, ${user}, 'in_progress', 'UTC', now(), ${visibility})`
    await tx`
      insert into public.workout_templates (id, created_by, name, difficulty, goal, visibility, is_published, published_at)
      values (${template}, ${user}, ${title}, 'beginner', 'strength', ${visibility}, true, now())`
    await tx`insert into public.template_days (id, template_id, position, name) values (${day}, ${template}, 0, 'A')`
    await tx`
      insert into public.template_exercises (id, template_id, day_id, exercise_id, position, sets)
      select gen_random_uuid(), ${template}, ${day}, id, 0, 3 from public.exercises where slug = 'barbell-bench-press'`
    await tx`
      insert into public.template_versions (template_id, version, created_by, is_premium, document, request_hash)
      values (${template}, 1, ${user}, false, '{"days": []}', gen_random_uuid())`
    await tx`
      insert into public.exercises (
        id, created_by, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry
      )
      values (
        ${exercise}, ${user}, ${`Own ${exercise}`}, 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'stack'
      )`
    await tx`
      insert into storage.objects (bucket_id, name, owner_id, metadata)
      values ('avatars', ${`${user}/picture.png`}, ${user}, '{"mimetype": "image/png"}')`
  })
}

/** Sends the request of a door as `user`. */
export async function knock(stack: StackStatus, user: string, door: Door, things: Things): Promise<Response> {
  const token = await new SignJWT({ sub: user, role: 'authenticated', aud: 'authenticated' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(stack.jwt_secret))
  return fetch(`${stack.api_url}/${door.path(things)}`, {
    headers: {
      apikey: stack.publishable_key,
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...door.headers,
    },
    ...(door.body ? { method: 'POST', body: JSON.stringify(door.body(things)) } : {}),
  })
}
