-- Import of an archive, the calls of the edge function account: send page by page, then bring all of it in.

-- definer: pages are written by nobody but this.
create function private.send_archive_page(p_user_id uuid, p_restore_id uuid, p_page integer, p_relation text, p_rows jsonb)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- One import at a time, so that the pages that are kept are those of one archive.
  perform from public.profiles where profiles.user_id = p_user_id for no key update;

  if not found then
    perform private.fail('not_authenticated', 'the account of this token does not exist any more');
  end if;

  if p_page = 0 then
    delete from private.restore_pages
    where restore_pages.user_id = p_user_id;
  elsif not exists (
    select from private.restore_pages
    where restore_pages.user_id = p_user_id
      and restore_pages.restore_id = p_restore_id
  ) then
    perform private.fail('archive_replaced');
  end if;

  insert into private.restore_pages (user_id, restore_id, page, relation, rows)
  values (p_user_id, p_restore_id, p_page, p_relation, p_rows);
end;
$$;

grant execute on function private.send_archive_page(uuid, uuid, integer, text, jsonb) to service_role;
comment on function private.send_archive_page(uuid, uuid, integer, text, jsonb) is 'What send_archive_page does.';

create function public.send_archive_page(user_id uuid, restore_id uuid, page integer, relation text, "rows" jsonb)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.send_archive_page(
    send_archive_page.user_id, send_archive_page.restore_id, send_archive_page.page, send_archive_page.relation,
    send_archive_page."rows"
  );
$$;

comment on function public.send_archive_page(uuid, uuid, integer, text, jsonb) is
  'For the edge function account: keeps rows of an archive until restore_account. Page 0 begins an import; the one before it is
over. Fails with archive_replaced or not_authenticated.';

-- definer: as send_archive_page.
create function private.discard_archive(p_user_id uuid, p_restore_id uuid)
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  delete from private.restore_pages
  where restore_pages.user_id = p_user_id
    and restore_pages.restore_id = p_restore_id;
$$;

grant execute on function private.discard_archive(uuid, uuid) to service_role;
comment on function private.discard_archive(uuid, uuid) is 'What discard_archive does.';

create function public.discard_archive(user_id uuid, restore_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.discard_archive(discard_archive.user_id, discard_archive.restore_id);
$$;

comment on function public.discard_archive(uuid, uuid) is
  'For the edge function account: forgets what was sent of an archive that does not come in.';

create function private.check_sent_archive(p_user_id uuid, p_restore_id uuid, p_pages integer)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  -- At a millisecond a set these take most of the 120 seconds that a statement of the backend may.
  v_most_sets constant integer := 80000;
  v_pages bigint;
  v_sets bigint;
begin
  -- Whoever sends waits from here on.
  perform from public.profiles where profiles.user_id = p_user_id for no key update;

  select
    count(*),
    sum(jsonb_array_length(restore_pages.rows)) filter (where restore_pages.relation = 'public.workout_sets')
  into v_pages, v_sets
  from private.restore_pages
  where restore_pages.user_id = p_user_id
    and restore_pages.restore_id = p_restore_id;

  if v_pages <> p_pages then
    perform private.fail('archive_replaced');
  end if;

  if v_sets > v_most_sets then
    perform private.fail('archive_too_large', format('At most %s sets.', v_most_sets));
  end if;
end;
$$;

comment on function private.check_sent_archive(uuid, uuid, integer) is
  'Fails with archive_replaced unless so many pages of this import are there, which are all that are, or with archive_too_large.';

-- definer: the archive goes into tables that nobody may write so.
create function private.restore_account(p_user_id uuid, p_restore_id uuid, p_pages integer, p_file_hash text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_claims constant text := current_setting('request.jwt.claims', true);
  v_table private.restored_tables;
  v_counts record;
  v_rows jsonb := '{}';
  v_left_out jsonb := '{}';
  v_ended_runs bigint;
  v_before jsonb;
  v_answer jsonb;
begin
  perform private.lock_athletes(array[p_user_id]);
  perform private.check_sent_archive(p_user_id, p_restore_id, p_pages);

  for v_table in select restored_tables.* from private.restored_tables order by restored_tables.position loop
    if private.row_count_of(p_user_id, v_table.relation) > 0 then
      v_before := (
        select restored_archives.answer
        from private.restored_archives
        where restored_archives.user_id = p_user_id
          and restored_archives.file_hash = p_file_hash
      );

      if v_before is null then
        perform private.fail('account_not_empty', v_table.relation);
      end if;

      perform private.discard_archive(p_user_id, p_restore_id);
      return v_before;
    end if;
  end loop;

  -- As the person: what an archive may refer to is what they see.
  perform set_config('request.jwt.claims', jsonb_build_object('sub', p_user_id, 'role', 'authenticated')::text, true);
  perform set_config('fitai.importing', 'restore', true);
  perform private.restore_settings(p_user_id);

  for v_table in select restored_tables.* from private.restored_tables order by restored_tables.position loop
    if v_table.relation = 'public.workout_exercises' then
      perform private.check_archive_exercises(p_user_id);
    elsif v_table.relation = 'public.imports' then
      perform private.check_archive_imports(p_user_id);
    end if;

    v_counts := private.restore_rows(p_user_id, v_table);
    v_rows := v_rows || jsonb_build_object(v_table.relation, v_counts.taken);
    v_left_out := v_left_out || jsonb_strip_nulls(jsonb_build_object(v_table.relation, nullif(v_counts.left_out, 0)));
  end loop;

  perform private.derive_templates(p_user_id);
  v_ended_runs := private.end_unfollowed_runs(p_user_id);
  perform private.restore_places(p_user_id);

  perform private.discard_archive(p_user_id, p_restore_id);
  perform set_config('fitai.importing', '', true);
  perform private.audit('account_imported', p_user_id);
  perform set_config('request.jwt.claims', coalesce(v_claims, ''), true);
  v_answer := jsonb_build_object('rows', v_rows, 'left_out', v_left_out, 'ended_runs', v_ended_runs);

  insert into private.restored_archives (user_id, file_hash, answer)
  values (p_user_id, p_file_hash, v_answer)
  on conflict (user_id) do update
  set file_hash = excluded.file_hash, answer = excluded.answer, restored_at = now();

  return v_answer;
end;
$$;

grant execute on function private.restore_account(uuid, uuid, integer, text) to service_role;
comment on function private.restore_account(uuid, uuid, integer, text) is 'What restore_account does.';

create function public.restore_account(user_id uuid, restore_id uuid, pages integer, file_hash text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_rule text;
begin
  return private.restore_account(
    restore_account.user_id, restore_account.restore_id, restore_account.pages, restore_account.file_hash
  );
exception
  when query_canceled then
    perform private.fail('archive_too_large', 'It takes longer to bring in than a request may.');
  when integrity_constraint_violation or data_exception then
    get stacked diagnostics v_rule = constraint_name;
    perform private.fail('invalid_archive', coalesce(nullif(v_rule, ''), sqlerrm));
end;
$$;

comment on function public.restore_account(uuid, uuid, integer, text) is
  'For the edge function account: brings the pages that were sent into the empty account of this user, all of them or none:
{rows: {table: count}, left_out: {table: count}, ended_runs}. Left out is what refers to what the account does not see; a run
ends where it may not follow the plan. The archive with the SHA-256 that it was filled from before changes nothing, and answers
as it did. Fails with account_not_empty, archive_replaced, archive_too_large, invalid_archive, archive_needs_exercise,
too_many_templates, the codes of the tables'' own rules, or busy.';
