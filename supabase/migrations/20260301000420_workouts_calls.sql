-- What a phone calls during a workout. Each function checks who and whether, writes a row or two as the caller, and
-- answers the row; the rules, the derived data and the announcements are the tables' own. All may be repeated.

create function private.request_hash(p_content jsonb)
returns uuid
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return md5(p_content::text)::uuid;
end;
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
  timezone text default null,
  from_workout_id uuid default null
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
    template_id, template_day_id, name, location, mood_before, energy, started_at, timezone, from_workout_id
  ));
  v_workout public.workouts;
  v_rule text;
begin
  if num_nonnulls(start_workout.template_id, from_workout_id) > 1
    or (start_workout.template_day_id is not null and start_workout.template_id is null)
  then
    perform private.fail('invalid_argument', 'either template_id, with template_day_id, or from_workout_id');
  end if;

  perform private.lock_athletes(array[v_user_id]);
  select workouts.*
  into v_workout
  from public.workouts
  where workouts.id = start_workout.id
    and workouts.user_id = v_user_id;

  if v_workout.request_hash = v_hash then
    return v_workout;
  elsif v_workout.id is null and private.deleted_from(start_workout.id) is not null then
    perform private.fail('workout_deleted');
  elsif v_workout.status = 'planned' and num_nonnulls(start_workout.template_id, from_workout_id) = 0 then
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
    return private.begin_plan(v_workout, null);
  end if;

  insert into public.workouts (
    id, template_id, template_day_id, name, location, mood_before, energy, started_at, timezone, request_hash
  )
  values (
    coalesce(start_workout.id, private.uuid_v7()),
    start_workout.template_id,
    start_workout.template_day_id,
    coalesce(
      start_workout.name, private.repeated_name(from_workout_id), case when start_workout.template_id is null then 'Workout' end
    ),
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

  return private.begin_plan(v_workout, from_workout_id);
exception
  when check_violation or numeric_value_out_of_range then
    get stacked diagnostics v_rule = constraint_name;
    perform private.fail('invalid_workout', coalesce(nullif(v_rule, ''), sqlerrm));
end;
$$;

grant execute on function public.start_workout(
  uuid, uuid, uuid, text, public.workout_location, text, integer, timestamptz, text, uuid
) to authenticated;
comment on function public.start_workout(
  uuid, uuid, uuid, text, public.workout_location, text, integer, timestamptz, text, uuid
) is
  'Starts a workout and answers it: empty, or with the planned sets of a template''s day in the version and week that the
athlete follows, or with what was done in a workout of the past, one''s own or one that is shared, as the plan; or starts a
planned workout by its id. The same id with the same content answers it again; a workout that another device deleted stays so.
A plan of one day needs no template_day_id. Fails with id_conflict, workout_deleted, workout_already_active, workout_not_found, template_not_found, premium_template,
template_day_not_found, invalid_time, invalid_workout, invalid_argument or not_authenticated.';

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
end;
$$;

grant execute on function public.cancel_workout(uuid) to authenticated;
comment on function public.cancel_workout(uuid) is
  'Ends a workout that shall not count: its sets stay readable and leave records and statistics.
Fails with workout_not_found or workout_not_active.';

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
