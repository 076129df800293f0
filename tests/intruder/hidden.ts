import { owner, type Rule } from './model.ts'

/** A table that no client reads by itself, whose rows are somebody's or nobody's. */
export interface HiddenTable {
  /** SQL: whose the row `t` is. */
  readonly owner: string
  /** SQL: what the row `t` is called. */
  readonly key: string
  /** SQL: makes a row for `u.id`, where the world has none; `{canary}` is a text that is found again. */
  readonly make?: string
  /** Text columns that take no canary, and why. */
  readonly closed?: Readonly<Record<string, string>>
  /** Who is told a column by an R or a function. */
  readonly shows?: Readonly<Record<string, Rule>>
}

const MACHINE = 'what the machine reads: an enum in the guise of a text'
const HASH = 'a hash'
const BYTES = 'bytes that no answer holds as text'
const admins: Rule = (viewer, fact, society) => owner(viewer, fact, society) || society.isAdmin(viewer)
/** The people, with an id for what there is once of each: {people} is their ids. */
const ONE_EACH = `from (select id, md5(id::text)::uuid as session_id from unnest('{people}'::uuid[]) as id) as u`

/** Every table outside of `public` with texts that tell of somebody. */
export const HIDDEN: Readonly<Record<string, HiddenTable>> = {
  'auth.users': {
    owner: 't.id',
    key: 't.id::text',
    closed: {
      aud: MACHINE,
      role: 'a role of the database',
      encrypted_password: 'a hash whose form is checked at sign-in',
    },
    shows: {
      email: admins,
      raw_app_meta_data: owner,
      raw_user_meta_data: owner,
      phone: owner,
      email_change: owner,
      phone_change: owner,
    },
  },
  'auth.identities': {
    owner: 't.user_id',
    key: 't.id::text',
    make: `insert into auth.identities (provider_id, user_id, identity_data, provider, created_at, updated_at)
      select u.id::text, u.id, '{}', 'email', now(), now() ${ONE_EACH}`,
    shows: { identity_data: owner, provider_id: owner, provider: owner },
  },
  'auth.sessions': {
    owner: 't.user_id',
    key: 't.id::text',
    make: `insert into auth.sessions (id, user_id, created_at, updated_at, aal)
      select u.session_id, u.id, now(), now(), 'aal1' ${ONE_EACH}`,
    shows: { user_agent: owner },
  },
  'auth.refresh_tokens': {
    owner: 't.user_id::uuid',
    key: 't.id::text',
    make: `insert into auth.refresh_tokens (token, user_id, session_id, revoked, created_at, updated_at)
      select '{canary}', u.id::text, u.session_id, false, now(), now() ${ONE_EACH}`,
    closed: { user_id: 'an id' },
  },
  'auth.mfa_factors': {
    owner: 't.user_id',
    key: 't.id::text',
    make: `insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at)
      select u.session_id, u.id, 'totp', 'unverified', now(), now() ${ONE_EACH}`,
    shows: { friendly_name: owner },
  },
  'auth.mfa_challenges': {
    owner: '(select f.user_id from auth.mfa_factors as f where f.id = t.factor_id)',
    key: 't.id::text',
    make: `insert into auth.mfa_challenges (id, factor_id, created_at, ip_address)
      select gen_random_uuid(), u.session_id, now(), '192.0.2.1' ${ONE_EACH}`,
  },
  'auth.mfa_amr_claims': {
    owner: '(select s.user_id from auth.sessions as s where s.id = t.session_id)',
    key: 't.id::text',
    make: `insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method)
      select gen_random_uuid(), u.session_id, now(), now(), 'password' ${ONE_EACH}`,
  },
  'auth.one_time_tokens': {
    owner: 't.user_id',
    key: 't.id::text',
    make: `insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to)
      select gen_random_uuid(), u.id, 'recovery_token', '{canary}', '{canary}' ${ONE_EACH}`,
  },
  'auth.flow_state': {
    owner: 't.user_id',
    key: 't.id::text',
    make: `insert into auth.flow_state (id, user_id, auth_code, provider_type, authentication_method)
      select gen_random_uuid(), u.id, '{canary}', 'email', 'recovery' ${ONE_EACH}`,
  },
  'auth.audit_log_entries': {
    owner: 't.id',
    key: 't.id::text',
    make: `insert into auth.audit_log_entries (id, payload) select u.id, json_build_object('actor_id', u.id) ${ONE_EACH}`,
  },
  'private.username_changes': {
    owner: 't.user_id',
    key: 't.id::text',
    make: `insert into private.username_changes (user_id, old_username) select u.id, '{canary}' ${ONE_EACH}`,
    shows: { old_username: owner },
  },
  'private.billing_events': {
    owner: 't.user_id',
    key: 't.id',
    make: `insert into private.billing_events (id, user_id, kind, occurred_at, stripe_customer_id, stripe_subscription_id, dispute_id)
      select '{canary}', u.id, 'dispute_opened', now(), '{canary}', '{canary}', '{canary}' ${ONE_EACH}`,
    closed: { plan_id: 'one of the plans' },
    shows: { id: owner, stripe_customer_id: owner, stripe_subscription_id: owner, dispute_id: owner },
  },
  'private.account_deletions': {
    owner: 't.user_id',
    key: 't.user_id::text',
    make: `insert into private.account_deletions (user_id, requested_by, final_at)
      select u.id, '{person}', now() + interval '30 days' ${ONE_EACH}`,
    shows: { failure: owner },
  },
  'private.welcome_mails': {
    owner: 't.user_id',
    key: 't.user_id::text',
    make: `insert into private.welcome_mails (user_id, failure) select u.id, '{canary}' ${ONE_EACH}`,
  },
  'private.avatar_checks': {
    owner: 't.user_id',
    key: 't.object_id::text',
    make: `insert into private.avatar_checks (object_id, user_id, name, version, asked_at)
      select gen_random_uuid(), u.id, '{canary}', '{canary}', now() - interval '1 hour' ${ONE_EACH}`,
  },
  'private.audit_log': {
    owner: 't.subject_id',
    key: "t.day || '/' || t.sequence",
    make: `select private.audit('{canary}', u.id, '{"reason": "{canary}", "what": "{canary}"}') ${ONE_EACH}`,
    closed: { actor_role: MACHINE, hash: HASH },
    shows: { details: owner, action: owner },
  },
  'private.export_pages': {
    owner: 't.user_id',
    key: "t.export_id || '/' || t.page",
    make: `insert into private.export_pages (user_id, export_id, page, relation, row_count, rows)
      select u.id, gen_random_uuid(), 1, '{canary}', 1, '{canary}' ${ONE_EACH}`,
  },
  'private.restore_pages': {
    owner: 't.user_id',
    key: "t.relation || '/' || t.page",
    make: `insert into private.restore_pages (user_id, restore_id, relation, page, rows)
      select u.id, gen_random_uuid(), '{canary}', 1, '["{canary}"]' ${ONE_EACH}`,
  },
  'private.restored_archives': {
    owner: 't.user_id',
    key: 't.user_id::text',
    make: `insert into private.restored_archives (user_id, file_hash, answer)
      select u.id, repeat('a', 64), '{"rows": "{canary}"}' ${ONE_EACH}`,
    closed: { file_hash: HASH },
  },
  'private.exercise_search': {
    owner: 't.audience',
    key: "t.exercise_id || t.language || coalesce(t.audience::text, '')",
    closed: { language: 'a code' },
  },
  'private.exercise_names': {
    owner:
      "(select e.created_by from public.exercises as e where e.id = t.exercise_id and e.review_status <> 'approved')",
    key: 't.exercise_id || t.called',
    closed: { how: MACHINE },
  },
  'storage.objects': {
    owner: 't.owner_id::uuid',
    key: 't.id::text',
    make: `insert into storage.objects (bucket_id, name, owner_id, metadata)
      select 'avatars', u.id || '/{canary}.png', u.id::text, '{"mimetype": "image/png"}' ${ONE_EACH}`,
    closed: { bucket_id: 'one of the buckets', owner_id: 'an id' },
    shows: { name: owner, metadata: owner },
  },
  'realtime.messages': {
    owner: "split_part(t.topic, ':', 2)::uuid",
    key: 't.id::text',
    make: `insert into realtime.messages (topic, extension, event, payload, private)
      select 'user:' || u.id, 'broadcast', '{canary}', '{"text": "{canary}"}', true ${ONE_EACH}`,
    closed: { topic: 'whose it is', extension: MACHINE, binary_payload: BYTES },
  },
  'vault.secrets': {
    owner: 'null::uuid',
    key: 't.id::text',
    make: "insert into vault.secrets (name, description, secret) values ('{canary}', '{canary}', '{canary}')",
    closed: { nonce: BYTES },
  },
  'net._http_response': {
    owner: 'null::uuid',
    key: 't.id::text',
    make: `insert into net._http_response (id, content_type, headers, content, error_msg)
      values (-1, '{canary}', '{"text": "{canary}"}', '{canary}', '{canary}')`,
  },
}

/** Who is told what lay in files. */
export const FILES: Readonly<Record<string, Rule>> = { 'a file of Storage': owner, 'a file that was imported': owner }

/** Tables outside of `public` whose texts are nobody's, and why. */
export const NOBODYS: Readonly<Record<string, string>> = {
  'cron.job': "the product's own: what runs when",
  'cron.job_run_details': "the product's own: what ran when",
  'net.http_request_queue': 'sent and gone within a second; what comes back is in net._http_response',
  'private.audit_days': 'hashes',
  'private.call_buckets': "the product's own: names of functions",
  'private.entitlements': "the product's own: what plans entitle to",
  'private.error_codes': "the product's own sentences",
  'private.held_usernames': 'hashes',
  'private.kept_tables': "the product's own: what stays, and why",
  'private.personal_data': "the product's own: what is whose",
  'private.restored_tables': "the product's own: how an archive is brought back",
  'private.retention_policies': "the product's own: how long what is kept",
  'private.search_words': 'words of approved exercises',
  'private.template_fields': "the product's own: the fields of a template",
  'storage.buckets': "the product's own: which buckets there are",
  'supabase_migrations.schema_migrations': "the product's own",
  'supabase_migrations.seed_files': "the product's own",
}
