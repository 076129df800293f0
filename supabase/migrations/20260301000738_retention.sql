-- Retention: how long what is needed only for a while is kept. A policy is a row that an operator can change; a job goes
-- through them every hour, and says beforehand what would go if it is asked to.

-- Table ----------------------------------------------------------------------------------------------------------------

create type private.retention_action as enum ('delete', 'erase_account', 'job');
comment on type private.retention_action is
  'delete: the rows go. erase_account: the rows are accounts, which are erased as if the person had asked. job: another job
does it, this one only counts.';

create table private.retention_policies (
  id         text primary key,
  relation   text not null,
  expired    text not null,
  keep       interval not null,
  action     private.retention_action not null default 'delete',
  is_active  boolean not null default true,
  reason     text not null,
  updated_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint retention_policies_id_is_snake_case check (id ~ '^[a-z][a-z_]{2,49}$'),
  constraint retention_policies_keep_positive check (keep > interval '0'),
  constraint retention_policies_expired_has_moment check (strpos(expired, '$1') > 0)
);

alter table private.retention_policies enable row level security;

create trigger _100_touch
  before update on private.retention_policies
  for each row execute function private.tg__touch();

comment on table private.retention_policies is 'What is kept for how long: a row an operator changes, for the job that enforces it.';
comment on column private.retention_policies.id is 'Its name.';
comment on column private.retention_policies.relation is 'The table, with its schema.';
comment on column private.retention_policies.expired is 'The condition of rows that are older than $1, the moment until which things go.';
comment on column private.retention_policies.keep is 'How long they are kept.';
comment on column private.retention_policies.action is 'What is done with them.';
comment on column private.retention_policies.is_active is 'Whether it is enforced.';
comment on column private.retention_policies.reason is 'Why so long, and why no longer.';

insert into private.retention_policies (id, relation, expired, keep, reason)
values
  ('export_copies', 'private.export_pages', 'created_at < $1', '1 hour', 'Of exports that broke off; a packed one is gone at once.'),
  ('broken_off_restores', 'private.restore_pages', 'created_at < $1', '1 hour', 'Of archives that were sent and never brought in.'),
  ('given_up_usernames', 'private.username_changes', 'changed_at < $1', '90 days', 'A name is held for 30 days, disputes take longer.'),
  ('held_usernames', 'private.held_usernames', 'held_until < $1', '1 day', 'The names are free by then, and a hash of one is no use.'),
  ('settled_conflicts', 'public.workout_conflicts', 'coalesce(resolved_at, created_at + interval ''1 year'') < $1', '30 days',
   'A choice can be looked at for a month; what nobody chose in a year is settled by that.'),
  ('deleted_training', 'private.deleted_training', 'deleted_at < $1', '90 days',
   'Longer than a phone is away that still has what was deleted, and would send it again.'),
  ('brought_in_archives', 'private.restored_archives', 'restored_at < $1', '7 days', 'So long an archive whose files did not all come can be sent again.'),
  ('old_prescriptions', 'public.prescriptions', 'created_at < $1', '400 days',
   'What a plan asked for, and why, can be compared with the same season a year ago; what is next never reads them.'),
  ('ended_welcomes', 'private.welcome_mails', 'ended_at < $1', '90 days',
   'Who says that no welcome came is told why. None follows: an address is confirmed for the first time once.'),
  ('import_reports', 'public.import_rows',
   'outcome in (''duplicate'', ''skipped'', ''failed'', ''undone'') and exists (
      select from public.imports
      where imports.id = import_rows.import_id and coalesce(imports.undone_at, imports.finished_at) < $1
    )',
   '1 year', 'Lines that did not come in, with their text; those of sets tell a duplicate and stay as long as the import.'),
  ('sign_in_log', 'auth.audit_log_entries', 'created_at < $1', '90 days', 'Addresses and times of sign-ins, for finding abuse.'),
  ('broken_off_sign_ins', 'auth.flow_state', 'created_at < $1', '1 day', 'Sign-ins that nobody came back from.'),
  ('mailed_links', 'auth.one_time_tokens', 'created_at < ($1 at time zone ''UTC'')', '7 days', 'Links that were never followed; they work for an hour.'),
  ('asked_factors', 'auth.mfa_challenges', 'created_at < $1', '1 day', 'A second factor is asked for and shown within minutes.'),
  ('used_refresh_tokens', 'auth.refresh_tokens', 'revoked and updated_at < $1', '30 days',
   'Who shows one that was used before has stolen it, which ends the session. A month later it is only unknown.'),
  ('ended_sessions', 'auth.sessions', 'greatest(created_at, updated_at, refreshed_at at time zone ''UTC'') < $1', '90 days',
   'Seven days without use end a session; where and when it was is kept as long as the log of sign-ins.'),
  ('job_runs', 'cron.job_run_details', 'coalesce(end_time, start_time) < $1', '30 days',
   'Whether the jobs ran, for as long as somebody asks since when one did not.');

insert into private.retention_policies (id, relation, expired, keep, action, reason)
values
  ('leaving_accounts', 'private.account_deletions', 'requested_at < $1', '14 days', 'job',
   'How long a deletion can be taken back. Holds for those that are asked for after it was changed.'),
  ('idle_limits', 'private.rate_limits',
   'filled_at < least($1, now() - (select max(window_seconds) from public.plans) * interval ''1 second'')', '15 minutes', 'job',
   'A bucket that nobody has taken from for a window is full, as one that is not there.'),
  ('unused_avatars', 'storage.objects',
   'bucket_id = ''avatars'' and created_at < $1 and not exists (
      select from public.profiles
      where profiles.user_id = private.folder_id(objects.name) and profiles.avatar_path = objects.name
    )',
   '1 hour', 'job', 'Uploads that never came onto a card; what a card no longer shows goes at once.'),
  ('unclaimed_media', 'storage.objects',
   'bucket_id = ''exercise-media'' and created_at < $1 and private.is_unclaimed_media(name, owner_id)', '1 hour', 'job',
   'Files of exercises and athletes that are gone.'),
  ('abandoned_anonymous_accounts', 'auth.users',
   'is_anonymous and created_at < $1 and not exists (
      select from auth.sessions
      where sessions.user_id = users.id
        and greatest(sessions.created_at, sessions.updated_at, sessions.refreshed_at at time zone ''UTC'') >= $1
    )',
   '90 days', 'erase_account',
   'Nobody can sign in to them once their session has ended, which it does after seven days without use.');

-- Enforcing ------------------------------------------------------------------------------------------------------------

create function private.apply_retention(p_dry_run boolean default true)
returns table (policy text, relation text, expires_before timestamptz, row_count bigint, failure text)
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  -- So many rows of a policy go at a time: a transaction that takes hours would hold up everything else.
  v_most constant integer := 100000;
  v_policy private.retention_policies;
begin
  for v_policy in
    select retention_policies.*
    from private.retention_policies
    where retention_policies.is_active
    order by retention_policies.id
  loop
    policy := v_policy.id;
    relation := v_policy.relation;
    expires_before := now() - v_policy.keep;
    failure := null;

    begin
      execute format(
        case
          when p_dry_run or v_policy.action = 'job' then 'select count(*) from %1$s where %2$s'
          when v_policy.action = 'erase_account' then
            'with leaving as (
              insert into private.account_deletions (user_id, requested_by, final_at)
              select id, array[''retention'']::private.deletion_origin[], now() from %1$s where %2$s limit %3$s
              on conflict do nothing
              returning user_id
            )
            select count(*) from leaving'
          else
            -- The condition again: a place is one of a partition.
            'with gone as (
              delete from %1$s where ctid = any (array(select ctid from %1$s where %2$s limit %3$s)) and (%2$s) returning 1
            )
            select count(*) from gone'
        end,
        v_policy.relation::regclass, v_policy.expired, v_most
      )
      into row_count
      using expires_before;
    exception
      when others then
        row_count := null;
        failure := sqlstate;
        raise warning 'the retention policy % does not run: %', v_policy.id, sqlerrm;
    end;

    return next;
  end loop;
end;
$$;

comment on function private.apply_retention(boolean) is
  'What each active policy takes, or with false has taken: its name, the table, the moment before which things go, how many
rows. One that does not run has the code of its error as its failure, warns in the log, and holds up no other. At most 100,000
rows of a policy at a time. A dry run, which is the default, changes nothing.';

select cron.schedule('apply-retention', '41 * * * *', 'select private.apply_retention(p_dry_run => false)');
