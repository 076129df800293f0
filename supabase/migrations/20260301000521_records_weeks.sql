-- Statistics by week and in total: what completed workouts come to. A week is read anew whenever one of its workouts changes;
-- to the total is added what changed.

create function private.week_start(p_day date, p_starts_on integer default 1)
returns date
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return p_day - (extract(isodow from p_day)::integer - p_starts_on + 7) % 7;
end;
$$;

grant execute on function private.week_start(date, integer) to authenticated;
comment on function private.week_start(date, integer) is
  'The first day of a day''s week, when weeks start on that one: 1 for Monday to 7 for Sunday.';

create function private.weeks(p_user_id uuid, p_from date, p_to date)
returns setof public.weekly_stats
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return query
  select
    workouts.user_id,
    private.week_start(workouts.local_date) as week,
    count(*)::integer,
    count(distinct workouts.local_date)::integer,
    sum(workouts.set_count)::integer,
    sum(workouts.rep_count)::integer,
    sum(workouts.volume_kg),
    sum(workouts.effective_volume_kg),
    sum(workouts.duration_seconds)::integer,
    sum(workouts.active_seconds)::integer,
    coalesce(sum(workouts.calories), 0)::integer,
    sum(workouts.records_set)::integer
  from public.workouts
  where workouts.user_id = p_user_id
    and workouts.local_date between p_from and p_to
    and workouts.status = 'completed'
  group by workouts.user_id, week;
end;
$$;

comment on function private.weeks(uuid, date, date) is 'What the completed workouts say of each week of a span of whole weeks.';

create function private.refresh_week(p_user_id uuid, p_week date)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  insert into public.weekly_stats
  select * from private.weeks(p_user_id, p_week, p_week + 6)
  on conflict (user_id, week) do update
  set workout_count = excluded.workout_count,
    training_days = excluded.training_days,
    set_count = excluded.set_count,
    rep_count = excluded.rep_count,
    volume_kg = excluded.volume_kg,
    effective_volume_kg = excluded.effective_volume_kg,
    duration_seconds = excluded.duration_seconds,
    active_seconds = excluded.active_seconds,
    calories = excluded.calories,
    records_set = excluded.records_set;

  if not found then
    delete from public.weekly_stats
    where weekly_stats.user_id = p_user_id
      and weekly_stats.week = p_week;
  end if;
end;
$$;

comment on function private.refresh_week(uuid, date) is 'Brings one week up to date.';

-- With the sign 1 what a workout brings, with -1 what it takes away.
create function private.add_to_total(p_sign integer, p_workout public.workouts)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if p_workout.status is distinct from 'completed' then
    return;
  end if;

  insert into public.user_stats as total (
    user_id, workout_count, set_count, rep_count, volume_kg, effective_volume_kg, duration_seconds, active_seconds,
    calories, records_set
  )
  values (
    p_workout.user_id, p_sign, p_sign * p_workout.set_count, p_sign * p_workout.rep_count,
    p_sign * p_workout.volume_kg, p_sign * p_workout.effective_volume_kg, p_sign * p_workout.duration_seconds,
    p_sign * p_workout.active_seconds, p_sign * coalesce(p_workout.calories, 0), p_sign * p_workout.records_set
  )
  on conflict (user_id) do update
  set workout_count = total.workout_count + excluded.workout_count,
    set_count = total.set_count + excluded.set_count,
    rep_count = total.rep_count + excluded.rep_count,
    volume_kg = total.volume_kg + excluded.volume_kg,
    effective_volume_kg = total.effective_volume_kg + excluded.effective_volume_kg,
    duration_seconds = total.duration_seconds + excluded.duration_seconds,
    active_seconds = total.active_seconds + excluded.active_seconds,
    calories = total.calories + excluded.calories,
    records_set = total.records_set + excluded.records_set;

  -- Not by the count alone: the only workout is taken off and added again, and meanwhile the row may hold what a change
  -- within that change has added.
  delete from public.user_stats
  where user_stats.user_id = p_workout.user_id
    and user_stats.workout_count = 0
    and not exists (
      select from public.workouts
      where workouts.user_id = p_workout.user_id
        and workouts.status = 'completed'
    );
end;
$$;

comment on function private.add_to_total(integer, public.workouts) is
  'Adds a completed workout to its athlete''s total, or takes it off. The last one takes the row along.';

-- definer: statistics are the product's; nobody may write them.
create function private.tg_workouts__stat()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := coalesce(new.user_id, old.user_id);
  v_day date;
begin
  -- With an account goes all of it.
  if not exists (select from public.profiles where profiles.user_id = v_user_id) then
    return null;
  end if;

  perform private.lock_athletes(array[v_user_id]);
  perform private.add_to_total(-1, old);
  perform private.add_to_total(1, new);
  perform private.refresh_week(v_user_id, changed.week)
  from (
    select distinct private.week_start(day.day) as week
    from (values (old.local_date), (new.local_date)) as day (day)
    where day.day is not null
  ) as changed;

  if old.local_date is distinct from new.local_date then
    foreach v_day in array array_remove(array[old.local_date, new.local_date], null) loop
      perform private.refresh_exercise(v_user_id, trained.exercise_id, v_day)
      from (
        select exercise_stats.exercise_id
        from public.exercise_stats
        where exercise_stats.user_id = v_user_id and exercise_stats.day = v_day
        union
        select workout_exercises.exercise_id
        from public.workout_exercises
        where workout_exercises.workout_id = coalesce(new.id, old.id)
      ) as trained;
    end loop;
  end if;

  return null;
end;
$$;

comment on function private.tg_workouts__stat() is
  'Brings weekly_stats and user_stats up to date, and the days of exercise_stats that a workout leaves or comes to.';

create trigger _700_stat_insert
  after insert on public.workouts
  for each row
  when (new.status = 'completed')
  execute function private.tg_workouts__stat();
create trigger _700_stat_update
  after update on public.workouts
  for each row
  when (
    (old.status = 'completed' or new.status = 'completed' or old.local_date is distinct from new.local_date)
    and (
      old.status, old.local_date, old.set_count, old.rep_count, old.volume_kg, old.effective_volume_kg,
      old.duration_seconds, old.active_seconds, old.calories, old.records_set
    ) is distinct from (
      new.status, new.local_date, new.set_count, new.rep_count, new.volume_kg, new.effective_volume_kg,
      new.duration_seconds, new.active_seconds, new.calories, new.records_set
    )
  )
  execute function private.tg_workouts__stat();
create trigger _700_stat_delete
  after delete on public.workouts
  for each row execute function private.tg_workouts__stat();
