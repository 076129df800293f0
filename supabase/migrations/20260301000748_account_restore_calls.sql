-- Import of an archive, the calls of the edge function account: send page by page, then bring all of it in.

-- definer: pages are written by nobody but this.
create function private.send_archive_page(p_user_id uuid, p_relation text, p_page integer, p_rows jsonb)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if p_page = 0 then
    delete from private.restore_pages
    where restore_pages.user_id = p_user_id;
  end if;

  insert into private.restore_pages (user_id, relation, page, rows)
  values (p_user_id, p_relation, p_page, p_rows);
end;
$$;

grant execute on function private.send_archive_page(uuid, text, integer, jsonb) to service_role;
comment on function private.send_archive_page(uuid, text, integer, jsonb) is 'What send_archive_page does.';

create function public.send_archive_page(user_id uuid, relation text, page integer, "rows" jsonb)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.send_archive_page(
    send_archive_page.user_id, send_archive_page.relation, send_archive_page.page, send_archive_page."rows"
  );
$$;

comment on function public.send_archive_page(uuid, text, integer, jsonb) is
  'For the edge function account: keeps rows of an archive until restore_account. Page 0 forgets what was sent before.';

-- definer: the archive goes into tables that nobody may write so.
create function private.restore_account(p_user_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_table private.restored_tables;
  v_counts jsonb := '{}';
begin
  perform private.lock_athletes(array[p_user_id]);

  for v_table in select restored_tables.* from private.restored_tables order by restored_tables.position loop
    if private.row_count_of(p_user_id, v_table.relation) > 0 then
      perform private.fail('account_not_empty', v_table.relation);
    end if;
  end loop;

  perform set_config('fitai.importing', 'restore', true);
  perform private.restore_settings(p_user_id);

  for v_table in select restored_tables.* from private.restored_tables order by restored_tables.position loop
    if v_table.relation = 'public.workout_exercises' then
      perform private.check_archive_exercises(p_user_id);
    end if;

    v_counts := v_counts || jsonb_build_object(v_table.relation, private.restore_rows(p_user_id, v_table));
  end loop;

  -- The sets that came in moved it on.
  update public.workouts
  set current_exercise_index = given.current_exercise_index, current_set_index = given.current_set_index
  from private.restore_pages as sent, jsonb_populate_recordset(null::public.workouts, sent.rows) as given
  where sent.user_id = p_user_id
    and sent.relation = 'public.workouts'
    and workouts.id = given.id
    and workouts.user_id = p_user_id;

  delete from private.restore_pages
  where restore_pages.user_id = p_user_id;

  perform set_config('fitai.importing', '', true);
  perform private.audit('account_imported', p_user_id);
  return v_counts;
end;
$$;

grant execute on function private.restore_account(uuid) to service_role;
comment on function private.restore_account(uuid) is 'What restore_account does.';

create function public.restore_account(user_id uuid)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_rule text;
begin
  return private.restore_account(restore_account.user_id);
exception
  when integrity_constraint_violation or data_exception then
    get stacked diagnostics v_rule = constraint_name;
    perform private.fail('invalid_archive', coalesce(nullif(v_rule, ''), sqlerrm));
end;
$$;

comment on function public.restore_account(uuid) is
  'For the edge function account: brings the pages that were sent into the empty account of this user, all of them or none, and
answers how many rows each table got. Fails with account_not_empty, invalid_archive, archive_needs_exercise, the codes of the
tables'' own rules, or busy.';
