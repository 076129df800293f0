-- Retention: that every table is accounted for, and that each policy takes what is older than it keeps and nothing else.
-- Of one moment, because policies count what other tests have, too.
begin isolation level repeatable read;
\ir support/acting.psql
select plan(14);

-- Every table ------------------------------------------------------------------------------------------------------------

create temporary view filled_table as
select pg_class.oid, format('%s.%s', relnamespace::regnamespace, relname) as name
from pg_class
join pg_namespace on pg_namespace.oid = relnamespace
where nspname not in ('pg_catalog', 'information_schema', 'tests')
  and nspname !~ '^pg_(toast|temp)'
  and relkind in ('r', 'p')
  and not relispartition;

-- Rows that cannot be without an account: their columns of the key are never null, all the way up to it.
create temporary view goes_with_account as
with recursive gone (oid) as (
  select 'auth.users'::regclass::oid
  union
  select pg_constraint.conrelid
  from gone
  join pg_constraint on pg_constraint.confrelid = gone.oid
    and pg_constraint.contype = 'f'
    and pg_constraint.confdeltype = 'c'
  where not exists (
    select from pg_attribute
    where attrelid = conrelid
      and attnum = any (conkey)
      and not attnotnull
  )
)
select gone.oid from gone;

create temporary view unaccounted as
select format(
  '%s grows for ever: give it a policy in private.retention_policies (…738_retention.sql), or say in private.kept_tables (…739) why it stays',
  filled_table.name
) as sentence
from filled_table
where filled_table.oid not in (select goes_with_account.oid from goes_with_account)
  and filled_table.name not in (select retention_policies.relation from private.retention_policies)
  and filled_table.name not in (select kept_tables.relation from private.kept_tables);

create temporary view needless as
select format('%s is kept by private.kept_tables, and need not be: it has a policy, goes with accounts, or is not there', relation)
  as sentence
from private.kept_tables
left join filled_table on filled_table.name = kept_tables.relation
where filled_table.oid is null
  or filled_table.oid in (select goes_with_account.oid from goes_with_account)
  or kept_tables.relation in (select retention_policies.relation from private.retention_policies);

select is_empty('table unaccounted', 'every table has a policy, goes with an account, or says why it stays');
select is_empty('table needless', 'and none says so that need not');
select is_empty(
  $$select relation from private.retention_policies where to_regclass(relation) is null$$, 'each policy is of a table'
);

create table public.brand_new (user_id uuid references auth.users (id) on delete cascade);
select matches(
  (select sentence from unaccounted where sentence ~ 'brand_new'), '^public\.brand_new grows for ever', 'a new table is named'
);
alter table public.brand_new alter column user_id set not null;
select is_empty('table unaccounted', 'and is not where its rows are all somebody''s');
drop table public.brand_new;

-- Every policy: one row a second too old, and one a second too young ----------------------------------------------------------

select tests.create_user('ana');

create temporary table aged as
select
  retention_policies.id as policy, row_number() over (order by retention_policies.id, side.is_old) as n, side.is_old,
  now() - retention_policies.keep + case when side.is_old then -1 else 1 end * interval '1 second' as at
from private.retention_policies
cross join (values (true), (false)) as side (is_old);

create function pg_temp.aged(p_policy text)
returns setof aged
language sql
as $$
  select * from aged where policy = p_policy;
$$;

create temporary table before as select * from private.apply_retention();

insert into private.export_pages (user_id, export_id, page, relation, row_count, rows, created_at)
select tests.id('ana'), gen_random_uuid(), 1, 'none', 0, '', at from pg_temp.aged('export_copies');
insert into private.restore_pages (user_id, restore_id, relation, page, rows, created_at)
select tests.id('ana'), gen_random_uuid(), 'none', n, '[]', at from pg_temp.aged('broken_off_restores');
insert into private.restored_archives (user_id, file_hash, answer, restored_at)
select tests.create_user('restored_' || n), repeat('a', 64), '{}', at from pg_temp.aged('brought_in_archives');
insert into private.username_changes (user_id, old_username, changed_at)
select tests.id('ana'), 'ana_' || n, at from pg_temp.aged('given_up_usernames');
insert into private.held_usernames (username_hash, held_until)
select sha256(gen_random_uuid()::text::bytea), at from pg_temp.aged('held_usernames');
insert into public.workout_conflicts (
  user_id, workout_id, table_name, row_id, reason, value, resolution, resolved_at, created_at
)
select
  tests.id('ana'), gen_random_uuid(), 'workout_sets', gen_random_uuid(), 'deleted', '{}',
  case when is_settled then 'dismissed'::public.conflict_resolution end,
  case when is_settled then at end,
  case when is_settled then at - interval '2 years' else at - interval '1 year' end
from pg_temp.aged('settled_conflicts')
cross join (values (true), (false)) as choice (is_settled);
insert into private.deleted_training (id, workout_id, user_id, deleted_at)
select gen_random_uuid(), gen_random_uuid(), tests.id('ana'), at from pg_temp.aged('deleted_training');
insert into public.prescriptions (
  user_id, exercise_name, template_id, template_day_id, rule_version, inputs, inputs_hash, answer, created_at
)
select tests.id('ana'), 'Squat', gen_random_uuid(), gen_random_uuid(), 1, '{}', gen_random_uuid(), '{}', at
from pg_temp.aged('old_prescriptions');
insert into auth.audit_log_entries (id, payload, created_at)
select gen_random_uuid(), '{}', at from pg_temp.aged('sign_in_log');
insert into auth.flow_state (id, provider_type, authentication_method, created_at)
select gen_random_uuid(), 'email', 'recovery', at from pg_temp.aged('broken_off_sign_ins');
insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to, created_at)
select
  gen_random_uuid(), tests.id('ana'),
  case when is_old then 'recovery_token' else 'confirmation_token' end::auth.one_time_token_type, 'x', 'x',
  at at time zone 'UTC'
from pg_temp.aged('mailed_links');
insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at)
values (tests.id('ana'), tests.id('ana'), 'totp', 'unverified', now(), now());
insert into auth.mfa_challenges (id, factor_id, created_at, ip_address)
select gen_random_uuid(), tests.id('ana'), at, '127.0.0.1' from pg_temp.aged('asked_factors');
insert into auth.sessions (id, user_id, created_at, updated_at, refreshed_at)
select gen_random_uuid(), tests.id('ana'), at - interval '1 year', at - interval '1 year', at at time zone 'UTC'
from pg_temp.aged('ended_sessions');
insert into auth.refresh_tokens (token, user_id, revoked, updated_at)
select gen_random_uuid(), tests.id('ana'), is_revoked, at
from pg_temp.aged('used_refresh_tokens')
cross join (values (true), (false)) as token (is_revoked);
insert into cron.job_run_details (jobid, runid, start_time, end_time)
select 0, -row_number() over (), at, case when has_ended then at end
from pg_temp.aged('job_runs')
cross join (values (true), (false)) as run (has_ended);
insert into private.account_deletions (user_id, requested_by, requested_at, final_at)
select tests.create_user('leaving_' || n), '{person}', at, now() from pg_temp.aged('leaving_accounts');
insert into private.welcome_mails (user_id, ended_at)
select tests.create_user('welcomed_' || n), at from pg_temp.aged('ended_welcomes')
on conflict (user_id) do update set ended_at = excluded.ended_at;
insert into private.rate_limits (caller_id, bucket, tokens, per_second, filled_at)
select gen_random_uuid(), 'requests', 0, 1, at from pg_temp.aged('idle_limits');
insert into storage.objects (bucket_id, name, created_at)
select 'avatars', format('%s/%s.png', tests.id('ana'), n), at from pg_temp.aged('unused_avatars');
insert into storage.objects (bucket_id, name, created_at)
select 'exercise-media', gen_random_uuid() || '/gone.png', at from pg_temp.aged('unclaimed_media');

select tests.create_user('abandoned_' || n) from pg_temp.aged('abandoned_anonymous_accounts');
update auth.users
set is_anonymous = true, created_at = aged.at
from tests.users as person
join pg_temp.aged('abandoned_anonymous_accounts') as aged on person.name = 'abandoned_' || aged.n
where users.id = person.user_id;

-- A report of an import goes by when that was over; what tells a duplicate stays.
insert into public.imports (
  id, user_id, source, status, file_hash, timezone, line_count, names, settings_hash, request_hash, finished_at
)
select
  tests.id('ana'), tests.id('ana'), 'strong', 'completed', repeat('0', 64), 'UTC', 2, '[]', gen_random_uuid(),
  gen_random_uuid(), at
from pg_temp.aged('import_reports')
where not is_old;
insert into public.import_rows (import_id, line, user_id, outcome, line_text, set_id)
values
  (tests.id('ana'), 1, tests.id('ana'), 'failed', 'a line', null),
  (tests.id('ana'), 2, tests.id('ana'), 'imported', null, gen_random_uuid());

create temporary view taken as
select after.policy, after.row_count - before.row_count as row_count
from private.apply_retention() as after
join before using (policy);

select results_eq(
  'select policy, row_count from taken where row_count <> 1 order by policy',
  $$values ('import_reports', 0::bigint), ('job_runs', 2), ('settled_conflicts', 2)$$,
  'of two rows a dry run takes the one that is a second too old: of conflicts and of runs, one that is over and one that is not'
);
select is(
  (select count(distinct policy) from aged), (select count(*) from taken), 'for every policy that there is'
);
update public.imports set finished_at = finished_at - interval '2 seconds' where user_id = tests.id('ana');
select is((select row_count from taken where policy = 'import_reports'), 1::bigint, 'of a report the lines that did not come in');

create temporary table done as select * from private.apply_retention(p_dry_run => false);
select is_empty(
  $$
    select done.policy, done.row_count
    from done
    join private.retention_policies on retention_policies.id = done.policy
    join before using (policy)
    where done.row_count <> before.row_count
      + case when done.policy in ('job_runs', 'settled_conflicts') then 2 else 1 end
  $$,
  'what a dry run counts is what goes'
);
select is_empty(
  $$
    select left_over.policy, left_over.row_count
    from private.apply_retention() as left_over
    join private.retention_policies on retention_policies.id = left_over.policy
    where retention_policies.action = 'delete'
      and left_over.row_count > 0
  $$,
  'and after it none is left'
);

select is(
  (select jsonb_build_array(
    (select count(*) from private.export_pages where user_id = tests.id('ana')),
    (select count(*) from private.restore_pages where user_id = tests.id('ana')),
    (select count(*) from private.username_changes where user_id = tests.id('ana')),
    (select count(*) from public.workout_conflicts where user_id = tests.id('ana')),
    (select count(*) from private.deleted_training where user_id = tests.id('ana')),
    (select count(*) from public.prescriptions where user_id = tests.id('ana')),
    (select count(*) from auth.one_time_tokens where user_id = tests.id('ana')),
    (select count(*) from auth.mfa_challenges where factor_id = tests.id('ana')),
    (select count(*) from auth.sessions where user_id = tests.id('ana')),
    (select count(*) from auth.refresh_tokens where user_id = tests.id('ana')::text)
  )),
  '[1, 1, 1, 2, 1, 1, 1, 1, 1, 3]', 'the younger ones are still there, and a token that was never used'
);
select results_eq(
  $$select line from public.import_rows where user_id = tests.id('ana')$$, array[2], 'as is the line of a set'
);
select is(
  (
    select array_agg(users.name order by users.name)
    from tests.users
    join private.account_deletions using (user_id)
    where account_deletions.requested_by = '{retention}'
  ),
  (select array['abandoned_' || n] from pg_temp.aged('abandoned_anonymous_accounts') where is_old),
  'of two accounts the one that was abandoned long enough ago is to be erased'
);

-- A policy that cannot be enforced -------------------------------------------------------------------------------------

update private.retention_policies set expired = 'no_such_column < $1' where id = 'export_copies';
select results_eq(
  $$
    select failure, array_agg(policy order by policy) = case failure when '42703' then '{export_copies}'::text[] else array(
      select id from private.retention_policies where is_active and id <> 'export_copies' order by id
    ) end
    from private.apply_retention(p_dry_run => false)
    group by failure
    order by failure
  $$,
  $$values ('42703', true), (null, true)$$, 'a policy that does not run says so, and holds up no other'
);

select * from finish();
rollback;
