-- Recompute: everything that is derived from what an athlete logged, the sets' own columns first, written where it differs. It should find nothing; it is there for the day it does.

-- The trigger derives a set anew whenever its load is written.
create function private.recompute_sets(p_user_id uuid)
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_ids constant uuid[] := array(
    select workout_sets.id
    from public.workouts
    join public.workout_exercises on workout_exercises.workout_id = workouts.id
    join public.workout_sets on workout_sets.workout_exercise_id = workout_exercises.id
    left join public.preferences on preferences.user_id = workouts.user_id
    where workouts.user_id = p_user_id
      and (
        workout_sets.tracking_type <> workout_exercises.tracking_type
        or workout_sets.bodyweight_kg is distinct from private.bodyweight_kg(workouts)
        or row(
          workout_sets.is_counted, workout_sets.load_kg, workout_sets.volume_kg, workout_sets.effective_volume_kg,
          workout_sets.e1rm_kg, workout_sets.e1rm_method, workout_sets.e1rm_confidence
        )::private.weighing is distinct from private.weigh(
          workout_sets, workout_exercises.weight_entry, workout_exercises.unilateral, workout_exercises.bodyweight_fraction,
          workouts.status, coalesce(preferences.e1rm_formula, 'epley')
        )
      )
  );
begin
  if v_ids <> '{}' then
    update public.workout_sets
    set load_kg = null
    where workout_sets.id = any (v_ids);
  end if;

  return cardinality(v_ids);
end;
$$;

comment on function private.recompute_sets(uuid) is
  'Derives anew the sets whose load, volume, one-rep maximum, body weight or part in statistics is wrong; answers how many.';

create function private.recompute_records(p_user_id uuid)
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  return (
    select coalesce(sum(private.replay_records(p_user_id, trained.exercise_id, '-infinity')), 0)
    from (
      select workout_exercises.exercise_id
      from public.workout_exercises
      where workout_exercises.user_id = p_user_id
      union
      select personal_records.exercise_id
      from public.personal_records
      where personal_records.user_id = p_user_id
    ) as trained
  );
end;
$$;

comment on function private.recompute_records(uuid) is 'Writes the ledger anew where it is wrong; answers how many rows.';

create function private.recompute_workouts(p_user_id uuid)
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_workout_ids constant uuid[] := array(select workouts.id from public.workouts where workouts.user_id = p_user_id);
begin
  return private.total_workouts(
    array(select workout_exercises.id from public.workout_exercises where workout_exercises.user_id = p_user_id),
    v_workout_ids,
    false
  ) + private.mark_records(
    v_workout_ids,
    array(select workout_sets.id from public.workout_sets where workout_sets.user_id = p_user_id)
  );
end;
$$;

comment on function private.recompute_workouts(uuid) is
  'Writes the totals of workouts and of their exercises anew where they are wrong, and which sets are records; answers how
many rows.';

create function private.recompute_exercise_stats(p_user_id uuid)
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_due public.exercise_stats[] := array(
    select days
    from (
      select distinct workout_exercises.exercise_id
      from public.workout_exercises
      where workout_exercises.user_id = p_user_id
    ) as trained
    cross join lateral private.exercise_days(p_user_id, trained.exercise_id, '-infinity', 'infinity') as days
  );
  v_wrong integer;
  v_missing integer;
begin
  delete from public.exercise_stats
  where exercise_stats.user_id = p_user_id
    and exercise_stats <> all (v_due);
  get diagnostics v_wrong = row_count;

  insert into public.exercise_stats
  select (due).*
  from unnest(v_due) as due
  on conflict do nothing;
  get diagnostics v_missing = row_count;

  return greatest(v_wrong, v_missing);
end;
$$;

comment on function private.recompute_exercise_stats(uuid) is
  'Writes exercise_stats anew where they are wrong; answers how many rows.';

create function private.recompute_weekly_stats(p_user_id uuid)
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_due public.weekly_stats[] := array(select weeks from private.weeks(p_user_id, '-infinity', 'infinity') as weeks);
  v_wrong integer;
  v_missing integer;
begin
  delete from public.weekly_stats
  where weekly_stats.user_id = p_user_id
    and weekly_stats <> all (v_due);
  get diagnostics v_wrong = row_count;

  insert into public.weekly_stats
  select (due).*
  from unnest(v_due) as due
  on conflict do nothing;
  get diagnostics v_missing = row_count;

  return greatest(v_wrong, v_missing);
end;
$$;

comment on function private.recompute_weekly_stats(uuid) is
  'Writes weekly_stats anew where they are wrong; answers how many rows.';

create function private.recompute_user_stats(p_user_id uuid)
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_due public.user_stats[] := array(
    select row(
      weeks.user_id, sum(weeks.workout_count), sum(weeks.set_count), sum(weeks.rep_count), sum(weeks.volume_kg),
      sum(weeks.effective_volume_kg), sum(weeks.duration_seconds), sum(weeks.active_seconds),
      sum(weeks.calories), sum(weeks.records_set)
    )::public.user_stats
    from private.weeks(p_user_id, '-infinity', 'infinity') as weeks
    group by weeks.user_id
  );
  v_wrong integer;
  v_missing integer;
begin
  delete from public.user_stats
  where user_stats.user_id = p_user_id
    and user_stats <> all (v_due);
  get diagnostics v_wrong = row_count;

  insert into public.user_stats
  select (due).*
  from unnest(v_due) as due
  on conflict do nothing;
  get diagnostics v_missing = row_count;

  return greatest(v_wrong, v_missing);
end;
$$;

comment on function private.recompute_user_stats(uuid) is
  'Writes user_stats anew where they are wrong; answers how many rows.';

-- definer: derived rows are nobody's to write. It repairs those of the caller alone.
create function private.recompute_my_stats()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_sets integer;
begin
  perform private.lock_athletes(array[v_user_id]);
  -- First: everything else is read from them.
  v_sets := private.recompute_sets(v_user_id);

  return jsonb_build_object(
    'workout_sets', v_sets,
    'personal_records', private.recompute_records(v_user_id),
    'workouts', private.recompute_workouts(v_user_id),
    'exercise_stats', private.recompute_exercise_stats(v_user_id),
    'weekly_stats', private.recompute_weekly_stats(v_user_id),
    'user_stats', private.recompute_user_stats(v_user_id),
    'user_streaks',
      private.refresh_streaks(v_user_id, 'days', '-infinity') + private.refresh_streaks(v_user_id, 'weeks', '-infinity')
  );
end;
$$;

grant execute on function private.recompute_my_stats() to authenticated;
comment on function private.recompute_my_stats() is 'Does the work of public.recompute_my_stats.';

create function public.recompute_my_stats()
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.recompute_my_stats();
$$;

grant execute on function public.recompute_my_stats() to authenticated;
comment on function public.recompute_my_stats() is
  'Derives the caller''s sets, records, totals, statistics and streaks anew from what was logged, repairs what differs, and
answers how many rows of each table did, with those of exercises, and of sets that are no record or not yet, among the
workouts'': zeros, unless something is wrong. Fails with not_authenticated.';
