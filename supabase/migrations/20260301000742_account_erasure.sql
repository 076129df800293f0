-- Erasure: what becomes of an account whose deletion is final. A job of the database goes through them; files can only be
-- deleted by Storage (account_files), so they go first.

-- Erasing --------------------------------------------------------------------------------------------------------------

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
  perform private.lock_athletes(array[p_user_id]);
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
  perform private.audit('account_erased', p_user_id);
end;
$$;

comment on function private.erase_account(uuid) is
  'Erases everything that the list of personal data says of a person, but files: all of it or, when anything fails, nothing.
Costs what the account holds, and a reading of the live messages of the last days.';

create function private.erase_accounts()
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid;
  v_has_files boolean := false;
  v_state text;
  v_rule text;
begin
  for v_user_id in
    select account_deletions.user_id
    from private.account_deletions
    where account_deletions.final_at <= now()
    -- Those that failed before come last, so that they hold up nobody.
    order by account_deletions.failed_at nulls first, account_deletions.final_at
    limit 100
    for update skip locked
  loop
    if exists (select from private.files_of(v_user_id)) then
      v_has_files := true;
      continue;
    end if;

    begin
      perform private.erase_account(v_user_id);
    exception
      when others then
        get stacked diagnostics v_state = returned_sqlstate, v_rule = constraint_name;

        -- Not the message, which may quote what is to go.
        update private.account_deletions
        set failed_at = now(), failure = concat_ws(' ', v_state, nullif(v_rule, ''))
        where account_deletions.user_id = v_user_id;
    end;
  end loop;

  if v_has_files then
    perform private.call_function('account/erase-files');
  end if;
end;
$$;

comment on function private.erase_accounts() is
  'Erases up to 100 accounts whose deletion is final. Where one has files, Storage deletes them first, and it goes with a later
run. Where one cannot be erased, its row says since when and why, and the others go.';

select cron.schedule('erase-accounts', '*/10 * * * *', 'select private.erase_accounts()');
