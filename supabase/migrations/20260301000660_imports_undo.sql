-- Undo: what an import made goes again, newest first, so many workouts at a time. A workout that the athlete has changed
-- since, or put something into, has become theirs and stays whole, unless they say otherwise.

create function private.is_own_workout(p_workout_id uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select exists (
    select from public.workouts
    where workouts.id = p_workout_id
      and (workouts.version > 1 or workouts.import_id is null)
  ) or exists (
    select from public.workout_exercises
    where workout_exercises.workout_id = p_workout_id
      and workout_exercises.version > 1
  ) or exists (
    select from public.workout_sets
    where workout_sets.workout_id = p_workout_id
      and (workout_sets.version > 1 or not exists (
        select from public.import_rows
        where import_rows.user_id = workout_sets.user_id
          and import_rows.workout_id = p_workout_id
          and import_rows.set_id = workout_sets.id
      ))
  );
$$;

comment on function private.is_own_workout(uuid) is
  'Whether the athlete changed an imported workout, an exercise or a set of it, or added a set.';

create function private.next_imported_workouts(p_import_id uuid, p_limit integer)
returns setof uuid
language sql
stable
security invoker
set search_path = ''
as $$
  select imported.workout_id
  from (
    select distinct import_rows.workout_id
    from public.import_rows
    where import_rows.import_id = p_import_id
      and import_rows.outcome = 'imported'
  ) as imported
  left join public.workouts on workouts.id = imported.workout_id
  order by workouts.started_at desc nulls first, imported.workout_id
  limit p_limit;
$$;

comment on function private.next_imported_workouts(uuid, integer) is
  'The newest workouts that an import''s sets are still in, those that are gone first.';

create function private.take_back(p_import_id uuid, p_workout_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform set_config('fitai.importing', 'on', true);

  -- Together, so that what follows from them is derived once.
  delete from public.workout_sets
  where workout_sets.id in (
    select import_rows.set_id
    from public.import_rows
    where import_rows.import_id = p_import_id
      and import_rows.outcome = 'imported'
      and import_rows.workout_id = any (p_workout_ids)
  );

  delete from public.workout_exercises
  where workout_exercises.workout_id = any (p_workout_ids)
    and workout_exercises.version = 1
    and not exists (
      select from public.workout_sets
      where workout_sets.workout_exercise_id = workout_exercises.id
    );

  delete from public.workouts
  where workouts.id = any (p_workout_ids)
    and workouts.import_id is not null
    and not exists (
      select from public.workout_exercises
      where workout_exercises.workout_id = workouts.id
    );

  perform set_config('fitai.importing', '', true);
end;
$$;

comment on function private.take_back(uuid, uuid[]) is
  'Deletes what an import put into these workouts, and what is empty then.';

-- definer: the report is the server's to write, and what goes may be of any age. No scans, as for
-- import_sets.
create function private.undo_import(p_import_id uuid, p_keep_changed boolean, p_limit integer)
returns public.imports
language plpgsql
volatile
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_import public.imports := private.my_import(p_import_id);
  v_workout_ids uuid[];
  v_own_ids uuid[];
begin
  if v_import.status = 'undone' then
    return v_import;
  end if;

  v_workout_ids := array(select private.next_imported_workouts(v_import.id, p_limit));
  v_own_ids := array(
    select workout_id
    from unnest(v_workout_ids) as workout_id
    where p_keep_changed
      and private.is_own_workout(workout_id)
  );
  perform private.take_back(v_import.id, array(
    select workout_id from unnest(v_workout_ids) as workout_id where workout_id <> all (v_own_ids)
  ));

  update public.import_rows
  set outcome = case when import_rows.workout_id = any (v_own_ids) then 'kept' else 'undone' end::public.import_outcome
  where import_rows.import_id = v_import.id
    and import_rows.outcome = 'imported'
    and import_rows.workout_id = any (v_workout_ids);

  update public.imports
  set status = case when cardinality(v_workout_ids) < p_limit then 'undone' else 'undoing' end::public.import_status,
    undone_at = now(),
    kept_count = (
      select count(*)
      from public.import_rows
      where import_rows.import_id = v_import.id
        and import_rows.outcome = 'kept'
    )
  where imports.id = v_import.id
  returning imports.* into v_import;

  if v_import.status = 'undone' then
    -- Revoked records would keep an exercise that the import made, and that has nothing else left.
    delete from public.personal_records
    where personal_records.user_id = v_import.user_id
      and personal_records.revoked_at is not null
      and personal_records.exercise_id in (
        select import_names.exercise_id
        from public.import_names
        where import_names.import_id = v_import.id
      );

    perform private.announce_import(v_import);
  end if;

  return v_import;
end;
$$;

grant execute on function private.undo_import(uuid, boolean, integer) to authenticated;
comment on function private.undo_import(uuid, boolean, integer) is 'Does the work of public.undo_import.';

create function public.undo_import(
  import_id uuid default null,
  keep_changed boolean default true,
  "limit" integer default 50
)
returns public.imports
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_import public.imports;
  v_exercise_id uuid;
begin
  if coalesce("limit" not between 1 and 200, true) then
    perform private.fail('invalid_limit', 'between 1 and 200');
  end if;

  v_import := private.undo_import(undo_import.import_id, coalesce(keep_changed, true), "limit");

  if v_import.status = 'undone' then
    for v_exercise_id in
      select import_names.exercise_id
      from public.import_names
      join public.exercises on exercises.id = import_names.exercise_id
      where import_names.import_id = v_import.id
        and exercises.updated_at = exercises.created_at
        and not private.is_exercise_used(exercises.id)
    loop
      perform public.delete_exercise(v_exercise_id);
    end loop;
  end if;

  return v_import;
end;
$$;

grant execute on function public.undo_import(uuid, boolean, integer) to authenticated;
comment on function public.undo_import(uuid, boolean, integer) is
  'Takes back what an import made, the newest 50 workouts, and answers the import: call it until its status is undone.
Workouts that the athlete changed or added sets to since then stay, unless keep_changed is false; so does what the athlete
added even then. Exercises that it made go where nothing has them. Fails with not_authenticated, import_not_found,
invalid_limit or busy.';
