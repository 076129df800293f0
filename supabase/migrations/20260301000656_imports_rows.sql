-- The lines of an import: each becomes a set at its place, or is told why it does not.

create type private.import_row as (
  line             integer,
  outcome          public.import_outcome,
  code             text,
  line_text        text,
  start            text,
  workout          text,
  workout_seconds  numeric,
  workout_notes    text,
  bodyweight_kg    numeric,
  exercise         text,
  exercise_id      uuid,
  exercise_notes   text,
  superset_group   smallint,
  block            integer,
  occurrence       integer,
  ordinal          integer,
  at_second        numeric,
  set_type         public.set_type,
  weight_kg        numeric,
  entered_unit     public.weight_unit,
  reps             integer,
  duration_seconds numeric,
  distance_m       numeric,
  rpe              numeric,
  rir              numeric,
  rest_seconds     integer,
  notes            text,
  started_at       timestamptz,
  fingerprint      uuid,
  workout_id       uuid,
  entry_id         uuid,
  set_id           uuid,
  set_index        integer
);

comment on type private.import_row is
  'A line as it is sent, and, from started_at on, what is found out about it.';

-- Weights to 100 grams: the same set is written in kilograms by one export, in pounds by the next.
create function private.import_fingerprint(p_source public.import_source, p_row private.import_row)
returns uuid
language sql
immutable
security invoker
set search_path = ''
as $$
  select md5(jsonb_build_array(
    p_source, p_row.start, private.fold(p_row.exercise), p_row.ordinal, round(p_row.weight_kg, 1), p_row.reps
  )::text)::uuid;
$$;

comment on function private.import_fingerprint(public.import_source, private.import_row) is
  'The same for a set that is in two exports of an app.';

create function private.read_import_rows(
  p_user_id uuid,
  p_source public.import_source,
  p_timezone text,
  p_rows jsonb
)
returns setof private.import_row
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_row private.import_row;
  v_seen uuid[] := '{}';
begin
  for v_row in
    select sent.*
    from jsonb_populate_recordset(null::private.import_row, p_rows) as sent
  loop
    if v_row.outcome is null then
      v_row.started_at := case
        when v_row.start ~ '(Z|[+-]\d\d:?\d\d)$' then v_row.start::timestamptz
        else v_row.start::timestamp at time zone p_timezone
      end;
      v_row.fingerprint := private.import_fingerprint(p_source, v_row);

      if v_row.started_at between timestamptz '2000-01-01 00:00:00+00' and now() then
        if v_row.fingerprint = any (v_seen) or exists (
          select from public.import_rows
          where import_rows.user_id = p_user_id
            and import_rows.fingerprint = v_row.fingerprint
            and import_rows.outcome in ('imported', 'kept')
        ) then
          v_row.outcome := 'duplicate';
          v_row.code := 'imported_before';
        end if;

        v_seen := v_seen || v_row.fingerprint;
      else
        v_row.outcome := 'failed';
        v_row.code := 'date_out_of_range';
      end if;
    elsif v_row.outcome in ('imported', 'kept', 'undone') then
      perform private.fail('invalid_argument', 'outcome must be duplicate, skipped or failed');
    end if;

    return next v_row;
  end loop;
end;
$$;

comment on function private.read_import_rows(uuid, public.import_source, text, jsonb) is
  'The lines, with when their workouts began and what keeps them from being new sets.';

-- Where it goes --------------------------------------------------------------------------------------------------------

create function private.import_workout(p_import public.imports, p_row private.import_row)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_workout_id uuid;
begin
  select workouts.id
  into v_workout_id
  from public.workouts
  join public.imports on imports.id = workouts.import_id
  where workouts.user_id = p_import.user_id
    and workouts.started_at = p_row.started_at
    and workouts.status = 'completed'
    and imports.source = p_import.source
    and (workouts.name = coalesce(p_row.workout, 'Workout') or workouts.version > 1)
  order by workouts.version
  limit 1;

  if found then
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
