-- A workout in time, whoever writes it: the caller's times are claims within bounds, and states follow each other.

-- Time -----------------------------------------------------------------------------------------------------------------

create function private.check_time(p_name text, p_at timestamptz, p_from timestamptz, p_to timestamptz)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_skew constant interval := interval '5 minutes';
  v_from timestamptz := coalesce(p_from - v_skew, timestamptz '2000-01-01 00:00:00+00');
  v_to timestamptz := least(p_to, now()) + v_skew;
begin
  if p_at not between v_from and v_to then
    perform private.fail('invalid_time', format('%s must be between %s and %s', p_name, to_json(v_from), to_json(v_to)));
  end if;
end;
$$;

grant execute on function private.check_time(text, timestamptz, timestamptz, timestamptz)
  to authenticated, service_role;
comment on function private.check_time(text, timestamptz, timestamptz, timestamptz) is
  'Fails with invalid_time when a device''s claim lies outside the bounds or in the future. Clocks may be off by five
minutes; without a lower bound anything since 2000 will do.';

create function private.active_seconds(p_from timestamptz, p_to timestamptz, p_pauses tstzmultirange)
returns integer
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return floor(extract(epoch from p_to - p_from) - coalesce((
    select sum(extract(epoch from upper(pause) - lower(pause)))
    from unnest(p_pauses * tstzmultirange(tstzrange(p_from, p_to))) as pause
  ), 0));
end;
$$;

grant execute on function private.active_seconds(timestamptz, timestamptz, tstzmultirange)
  to authenticated, service_role;
comment on function private.active_seconds(timestamptz, timestamptz, tstzmultirange) is
  'Whole seconds between two moments, without the pauses.';

create function private.ended_at(p_workout public.workouts)
returns timestamptz
language sql
stable
security invoker
set search_path = ''
as $$
  select greatest(p_workout.started_at, least(p_workout.started_at + interval '24 hours', case
    when now() - p_workout.started_at <= interval '24 hours' then now()
    else (
      select coalesce(max(workout_sets.completed_at), p_workout.started_at)
      from public.workout_sets
      where workout_sets.workout_id = p_workout.id
    )
  end));
$$;

grant execute on function private.ended_at(public.workouts) to authenticated, service_role;
comment on function private.ended_at(public.workouts) is
  'When a workout ends whose end nobody told: now, or with its last set when it was forgotten for more than a day; never
later than a day after its start.';

-- A workout's states ---------------------------------------------------------------------------------------------------

create function private.check_only_active(p_workout public.workouts)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_other_id uuid;
begin
  select workouts.id
  into v_other_id
  from public.workouts
  where workouts.user_id = p_workout.user_id
    and workouts.status = 'in_progress'
    and workouts.id <> p_workout.id;

  if found then
    perform private.fail('workout_already_active', v_other_id::text);
  end if;
end;
$$;

grant execute on function private.check_only_active(public.workouts) to authenticated, service_role;
comment on function private.check_only_active(public.workouts) is
  'Fails with workout_already_active while the athlete has another workout in progress.';

create function private.tg_workouts__begin()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_timezone text;
begin
  select profiles.timezone
  into v_timezone
  from public.profiles
  where profiles.user_id = new.user_id;

  if not found and new.user_id = auth.uid() then
    perform private.fail('not_authenticated', 'the account of this token does not exist any more');
  end if;

  new.timezone := coalesce(new.timezone, v_timezone);

  if not private.is_timezone(new.timezone) then
    perform private.fail('invalid_argument', 'timezone must be the name of a zone of the tz database');
  end if;

  if new.status = 'in_progress' then
    new.started_at := coalesce(new.started_at, now());
    perform private.check_only_active(new);
  end if;

  perform private.check_time('started_at', new.started_at, null, null);
  perform private.check_time('ended_at', new.ended_at, new.started_at, null);
  new.active_seconds := private.active_seconds(new.started_at, new.ended_at, new.pauses);
  return new;
end;
$$;

comment on function private.tg_workouts__begin() is
  'Fills in the zone and the start of a new or newly started workout, and holds it to one at a time.';

create function private.tg_workouts__change()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_ends constant boolean := new.status <> old.status and new.status in ('completed', 'cancelled');
  v_first_set_at timestamptz;
  v_last_set_at timestamptz;
begin
  if new.status <> old.status and (old.status, new.status) not in (
    ('planned', 'in_progress'), ('in_progress', 'completed'), ('in_progress', 'cancelled')
  ) and not (private.is_importing() and old.status = 'planned') then
    perform private.fail('workout_not_active', format('it is %s', old.status));
  end if;

  if v_ends then
    new.ended_at := coalesce(new.ended_at, private.ended_at(old));
    new.rest_started_at := null;
    new.rest_ends_at := null;
  end if;

  -- A pause is timed by the server's clock alone, whatever the client writes; that of a phone without one, by the phone.
  if private.is_importing() and new.paused_at is null then
    null;
  elsif old.paused_at is null then
    new.paused_at := case when new.paused_at is not null then now() end;
  elsif v_ends or new.paused_at is null then
    new.pauses := old.pauses + tstzmultirange(tstzrange(old.paused_at, greatest(now(), old.paused_at)));
    new.paused_at := null;
  else
    new.paused_at := old.paused_at;
  end if;

  select min(workout_sets.completed_at), max(workout_sets.completed_at)
  into v_first_set_at, v_last_set_at
  from public.workout_sets
  where workout_sets.workout_id = new.id;

  perform private.check_time('started_at', new.started_at, v_last_set_at - interval '24 hours', v_first_set_at);
  perform private.check_time('ended_at', new.ended_at, greatest(v_last_set_at, new.started_at), null);
  new.active_seconds := private.active_seconds(new.started_at, new.ended_at, new.pauses);
  return new;
end;
$$;

comment on function private.tg_workouts__change() is
  'Holds a workout to its states, times its pauses, and closes what is open when it ends.';

create function private.tg_workouts__rest()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if not isfinite(new.rest_started_at) or not isfinite(new.rest_ends_at) then
    perform private.fail('invalid_time', 'a rest has an end');
  end if;

  if new.rest_started_at is distinct from old.rest_started_at then
    new.rest_ends_at := now() + (new.rest_ends_at - new.rest_started_at);
    new.rest_started_at := now();
  end if;

  return new;
end;
$$;

comment on function private.tg_workouts__rest() is
  'A rest begins now, by the server''s clock alone, and is as long as the client says.';

-- definer: the sets' derived columns are not granted to the athlete whose change of the workout touches them.
create function private.tg_workouts__weigh_again()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.workout_sets
  set load_kg = null
  where workout_sets.workout_id = new.id;

  return null;
end;
$$;

comment on function private.tg_workouts__weigh_again() is
  'Derives the sets anew when the body weight becomes known or the workout is cancelled.';

create trigger _200_begin
  before insert on public.workouts
  for each row execute function private.tg_workouts__begin();
create trigger _200_begin_planned
  before update on public.workouts
  for each row
  when (
    old.timezone is distinct from new.timezone
    or (old.status = 'planned' and new.status = 'in_progress')
  )
  execute function private.tg_workouts__begin();
create trigger _250_rest
  before update of rest_started_at, rest_ends_at on public.workouts
  for each row
  when (new.rest_started_at is not null)
  execute function private.tg_workouts__rest();
create trigger _300_change
  before update of status, started_at, ended_at, paused_at on public.workouts
  for each row execute function private.tg_workouts__change();
create trigger _400_weigh_again
  after update of status, bodyweight_kg on public.workouts
  for each row
  when (
    old.bodyweight_kg is distinct from new.bodyweight_kg
    or (old.status <> 'cancelled' and new.status = 'cancelled')
  )
  execute function private.tg_workouts__weigh_again();
