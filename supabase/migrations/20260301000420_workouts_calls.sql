-- What a phone calls during a workout. Each function checks who and whether, writes a row or two as the caller, and
-- answers the row; the rules, the derived data and the announcements are the tables' own. All may be repeated.

create function private.request_hash(p_content jsonb)
returns uuid
language sql
immutable
security invoker
set search_path = ''
as $$
  select md5(p_content::text)::uuid;
$$;

grant execute on function private.request_hash(jsonb) to authenticated, service_role;
comment on function private.request_hash(jsonb) is 'Tells a request that is repeated from another with the same id.';

create function private.my_workout(p_workout_id uuid)
returns public.workouts
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_workout public.workouts;
begin
  perform private.lock_athletes(array[v_user_id]);

  select workouts.*
  into v_workout
  from public.workouts
  where workouts.id = p_workout_id
    and workouts.user_id = v_user_id;

  if not found then
    perform private.fail('workout_not_found');
  end if;

  return v_workout;
end;
$$;

grant execute on function private.my_workout(uuid) to authenticated;
comment on function private.my_workout(uuid) is
  'The caller''s workout, held until the transaction ends. Fails with workout_not_found.';

create function private.my_active_workout(p_workout_id uuid)
returns public.workouts
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_workout public.workouts := private.my_workout(p_workout_id);
begin
  if v_workout.status <> 'in_progress' then
    perform private.fail('workout_not_active', format('it is %s', v_workout.status));
  end if;

  return v_workout;
end;
$$;

grant execute on function private.my_active_workout(uuid) to authenticated;
comment on function private.my_active_workout(uuid) is
  'The caller''s workout, in progress and held. Fails with workout_not_found or workout_not_active.';

-- Begin and end --------------------------------------------------------------------------------------------------------

create function public.start_workout(
  id uuid default null,
  template_id uuid default null,
  template_day_id uuid default null,
  name text default null,
  location public.workout_location default null,
  mood_before text default null,
  energy integer default null,
  started_at timestamptz default null,
  timezone text default null
)
returns public.workouts
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.current_user_id();
  v_hash uuid := private.request_hash(jsonb_build_array(
    template_id, template_day_id, name, location, mood_before, energy, started_at, timezone
  ));
  v_workout public.workouts;
  v_rule text;
begin
  if start_workout.template_id is not null or start_workout.template_day_id is not null then
    perform private.fail('not_found', 'there is no such template');
  end if;

  perform private.lock_athletes(array[v_user_id]);
  select workouts.*
  into v_workout
  from public.workouts
  where workouts.id = start_workout.id
    and workouts.user_id = v_user_id;

  if v_workout.request_hash = v_hash then
    return v_workout;
  elsif v_workout.status = 'planned' then
    update public.workouts
    set status = 'in_progress',
      name = coalesce(start_workout.name, workouts.name),
      location = coalesce(start_workout.location, workouts.location),
      mood_before = coalesce(start_workout.mood_before, workouts.mood_before),
      energy = coalesce(start_workout.energy, workouts.energy),
      started_at = start_workout.started_at,
      timezone = coalesce(start_workout.timezone, workouts.timezone),
      request_hash = v_hash
    where workouts.id = v_workout.id
    returning workouts.* into v_workout;
    return v_workout;
  end if;

  insert into public.workouts (id, name, location, mood_before, energy, started_at, timezone, request_hash)
  values (
    coalesce(start_workout.id, private.uuid_v7()),
    coalesce(start_workout.name, 'Workout'),
    start_workout.location,
    start_workout.mood_before,
    start_workout.energy,
    start_workout.started_at,
    start_workout.timezone,
    v_hash
  )
  on conflict (id) do nothing
  returning workouts.* into v_workout;

  if not found then
    perform private.fail('id_conflict');
  end if;

  return v_workout;
exception
  when check_violation or numeric_value_out_of_range then
    get stacked diagnostics v_rule = constraint_name;
    perform private.fail('invalid_workout', coalesce(nullif(v_rule, ''), sqlerrm));
end;
$$;

grant execute on function public.start_workout(
  uuid, uuid, uuid, text, public.workout_location, text, integer, timestamptz, text
) to authenticated;
comment on function public.start_workout(
  uuid, uuid, uuid, text, public.workout_location, text, integer, timestamptz, text
) is
  'Starts a workout, or a planned one by its id, and answers it. The same id with the same content answers it again.
Fails with id_conflict, workout_already_active, invalid_time, invalid_workout, invalid_argument, not_found or
not_authenticated.';

create function public.complete_workout(
  workout_id uuid default null,
  mood_after text default null,
  energy integer default null,
  notes text default null,
  ended_at timestamptz default null
)
returns public.workouts
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_workout public.workouts := private.my_workout(workout_id);
  v_rule text;
begin
  if v_workout.status = 'completed'
    and (
      coalesce(mood_after, v_workout.mood_after),
      coalesce(energy, v_workout.energy),
      coalesce(notes, v_workout.notes),
      coalesce(ended_at, v_workout.ended_at)
    ) is not distinct from (v_workout.mood_after, v_workout.energy, v_workout.notes, v_workout.ended_at)
  then
    return v_workout;
  elsif v_workout.status <> 'in_progress' then
    perform private.fail('workout_not_active', format('it is %s', v_workout.status));
  end if;

  update public.workouts
  set status = 'completed',
    mood_after = coalesce(complete_workout.mood_after, workouts.mood_after),
    energy = coalesce(complete_workout.energy, workouts.energy),
    notes = coalesce(complete_workout.notes, workouts.notes),
    ended_at = complete_workout.ended_at
  where workouts.id = v_workout.id
  returning workouts.* into v_workout;

  return v_workout;
exception
  when check_violation or numeric_value_out_of_range then
    get stacked diagnostics v_rule = constraint_name;
    perform private.fail('invalid_workout', coalesce(nullif(v_rule, ''), sqlerrm));
end;
$$;

grant execute on function public.complete_workout(uuid, text, integer, text, timestamptz) to authenticated;
comment on function public.complete_workout(uuid, text, integer, text, timestamptz) is
  'Ends a workout, now or when ended_at says, and answers it with its final totals.
Fails with workout_not_found, workout_not_active, invalid_time or invalid_workout.';

create function public.cancel_workout(workout_id uuid default null)
returns public.workouts
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_workout public.workouts := private.my_workout(workout_id);
  v_rule text;
begin
  if v_workout.status = 'cancelled' then
    return v_workout;
  elsif v_workout.status <> 'in_progress' then
    perform private.fail('workout_not_active', format('it is %s', v_workout.status));
  end if;

  update public.workouts
  set status = 'cancelled'
  where workouts.id = v_workout.id
  returning workouts.* into v_workout;

  return v_workout;
exception
  when check_violation or numeric_value_out_of_range then
    get stacked diagnostics v_rule = constraint_name;
    perform private.fail('invalid_workout', coalesce(nullif(v_rule, ''), sqlerrm));
end;
$$;

grant execute on function public.cancel_workout(uuid) to authenticated;
comment on function public.cancel_workout(uuid) is
  'Ends a workout that shall not count: its sets stay readable and leave records and statistics.
Fails with workout_not_found, workout_not_active or invalid_workout.';

create function public.pause_workout(workout_id uuid default null)
returns public.workouts
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_workout public.workouts := private.my_active_workout(workout_id);
begin
  if v_workout.paused_at is not null then
    return v_workout;
  end if;

  update public.workouts
  set paused_at = now()
  where workouts.id = v_workout.id
  returning workouts.* into v_workout;

  return v_workout;
end;
$$;

grant execute on function public.pause_workout(uuid) to authenticated;
comment on function public.pause_workout(uuid) is
  'Stops the clock of a workout; one that is paused stays so. Fails with workout_not_found or workout_not_active.';

create function public.resume_workout(workout_id uuid default null)
returns public.workouts
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_workout public.workouts := private.my_active_workout(workout_id);
begin
  if v_workout.paused_at is null then
    return v_workout;
  end if;

  update public.workouts
  set paused_at = null
  where workouts.id = v_workout.id
  returning workouts.* into v_workout;

  return v_workout;
end;
$$;

grant execute on function public.resume_workout(uuid) to authenticated;
comment on function public.resume_workout(uuid) is
  'Lets the clock run again; one that runs goes on. Fails with workout_not_found or workout_not_active.';

-- Exercises and sets ---------------------------------------------------------------------------------------------------

create function public.add_workout_exercise(
  workout_id uuid default null,
  exercise_id uuid default null,
  id uuid default null,
  "position" integer default null,
  superset_group integer default null
)
returns public.workout_exercises
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_hash uuid := private.request_hash(
    jsonb_build_array(workout_id, exercise_id, add_workout_exercise.position, superset_group)
  );
  v_exercise public.workout_exercises;
  v_rule text;
begin
  perform private.my_workout(add_workout_exercise.workout_id);
  select workout_exercises.*
  into v_exercise
  from public.workout_exercises
  where workout_exercises.id = add_workout_exercise.id
    and workout_exercises.user_id = (select auth.uid());

  if v_exercise.request_hash = v_hash then
    return v_exercise;
  end if;

  update public.workout_exercises
  set position = workout_exercises.position + 1
  where workout_exercises.workout_id = add_workout_exercise.workout_id
    and workout_exercises.position >= add_workout_exercise.position
    and exists (
      select from public.workout_exercises as occupant
      where occupant.workout_id = add_workout_exercise.workout_id
        and occupant.position = add_workout_exercise.position
    );

  insert into public.workout_exercises (id, workout_id, exercise_id, position, superset_group, request_hash)
  values (
    coalesce(add_workout_exercise.id, private.uuid_v7()),
    add_workout_exercise.workout_id,
    add_workout_exercise.exercise_id,
    add_workout_exercise.position,
    add_workout_exercise.superset_group,
    v_hash
  )
  on conflict (id) do nothing
  returning workout_exercises.* into v_exercise;

  if not found then
    perform private.fail('id_conflict');
  end if;

  return v_exercise;
exception
  when check_violation or numeric_value_out_of_range then
    get stacked diagnostics v_rule = constraint_name;
    perform private.fail('invalid_workout', coalesce(nullif(v_rule, ''), sqlerrm));
end;
$$;

grant execute on function public.add_workout_exercise(uuid, uuid, uuid, integer, integer) to authenticated;
comment on function public.add_workout_exercise(uuid, uuid, uuid, integer, integer) is
  'Adds an exercise to a workout, at the end or at a position, where the others make room, and answers it.
Fails with workout_not_found, workout_not_active, exercise_not_found, id_conflict or invalid_workout.';

create function public.complete_set(
  id uuid default null,
  workout_exercise_id uuid default null,
  set_index integer default null,
  set_type public.set_type default 'working',
  weight_kg numeric default null,
  reps integer default null,
  duration_seconds numeric default null,
  distance_m numeric default null,
  rpe numeric default null,
  rest_seconds integer default null,
  notes text default null,
  completed_at timestamptz default null,
  entered_unit public.weight_unit default 'kg'
)
returns public.workout_sets
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.current_user_id();
  v_hash uuid := private.request_hash(jsonb_build_array(
    workout_exercise_id, set_index, set_type, trim_scale(weight_kg), reps, trim_scale(duration_seconds),
    trim_scale(distance_m), trim_scale(rpe), rest_seconds, notes, completed_at, entered_unit
  ));
  v_id uuid := coalesce(id, private.uuid_v7());
  v_set public.workout_sets;
  v_rule text;
begin
  perform private.lock_athletes(array[v_user_id]);
  select workout_sets.*
  into v_set
  from public.workout_sets
  where workout_sets.id = v_id
    and workout_sets.user_id = v_user_id;

  if v_set.request_hash = v_hash then
    return v_set;
  end if;

  insert into public.workout_sets (
    id, workout_exercise_id, set_index, set_type, weight_kg, entered_unit, reps, duration_seconds, distance_m, rpe,
    rest_seconds, notes, completed_at, request_hash
  )
  values (
    v_id,
    complete_set.workout_exercise_id,
    complete_set.set_index,
    coalesce(complete_set.set_type, 'working'),
    complete_set.weight_kg,
    coalesce(complete_set.entered_unit, 'kg'),
    complete_set.reps,
    complete_set.duration_seconds,
    complete_set.distance_m,
    complete_set.rpe,
    complete_set.rest_seconds,
    complete_set.notes,
    coalesce(complete_set.completed_at, now()),
    v_hash
  )
  on conflict (id) do nothing;

  if not found then
    perform private.fail('set_conflict', v_id::text);
  end if;

  -- Again, because a record marks its set after the insert.
  select workout_sets.*
  into v_set
  from public.workout_sets
  where workout_sets.id = v_id;

  return v_set;
exception
  when check_violation or numeric_value_out_of_range then
    get stacked diagnostics v_rule = constraint_name;
    perform private.fail('invalid_set', coalesce(nullif(v_rule, ''), sqlerrm));
end;
$$;

grant execute on function public.complete_set(
  uuid, uuid, integer, public.set_type, numeric, integer, numeric, numeric, numeric, integer, text, timestamptz,
  public.weight_unit
) to authenticated;
comment on function public.complete_set(
  uuid, uuid, integer, public.set_type, numeric, integer, numeric, numeric, numeric, integer, text, timestamptz,
  public.weight_unit
) is
  'Logs a set as done, at the next place or at set_index, and answers it with its load, volume, one-rep maximum and
whether it is a record. The same id with the same content answers the set as it is now.
Fails with workout_exercise_not_found, workout_not_active, set_conflict, set_index_taken, invalid_set or invalid_time.';

create function public.set_current_exercise(workout_id uuid default null, exercise_index integer default null)
returns public.workouts
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_workout public.workouts := private.my_active_workout(workout_id);
  v_exercise_id uuid;
begin
  select workout_exercises.id
  into v_exercise_id
  from public.workout_exercises
  where workout_exercises.workout_id = v_workout.id
    and exercise_index >= 0
  order by workout_exercises.position
  offset greatest(exercise_index, 0)
  limit 1;

  if not found then
    perform private.fail('invalid_argument', 'exercise_index counts the exercises of the workout from 0');
  end if;

  update public.workouts
  set current_exercise_index = set_current_exercise.exercise_index,
    current_set_index = (
      select coalesce(max(workout_sets.set_index) + 1, 0)
      from public.workout_sets
      where workout_sets.workout_exercise_id = v_exercise_id
        and workout_sets.completed_at is not null
    )
  where workouts.id = v_workout.id
  returning workouts.* into v_workout;

  return v_workout;
end;
$$;

grant execute on function public.set_current_exercise(uuid, integer) to authenticated;
comment on function public.set_current_exercise(uuid, integer) is
  'Tells all devices which exercise is on, counted from 0, and answers the workout.
Fails with workout_not_found, workout_not_active or invalid_argument.';

-- Rest -----------------------------------------------------------------------------------------------------------------

create function public.start_rest(workout_id uuid default null, seconds integer default null)
returns public.workouts
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_workout public.workouts := private.my_active_workout(workout_id);
  v_seconds integer := coalesce(seconds, (
    select preferences.default_rest_seconds
    from public.preferences
    where preferences.user_id = v_workout.user_id
  ));
begin
  if v_seconds not between 1 and 3600 then
    perform private.fail('invalid_argument', 'seconds must be between 1 and 3600');
  end if;

  update public.workouts
  set rest_started_at = now(),
    rest_ends_at = now() + make_interval(secs => v_seconds)
  where workouts.id = v_workout.id
  returning workouts.* into v_workout;

  return v_workout;
end;
$$;

grant execute on function public.start_rest(uuid, integer) to authenticated;
comment on function public.start_rest(uuid, integer) is
  'Starts the rest timer anew on all devices, for so many seconds or the athlete''s own default, and answers the workout.
Fails with workout_not_found, workout_not_active or invalid_argument.';

create function public.skip_rest(workout_id uuid default null)
returns public.workouts
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_workout public.workouts := private.my_active_workout(workout_id);
begin
  if v_workout.rest_ends_at is null then
    return v_workout;
  end if;

  update public.workouts
  set rest_started_at = null,
    rest_ends_at = null
  where workouts.id = v_workout.id
  returning workouts.* into v_workout;

  return v_workout;
end;
$$;

grant execute on function public.skip_rest(uuid) to authenticated;
comment on function public.skip_rest(uuid) is
  'Ends the rest on all devices. Fails with workout_not_found or workout_not_active.';

-- Read -----------------------------------------------------------------------------------------------------------------

create function private.workout_document(p_workout public.workouts)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return to_jsonb(p_workout) - 'request_hash' || jsonb_build_object(
    'pauses', coalesce((
      select jsonb_agg(jsonb_build_object('from', lower(pause), 'to', upper(pause)) order by pause)
      from unnest(p_workout.pauses) as pause
    ), '[]'),
    'active_seconds', private.active_seconds(
      p_workout.started_at, coalesce(p_workout.ended_at, p_workout.paused_at, now()), p_workout.pauses
    ),
    'exercises', coalesce((
      select jsonb_agg(
        to_jsonb(workout_exercises) - 'request_hash' || jsonb_build_object('sets', coalesce(logged.sets, '[]'))
        order by workout_exercises.position
      )
      from public.workout_exercises
      left join (
        select
          workout_sets.workout_exercise_id,
          jsonb_agg(
            to_jsonb(workout_sets) - 'request_hash'
            order by workout_sets.set_index, workout_sets.side
          ) as sets
        from public.workout_sets
        where workout_sets.workout_id = p_workout.id
        group by workout_sets.workout_exercise_id
      ) as logged on logged.workout_exercise_id = workout_exercises.id
      where workout_exercises.workout_id = p_workout.id
    ), '[]'),
    'records', coalesce((
      select jsonb_agg(to_jsonb(personal_records) order by personal_records.achieved_at, personal_records.kind)
      from public.personal_records
      where personal_records.workout_id = p_workout.id
        and personal_records.revoked_at is null
    ), '[]')
  );
end;
$$;

grant execute on function private.workout_document(public.workouts) to authenticated;
comment on function private.workout_document(public.workouts) is
  'A workout with its exercises, their sets and its records, as far as the caller may see them.';

create function public.get_workout(workout_id uuid default null)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_document jsonb;
begin
  perform private.current_user_id();
  select private.workout_document(workouts)
  into v_document
  from public.workouts
  where workouts.id = get_workout.workout_id;

  if not found then
    perform private.fail('workout_not_found');
  end if;

  return v_document;
end;
$$;

grant execute on function public.get_workout(uuid) to authenticated;
comment on function public.get_workout(uuid) is
  'The whole workout: its fields, exercises with their sets in order, pauses, and the records achieved in it.
Fails with workout_not_found.';

create function public.active_workout()
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select private.workout_document(workouts)
  from public.workouts
  where workouts.user_id = private.current_user_id()
    and workouts.status = 'in_progress';
$$;

grant execute on function public.active_workout() to authenticated;
comment on function public.active_workout() is
  'The caller''s workout in progress as get_workout answers it, or null.';
