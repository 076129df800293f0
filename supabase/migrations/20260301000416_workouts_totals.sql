-- Totals: what the sets of a workout and of its exercises add up to, and where the athlete is in it.

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
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_exercises integer;
  v_workouts integer;
begin
  update public.workout_exercises
  set set_count = total.sets,
    rep_count = total.reps,
    volume_kg = total.volume_kg,
    effective_volume_kg = total.effective_volume_kg
  from unnest(p_workout_exercise_ids) as changed (id)
  cross join lateral (
    select
      coalesce(ceil(sum(private.side_share(workout_sets.side))), 0) as sets,
      coalesce(ceil(sum(workout_sets.reps * private.side_share(workout_sets.side))), 0) as reps,
      coalesce(sum(workout_sets.volume_kg * private.side_share(workout_sets.side)), 0) as volume_kg,
      coalesce(sum(workout_sets.effective_volume_kg), 0) as effective_volume_kg
    from public.workout_sets
    where workout_sets.workout_exercise_id = changed.id
      and workout_sets.completed_at is not null
      and workout_sets.set_type <> 'warmup'
  ) as total
  where workout_exercises.id = changed.id
    and (
      workout_exercises.set_count, workout_exercises.rep_count, workout_exercises.volume_kg,
      workout_exercises.effective_volume_kg
    ) is distinct from (total.sets, total.reps, total.volume_kg, total.effective_volume_kg);
  get diagnostics v_exercises = row_count;

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
      coalesce(ceil(sum(done.share) filter (where done.set_type <> 'warmup')), 0) as sets,
      coalesce(ceil(sum(done.share) filter (where done.set_type = 'warmup')), 0) as warmup_sets,
      coalesce(ceil(sum(done.reps * done.share) filter (where done.set_type <> 'warmup')), 0) as reps,
      coalesce(sum(done.volume_kg * done.share) filter (where done.set_type <> 'warmup'), 0) as volume_kg,
      coalesce(sum(done.effective_volume_kg) filter (where done.set_type <> 'warmup'), 0) as effective_volume_kg,
      coalesce(sum(done.volume_kg * done.share) filter (where done.set_type = 'warmup'), 0) as warmup_volume_kg,
      round(avg(done.rpe) filter (where done.set_type <> 'warmup'), 1) as average_rpe,
      coalesce(sum(done.rest_seconds), 0) as rest_seconds
    from (
      select workout_sets.*, private.side_share(workout_sets.side) as share
      from public.workout_sets
      where workout_sets.workout_id = changed.id
        and workout_sets.completed_at is not null
    ) as done
  ) as total
  left join lateral private.next_place(changed.id) as place on p_move_on
  where workouts.id = changed.id
    and (
      (
        workouts.set_count, workouts.warmup_set_count, workouts.rep_count, workouts.volume_kg,
        workouts.effective_volume_kg, workouts.warmup_volume_kg, workouts.average_rpe, workouts.total_rest_seconds,
        workouts.current_exercise_index, workouts.current_set_index
      ) is distinct from (
        total.sets, total.warmup_sets, total.reps, total.volume_kg, total.effective_volume_kg, total.warmup_volume_kg,
        total.average_rpe, total.rest_seconds, coalesce(place.exercise_index, workouts.current_exercise_index),
        coalesce(place.set_index, workouts.current_set_index)
      )
      -- What a machine counted is in no total.
      or workouts.status = 'completed' and workouts.calories is distinct from private.workout_kcal(workouts)
    );
  get diagnostics v_workouts = row_count;
  return v_exercises + v_workouts;
end;
$$;

comment on function private.total_workouts(uuid[], uuid[], boolean) is
  'Brings the totals of these exercises and workouts up to date with their sets; where asked to, also the place in a
workout in progress, which is after the latest set. Answers how many rows that took.';

-- definer: nobody may write totals.
create function private.tg_workout_sets__total()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
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
      select id, workout_exercise_id, workout_id, user_id, completed_at, set_type, side, reps, volume_kg,
        effective_volume_kg, rpe, rest_seconds, duration_seconds, energy_kcal
      from removed
      except
      select id, workout_exercise_id, workout_id, user_id, completed_at, set_type, side, reps, volume_kg,
        effective_volume_kg, rpe, rest_seconds, duration_seconds, energy_kcal
      from added
    ) as changed;
  end if;

  if v_user_ids is not null then
    perform private.lock_athletes(v_user_ids);
    -- What was done elsewhere, long ago, moves nobody on.
    perform private.total_workouts(
      v_exercise_ids, v_workout_ids, tg_op = 'INSERT' and not private.is_importing()
    );
  end if;

  return null;
end;
$$;

comment on function private.tg_workout_sets__total() is
  'Brings totals up to date once per statement.';

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
