-- Workouts from a plan: started from a day of a template, or from a workout of the past. Exercises and sets are written
-- as planned; complete_set fills them.

create function private.tg_workouts__follow_plan()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_plan record := private.followed_plan(new.user_id, new.template_id);
begin
  if new.template_day_id is null then
    select min(schedule.day_id::text)
    into new.template_day_id
    from private.plan_schedule(v_plan.document) as schedule
    having count(distinct schedule.day_id) = 1;
  end if;

  if new.template_day_id is null then
    perform private.fail('invalid_argument', 'template_day_id is missing, and the plan has more than one day');
  elsif not exists (
    select from private.plan_schedule(v_plan.document) as schedule
    where schedule.day_id = new.template_day_id
  ) then
    perform private.fail('template_day_not_found');
  end if;

  new.name := coalesce(new.name, (
    select day ->> 'name'
    from jsonb_array_elements(v_plan.document -> 'days') as day
    where day ->> 'id' = new.template_day_id::text
  ), 'Workout');
  new.template_run_id := v_plan.run_id;

  -- A phone that was offline says for which week it was; a workout that was planned ahead belongs to the week in which it is done.
  if tg_op = 'UPDATE' or new.template_week is null then
    new.template_week := private.plan_week(new.user_id, v_plan.run_id, v_plan.document, new.template_day_id);
  elsif not exists (
    select from private.plan_schedule(v_plan.document) as schedule
    where schedule.day_id = new.template_day_id
      and schedule.week = new.template_week
  ) then
    perform private.fail('invalid_argument', 'the plan does not have this day in the week template_week');
  end if;

  new.template_name := coalesce(
    (select template_runs.template_name from public.template_runs where template_runs.id = v_plan.run_id),
    (select workout_templates.name from public.workout_templates where workout_templates.id = new.template_id)
  );
  return new;
end;
$$;

comment on function private.tg_workouts__follow_plan() is
  'Puts a workout of a template in its place in the athlete''s run: the day, the week, and what the plan is called. Fails
with template_not_found, premium_template, template_day_not_found or invalid_argument.';

create trigger _150_follow_plan
  before insert on public.workouts
  for each row
  when (new.template_id is not null and not private.is_restoring())
  execute function private.tg_workouts__follow_plan();
create trigger _150_follow_plan_begun
  before update of status on public.workouts
  for each row
  when (new.template_id is not null and old.status = 'planned' and new.status = 'in_progress')
  execute function private.tg_workouts__follow_plan();

-- The rows of a plan ---------------------------------------------------------------------------------------------------

-- definer: a workout that is shared may be done again too; whose it is and whether it is shown is asked here.
create function private.done_sets(p_workout_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_owner_id uuid;
begin
  select workouts.user_id
  into v_owner_id
  from public.workouts
  where workouts.id = p_workout_id
    and (
      workouts.user_id = auth.uid()
      or exists (select from private.shown_workouts(array[p_workout_id]))
    );

  if not found then
    perform private.fail('workout_not_found');
  end if;

  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'position', entry.position,
      'exercise_id', private.current_exercise_id(entry.exercise_id),
      'section', entry.section,
      'superset_group', entry.superset_group,
      'group_type', entry.group_type,
      'exercise_notes', case when own.are_mine then entry.notes end,
      'set_index', done.set_index,
      'side', done.side,
      'set_type', done.set_type,
      -- What another athlete lifts is no plan for the caller.
      'planned_weight_kg', case when own.are_mine then coalesce(done.weight_kg, done.planned_weight_kg) end,
      'planned_reps_min', coalesce(done.reps, done.planned_reps_min),
      'planned_reps_max', coalesce(done.reps, done.planned_reps_max),
      'planned_duration_seconds', coalesce(done.duration_seconds, done.planned_duration_seconds),
      'planned_distance_m', coalesce(done.distance_m, done.planned_distance_m),
      'planned_rpe', done.planned_rpe,
      'planned_rest_seconds', coalesce(done.planned_rest_seconds, done.rest_seconds),
      'tempo', coalesce(done.planned_tempo, done.tempo)
    )), '[]')
    from (select v_owner_id = auth.uid() as are_mine) as own
    cross join public.workout_exercises as entry
    left join public.workout_sets as done on done.workout_exercise_id = entry.id
    where entry.workout_id = p_workout_id
  );
end;
$$;

grant execute on function private.done_sets(uuid) to authenticated;
comment on function private.done_sets(uuid) is
  'The sets of a workout, the caller''s or one that is shown to them, as a plan: what was done of each, else what was planned.
Of others'' workouts without weights. Rows as planned_sets has them, with the side. Fails with workout_not_found.';

-- definer: as for done_sets.
create function private.repeated_name(p_workout_id uuid)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select workouts.name
  from public.workouts
  where workouts.id = p_workout_id
    and (
      workouts.user_id = auth.uid()
      or exists (select from private.shown_workouts(array[p_workout_id]))
    );
$$;

grant execute on function private.repeated_name(uuid) to authenticated;
comment on function private.repeated_name(uuid) is 'What a workout is called that the caller may do again.';

create function private.write_planned_sets(p_workout_id uuid, p_rows jsonb)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  insert into public.workout_sets (
    workout_exercise_id, set_index, side, set_type, planned_weight_kg, planned_reps_min, planned_reps_max,
    planned_duration_seconds, planned_distance_m, planned_rpe, planned_rest_seconds, planned_tempo
  )
  select
    entry.id, planned.set_index, planned.side, planned.set_type,
    case when takes.weight then planned.planned_weight_kg end,
    case when takes.reps then planned.planned_reps_min end,
    case when takes.reps then planned.planned_reps_max end,
    case when takes.duration then planned.planned_duration_seconds end,
    case when takes.distance then planned.planned_distance_m end,
    planned.planned_rpe, planned.planned_rest_seconds, planned.tempo
  from jsonb_to_recordset(p_rows) as planned (
    "position" integer, set_index smallint, side public.set_side, set_type public.set_type, planned_weight_kg numeric,
    planned_reps_min integer, planned_reps_max integer, planned_duration_seconds numeric, planned_distance_m numeric,
    planned_rpe numeric, planned_rest_seconds integer, tempo text
  )
  join public.workout_exercises as entry
    on entry.workout_id = p_workout_id
    and entry.position = planned.position
  cross join lateral (
    select
      entry.tracking_type in ('weight_reps', 'bodyweight_reps', 'assisted_reps', 'weight_duration', 'weight_distance') as weight,
      entry.tracking_type in ('weight_reps', 'bodyweight_reps', 'assisted_reps', 'reps_only') as reps,
      entry.tracking_type in ('duration', 'weight_duration', 'distance_duration', 'weight_distance', 'cardio') as duration,
      entry.tracking_type in ('distance_duration', 'weight_distance', 'cardio') as distance
  ) as takes
  where planned.set_index is not null;
$$;

grant execute on function private.write_planned_sets(uuid, jsonb) to authenticated;
comment on function private.write_planned_sets(uuid, jsonb) is
  'Writes the sets of a plan into a workout that has its exercises: of each what its exercise tracks today.';

create function private.write_plan(p_workout_id uuid, p_rows jsonb)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- The workout that is new says it all to the athlete's other devices.
  perform set_config('workouts.planning', 'yes', true);

  insert into public.workout_exercises (workout_id, exercise_id, position, section, superset_group, group_type, notes)
  select distinct on (planned.position)
    p_workout_id, planned.exercise_id, planned.position, planned.section, planned.superset_group, planned.group_type,
    planned.exercise_notes
  from jsonb_to_recordset(p_rows) as planned (
    "position" smallint, exercise_id uuid, section text, superset_group smallint, group_type text, exercise_notes text
  )
  join public.exercises on exercises.id = planned.exercise_id
  order by planned.position;

  perform private.write_planned_sets(p_workout_id, p_rows);
  perform set_config('workouts.planning', '', true);
end;
$$;

grant execute on function private.write_plan(uuid, jsonb) to authenticated;
comment on function private.write_plan(uuid, jsonb) is
  'Writes exercises and planned sets into a new workout of the caller''s. Exercises that are gone, or another''s own, are left out.';

create function private.begin_plan(p_workout public.workouts, p_from_workout_id uuid)
returns public.workouts
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if p_from_workout_id is not null then
    perform private.write_plan(p_workout.id, private.done_sets(p_from_workout_id));
  elsif p_workout.template_id is not null and not exists (
    select from public.workout_exercises
    where workout_exercises.workout_id = p_workout.id
  ) then
    perform private.write_plan(p_workout.id, (
      select coalesce(jsonb_agg(to_jsonb(planned)), '[]')
      from private.planned_sets(p_workout.user_id, p_workout.template_id, p_workout.template_day_id) as planned
    ));
  end if;

  return (select workouts from public.workouts where workouts.id = p_workout.id);
end;
$$;

grant execute on function private.begin_plan(public.workouts, uuid) to authenticated;
comment on function private.begin_plan(public.workouts, uuid) is
  'Fills a workout that has begun with what its plan, or the workout that it repeats, asks for, and answers it.';
