import { codeOf, stepAt } from '../../stack/auth/totp.ts'
import { anonClient, createUser, type User } from '../support/clients.ts'
import { sql } from '../support/stack.ts'
import { call, startWith } from '../workouts/training.ts'

/**
 * Gives `user` what an account has beside training: a friend and a request, a block, a shared workout of today, two devices
 * that disagree, a former name, a purchase, an admin who looked, links and sign-ins under way, a second factor. Answers the
 * user as the second factor signed them in. Texts have `mark`. Rejects when anything of it is refused.
 */
export async function circle(user: User, mark: string): Promise<User> {
  const [friend, asked] = [await createUser('friend'), await createUser('asked')]
  const { client, id } = user
  await call(client, 'send_friend_request', { user_id: friend.id })
  await call(friend.client, 'respond_friend_request', { user_id: id, accept: true })
  await call(client, 'send_friend_request', { user_id: asked.id })
  await call(client, 'block_user', { user_id: crypto.randomUUID() })
  await call(client, 'set_username', { username: `${mark}_new` })
  await trainTogether(client, mark, friend.id)
  await recorded(id, mark)
  await comingIn(user)
  return withSecondFactor(user, mark)
}

/**
 * What there is of the user `id` for moments alone, or of an admin: sign-ins, archives, limits, a welcome, a merge
 * that moved history.
 */
export async function underWay(id: string, exerciseId: string): Promise<void> {
  await sql`insert into auth.flow_state (id, user_id, provider_type, authentication_method, created_at)
    values (gen_random_uuid(), ${id}, 'recovery', 'recovery', now())`
  await sql`
    insert into private.restore_pages (user_id, restore_id, relation, page, rows)
    values (${id}, gen_random_uuid(), 'none', 1, '[]')`
  await sql`insert into private.restored_archives (user_id, file_hash, answer) values (${id}, repeat('a', 64), '{}')`
  await sql`insert into private.rate_limits (caller_id, bucket, tokens, per_second, filled_at)
    values (${id}, 'requests', 0, 1, now()) on conflict do nothing`
  await sql`insert into private.welcome_mails (user_id, ended_at) values (${id}, now()) on conflict do nothing`
  await sql`
    with merged as (
      insert into private.exercise_merges (from_id, into_id, was_active, merged_by, undone_at)
      values (${exerciseId}, ${exerciseId}, true, ${id}, now())
      returning id
    )
    insert into private.exercise_merge_rows (merge_id, workout_exercise_id)
    select merged.id, workout_exercises.id from merged, public.workout_exercises
    where workout_exercises.user_id = ${id} limit 1`
}

// Of today, so that a streak runs; the correction of the second device comes too late.
async function trainTogether(client: User['client'], mark: string, friendId: string): Promise<void> {
  const { workoutId, workoutExerciseId } = await startWith(client, 'barbell-bench-press')
  const set = await call(client, 'complete_set', { workout_exercise_id: workoutExerciseId, weight_kg: 100, reps: 5 })
  const corrected = (notes: string) =>
    client.rpc('update_set', { set_id: set.id, version: set.version, changes: { notes } })
  await corrected(`${mark} phone`).throwOnError()
  const late = await corrected(`${mark} watch`)
  if (late.error?.code !== 'version_conflict') throw new Error(`no conflict: ${JSON.stringify(late)}`)
  const extra = await call(client, 'complete_set', { workout_exercise_id: workoutExerciseId, weight_kg: 90, reps: 5 })
  await call(client, 'delete_set', { set_id: extra.id, version: extra.version })
  await call(client, 'share_workout', { workout_id: workoutId, user_ids: [friendId] })
  await call(client, 'complete_workout', { workout_id: workoutId })
}

// What Stripe told, what was written down, and what a request leaves behind.
async function recorded(id: string, mark: string): Promise<void> {
  await sql`
    insert into private.billing_events (
      id, user_id, kind, occurred_at, stripe_customer_id, stripe_subscription_id, plan_id, status, started_at,
      period_starts_at, period_ends_at, cancel_at_period_end
    )
    values (
      ${crypto.randomUUID()}, ${id}, 'subscription', now(), ${`cus_${mark}`}, ${crypto.randomUUID()}, 'pro', 'active',
      now(), now(), now() + interval '1 month', false
    )`
  await sql`select private.audit('user_updated', ${id}, '{"reason": "asked for by mail"}')`
  await sql`insert into auth.audit_log_entries (id, payload, created_at)
    values (gen_random_uuid(), ${sql.json({ actor_id: id, actor_username: mark, action: 'login' })}, now()),
      (gen_random_uuid(), ${sql.json({ actor_id: crypto.randomUUID(), traits: { user_id: id, user_email: mark } })}, now())`
}

async function comingIn({ email }: User): Promise<void> {
  const { error } = await anonClient().auth.resetPasswordForEmail(email)
  if (error) throw error
}

async function withSecondFactor(user: User, mark: string): Promise<User> {
  const { mfa } = user.client.auth
  const { data, error } = await mfa.enroll({ factorType: 'totp', friendlyName: `${mark} phone` })
  if (error || data.type !== 'totp') throw error ?? new Error('another type')
  const code = codeOf(data.totp.secret, stepAt(Date.now()))
  const verified = await mfa.challengeAndVerify({ factorId: data.id, code })
  if (verified.error) throw verified.error
  return { ...user, accessToken: verified.data.access_token, refreshToken: verified.data.refresh_token }
}
