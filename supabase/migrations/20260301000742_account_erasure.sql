-- Erasure: what becomes of an account whose deletion is final. A job of the database goes through them; files can only be
-- deleted by Storage (account_files), so they go first.

-- Erasing --------------------------------------------------------------------------------------------------------------

create function private.require_no_files(p_user_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if exists (select from private.files_of(p_user_id)) then
    raise exception using
      errcode = 'object_in_use',
      constraint = 'files',
      message = 'Storage has not deleted all files of the person.';
  end if;
end;
$$;

comment on function private.require_no_files(uuid) is 'Fails, by the rule files, where Storage has files of a person.';

create function private.hold_usernames_of(p_user_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.hold_username(name.username, name.since + interval '30 days')
  from (
    select profiles.username, now() as since
    from public.profiles
    where profiles.user_id = p_user_id
    union all
    select username_changes.old_username, username_changes.changed_at
    from private.username_changes
    where username_changes.user_id = p_user_id
      and username_changes.changed_at > now() - interval '30 days'
  ) as name;
$$;

comment on function private.hold_usernames_of(uuid) is
  'Keeps the username of a user, and those that they gave up in the last 30 days, from everybody for 30 days.';

create function private.erase_account(p_user_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_line private.personal_data;
begin
  perform private.require_no_files(p_user_id);
  perform private.lock_athletes(array[p_user_id]);
  perform private.hold_usernames_of(p_user_id);
  -- Nobody is told of each set that goes; a message would be one more copy.
  perform set_config('fitai.importing', 'on', true);

  -- Of exercises that others train with the pictures went with the person's files.
  update public.exercises
  set images = '{}', videos = '{}', gifs = '{}'
  where exercises.id in (select private.exercise_ids_of(p_user_id))
    and cardinality(exercises.images || exercises.videos || exercises.gifs) > 0;

  for v_line in
    select personal_data.*
    from private.personal_data
    where personal_data.erasure = 'deleted'
      and personal_data.relation <> 'auth.users'
      and not starts_with(personal_data.relation, 'bucket:')
  loop
    execute format('delete from %s where %s', v_line.relation::regclass, v_line.whose)
    using p_user_id;
  end loop;

  -- What others' devices were told of the person, in the days before.
  delete from realtime.messages
  where strpos(messages.payload::text, p_user_id::text) > 0
    or strpos(messages.topic, p_user_id::text) > 0;

  delete from auth.users
  where users.id = p_user_id;

  perform set_config('fitai.importing', '', true);
  -- What was uploaded since: whoever is past the moment is locked out, and may hold a token of the last minutes.
  perform private.require_no_files(p_user_id);
  perform private.audit('account_erased', p_user_id);
end;
$$;

comment on function private.erase_account(uuid) is
  'Erases everything that the list of personal data says of a person, but files: all of it or, when anything fails, nothing.
Fails as long as there are files. Costs what the account holds, and a reading of the live messages of the last days.';

create function private.lock_out_leavers()
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  with leaver as (
    select users.id
    from auth.users
    where users.id in (
        select account_deletions.user_id from private.account_deletions where account_deletions.final_at <= now()
      )
      and users.banned_until is distinct from timestamptz '2999-12-31 00:00:00+00'
    for update skip locked
  ),
  ended as (
    delete from auth.sessions
    where sessions.user_id in (select leaver.id from leaver)
  )
  update auth.users
  set banned_until = '2999-12-31 00:00:00+00'
  from leaver
  where users.id = leaver.id;
$$;

comment on function private.lock_out_leavers() is
  'Ends the sessions of everybody whose deletion is final; none of them can sign in any more, also where the erasure fails.';

create function private.erase_next_account(p_untried_since timestamptz)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid;
  v_state text;
  v_rule text;
begin
  select account_deletions.user_id
  into v_user_id
  from private.account_deletions
  where account_deletions.final_at <= now()
    and (account_deletions.failed_at is null or account_deletions.failed_at < p_untried_since)
  -- Those that failed before come last, so that they hold up nobody.
  order by account_deletions.failed_at nulls first, account_deletions.final_at
  limit 1
  for update skip locked;

  if not found then
    return null;
  end if;

  begin
    -- What somebody else holds is not waited for at length: the next run tries again.
    perform set_config('lock_timeout', '2s', true);
    perform private.erase_account(v_user_id);
  exception
    when others then
      get stacked diagnostics v_state = returned_sqlstate, v_rule = constraint_name;

      -- Not the message, which may quote what is to go.
      update private.account_deletions
      set failed_at = clock_timestamp(),
        failure = case v_rule when 'files' then 'files' else concat_ws(' ', v_state, nullif(v_rule, '')) end
      where account_deletions.user_id = v_user_id;
  end;

  return v_user_id;
end;
$$;

comment on function private.erase_next_account(timestamptz) is
  'Erases one account whose deletion is final and that was not tried since this moment, or says in its row when and why it
could not be. Answers whose; null when none is left.';

-- It commits, so that an account that takes long holds up nobody, and one that is erased stays so.
-- except function-header: a procedure that commits has no volatility and no settings.
create procedure private.erase_accounts()
language plpgsql
security invoker
as $$
declare
  v_began constant timestamptz := clock_timestamp();
begin
  perform private.lock_out_leavers();
  commit;

  while private.erase_next_account(v_began) is not null loop
    commit;
    -- The rest is for the next run, which waits for this one.
    exit when clock_timestamp() > v_began + interval '8 minutes';
  end loop;

  if exists (
    select from private.account_deletions where account_deletions.failure = 'files' and account_deletions.failed_at >= v_began
  ) then
    perform private.call_function('account/erase-files');
  end if;
end;
$$;

comment on procedure private.erase_accounts() is
  'Locks out everybody whose deletion is final and erases their accounts, each in a transaction of its own. Where one has files,
Storage deletes them first, and it goes with a later run. Where one cannot be erased, its row says since when and why, and the
others go.';

select cron.schedule('erase-accounts', '*/10 * * * *', 'call private.erase_accounts()');
