-- What is next: the day of a plan that comes next for an athlete, when, and with which loads.

create function private.plan_state(p_user_id uuid, p_run_id uuid, p_document jsonb)
returns table (slot integer, week integer, day jsonb, is_next boolean, is_skipped boolean, last_on date, rests integer)
language sql
stable
security invoker
set search_path = ''
as $$
  with day as (
    select element as day, (element ->> 'week')::integer as week, (element ->> 'position')::integer as position
    from jsonb_array_elements(p_document -> 'days') as element
  ),
  scheduled as (
    select
      weeks.week, day.day, (day.day ->> 'is_rest_day')::boolean as is_rest_day,
      row_number() over (order by weeks.week, day.position)::integer as slot
    from generate_series(1, (p_document ->> 'total_weeks')::integer) as weeks (week)
    join day
      on day.week = weeks.week
      or (day.week is null and not exists (select from day as own where own.week = weeks.week))
  ),
  trained as (
    select workouts.template_day_id, workouts.template_week, max(workouts.local_date) as done_on
    from public.workouts
    where workouts.template_run_id = p_run_id
      and workouts.user_id = p_user_id
      and workouts.status = 'completed'
    group by workouts.template_day_id, workouts.template_week
  ),
  state as (
    select
      scheduled.slot, scheduled.week, scheduled.day, trained.done_on,
      coalesce((select max(trained.template_week) from trained), 1) as reached_week
    from scheduled
    left join trained
      on trained.template_day_id = (scheduled.day ->> 'id')::uuid
      and trained.template_week = scheduled.week
    where not scheduled.is_rest_day
  )
  select
    state.slot, state.week, state.day,
    state.slot = min(state.slot) filter (where state.done_on is null and state.week >= state.reached_week) over (),
    state.done_on is null and state.week < state.reached_week,
    max(state.done_on) over (),
    (
      select count(*)::integer
      from scheduled
      where scheduled.is_rest_day
        and scheduled.slot < state.slot
        and scheduled.slot > (select max(earlier.slot) from state as earlier where earlier.done_on is not null)
    )
  from state
  order by state.slot;
$$;

grant execute on function private.plan_state(uuid, uuid, jsonb) to authenticated;
comment on function private.plan_state(uuid, uuid, jsonb) is
  'The training days of a plan, week by week: which comes next, which were left out, the day on which any was done last, and
how many rest days lie in between. Next is the first that was not done, from the week on that was reached; what was left out
in earlier weeks stays out.';

create function private.due_on(p_after date, p_rests integer, p_weekday public.weekday)
returns date
language sql
immutable
security invoker
set search_path = ''
as $$
  select earliest.day + case
    when p_weekday is null then 0
    else (array_position(enum_range(null::public.weekday), p_weekday) - extract(isodow from earliest.day)::integer + 7) % 7
  end
  from (select p_after + coalesce(p_rests, 0) as day) as earliest;
$$;

grant execute on function private.due_on(date, integer, public.weekday) to authenticated;
comment on function private.due_on(date, integer, public.weekday) is
  'The first day from a day on, after so many days of rest, that is the weekday a training day is meant for, if it is for one.';

create function private.next_exercises(p_user_id uuid, p_plan jsonb, p_day jsonb)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(
    jsonb_build_object(
      'position', day.planned -> 'position',
      'section', day.planned -> 'section',
      'superset_group', day.planned -> 'superset_group',
      'group_type', day.planned -> 'group_type',
      'exercise_id', day.exercise_id,
      'exercise_name', day.exercise_name,
      'notes', day.planned -> 'notes',
      'prescription_id', private.store_prescription(
        (p_plan ->> 'template_id')::uuid, (p_day ->> 'id')::uuid, day.exercise_id, day.prescription -> 'inputs'
      ),
      'code', day.prescription #> '{answer,code}',
      'reason', day.prescription #> '{answer,reason}',
      'weight_kg', day.prescription #> '{answer,weight_kg}',
      'reps_min', day.prescription #> '{answer,reps_min}',
      'sets', (
        select jsonb_agg(jsonb_build_object(
          'set_index', scheme.set_index,
          'set_type', scheme.set_type,
          'weight_kg', scheme.weight_kg,
          'reps_min', case when 'reps' = any (day.tracks) then scheme.reps_min end,
          'reps_max', case when 'reps' = any (day.tracks) then scheme.reps_max end,
          'duration_seconds', case when 'duration' = any (day.tracks) then day.planned -> 'duration_seconds' end,
          'distance_m', case when 'distance' = any (day.tracks) then day.planned -> 'distance_m' end,
          'rpe', scheme.rpe,
          'rest_seconds', day.planned -> 'rest_seconds',
          'tempo', day.planned -> 'tempo'
        ) order by scheme.set_index)
        from private.prescribed_sets(day.prescription) as scheme
      )
    )
    order by (day.planned ->> 'position')::integer
  ), '[]')
  from private.prescribed_day(p_user_id, p_plan, p_day) as day;
$$;

grant execute on function private.next_exercises(uuid, jsonb, jsonb) to authenticated;
comment on function private.next_exercises(uuid, jsonb, jsonb) is
  'The exercises of a day with their sets, loads and reasons; each prescription is stored.';

create function private.next_in_words(p_status text, p_week integer, p_total_weeks integer, p_day_name text, p_due_on date)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select case p_status
    when 'finished' then 'The plan is done: start it again to train it once more.'
    when 'rest' then format('Rest until %s; then comes %s of week %s of %s.', p_due_on, p_day_name, p_week, p_total_weeks)
    when 'in_progress' then 'A workout of this plan is under way.'
    else format('Next comes %s of week %s of %s.', p_day_name, p_week, p_total_weeks)
  end;
$$;

grant execute on function private.next_in_words(text, integer, integer, text, date) to authenticated;
comment on function private.next_in_words(text, integer, integer, text, date) is 'What is next, as a lifter is told.';

create function public.next_workout(template_id uuid default null)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id constant uuid := private.current_user_id();
  v_today constant date := private.local_today(v_user_id);
  v_plan constant record := private.followed_plan(v_user_id, next_workout.template_id);
  v_total_weeks constant integer := v_plan.document -> 'total_weeks';
  v_run public.template_runs;
  v_workout_id uuid;
  v_next record;
  v_due_on date;
  v_status text := 'finished';
  v_exercises jsonb := '[]';
begin
  select template_runs.*
  into v_run
  from public.template_runs
  where template_runs.user_id = v_user_id
    and template_runs.template_id = next_workout.template_id
  order by template_runs.status = 'active' desc, template_runs.created_at desc
  limit 1;

  select workouts.id
  into v_workout_id
  from public.workouts
  where workouts.user_id = v_user_id
    and workouts.status = 'in_progress'
    and workouts.template_id = next_workout.template_id;

  select state.*
  into v_next
  from private.plan_state(v_user_id, v_plan.run_id, v_plan.document) as state
  where state.is_next
    and v_run.status is distinct from 'completed';

  if found then
    v_due_on := private.due_on(
      coalesce(v_next.last_on + 1, case when v_run.status = 'active' then v_run.started_on end, v_today),
      v_next.rests, (v_next.day ->> 'weekday')::public.weekday
    );
    v_status := case when v_workout_id is not null then 'in_progress' when v_due_on > v_today then 'rest' else 'due' end;
    v_exercises := private.next_exercises(
      v_user_id,
      private.plan_today(v_user_id, next_workout.template_id, v_plan.run_id, v_plan.document, v_next.week),
      v_next.day
    );
  end if;

  return jsonb_build_object(
    'status', v_status,
    'reason', private.next_in_words(v_status, v_next.week, v_total_weeks, v_next.day ->> 'name', v_due_on),
    'template_id', next_workout.template_id,
    'version', v_plan.version,
    'run_id', v_plan.run_id,
    'week', v_next.week,
    'total_weeks', v_total_weeks,
    'day', v_next.day - 'exercises',
    'due_on', v_due_on,
    'workout_id', v_workout_id,
    'skipped', (
      select coalesce(jsonb_agg(
        jsonb_build_object('week', state.week, 'template_day_id', state.day -> 'id', 'name', state.day -> 'name') order by state.slot
      ), '[]')
      from private.plan_state(v_user_id, v_plan.run_id, v_plan.document) as state
      where state.is_skipped
    ),
    'rule_version', private.rule_version(),
    'exercises', v_exercises
  );
end;
$$;

grant execute on function public.next_workout(uuid) to authenticated;
comment on function public.next_workout(uuid) is
  'What is next for the caller in a plan: {status, reason, template_id, version, run_id, week, total_weeks, day, due_on,
workout_id, skipped: [{week, template_day_id, name}], rule_version, exercises: [{position, section, superset_group, group_type,
exercise_id, exercise_name, notes, prescription_id, code, reason, weight_kg, reps_min, sets: [{set_index, set_type, weight_kg,
reps_min, reps_max, duration_seconds, distance_m, rpe, rest_seconds, tempo}]}]}. status: due (today or overdue), rest (due_on is
still to come), in_progress (workout_id), finished (day is null). Without a run it is the first day, run_id null. Weights are kg
that the caller''s equipment makes; each is stored with its inputs in prescriptions, and the same inputs are the same row.
Fails with template_not_found, premium_template or not_authenticated.';
