-- The writing of an import's lines, so many at a time, by the tables' own triggers: totals, records and statistics are
-- right when it answers. What is left out is what other devices would hear of every row; they hear of the whole at its end.

create function private.new_import_rows(p_import_id uuid, p_rows jsonb)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(sent.row order by sent.place), '[]')
  from jsonb_array_elements(p_rows) with ordinality as sent (row, place)
  where not exists (
    select from public.import_rows
    where import_rows.import_id = p_import_id
      and import_rows.line = (sent.row ->> 'line')::integer
  );
$$;

comment on function private.new_import_rows(uuid, jsonb) is
  'The lines that the import has not got yet: a part that is sent again, after it broke off, is soon done.';

-- definer: sets may be put into workouts that are over, and the report is the server's. For the caller's import alone, and
-- exercises that the caller may use. No scans: plans that were made while the tables were small are kept, and a thousand
-- triggers would use them.
create function private.import_sets(p_import_id uuid, p_rows jsonb)
returns public.imports
language plpgsql
volatile
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_import public.imports := private.my_import(p_import_id);
  v_rows private.import_row[];
begin
  if v_import.status in ('undoing', 'undone') then
    perform private.fail('import_undone');
  end if;

  v_rows := array(
    select sent
    from private.read_import_rows(
      v_import.user_id, v_import.source, v_import.timezone, private.new_import_rows(v_import.id, p_rows)
    ) as sent
  );

  if exists (
    select from unnest(v_rows) as sent
    where sent.outcome is null
      and not exists (
        select from public.exercises
        where exercises.id = sent.exercise_id
          and (exercises.created_by = v_import.user_id or (exercises.review_status = 'approved' and exercises.is_active))
      )
  ) then
    perform private.fail('exercise_not_found');
  end if;

  perform set_config('fitai.importing', 'on', true);
  v_rows := array(select placed from private.place_import_rows(v_import, v_rows) as placed);
  perform private.insert_import_sets(v_rows);
  perform set_config('fitai.importing', '', true);
  return private.report_import_rows(v_import, v_rows);
end;
$$;

grant execute on function private.import_sets(uuid, jsonb) to authenticated;
comment on function private.import_sets(uuid, jsonb) is 'Does the work of public.import_sets.';

create function private.insert_import_sets(p_rows private.import_row[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_session_id uuid := private.session_id();
begin
  insert into public.workout_sets (
    id, workout_exercise_id, set_index, set_type, weight_kg, entered_unit, reps, duration_seconds, distance_m, rpe, rir,
    rest_seconds, notes, changed_by, completed_at
  )
  select
    placed.set_id, placed.entry_id, placed.set_index, coalesce(placed.set_type, 'working'), placed.weight_kg,
    coalesce(placed.entered_unit, 'kg'), placed.reps, placed.duration_seconds, placed.distance_m, placed.rpe, placed.rir,
    placed.rest_seconds, placed.notes, v_session_id,
    -- Of a workout whose length is not known the sets keep their order, by thousandths of its first second.
    least(
      placed.started_at + coalesce(placed.at_second, 0) * interval '1 second',
      greatest(workouts.ended_at, workouts.started_at + interval '1 second'),
      now()
    )
  from unnest(p_rows) as placed
  join public.workouts on workouts.id = placed.workout_id
  where placed.outcome = 'imported'
  order by placed.started_at, placed.block, placed.set_index;
end;
$$;

comment on function private.insert_import_sets(private.import_row[]) is 'Writes the lines that have a place, as sets that are done.';

create function private.report_import_rows(p_import public.imports, p_rows private.import_row[])
returns public.imports
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_import public.imports;
begin
  insert into public.import_rows (import_id, line, user_id, outcome, code, line_text, fingerprint, workout_id, set_id)
  select
    p_import.id, placed.line, p_import.user_id, placed.outcome, placed.code,
    case when placed.outcome <> 'imported' then left(placed.line_text, 300) end,
    placed.fingerprint,
    case when placed.outcome = 'imported' then placed.workout_id end,
    placed.set_id
  from unnest(p_rows) as placed;

  update public.imports
  set imported_count = imports.imported_count + counted.imported,
    duplicate_count = imports.duplicate_count + counted.duplicates,
    skipped_count = imports.skipped_count + counted.skipped,
    failed_count = imports.failed_count + counted.failed,
    workout_count = imports.workout_count + counted.workouts
  from (
    select
      count(*) filter (where placed.outcome = 'imported') as imported,
      count(*) filter (where placed.outcome = 'duplicate') as duplicates,
      count(*) filter (where placed.outcome = 'skipped') as skipped,
      count(*) filter (where placed.outcome = 'failed') as failed,
      (
        select count(*)
        from public.workouts
        where workouts.import_id = p_import.id
      ) - p_import.workout_count as workouts
    from unnest(p_rows) as placed
  ) as counted
  where imports.id = p_import.id
  returning imports.* into v_import;

  return v_import;
end;
$$;

comment on function private.report_import_rows(public.imports, private.import_row[]) is
  'Notes what became of the lines, and adds them to the counts.';

create function private.check_import_rows(p_rows jsonb)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if jsonb_typeof(p_rows) is distinct from 'array' then
    perform private.fail('invalid_argument', 'rows must be a list');
  elsif jsonb_array_length(p_rows) > 1000 then
    perform private.fail('too_many_rows', 'at most 1000');
  end if;
end;
$$;

grant execute on function private.check_import_rows(jsonb) to authenticated;
comment on function private.check_import_rows(jsonb) is 'Fails with invalid_argument or too_many_rows for what is no list of lines.';

create function public.import_sets(import_id uuid default null, "rows" jsonb default null)
returns public.imports
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_rule text;
begin
  perform private.check_import_rows(import_sets."rows");
  return private.import_sets(import_sets.import_id, import_sets."rows");
exception
  when integrity_constraint_violation or data_exception then
    get stacked diagnostics v_rule = constraint_name;
    perform private.fail('invalid_import', coalesce(nullif(v_rule, ''), sqlerrm));
end;
$$;

grant execute on function public.import_sets(uuid, jsonb) to authenticated;
comment on function public.import_sets(uuid, jsonb) is
  'Writes up to 1,000 lines of an import and answers it with its counts; all of them or none. Lines that it has already
change nothing, so that a part may be sent again. The fields of a line are those of private.import_row up to notes.
Fails with not_authenticated, import_not_found, import_undone, exercise_not_found, invalid_time, invalid_import,
invalid_argument, too_many_rows or busy.';
