-- The beginning and the end of an import.

-- definer: imports are the server's to write; this one writes the caller's alone.
create function private.begin_import(p_import public.imports)
returns public.imports
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_import public.imports;
  v_other_id uuid;
begin
  perform private.lock_athletes(array[v_user_id]);
  select imports.*
  into v_import
  from public.imports
  where imports.id = p_import.id;

  if found then
    if (v_import.user_id, v_import.request_hash) <> (v_user_id, p_import.request_hash) then
      perform private.fail('id_conflict');
    elsif v_import.status in ('undoing', 'undone') then
      perform private.fail('import_undone');
    end if;

    return v_import;
  end if;

  select imports.id
  into v_other_id
  from public.imports
  where imports.user_id = v_user_id
    and imports.status in ('running', 'undoing');

  if found then
    perform private.fail('import_running', v_other_id::text);
  end if;

  select imports.id
  into v_other_id
  from public.imports
  where imports.user_id = v_user_id
    and imports.status = 'completed'
    and imports.file_hash = p_import.file_hash
    and imports.settings_hash <> p_import.settings_hash
    and imports.imported_count > 0;

  if found then
    perform private.fail('import_settings_differ', v_other_id::text);
  end if;

  insert into public.imports (
    id, user_id, source, file_hash, timezone, line_count, names, settings_hash, request_hash
  )
  values (
    coalesce(p_import.id, private.uuid_v7()), v_user_id, p_import.source, p_import.file_hash, p_import.timezone,
    p_import.line_count, p_import.names, p_import.settings_hash, p_import.request_hash
  )
  returning imports.* into v_import;

  insert into public.import_names (user_id, name, exercise_id, import_id)
  select distinct on (private.import_name(choice.name))
    v_user_id, private.import_name(choice.name), choice.exercise_id, case when choice.created then v_import.id end
  from jsonb_to_recordset(p_import.names) as choice (name text, exercise_id uuid, chosen boolean, created boolean)
  where choice.chosen
    and private.import_name(choice.name) <> ''
  on conflict (user_id, name) do update
  set exercise_id = excluded.exercise_id,
    import_id = excluded.import_id;

  return v_import;
end;
$$;

grant execute on function private.begin_import(public.imports) to authenticated;
comment on function private.begin_import(public.imports) is 'Does the work of public.begin_import.';

create function public.begin_import(
  id uuid default null,
  source public.import_source default null,
  file_hash text default null,
  timezone text default null,
  line_count integer default null,
  settings jsonb default '{}',
  names jsonb default '[]'
)
returns public.imports
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_import public.imports;
  v_rule text;
begin
  if not coalesce(private.is_timezone(begin_import.timezone), false) then
    perform private.fail('invalid_argument', 'timezone must be the name of a zone of the tz database');
  end if;

  if exists (
    select from jsonb_to_recordset(begin_import.names) as choice (exercise_id uuid)
    where choice.exercise_id is not null
      and not exists (select from public.exercises where exercises.id = choice.exercise_id)
  ) then
    perform private.fail('exercise_not_found');
  end if;

  v_import.id := begin_import.id;
  v_import.source := begin_import.source;
  v_import.file_hash := begin_import.file_hash;
  v_import.timezone := begin_import.timezone;
  v_import.line_count := begin_import.line_count;
  v_import.names := begin_import.names;
  v_import.settings_hash := private.request_hash(jsonb_build_array(begin_import.timezone, settings));
  v_import.request_hash := private.request_hash(jsonb_build_array(
    begin_import.source, begin_import.file_hash, begin_import.timezone, begin_import.line_count, settings
  ));
  return private.begin_import(v_import);
exception
  when integrity_constraint_violation or data_exception then
    get stacked diagnostics v_rule = constraint_name;
    perform private.fail('invalid_import', coalesce(nullif(v_rule, ''), sqlerrm));
end;
$$;

grant execute on function public.begin_import(uuid, public.import_source, text, text, integer, jsonb, jsonb)
  to authenticated;
comment on function public.begin_import(uuid, public.import_source, text, text, integer, jsonb, jsonb) is
  'Begins an import, or answers one that was begun with the same id and file, to go on with. names is a list of
{name, exercise_id, chosen, created}; what was chosen is remembered. settings are whatever changes how lines are read.
Fails with not_authenticated, id_conflict, import_running, import_undone, import_settings_differ, exercise_not_found,
invalid_argument or invalid_import.';

create function private.announce_import(p_import public.imports)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.announce(
    'user:' || p_import.user_id,
    'sync:import',
    jsonb_build_object('import_id', p_import.id, 'status', p_import.status)
  );
end;
$$;

comment on function private.announce_import(public.imports) is
  'Tells all devices of an athlete, once, to read workouts, records and statistics again.';

-- definer: imports are the server's to write.
create function private.finish_import(p_import_id uuid)
returns public.imports
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_import public.imports := private.my_import(p_import_id);
begin
  if v_import.status in ('undoing', 'undone') then
    perform private.fail('import_undone');
  elsif v_import.status = 'running' then
    update public.imports
    set status = 'completed',
      finished_at = now()
    where imports.id = v_import.id
    returning imports.* into v_import;

    perform private.announce_import(v_import);
  end if;

  return v_import;
end;
$$;

grant execute on function private.finish_import(uuid) to authenticated;
comment on function private.finish_import(uuid) is 'Does the work of public.finish_import.';

create function private.my_import(p_import_id uuid)
returns public.imports
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_import public.imports;
begin
  perform private.lock_athletes(array[v_user_id]);

  select imports.*
  into v_import
  from public.imports
  where imports.id = p_import_id
    and imports.user_id = v_user_id;

  if not found then
    perform private.fail('import_not_found');
  end if;

  return v_import;
end;
$$;

comment on function private.my_import(uuid) is
  'The caller''s import, held until the transaction ends. Fails with import_not_found or busy.';

create function public.finish_import(import_id uuid default null)
returns public.imports
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.finish_import(import_id);
$$;

grant execute on function public.finish_import(uuid) to authenticated;
comment on function public.finish_import(uuid) is
  'Ends an import and answers it with its counts; one that is over stays so. Fails with not_authenticated,
import_not_found or import_undone.';
