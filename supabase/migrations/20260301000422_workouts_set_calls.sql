-- What a phone calls between the beginning and the end of a workout: exercises, sets and rests.

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
