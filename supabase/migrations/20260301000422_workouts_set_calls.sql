-- What a phone calls between the beginning and the end of a workout: exercises and rests.

-- Exercises -------------------------------------------------------------------------------------------------------------

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
  elsif v_exercise.id is null and private.deleted_from(add_workout_exercise.id) is not null then
    perform private.fail('workout_exercise_deleted');
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
  'Adds an exercise to a workout, at the end or at a position, where the others make room, and answers it. One that another
device took out stays out. Fails with workout_exercise_deleted, workout_not_found, workout_not_active, exercise_not_found, id_conflict or invalid_workout.';

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

create function public.extend_rest(workout_id uuid default null, seconds integer default null)
returns public.workouts
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_workout public.workouts := private.my_active_workout(extend_rest.workout_id);
  v_ends_at timestamptz := greatest(v_workout.rest_ends_at, now()) + make_interval(secs => coalesce(seconds, 30));
begin
  if v_workout.rest_ends_at is null then
    perform private.fail('rest_not_running');
  elsif seconds not between 1 and 3600 or v_ends_at > v_workout.rest_started_at + interval '1 hour' then
    perform private.fail('invalid_argument', 'seconds must be 1 or more, and a rest at most an hour');
  end if;

  update public.workouts
  set rest_ends_at = v_ends_at
  where workouts.id = v_workout.id
  returning workouts.* into v_workout;

  return v_workout;
end;
$$;

grant execute on function public.extend_rest(uuid, integer) to authenticated;
comment on function public.extend_rest(uuid, integer) is
  'Lets the rest last so many seconds longer on all devices, 30 by default, and answers the workout; one that has run out
goes on from now. Fails with workout_not_found, workout_not_active, rest_not_running or invalid_argument.';
