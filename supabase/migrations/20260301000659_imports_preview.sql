-- The dry run: what lines would become, by the same reading that import_sets does.

-- definer: what a fingerprint is, is not for clients to call; it reads the caller's own report alone.
create function private.preview_import(p_source public.import_source, p_timezone text, p_rows jsonb)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  with sent as materialized (
    select *
    from private.read_import_rows(private.current_user_id(), p_source, p_timezone, p_rows)
  )
  select jsonb_build_object(
    'lines', (
      select coalesce(jsonb_agg(
        jsonb_build_object('line', sent.line, 'outcome', sent.outcome, 'code', sent.code) order by sent.line
      ), '[]')
      from sent
      where sent.outcome is not null
    ),
    'workouts', (
      select coalesce(jsonb_agg(jsonb_build_array(started.started_at, started.name)::text), '[]')
      from (
        select distinct sent.started_at, coalesce(sent.workout, 'Workout') as name
        from sent
        where sent.outcome is null
      ) as started
      where private.imported_workout(
        private.current_user_id(), p_source, started.started_at, started.name
      ) is null
    )
  );
$$;

grant execute on function private.preview_import(public.import_source, text, jsonb) to authenticated;
comment on function private.preview_import(public.import_source, text, jsonb) is 'Does the work of public.preview_import.';

create function public.preview_import(
  source public.import_source default null,
  timezone text default null,
  "rows" jsonb default null
)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  perform private.check_import_rows(preview_import."rows");

  if not coalesce(private.is_timezone(preview_import.timezone), false) then
    perform private.fail('invalid_argument', 'timezone must be the name of a zone of the tz database');
  end if;

  return private.preview_import(preview_import.source, preview_import.timezone, preview_import."rows");
exception
  when data_exception then
    perform private.fail('invalid_import', sqlerrm);
end;
$$;

grant execute on function public.preview_import(public.import_source, text, jsonb) to authenticated;
comment on function public.preview_import(public.import_source, text, jsonb) is
  'What up to 1,000 lines would become: {lines, workouts}. lines are those that would be no new sets: {line, outcome, code};
workouts a text for each workout that would be made, the same in all parts of a file. Writes nothing.
Fails with not_authenticated, invalid_import, invalid_argument or too_many_rows.';
