-- Statistics by exercise and day: what the sets come to. A row is read anew from what is below it whenever that changes,
-- one day of one exercise. How long the history is does not matter.

-- From the workouts to their sets, never the other way: a plan that was made while the tables were small is kept, and would
-- read all sets of everybody for every day.
create function private.exercise_days(p_user_id uuid, p_exercise_id uuid, p_from date, p_to date)
returns setof public.exercise_stats
language plpgsql
stable
security invoker
set search_path = ''
set enable_seqscan = off
as $$
begin
  return query
  select
    workouts.user_id,
    workout_sets.exercise_id,
    workouts.local_date,
    ceil(sum(private.side_share(workout_sets.side)))::integer,
    coalesce(ceil(sum(workout_sets.reps * private.side_share(workout_sets.side))), 0)::integer,
    sum(workout_sets.volume_kg * private.side_share(workout_sets.side)),
    sum(workout_sets.effective_volume_kg),
    max(workout_sets.weight_kg) filter (
      where workout_sets.tracking_type <> 'assisted_reps' and workout_sets.reps is distinct from 0
    ),
    min(workout_sets.weight_kg) filter (where workout_sets.tracking_type = 'assisted_reps' and workout_sets.reps >= 1),
    max(workout_sets.e1rm_kg) filter (where workout_sets.e1rm_confidence in ('high', 'medium')),
    max(workout_sets.e1rm_kg - workout_sets.bodyweight_kg) filter (
      where workout_sets.e1rm_confidence in ('high', 'medium')
        and workout_sets.tracking_type in ('bodyweight_reps', 'assisted_reps')
    ),
    max(workout_sets.reps),
    coalesce(sum(workout_sets.duration_seconds * private.side_share(workout_sets.side)), 0),
    coalesce(sum(workout_sets.distance_m * private.side_share(workout_sets.side)), 0)
  from public.workouts
  cross join lateral (
    select sets.*
    from public.workout_sets as sets
    where sets.workout_id = workouts.id
      and sets.exercise_id = p_exercise_id
      and sets.is_counted
    offset 0
  ) as workout_sets
  where workouts.user_id = p_user_id
    and workouts.local_date between p_from and p_to
  group by workouts.user_id, workout_sets.exercise_id, workouts.local_date;
end;
$$;

comment on function private.exercise_days(uuid, uuid, date, date) is
  'What the sets say of an exercise on each day of a span.';

create function private.refresh_exercise(p_user_id uuid, p_exercise_id uuid, p_day date)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  insert into public.exercise_stats
  select * from private.exercise_days(p_user_id, p_exercise_id, p_day, p_day)
  on conflict (user_id, exercise_id, day) do update
  set set_count = excluded.set_count,
    rep_count = excluded.rep_count,
    volume_kg = excluded.volume_kg,
    effective_volume_kg = excluded.effective_volume_kg,
    max_weight_kg = excluded.max_weight_kg,
    least_assist_kg = excluded.least_assist_kg,
    best_e1rm_kg = excluded.best_e1rm_kg,
    best_added_e1rm_kg = excluded.best_added_e1rm_kg,
    max_reps = excluded.max_reps,
    duration_seconds = excluded.duration_seconds,
    distance_m = excluded.distance_m;

  if not found then
    delete from public.exercise_stats
    where exercise_stats.user_id = p_user_id
      and exercise_stats.exercise_id = p_exercise_id
      and exercise_stats.day = p_day;
  end if;
end;
$$;

comment on function private.refresh_exercise(uuid, uuid, date) is 'Brings one day of one exercise up to date.';

create function private.refresh_exercises(p_workout_ids uuid[], p_exercise_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.refresh_exercise(workouts.user_id, changed.exercise_id, workouts.local_date)
  from (
    select distinct pair.workout_id, pair.exercise_id
    from unnest(p_workout_ids, p_exercise_ids) as pair (workout_id, exercise_id)
  ) as changed
  join public.workouts on workouts.id = changed.workout_id
  where workouts.local_date is not null;
end;
$$;

comment on function private.refresh_exercises(uuid[], uuid[]) is
  'Brings the days of these pairs of workout and exercise up to date. What a deleted workout leaves is for its own trigger.';

-- definer: statistics are the product's; nobody may write them.
create function private.tg_workout_sets__stat()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
  if tg_op = 'INSERT' then
    perform private.refresh_exercises(array_agg(added.workout_id), array_agg(added.exercise_id))
    from added
    where added.is_counted;
  elsif tg_op = 'DELETE' then
    perform private.refresh_exercises(array_agg(removed.workout_id), array_agg(removed.exercise_id))
    from removed
    where removed.is_counted;
  else
    -- No join: the plan is kept from the first, small update, and would be a nested loop for the large ones too.
    perform private.refresh_exercises(array_agg(changed.workout_id), array_agg(changed.exercise_id))
    from (
      with before as (
        select id, workout_id, exercise_id, is_counted, side, reps, weight_kg, duration_seconds, distance_m, volume_kg,
          effective_volume_kg, e1rm_kg
        from removed
      ),
      after as (
        select id, workout_id, exercise_id, is_counted, side, reps, weight_kg, duration_seconds, distance_m, volume_kg,
          effective_volume_kg, e1rm_kg
        from added
      )
      (table before except table after) union all (table after except table before)
    ) as changed;
  end if;

  return null;
end;
$$;

comment on function private.tg_workout_sets__stat() is 'Brings exercise_stats up to date once per statement.';

create trigger _700_stat_insert
  after insert on public.workout_sets
  referencing new table as added
  for each statement execute function private.tg_workout_sets__stat();
create trigger _700_stat_update
  after update on public.workout_sets
  referencing old table as removed new table as added
  for each statement execute function private.tg_workout_sets__stat();
create trigger _700_stat_delete
  after delete on public.workout_sets
  referencing old table as removed
  for each statement execute function private.tg_workout_sets__stat();
