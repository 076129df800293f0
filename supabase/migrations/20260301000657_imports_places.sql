-- Where a line of an import goes: its workout, the entry of its exercise there, and its place among the sets.

create function private.imported_workout(
  p_user_id uuid,
  p_source public.import_source,
  p_started_at timestamptz,
  p_name text
)
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select workouts.id
    from public.workouts
    join public.imports on imports.id = workouts.import_id
    where workouts.user_id = p_user_id
      and workouts.started_at = p_started_at
      and workouts.status = 'completed'
      and imports.source = p_source
      and (workouts.name = coalesce(p_name, 'Workout') or workouts.version > 1)
    order by workouts.version
    limit 1
  );
end;
$$;

comment on function private.imported_workout(uuid, public.import_source, timestamptz, text) is
  'The workout that an earlier import of the app made of this one, even if it was renamed since; null if none did.';

create function private.import_workout(p_import public.imports, p_row private.import_row)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_workout_id uuid := private.imported_workout(
    p_import.user_id, p_import.source, p_row.started_at, p_row.workout
  );
begin
  if v_workout_id is not null then
    return v_workout_id;
  end if;

  insert into public.workouts (
    user_id, import_id, status, name, notes, timezone, started_at, ended_at, bodyweight_kg
  )
  values (
    p_import.user_id, p_import.id, 'completed', coalesce(p_row.workout, 'Workout'), p_row.workout_notes,
    p_import.timezone, p_row.started_at,
    p_row.started_at + coalesce(p_row.workout_seconds, 0) * interval '1 second', p_row.bodyweight_kg
  )
  returning workouts.id into v_workout_id;

  return v_workout_id;
end;
$$;

comment on function private.import_workout(public.imports, private.import_row) is
  'The workout of a line: the one that an earlier import of the app made of it, else a new one.';

create function private.import_entry(p_import public.imports, p_row private.import_row)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_entry_id uuid;
begin
  select workout_exercises.id
  into v_entry_id
  from public.workout_exercises
  where workout_exercises.workout_id = p_row.workout_id
    and workout_exercises.exercise_id = p_row.exercise_id
  order by workout_exercises.position
  offset p_row.occurrence
  limit 1;

  if found then
    return v_entry_id;
  end if;

  insert into public.workout_exercises (user_id, workout_id, exercise_id, position, superset_group, notes)
  select
    p_import.user_id, p_row.workout_id, p_row.exercise_id, coalesce(max(workout_exercises.position) + 1, 0),
    p_row.superset_group, p_row.exercise_notes
  from public.workout_exercises
  where workout_exercises.workout_id = p_row.workout_id
  having coalesce(max(workout_exercises.position), 0) < 99
  returning workout_exercises.id into v_entry_id;

  return v_entry_id;
end;
$$;

comment on function private.import_entry(public.imports, private.import_row) is
  'The entry of a line''s exercise in its workout, a new one at the end where there is none; null in a full workout.';

-- In the order of workouts, exercises and sets, so that each place follows from the line before.
create function private.place_import_rows(p_import public.imports, p_rows private.import_row[])
returns setof private.import_row
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_row private.import_row;
  v_last private.import_row;
  v_next jsonb := '{}';
begin
  for v_row in
    select sent.*
    from unnest(p_rows) as sent
    order by sent.outcome is not null, sent.started_at, sent.workout, sent.block, sent.ordinal, sent.line
  loop
    if v_row.outcome is null then
      v_row.workout_id := case
        when (v_row.started_at, v_row.workout) is not distinct from (v_last.started_at, v_last.workout)
          then v_last.workout_id
        else private.import_workout(p_import, v_row)
      end;

      if v_row.workout_id = v_last.workout_id and v_row.block = v_last.block then
        v_row.entry_id := v_last.entry_id;
        v_row.set_index := v_last.set_index + 1;
      else
        v_row.entry_id := private.import_entry(p_import, v_row);
        -- Two names of a file may mean one exercise, and share its entry.
        if v_last.entry_id is not null then
          v_next := v_next || jsonb_build_object(v_last.entry_id, v_last.set_index + 1);
        end if;

        v_row.set_index := coalesce((v_next ->> v_row.entry_id::text)::integer, (
          select coalesce(max(workout_sets.set_index) + 1, 0)
          from public.workout_sets
          where workout_sets.workout_exercise_id = v_row.entry_id
        ));
      end if;

      v_last := v_row;

      if v_row.entry_id is null or v_row.set_index > 199 then
        v_row.outcome := 'failed';
        v_row.code := 'workout_full';
      else
        v_row.outcome := 'imported';
        v_row.set_id := private.uuid_v7();
      end if;
    end if;

    return next v_row;
  end loop;
end;
$$;

comment on function private.place_import_rows(public.imports, private.import_row[]) is
  'The lines with the workout, the entry and the place that each new set gets; makes workouts and entries that are missing.';
