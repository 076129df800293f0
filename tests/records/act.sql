-- What the property tests of tests/records do within one transaction: an athlete is made, does a list of things, and
-- everything that was logged and derived is read (facts.sql). Of the session alone; never committed.

create function pg_temp.new_athlete()
returns uuid
language plpgsql
as $$
declare
  v_user_id constant uuid := gen_random_uuid();
begin
  insert into auth.users (id, aud, role, email, raw_user_meta_data, created_at, updated_at)
  values (
    v_user_id, 'authenticated', 'authenticated', v_user_id || '@example.test', '{"timezone": "Europe/Berlin"}', now(), now()
  );
  perform set_config('request.jwt.claims', jsonb_build_object('sub', v_user_id, 'role', 'authenticated')::text, true);
  perform set_config('role', 'authenticated', true);
  return v_user_id;
end;
$$;

-- Those of the library, or before them two of the athlete's own, which they may merge without holding up anybody else.
create function pg_temp.exercises(p_slugs text[], p_own boolean)
returns uuid[]
language plpgsql
as $$
declare
  v_exercises uuid[] := array(
    select id from public.exercises join unnest(p_slugs) with ordinality as wanted (slug, place) using (slug) order by place
  );
begin
  if p_own then
    v_exercises[1:2] := array[gen_random_uuid(), gen_random_uuid()];
    insert into public.exercises (
      id, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry
    )
    select id, 'Own ' || id, 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total'
    from unnest(v_exercises[1:2]) as id;
  end if;

  return v_exercises;
end;
$$;

-- The n-th set or workout, counted round and round.
create function pg_temp.nth_set(p_n integer)
returns uuid
language sql
as $$
  select id from public.workout_sets
  order by completed_at, set_index, exercise_id, id
  offset p_n % greatest((select count(*) from public.workout_sets), 1) limit 1;
$$;

create function pg_temp.nth_workout(p_n integer)
returns uuid
language sql
as $$
  select id from public.workouts
  order by started_at, id
  offset p_n % greatest((select count(*) from public.workouts), 1) limit 1;
$$;

create function pg_temp.entry(p_exercise_id uuid)
returns uuid
language plpgsql
as $$
declare
  v_workout_id uuid := (select id from public.workouts where status = 'in_progress');
  v_entry_id uuid := (
    select entries.id
    from public.exercises
    join public.workout_exercises as entries on entries.exercise_id = coalesce(exercises.merged_into, exercises.id)
    where exercises.id = p_exercise_id and entries.workout_id = v_workout_id
    limit 1
  );
begin
  if v_entry_id is null and v_workout_id is not null then
    v_entry_id := (public.add_workout_exercise(v_workout_id, p_exercise_id)).id;
  end if;

  return v_entry_id;
end;
$$;

create function pg_temp.tracking(p_exercise_id uuid)
returns text
language sql
as $$
  select tracking_type from public.exercises where id = p_exercise_id;
$$;

create function pg_temp.first_part(p_entry_id uuid)
returns uuid
language sql
as $$
  select id from public.workout_sets
  where workout_exercise_id = p_entry_id and parent_set_id is null
  order by completed_at desc, set_index desc limit 1;
$$;

create function pg_temp.lift(p_exercise_id uuid, p jsonb)
returns void
language plpgsql
as $$
declare
  v_entry_id uuid := pg_temp.entry(p_exercise_id);
  v_tracking text := pg_temp.tracking(p_exercise_id);
begin
  perform public.complete_set(
    workout_exercise_id => v_entry_id,
    set_type => (p ->> 'type')::public.set_type,
    parent_set_id => case when (p ->> 'continues')::boolean and p ->> 'type' ~ 'drop|rest_pause|myo_rep|cluster' then
      pg_temp.first_part(v_entry_id)
    end,
    weight_kg => case when v_tracking ~ 'weight' or v_tracking = 'assisted_reps' then (p ->> 'weight')::numeric end,
    entered_unit => (p ->> 'unit')::public.weight_unit,
    reps => case when v_tracking ~ 'reps' then (p ->> 'reps')::integer end,
    duration_seconds => case when v_tracking ~ 'duration|cardio' then (p ->> 'seconds')::numeric end,
    distance_m => case when v_tracking ~ 'distance|cardio' then (p ->> 'metres')::numeric end,
    rpe => (p ->> 'rpe')::numeric,
    side => (p ->> 'side')::public.set_side,
    rest_seconds => (p ->> 'rest')::integer,
    energy_kcal => case when v_tracking = 'cardio' then (p #>> '{machine,kcal}')::integer end,
    average_heart_rate => case when v_tracking = 'cardio' then (p #>> '{machine,pulse}')::integer end,
    incline_percent => case when v_tracking = 'cardio' then (p #>> '{machine,incline}')::numeric end,
    completed_at => (
      select started_at + (p ->> 'minute')::integer * interval '1 minute'
      from public.workouts where status = 'in_progress'
    )
  )
  where v_entry_id is not null;
end;
$$;

-- As a phone that was offline sends what it kept, perhaps once more because it heard no answer.
create function pg_temp.upload(p_exercise_id uuid, p jsonb)
returns void
language plpgsql
as $$
declare
  v_started_at constant timestamptz := now() - (p ->> 'days')::integer * interval '1 day';
  v_workout constant jsonb := jsonb_build_object(
    'id', gen_random_uuid(), 'started_at', v_started_at, 'ended_at', v_started_at + interval '100 minutes',
    'pauses', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'from', v_started_at + (pause ->> 0)::integer * interval '1 second',
        'to', v_started_at + (pause ->> 1)::integer * interval '1 second'
      )), '[]')
      from jsonb_array_elements(p -> 'pauses') as pause
    ),
    'exercises', jsonb_build_array(jsonb_build_object(
      'id', gen_random_uuid(), 'exercise_id', p_exercise_id, 'position', 0, 'sets', (
        select jsonb_agg(jsonb_build_object(
          'id', gen_random_uuid(), 'set_index', place, 'set_type', sent -> 'type', 'side', sent -> 'side',
          'weight_kg', sent -> 'weight', 'reps', sent -> 'reps',
          'completed_at', v_started_at + (sent ->> 'minute')::integer * interval '1 minute'
        ))
        from jsonb_array_elements(p -> 'sets') with ordinality as list (sent, place)
      )
    ))
  );
begin
  for n in 1 .. (p ->> 'times')::integer loop
    perform public.upload_workouts(jsonb_build_array(v_workout));
  end loop;
end;
$$;

create function pg_temp.import(p_exercise_id uuid, p jsonb)
returns void
language plpgsql
as $$
declare
  v_import_id uuid := gen_random_uuid();
begin
  perform public.begin_import(
    id => v_import_id, source => 'strong', file_hash => md5(v_import_id::text) || md5(v_import_id::text),
    timezone => 'Europe/Berlin', line_count => jsonb_array_length(p -> 'sets'),
    names => jsonb_build_array(jsonb_build_object('name', 'Imported', 'exercise_id', p_exercise_id))
  );
  perform public.import_sets(v_import_id, (
    select jsonb_agg(jsonb_build_object(
      'line', place, 'line_text', place, 'workout', 'Old',
      'start', to_char(
        (now() - ((p ->> 'days')::integer - (place - 1) * (p ->> 'apart')::integer) * interval '1 day')::date + time '10:00',
        'YYYY-MM-DD"T"HH24:MI:SS'
      ),
      'exercise', 'Imported', 'exercise_id', p_exercise_id, 'block', 0, 'occurrence', 0, 'ordinal', place,
      'set_type', sent -> 'type', 'weight_kg', sent -> 'weight', 'reps', sent -> 'reps',
      'entered_unit', p -> 'unit'
    ))
    from jsonb_array_elements(p -> 'sets') with ordinality as list (sent, place)
  ));
  perform public.finish_import(v_import_id);
end;
$$;

-- As a phone does on that day, or entered later: no client says when it enters something.
create function pg_temp.start(p_days_ago integer, p_late boolean)
returns void
language plpgsql
as $$
declare
  v_started_at constant timestamptz := now() - p_days_ago * interval '1 day';
begin
  if p_late then
    perform public.start_workout(started_at => v_started_at);
  else
    perform set_config('role', session_user::text, true);
    insert into public.workouts (user_id, started_at, created_at) values (auth.uid(), v_started_at, v_started_at);
    perform set_config('role', 'authenticated', true);
  end if;
end;
$$;

create function pg_temp.finish()
returns void
language sql
as $$
  select public.complete_workout(id, ended_at => started_at + interval '100 minutes')
  from public.workouts where status = 'in_progress';
$$;

create function pg_temp.act(p_exercises uuid[], p jsonb)
returns void
language plpgsql
as $$
declare
  v_exercise_id uuid := p_exercises[1 + (p ->> 'exercise')::integer];
begin
  case p ->> 'do'
    when 'start' then
      perform pg_temp.start((p ->> 'days')::integer, (p ->> 'late')::boolean);
    when 'complete' then
      perform pg_temp.finish();
    when 'session' then
      perform pg_temp.finish();
      perform pg_temp.start((p ->> 'days')::integer, (p ->> 'late')::boolean);
      perform pg_temp.lift(v_exercise_id, p);
      perform pg_temp.finish();
    when 'cancel' then
      perform public.cancel_workout(id) from public.workouts where status = 'in_progress';
    when 'lift' then
      perform pg_temp.lift(v_exercise_id, p);
    when 'upload' then
      perform pg_temp.upload(v_exercise_id, p);
    when 'import' then
      perform pg_temp.import(v_exercise_id, p) from generate_series(1, (p ->> 'times')::integer);
    when 'undo import' then
      perform public.undo_import(id, keep_changed => (p ->> 'keep')::boolean) from public.imports where status <> 'undone';
    when 'correct set' then
      update public.workout_sets
      set weight_kg = case when p ? 'weight' then (p ->> 'weight')::numeric else weight_kg end,
        reps = case when p ? 'reps' then (p ->> 'reps')::integer else reps end,
        rpe = case when p ? 'rpe' then (p ->> 'rpe')::numeric else rpe end,
        set_type = coalesce((p ->> 'type')::public.set_type, set_type),
        side = case when p ? 'side' then (p ->> 'side')::public.set_side else side end,
        rest_seconds = case when p ? 'rest' then (p ->> 'rest')::integer else rest_seconds end,
        entered_unit = coalesce((p ->> 'unit')::public.weight_unit, entered_unit)
      where id = pg_temp.nth_set((p ->> 'n')::integer);
    when 'join set' then
      update public.workout_sets set parent_set_id = pg_temp.first_part(workout_exercise_id)
      where id = pg_temp.nth_set((p ->> 'n')::integer);
    when 'part set' then
      update public.workout_sets set parent_set_id = null where id = pg_temp.nth_set((p ->> 'n')::integer);
    when 'correct all' then
      update public.workout_sets set weight_kg = weight_kg + (p ->> 'by')::numeric where weight_kg is not null;
    when 'move set' then
      update public.workout_sets set completed_at = completed_at + (p ->> 'minutes')::integer * interval '1 minute'
      where id = pg_temp.nth_set((p ->> 'n')::integer);
    when 'delete set' then
      delete from public.workout_sets where id = pg_temp.nth_set((p ->> 'n')::integer);
    when 'delete exercise' then
      delete from public.workout_exercises
      where id = (select workout_exercise_id from public.workout_sets where id = pg_temp.nth_set((p ->> 'n')::integer));
    when 'delete workout' then
      delete from public.workouts where id = pg_temp.nth_workout((p ->> 'n')::integer);
    when 'weigh' then
      update public.workouts set bodyweight_kg = (p ->> 'kg')::numeric where id = pg_temp.nth_workout((p ->> 'n')::integer);
    when 'travel' then
      update public.workouts set timezone = p ->> 'timezone' where id = pg_temp.nth_workout((p ->> 'n')::integer);
    when 'start earlier' then
      update public.workouts set started_at = started_at - (p ->> 'minutes')::integer * interval '1 minute'
      where id = pg_temp.nth_workout((p ->> 'n')::integer);
    when 'prefer' then
      update public.preferences set e1rm_formula = (p ->> 'formula')::public.e1rm_formula;
    when 'show' then
      update public.preferences set units = (p ->> 'units')::public.unit_system;
    when 'plan' then
      update public.preferences set weekly_goal = (p ->> 'goal')::integer, rest_days_per_week = (p ->> 'rest')::integer,
        week_starts_on = (p ->> 'starts')::integer;
    when 'merge' then
      perform public.merge_exercises(v_exercise_id, p_exercises[1 + (p ->> 'into')::integer]);
    when 'unmerge' then
      perform public.unmerge_exercise((select id from public.exercises where id = any (p_exercises) and merged_into is not null));
  end case;
end;
$$;

-- A step that the rules refuse, such as a second workout, has to leave no trace either. Answers what was done.
create function pg_temp.act_all(p_slugs text[], p_steps jsonb)
returns text[]
language plpgsql
as $$
declare
  v_exercises constant uuid[] := pg_temp.exercises(p_slugs, p_steps @> '[{"do": "merge"}]');
  v_step jsonb;
  v_done text[] := '{}';
begin
  for v_step in select step from jsonb_array_elements(p_steps) as step loop
    begin
      perform pg_temp.act(v_exercises, v_step);
      v_done := v_done || (v_step ->> 'do');
    exception
      when sqlstate 'PGRST' or check_violation then
        null;
    end;
  end loop;

  return v_done;
end;
$$;

-- All of it in one round trip.
create function pg_temp.train(p_slugs text[], p_steps jsonb)
returns jsonb
language plpgsql
as $$
declare
  v_done text[];
begin
  perform pg_temp.new_athlete();
  v_done := pg_temp.act_all(p_slugs, p_steps);
  return jsonb_build_object('done', v_done, 'facts', pg_temp.facts());
end;
$$;

grant execute on all functions in schema pg_temp to public;
