import type postgres from 'postgres'
import { z } from 'zod'

/** The measured athlete: everybody else's number is above theirs. */
export const ATHLETE_ID = '00000000-0000-4000-8000-000000000000'

const FRIENDS = 1_000
const BLOCKS = 5_000
const FIRST_NAMES = ['Maria', 'Jonas', 'Zoltan', 'Aylin', 'Chidi', 'Ingrid', 'Mateo', 'Priya', 'Oskar', 'Yuki']
const LAST_NAMES = [
  'Novak',
  'Okafor',
  'Silva',
  'Larsen',
  'Haddad',
  'Weber',
  'Tanaka',
  'Rossi',
  'Moreau',
  'Kaya',
  'Petrov',
]

/** Adds athletes, with a workout each, until there are `users`: past the triggers, numbered, seven in ten public. */
export async function addUsers(owner: postgres.Sql, users: number): Promise<void> {
  const [{ have }] = z
    .tuple([z.object({ have: z.coerce.number() })])
    .parse(await owner`select count(*) as have from public.profiles`)
  const search = await dropSearchIndex(owner)
  await owner.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await sql`
      create temporary table new_user on commit drop as
      select n, case n when 0 then ${ATHLETE_ID}::uuid else md5('user ' || n)::uuid end as id,
        (${FIRST_NAMES}::text[])[1 + n % ${FIRST_NAMES.length}] as first_name,
        (${LAST_NAMES}::text[])[1 + n % ${LAST_NAMES.length}] as last_name,
        now() - n * interval '1 minute' as began
      from generate_series(${have}::integer, ${users - 1}::integer) as n`
    await sql`
      insert into auth.users (id, aud, role, email, raw_user_meta_data, raw_app_meta_data, created_at, updated_at)
      select id, 'authenticated', 'authenticated', 'user' || n || '@example.test', '{}', '{}', began, began from new_user`
    await sql`
      insert into public.profiles (user_id, username, display_name, visibility, created_at)
      select id, lower(first_name) || '_' || n, first_name || ' ' || last_name || ' ' || n,
        case when n % 10 < 7 then 'public' when n % 10 < 9 then 'friends' else 'private' end::public.visibility, began
      from new_user`
    for (const table of ['personal_details', 'preferences', 'user_roles'])
      await sql`insert into ${sql('public')}.${sql(table)} (user_id) select id from new_user`
    await sql`
      insert into public.workouts (id, user_id, status, timezone, started_at, ended_at, active_seconds, visibility)
      select md5('workout ' || n)::uuid, id, 'completed', 'UTC', began, began + interval '1 hour', 3600,
        case n % 3 when 0 then 'public' when 1 then 'friends' else 'private' end::public.visibility
      from new_user`
  })
  await owner.unsafe(search)
}

/** Makes friends of the athlete and users who block them or are blocked by them, all among the first 10,000 users. */
export async function addContacts(owner: postgres.Sql): Promise<void> {
  await owner`
    insert into public.friendships (requester_id, addressee_id, accepted_at)
    select case n % 2 when 0 then ${ATHLETE_ID} else md5('user ' || n)::uuid end,
      case n % 2 when 0 then md5('user ' || n)::uuid else ${ATHLETE_ID} end, now() - n * interval '1 hour'
    from generate_series(1, ${FRIENDS}::integer) as n`
  await owner`
    insert into public.blocks (blocker_id, blocked_id, was_known)
    select case n % 2 when 0 then ${ATHLETE_ID} else md5('user ' || n)::uuid end,
      case n % 2 when 0 then md5('user ' || n)::uuid else ${ATHLETE_ID} end, true
    from generate_series(${FRIENDS + 1}::integer, ${FRIENDS + BLOCKS}::integer) as n`
}

/** Reads what the planner has to know of the tables, and leaves nothing for autovacuum to do meanwhile. */
export async function settle(owner: postgres.Sql): Promise<void> {
  await owner`
    vacuum (analyze) public.profiles, public.personal_details, public.preferences, public.user_roles, public.friendships,
      public.blocks, public.workouts, public.workout_shares`
  await owner`analyze auth.users`
  await owner`checkpoint`
}

// Built once at the end, it costs a fraction of what it costs row by row.
async function dropSearchIndex(owner: postgres.Sql): Promise<string> {
  const [{ create }] = z
    .tuple([z.object({ create: z.string() })])
    .parse(await owner`select pg_get_indexdef('public.profiles_search_idx'::regclass) as create`)
  await owner`drop index public.profiles_search_idx`
  return create
}
