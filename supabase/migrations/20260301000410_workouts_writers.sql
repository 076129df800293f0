-- Writers of workouts: one at a time for each athlete, so many rows at a time, and every change of theirs is counted.

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
  -- One by far the most often, who needs no sorting.
  if cardinality(p_user_ids) > 1 then
    p_user_ids := array(select distinct athlete.id from unnest(p_user_ids) as athlete (id) order by athlete.id);
  end if;

  foreach v_user_id in array coalesce(p_user_ids, '{}') loop
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

create function private.is_importing()
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return coalesce(current_setting('fitai.importing', true), '') in ('on', 'restore') and current_user <> 'authenticated';
end;
$$;

grant execute on function private.is_importing() to authenticated, service_role;
comment on function private.is_importing() is
  'Whether an import writes or takes back: into workouts that are over, and without a word to other devices for each row.
True only within the definer functions that say so for their own statements.';

create function private.is_restoring()
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(current_setting('fitai.importing', true), '') = 'restore' and current_user <> 'authenticated';
$$;

grant execute on function private.is_restoring() to authenticated, service_role;
comment on function private.is_restoring() is
  'Whether it is an archive that writes, which says everything that the athlete decides: nothing is to be filled in.';

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
  if new.expected_version <> old.version then
    perform private.fail(
      'version_conflict', jsonb_build_object('current', private.shown(to_jsonb(old)))::text
    );
  elsif new.expected_version is null and old.changed_by <> private.session_id() then
    perform private.keep_overwritten(tg_table_name, to_jsonb(old), to_jsonb(new));
  end if;

  new.expected_version := null;
  new.changed_by := private.session_id();
  new.version := old.version + 1;
  new.created_at := old.created_at;
  new.updated_at := greatest(now(), old.updated_at + interval '1 microsecond');
  return new;
end;
$$;

comment on function private.tg__version() is
  'Counts a change by the athlete; fails with version_conflict when it was made against another version. Fired for the
columns that an athlete writes, so that derived ones do not count.';

create trigger _050_lock_athlete
  before insert or update or delete on public.workouts
  for each statement execute function private.tg__lock_athlete();
create trigger _100_version
  before update of
    name, status, planned_for, timezone, started_at, ended_at, paused_at, location, mood_before, mood_after, energy,
    notes, visibility, bodyweight_kg, rest_ends_at, expected_version
  on public.workouts
  for each row execute function private.tg__version();
create trigger _050_lock_athlete
  before insert or update or delete on public.workout_exercises
  for each statement execute function private.tg__lock_athlete();
create trigger _100_version
  before update of position, section, superset_group, group_type, notes, expected_version on public.workout_exercises
  for each row execute function private.tg__version();
create trigger _050_lock_athlete
  before insert or update or delete on public.workout_sets
  for each statement execute function private.tg__lock_athlete();
create trigger _100_version
  before update of
    parent_set_id, set_index, set_type, side, planned_weight_kg, planned_reps_min, planned_reps_max,
    planned_duration_seconds, planned_distance_m, planned_rpe, planned_rest_seconds, planned_tempo, weight_kg,
    entered_unit, reps, duration_seconds, distance_m, energy_kcal, average_heart_rate, max_heart_rate, incline_percent,
    speed_mps, level, power_watts, floors, steps, rpe, rir, rest_seconds, tempo, notes, completed_at, expected_version
  on public.workout_sets
  for each row execute function private.tg__version();
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
