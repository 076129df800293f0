-- What holds for workouts whoever writes them: the caller's times are claims within bounds, states follow each other,
-- an exercise brings its own facts, a set is weighed and its workout's totals follow.

-- Order among writers --------------------------------------------------------------------------------------------------

-- Who waits holds a connection that others need, so nobody waits long.
create function private.wait_for_athlete(p_key bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
set lock_timeout = '2s'
as $$
begin
  perform pg_advisory_xact_lock(p_key);
exception
  when lock_not_available then
    perform private.fail('busy');
end;
$$;

grant execute on function private.wait_for_athlete(bigint) to authenticated, service_role;
comment on function private.wait_for_athlete(bigint) is 'Takes an athlete''s lock within two seconds, or fails with busy.';

create function private.lock_athletes(p_user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid;
  v_key bigint;
begin
  for v_user_id in select distinct athlete.id from unnest(p_user_ids) as athlete (id) order by athlete.id loop
    v_key := hashtextextended('athlete:' || v_user_id, 0);

    if not pg_try_advisory_xact_lock(v_key) then
      perform private.wait_for_athlete(v_key);
    end if;
  end loop;
end;
$$;

grant execute on function private.lock_athletes(uuid[]) to authenticated, service_role;
comment on function private.lock_athletes(uuid[]) is
  'Holds the athletes'' training until the transaction ends: two devices of one athlete write one after the other, so
that what is derived is derived from all of it. Always in the same order, hence without deadlocks. Fails with busy.';

-- Before any row is locked; where the caller is not the athlete, the triggers that derive take the lock themselves.
create function private.tg__lock_athlete()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if auth.uid() is not null then
    perform private.lock_athletes(array[auth.uid()]);
  end if;

  return null;
end;
$$;

comment on function private.tg__lock_athlete() is 'Lets the caller''s other devices wait their turn.';

-- What follows from sets is derived within the statement that writes them. Changes by definer functions are not held to
-- it, nor are sets that go with their exercise or workout.
create function private.tg_workout_sets__limit_rows()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_limit constant integer := 1000;
  v_rows integer;
begin
  if current_user <> 'authenticated' then
    return null;
  elsif tg_op = 'DELETE' then
    select count(*)
    into v_rows
    from removed
    where exists (
      select from public.workout_exercises
      where workout_exercises.id = removed.workout_exercise_id
    );
  else
    select count(*)
    into v_rows
    from added;
  end if;

  if v_rows > v_limit then
    perform private.fail('too_many_rows', format('at most %s', v_limit));
  end if;

  return null;
end;
$$;

comment on function private.tg_workout_sets__limit_rows() is
  'Fails with too_many_rows when an athlete writes more than 1,000 sets at once.';

create function private.tg__version()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  new.version := old.version + 1;
  new.created_at := old.created_at;
  new.updated_at := greatest(now(), old.updated_at + interval '1 microsecond');
  return new;
end;
$$;

comment on function private.tg__version() is
  'Counts a change by the athlete. Fired for the columns that an athlete writes, so that derived ones do not count.';

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
  ) then
    perform private.fail('workout_not_active', format('it is %s', old.status));
  end if;

  if v_ends then
    new.ended_at := coalesce(new.ended_at, private.ended_at(old));
    new.rest_started_at := null;
    new.rest_ends_at := null;
  end if;

  -- A pause is timed by the server's clock alone, whatever the client writes.
  if old.paused_at is null then
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

-- An exercise brings its facts -----------------------------------------------------------------------------------------

create function private.tg_workout_exercises__describe()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_workout public.workouts;
  v_exercise public.exercises;
begin
  select workouts.*
  into v_workout
  from public.workouts
  where workouts.id = new.workout_id
    and workouts.user_id = coalesce(auth.uid(), workouts.user_id);

  if not found then
    perform private.fail('workout_not_found');
  elsif v_workout.status not in ('planned', 'in_progress') then
    perform private.fail('workout_not_active', format('it is %s', v_workout.status));
  end if;

  select exercises.*
  into v_exercise
  from public.exercises
  where exercises.id = new.exercise_id;

  if not found then
    perform private.fail('exercise_not_found');
  end if;

  new.user_id := v_workout.user_id;
  new.exercise_name := v_exercise.name;
  new.tracking_type := v_exercise.tracking_type;
  new.weight_entry := v_exercise.weight_entry;
  new.unilateral := v_exercise.unilateral;
  new.bodyweight_fraction := v_exercise.bodyweight_fraction;

  if new.position is null then
    select coalesce(max(workout_exercises.position) + 1, 0)
    into new.position
    from public.workout_exercises
    where workout_exercises.workout_id = new.workout_id;
  end if;

  return new;
end;
$$;

comment on function private.tg_workout_exercises__describe() is
  'Takes the athlete from the workout and the facts from an exercise that the caller may see; the next place if none
is given.';

-- A set is weighed -----------------------------------------------------------------------------------------------------

create function private.check_set_place(p_set public.workout_sets)
returns smallint
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_next smallint;
  v_taken boolean;
begin
  select
    coalesce(max(workout_sets.set_index) + 1, 0),
    coalesce(bool_or(
      workout_sets.set_index = p_set.set_index and workout_sets.side is not distinct from p_set.side
    ), false)
  into v_next, v_taken
  from public.workout_sets
  where workout_sets.workout_exercise_id = p_set.workout_exercise_id
    and workout_sets.id <> p_set.id;

  if v_taken then
    perform private.fail('set_index_taken', format('set_index %s', p_set.set_index));
  end if;

  return coalesce(p_set.set_index, v_next);
end;
$$;

grant execute on function private.check_set_place(public.workout_sets) to authenticated, service_role;
comment on function private.check_set_place(public.workout_sets) is
  'The place of a new set: its own, or the next. Fails with set_index_taken when another set stands there.';

create function private.tg_workout_sets__weigh()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_exercise record;
  v_e1rm private.e1rm_estimate;
begin
  select
    workout_exercises.user_id,
    workout_exercises.workout_id,
    workout_exercises.exercise_id,
    workout_exercises.tracking_type,
    workout_exercises.weight_entry,
    workout_exercises.unilateral,
    workout_exercises.bodyweight_fraction,
    workouts.status,
    workouts.started_at,
    workouts.ended_at,
    workouts.bodyweight_kg
  into v_exercise
  from public.workout_exercises
  join public.workouts on workouts.id = workout_exercises.workout_id
  where workout_exercises.id = new.workout_exercise_id
    and workout_exercises.user_id = coalesce(auth.uid(), workout_exercises.user_id);

  if not found then
    perform private.fail('workout_exercise_not_found');
  end if;

  -- Sets are done in a workout that is on, by insert or by update; those that were done may be corrected later.
  if (new.completed_at is not null and old.completed_at is null and v_exercise.status <> 'in_progress')
    or (tg_op = 'INSERT' and v_exercise.status not in ('planned', 'in_progress'))
  then
    perform private.fail('workout_not_active', format('it is %s', v_exercise.status));
  end if;

  if tg_op = 'INSERT' then
    new.set_index := private.check_set_place(new);
  end if;

  perform private.check_time(
    'completed_at',
    new.completed_at,
    v_exercise.started_at,
    coalesce(v_exercise.ended_at, v_exercise.started_at + interval '24 hours')
  );

  new.user_id := v_exercise.user_id;
  new.workout_id := v_exercise.workout_id;
  new.exercise_id := v_exercise.exercise_id;
  new.tracking_type := v_exercise.tracking_type;
  new.weight_kg := trim_scale(round(new.weight_kg, 10));
  new.is_counted := new.completed_at is not null and new.set_type <> 'warmup' and v_exercise.status <> 'cancelled';
  new.load_kg := private.load_kg(
    new.tracking_type, v_exercise.weight_entry, new.weight_kg, v_exercise.bodyweight_fraction, v_exercise.bodyweight_kg
  );
  new.volume_kg := private.logged_volume_kg(new.tracking_type, new.weight_kg, new.reps);
  new.effective_volume_kg := private.effective_volume_kg(new.load_kg, new.reps, v_exercise.unilateral, new.side);
  v_e1rm := private.e1rm(
    private.e1rm_load_kg(
      new.tracking_type, new.set_type, new.weight_kg, v_exercise.bodyweight_fraction, v_exercise.bodyweight_kg
    ),
    new.reps,
    new.rpe
  );
  new.e1rm_kg := v_e1rm.kg;
  new.e1rm_method := v_e1rm.method;
  new.e1rm_confidence := v_e1rm.confidence;
  return new;
end;
$$;

comment on function private.tg_workout_sets__weigh() is
  'Takes a set''s facts from its exercise, holds its time to its workout, and derives load, volume and one-rep maximum.';

-- Totals ---------------------------------------------------------------------------------------------------------------

create function private.next_place(p_workout_id uuid)
returns table (exercise_index bigint, set_index integer)
language plpgsql
stable
security invoker
rows 1
set search_path = ''
as $$
begin
  return query
  with latest as materialized (
    select workout_sets.workout_exercise_id, workout_sets.set_index
    from public.workout_sets
    where workout_sets.workout_id = p_workout_id
      and workout_sets.completed_at is not null
    order by workout_sets.completed_at desc, workout_sets.set_index desc
    limit 1
  )
  select
    (
      select count(*)
      from public.workout_exercises as earlier
      where earlier.workout_id = p_workout_id
        and earlier.position < workout_exercises.position
    ),
    latest.set_index + 1
  from latest
  join public.workout_exercises on workout_exercises.id = latest.workout_exercise_id;
end;
$$;

comment on function private.next_place(uuid) is
  'Where a workout goes on: after its latest set. No row before the first one.';

-- Read from the sets themselves, of one workout: the same work however long the athlete's history is.
create function private.total_workouts(p_workout_exercise_ids uuid[], p_workout_ids uuid[], p_move_on boolean)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  update public.workout_exercises
  set set_count = total.sets,
    rep_count = total.reps,
    volume_kg = total.volume_kg,
    effective_volume_kg = total.effective_volume_kg
  from unnest(p_workout_exercise_ids) as changed (id)
  cross join lateral (
    select
      count(*) as sets,
      coalesce(sum(workout_sets.reps), 0) as reps,
      coalesce(sum(workout_sets.volume_kg), 0) as volume_kg,
      coalesce(sum(workout_sets.effective_volume_kg), 0) as effective_volume_kg
    from public.workout_sets
    where workout_sets.workout_exercise_id = changed.id
      and workout_sets.completed_at is not null
      and workout_sets.set_type <> 'warmup'
  ) as total
  where workout_exercises.id = changed.id;

  update public.workouts
  set set_count = total.sets,
    warmup_set_count = total.warmup_sets,
    rep_count = total.reps,
    volume_kg = total.volume_kg,
    effective_volume_kg = total.effective_volume_kg,
    warmup_volume_kg = total.warmup_volume_kg,
    average_rpe = total.average_rpe,
    total_rest_seconds = total.rest_seconds,
    current_exercise_index = coalesce(place.exercise_index, workouts.current_exercise_index),
    current_set_index = coalesce(place.set_index, workouts.current_set_index)
  from unnest(p_workout_ids) as changed (id)
  cross join lateral (
    select
      count(*) filter (where done.set_type <> 'warmup') as sets,
      count(*) filter (where done.set_type = 'warmup') as warmup_sets,
      coalesce(sum(done.reps) filter (where done.set_type <> 'warmup'), 0) as reps,
      coalesce(sum(done.volume_kg) filter (where done.set_type <> 'warmup'), 0) as volume_kg,
      coalesce(sum(done.effective_volume_kg) filter (where done.set_type <> 'warmup'), 0) as effective_volume_kg,
      coalesce(sum(done.volume_kg) filter (where done.set_type = 'warmup'), 0) as warmup_volume_kg,
      avg(done.rpe) filter (where done.set_type <> 'warmup') as average_rpe,
      coalesce(sum(done.rest_seconds), 0) as rest_seconds
    from public.workout_sets as done
    where done.workout_id = changed.id
      and done.completed_at is not null
  ) as total
  left join lateral private.next_place(changed.id) as place on p_move_on
  where workouts.id = changed.id;
end;
$$;

comment on function private.total_workouts(uuid[], uuid[], boolean) is
  'Brings the totals of these exercises and workouts up to date with their sets; where asked to, also the place in a
workout in progress, which is after the latest set.';

-- definer: nobody may write totals.
create function private.tg_workout_sets__total()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_exercise_ids uuid[];
  v_workout_ids uuid[];
  v_user_ids uuid[];
begin
  if tg_op = 'INSERT' then
    select array_agg(distinct added.workout_exercise_id), array_agg(distinct added.workout_id),
      array_agg(distinct added.user_id)
    into v_exercise_ids, v_workout_ids, v_user_ids
    from added;
  elsif tg_op = 'DELETE' then
    select array_agg(distinct removed.workout_exercise_id), array_agg(distinct removed.workout_id),
      array_agg(distinct removed.user_id)
    into v_exercise_ids, v_workout_ids, v_user_ids
    from removed;
  else
    -- No join: the plan is kept from the first, small update, and would be a nested loop for the large ones too.
    select array_agg(distinct changed.workout_exercise_id), array_agg(distinct changed.workout_id),
      array_agg(distinct changed.user_id)
    into v_exercise_ids, v_workout_ids, v_user_ids
    from (
      select id, workout_exercise_id, workout_id, user_id, completed_at, set_type, reps, volume_kg, effective_volume_kg,
        rpe, rest_seconds
      from removed
      except
      select id, workout_exercise_id, workout_id, user_id, completed_at, set_type, reps, volume_kg, effective_volume_kg,
        rpe, rest_seconds
      from added
    ) as changed;
  end if;

  if v_user_ids is not null then
    perform private.lock_athletes(v_user_ids);
    perform private.total_workouts(v_exercise_ids, v_workout_ids, tg_op = 'INSERT');
  end if;

  return null;
end;
$$;

comment on function private.tg_workout_sets__total() is
  'Brings totals up to date once per statement.';

-- Triggers -------------------------------------------------------------------------------------------------------------

create trigger _050_lock_athlete
  before insert or update or delete on public.workouts
  for each statement execute function private.tg__lock_athlete();
create trigger _100_version
  before update of
    name, status, planned_for, timezone, started_at, ended_at, paused_at, location, mood_before, mood_after, energy,
    notes, visibility, bodyweight_kg, rest_ends_at
  on public.workouts
  for each row execute function private.tg__version();
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

create trigger _050_lock_athlete
  before insert or update or delete on public.workout_exercises
  for each statement execute function private.tg__lock_athlete();
create trigger _100_version
  before update of position, superset_group, notes on public.workout_exercises
  for each row execute function private.tg__version();
create trigger _200_describe
  before insert on public.workout_exercises
  for each row execute function private.tg_workout_exercises__describe();

create trigger _050_lock_athlete
  before insert or update or delete on public.workout_sets
  for each statement execute function private.tg__lock_athlete();
create trigger _100_version
  before update of
    set_index, set_type, side, weight_kg, entered_unit, reps, duration_seconds, distance_m, rpe, rir, rest_seconds,
    tempo, notes, completed_at
  on public.workout_sets
  for each row execute function private.tg__version();
create trigger _200_weigh
  before insert on public.workout_sets
  for each row execute function private.tg_workout_sets__weigh();
create trigger _200_weigh_again
  before update of
    set_type, side, weight_kg, reps, duration_seconds, distance_m, rpe, completed_at, load_kg
  on public.workout_sets
  for each row execute function private.tg_workout_sets__weigh();
create trigger _490_limit_rows_insert
  after insert on public.workout_sets
  referencing new table as added
  for each statement execute function private.tg_workout_sets__limit_rows();
create trigger _490_limit_rows_update
  after update on public.workout_sets
  referencing new table as added
  for each statement execute function private.tg_workout_sets__limit_rows();
create trigger _490_limit_rows_delete
  after delete on public.workout_sets
  referencing old table as removed
  for each statement execute function private.tg_workout_sets__limit_rows();
create trigger _500_total_insert
  after insert on public.workout_sets
  referencing new table as added
  for each statement execute function private.tg_workout_sets__total();
create trigger _500_total_update
  after update on public.workout_sets
  referencing old table as removed new table as added
  for each statement execute function private.tg_workout_sets__total();
create trigger _500_total_delete
  after delete on public.workout_sets
  referencing old table as removed
  for each statement execute function private.tg_workout_sets__total();
