-- Everything that was logged and derived in the transaction of act.sql, and what a recompute repairs of it.

create function pg_temp.rows_of(p_query text)
returns jsonb
language plpgsql
as $$
declare
  v_rows jsonb;
begin
  execute format('select coalesce(jsonb_agg(to_jsonb(row)), ''[]'') from (%s) as row', p_query) into v_rows;
  return v_rows;
end;
$$;

create function pg_temp.facts()
returns jsonb
language sql
as $$
  select jsonb_build_object(
    'preferences', (select to_jsonb(preferences) from public.preferences),
    'sets', pg_temp.rows_of($q$
      select
        sets.id, sets.workout_id, sets.workout_exercise_id, sets.exercise_id, exercises.met, entries.tracking_type, entries.weight_entry, entries.unilateral,
        entries.bodyweight_fraction, workouts.bodyweight_kg, sets.set_type,
        sets.parent_set_id is not null as continues, sets.set_index, sets.side, sets.weight_kg,
        sets.reps, sets.rpe, sets.rest_seconds, sets.duration_seconds, sets.distance_m, sets.energy_kcal,
        extract(epoch from sets.completed_at) as completed_at
      from public.workout_sets as sets
      join public.workout_exercises as entries on entries.id = sets.workout_exercise_id
      join public.workouts on workouts.id = sets.workout_id
      join public.exercises on exercises.id = sets.exercise_id
      where sets.completed_at is not null
    $q$),
    'entries', pg_temp.rows_of($q$select id from public.workout_exercises$q$),
    'workouts', pg_temp.rows_of($q$
      select
        id, status, (started_at at time zone timezone)::date as local_date,
        date_trunc('week', started_at at time zone timezone)::date as week,
        (created_at at time zone timezone)::date as entered_on, import_id is not null as imported,
        extract(epoch from started_at) as started_at, extract(epoch from ended_at) as ended_at, bodyweight_kg,
        array(
          select jsonb_build_array(extract(epoch from lower(pause)), extract(epoch from upper(pause)))
          from unnest(pauses) as pause
        ) as pauses
      from public.workouts
    $q$),
    'derived', jsonb_build_object(
      'personal_records', pg_temp.rows_of($q$
        select
          record.exercise_id, record.kind, record.at_reps, record.at_weight_kg, record.value, record.previous_value,
          record.improvement, record.improvement_percent, record.is_baseline, record.set_id, record.workout_id, extract(epoch from record.achieved_at) as achieved_at,
          beaten_by.set_id as superseded_by, extract(epoch from record.superseded_at) as superseded_at
        from public.personal_records as record
        left join public.personal_records as beaten_by on beaten_by.id = record.superseded_by
        where record.revoked_at is null
      $q$),
      'workout_sets', pg_temp.rows_of($q$
        select
          id, is_record, is_counted, load_kg, volume_kg, effective_volume_kg, e1rm_kg, e1rm_method, e1rm_confidence
        from public.workout_sets
        where completed_at is not null
      $q$),
      'workout_exercises', pg_temp.rows_of($q$
        select id, set_count, rep_count, volume_kg, effective_volume_kg from public.workout_exercises
      $q$),
      'workouts', pg_temp.rows_of($q$
        select
          id, duration_seconds, active_seconds, calories, set_count, warmup_set_count, rep_count, volume_kg,
          effective_volume_kg, warmup_volume_kg, average_rpe, total_rest_seconds, records_set
        from public.workouts
      $q$),
      'exercise_stats', pg_temp.rows_of($q$
        select
          exercise_id, day, set_count, rep_count, volume_kg, effective_volume_kg, max_weight_kg, least_assist_kg, best_e1rm_kg,
          best_added_e1rm_kg, max_reps, duration_seconds, distance_m
        from public.exercise_stats
      $q$),
      'weekly_stats', pg_temp.rows_of($q$
        select
          week, workout_count, training_days, set_count, rep_count, volume_kg, effective_volume_kg, duration_seconds,
          active_seconds, calories, records_set
        from public.weekly_stats
      $q$),
      'user_stats', pg_temp.rows_of($q$
        select
          workout_count, set_count, rep_count, volume_kg, effective_volume_kg, duration_seconds, active_seconds, calories,
          records_set
        from public.user_stats
      $q$),
      'user_streaks', pg_temp.rows_of($q$
        select kind, began_on, ended_on, length, holds_until from public.user_streaks
      $q$)
    ),
    'revoked', (select count(*) from public.personal_records where revoked_at is not null),
    'repaired', public.recompute_my_stats()
  );
$$;
