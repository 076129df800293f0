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
  v_claims constant text := current_setting('request.jwt.claims', true);
  v_table private.restored_tables;
  v_counts record;
  v_rows jsonb := '{}';
  v_left_out jsonb := '{}';
  v_ended_runs bigint;
begin
  perform private.lock_athletes(array[p_user_id]);

  for v_table in select restored_tables.* from private.restored_tables order by restored_tables.position loop
    if private.row_count_of(p_user_id, v_table.relation) > 0 then
      perform private.fail('account_not_empty', v_table.relation);
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

  delete from private.restore_pages
  where restore_pages.user_id = p_user_id;

  perform set_config('fitai.importing', '', true);
  perform private.audit('account_imported', p_user_id);
  perform set_config('request.jwt.claims', coalesce(v_claims, ''), true);
  return jsonb_build_object('rows', v_rows, 'left_out', v_left_out, 'ended_runs', v_ended_runs);
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
  'For the edge function account: brings the pages that were sent into the empty account of this user, all of them or none:
{rows: {table: count}, left_out: {table: count}, ended_runs}. Left out is what refers to what the account does not see; a run
ends where it may not follow the plan. Fails with account_not_empty, invalid_archive, archive_needs_exercise,
too_many_templates, the codes of the tables'' own rules, or busy.';
