-- What is next: the day, when it is due, the loads from an athlete's own records, and what is kept of the answer.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(51);

select tests.create_user('ana');
select tests.create_user('ben');
select tests.create_user('coach');
select tests.create_user('dora');

create function tests.plan_id()
returns uuid
language sql
immutable
as $$
  select tests.ref('the plan');
$$;

create function tests.planned(p_slug text, p_position integer, p_changes jsonb)
returns jsonb
language sql
as $$
  select jsonb_build_object(
    'id', tests.ref(p_slug || p_position), 'exercise_id', tests.exercise(p_slug), 'exercise_name', p_slug, 'section', 'main',
    'position', p_position, 'superset_group', null, 'group_type', null, 'rounds', null, 'sets', 3, 'set_type', 'working',
    'last_set_type', null, 'warmup_sets', 0, 'reps_min', 5, 'reps_max', 5, 'reps_target', null, 'duration_seconds', null,
    'distance_m', null, 'load_type', 'open', 'load_value', null, 'rest_seconds', 120, 'tempo', null, 'notes', null,
    'alternatives', '[]'::jsonb, 'progression', null
  ) || p_changes;
$$;

create function tests.planned_day(p_name text, p_position integer, p_exercises jsonb, p_weekday text default null)
returns jsonb
language sql
as $$
  select jsonb_build_object(
    'id', tests.ref('day ' || p_name), 'week', null, 'position', p_position, 'weekday', p_weekday,
    'is_rest_day', p_exercises = '[]', 'name', p_name, 'focus_areas', '[]'::jsonb, 'notes', null, 'exercises', p_exercises
  );
$$;

-- Three weeks of A, a day of rest, and B; A begins with 3 sets of 5 on the bench, a step each time.
insert into public.workout_templates (id, created_by, name, difficulty, goal, total_weeks, visibility, is_published, published_at)
values (tests.plan_id(), tests.id('coach'), 'Bench and Squat', 'beginner', 'strength', 3, 'public', true, now());
insert into public.template_versions (template_id, version, created_by, request_hash, document)
values (tests.plan_id(), 1, tests.id('coach'), gen_random_uuid(), jsonb_build_object(
  'total_weeks', 3, 'deload', null, 'days', jsonb_build_array(
    tests.planned_day('A', 0, jsonb_build_array(
      tests.planned('barbell-bench-press', 0, '{"progression": {"type": "linear", "step_kg": null, "attempts": 3, "reset_percent": 10}}'),
      tests.planned('plank', 1, '{"reps_min": null, "reps_max": null, "duration_seconds": 60, "sets": 2}'),
      tests.planned('bent-over-barbell-row', 2, '{"sets": 1, "last_set_type": "amrap", "load_type": "fixed", "load_value": 60,
        "progression": {"type": "linear", "step_kg": null, "attempts": 3, "reset_percent": 10}}')
    )),
    tests.planned_day('rest', 1, '[]'),
    tests.planned_day('B', 2, jsonb_build_array(
      tests.planned('barbell-back-squat', 0, '{"load_type": "percent_training_max", "reps_min": null, "reps_max": null, "progression":
        {"type": "wave", "step_kg": null, "reset_percent": 10, "weeks": [{"sets": [{"percent": 65, "reps": 5}, {"percent": 85, "reps": 5, "amrap": true}]}]}}')
    ))
  )
));

-- An athlete does a day so many days ago as it is planned, but for the exercises told as {"position": "weight: reps, reps"}.
create function tests.train(p_name text, p_day text, p_days_ago integer, p_done jsonb default '{}')
returns void
language plpgsql
as $$
declare
  v_user_id uuid := tests.id(p_name);
  v_run public.template_runs;
  v_workout_id uuid := gen_random_uuid();
  v_day record;
begin
  select * into v_run from public.template_runs where user_id = v_user_id and status = 'active';
  insert into public.workouts (
    id, user_id, template_id, template_day_id, template_run_id, template_week, status, timezone, started_at
  )
  select
    v_workout_id, v_user_id, tests.plan_id(), tests.ref('day ' || p_day), v_run.id,
    private.plan_week(v_user_id, v_run.id, template_versions.document, tests.ref('day ' || p_day)),
    'in_progress', 'UTC',
    -- On that day, also just after midnight.
    greatest(now() - interval '2 hours', date_trunc('day', now(), 'UTC')) - p_days_ago * interval '1 day'
  from public.template_versions
  where template_versions.template_id = tests.plan_id();

  for v_day in
    select
      planned.position, planned.exercise_id, jsonb_agg(to_jsonb(planned) order by planned.set_index) as sets,
      split_part(p_done ->> planned.position::text, ': ', 1) as weight,
      string_to_array(split_part(p_done ->> planned.position::text, ': ', 2), ', ') as reps
    from private.planned_sets(v_user_id, tests.plan_id(), tests.ref('day ' || p_day)) as planned
    group by planned.position, planned.exercise_id
  loop
    insert into public.workout_exercises (id, workout_id, exercise_id, position)
    values (tests.ref(v_workout_id || v_day.position::text), v_workout_id, v_day.exercise_id, v_day.position);

    insert into public.workout_sets (
      workout_exercise_id, set_index, set_type, planned_weight_kg, planned_reps_min, planned_reps_max, weight_kg, reps,
      duration_seconds, completed_at
    )
    select
      tests.ref(v_workout_id || v_day.position::text), planned.set_index, planned.set_type, planned.planned_weight_kg,
      planned.planned_reps_min, planned.planned_reps_max,
      coalesce(v_day.weight::numeric, planned.planned_weight_kg),
      coalesce(v_day.reps[planned.set_index + 1]::integer, planned.planned_reps_min), planned.planned_duration_seconds,
      now() - p_days_ago * interval '1 day'
    from jsonb_populate_recordset(null::public.workout_sets, v_day.sets) as planned;
  end loop;

  update public.workouts
  set status = 'completed', ended_at = now() - p_days_ago * interval '1 day'
  where id = v_workout_id;
end;
$$;

-- The answer of the present actor, as 'status, A of week 1: step 95, …'.
create function tests.told()
returns text
language sql
as $$
  select format('%s, %s of week %s: ', next ->> 'status', coalesce(next #>> '{day,name}', 'nothing'), next ->> 'week') || coalesce((
    select string_agg(concat_ws(' ', exercise ->> 'code', exercise ->> 'weight_kg'), ', ' order by place)
    from jsonb_array_elements(next -> 'exercises') with ordinality as list (exercise, place)
  ), '')
  from public.next_workout(tests.plan_id()) as next;
$$;
grant execute on all functions in schema tests to public;

-- The first time -------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select is(tests.told(), 'due, A of week 1: no_history, bodyweight, fixed 60', 'the first day; of who never trained nothing is known');
select is(public.next_workout(tests.plan_id()) -> 'run_id', 'null', 'without a run');
select is(public.next_workout(tests.plan_id()) #> '{exercises,1,sets,0}',
  '{"rpe": null, "tempo": null, "set_type": "working", "reps_max": null, "reps_min": null, "set_index": 0, "weight_kg": null,
    "distance_m": null, "rest_seconds": 120, "duration_seconds": 60}', 'a set asks for what its exercise tracks');
select tests.start('free', 'barbell-bench-press', 5);
select tests.lift('free', 5, 100, 5);
select tests.finish('free');
select is(tests.told(), 'due, A of week 1: record 92.5, bodyweight, fixed 60', 'of 116.67 kg, two in reserve: 94.6 kg, rounded down');

-- What is kept ---------------------------------------------------------------------------------------------------------

select is(
  (select array_agg(exercise ->> 'prescription_id') from jsonb_array_elements(public.next_workout(tests.plan_id()) -> 'exercises') as exercise),
  (select array_agg(exercise ->> 'prescription_id') from jsonb_array_elements(public.next_workout(tests.plan_id()) -> 'exercises') as exercise),
  'the same inputs are the same answer');
select is(tests.rows_of('select from public.prescriptions'), 4, 'kept once');
select is_empty(
  $$select from public.prescriptions where answer <> private.prescribe(inputs) or rule_version <> private.rule_version()$$,
  'which follows from what is kept of its inputs');
select isnt_empty(
  $$select from public.prescriptions where exercise_name = 'Barbell Bench Press' and inputs @> '{"e1rm_kg": 116.667, "loading": "(bar,barbell)"}'$$,
  'with records and equipment');
insert into public.equipment_pieces (kind, weight, count) values ('plate', 20, 2), ('plate', 5, 2);
select is(tests.told(), 'due, A of week 1: record 70, bodyweight, fixed 60', 'other plates make another load');
select is(tests.rows_of('select from public.prescriptions'), 6, 'and another prescription');
delete from public.equipment_pieces;
update public.preferences set units = 'imperial';
select is(public.next_workout(tests.plan_id()) #>> '{exercises,0,reason}',
  'From a one-rep maximum of 257.2 lb, with repetitions in reserve.', 'words are in the athlete''s units');
update public.preferences set units = 'metric';
select tests.act_as('ben');
select is(tests.rows_of('select from public.prescriptions'), 0, 'nobody else sees them');
select is(tests.told(), 'due, A of week 1: no_history, bodyweight, fixed 60', 'and another''s records are not used');
select tests.stop_acting();

-- Day after day --------------------------------------------------------------------------------------------------------

insert into public.template_runs (id, user_id, template_id, version, template_name, started_on)
values (tests.ref('run'), tests.id('ana'), tests.plan_id(), 1, 'Bench and Squat', (now() at time zone 'UTC')::date - 7);
select tests.train('ana', 'A', 6);
select tests.act_as('ana');
select is(tests.told(), 'due, B of week 1: no_history', 'the day of rest is over');
select is(public.next_workout(tests.plan_id()) ->> 'due_on', ((now() at time zone 'UTC')::date - 4)::text, 'since that day');
select tests.stop_acting();
insert into public.template_runs (user_id, template_id, version, template_name, started_on)
values (tests.id('ben'), tests.plan_id(), 1, 'Bench and Squat', (now() at time zone 'UTC')::date);
select tests.train('ben', 'A', 0, '{"0": "60: 5, 5, 5"}');
select tests.act_as('ben');
select is(public.next_workout(tests.plan_id()) ->> 'status', 'rest', 'after a day that was done today comes rest');
select is(public.next_workout(tests.plan_id()) ->> 'due_on', ((now() at time zone 'UTC')::date + 2)::text, 'and then the next');

select tests.act_as('ana');
insert into public.training_maxes (exercise_id, load_kg) values (tests.exercise('barbell-back-squat'), 100);
select is(tests.told(), 'due, B of week 1: training_max 85', 'a share of the training max that the athlete set');
select is(public.next_workout(tests.plan_id()) #>> '{exercises,0,reason}', 'Shares of a training max of 100 kg.', 'and says so');
select tests.stop_acting();
update public.training_maxes set effective_on = effective_on - 10;
select tests.train('ana', 'B', 5);
select tests.act_as('ana');
select is(tests.told(), 'due, A of week 2: step 95, bodyweight, step 62.5', 'the next week begins, with a step');
select is(public.next_workout(tests.plan_id()) ->> 'due_on', ((now() at time zone 'UTC')::date - 4)::text, 'without a rest in between, the day after');
select is(
  (select array_agg(planned_weight_kg order by set_index) from private.planned_sets(tests.id('ana'), tests.plan_id(), tests.ref('day A')) where position = 0),
  array[95, 95, 95]::numeric[], 'a workout that is started has the same loads');
select is(tests.rows_of($$select from public.workout_sets where planned_weight_kg = 92.5$$), 3, 'as the one before had its own');
select tests.stop_acting();
select tests.train('ana', 'A', 4, '{"0": "95: 5, 5, 4"}');
select tests.act_as('ana');
select is(public.next_workout(tests.plan_id()) ->> 'week', '2', 'a week is begun');
select tests.stop_acting();

-- Left out, over, under way ---------------------------------------------------------------------------------------------

select tests.train('ana', 'A', 0);
select tests.act_as('ana');
select is(tests.told(), 'rest, B of week 3: training_max 90', 'what was left out of an earlier week stays out; a wave that is over: 105 kg');
select is(public.next_workout(tests.plan_id()) -> 'skipped',
  jsonb_build_array(jsonb_build_object('week', 2, 'template_day_id', tests.ref('day B'), 'name', 'B')), 'and is told');
insert into public.training_maxes (exercise_id, load_kg) values (tests.exercise('barbell-back-squat'), 120);
select is(tests.told(), 'rest, B of week 3: training_max 102.5', 'a training max that is set anew holds from then on');
delete from public.training_maxes where load_kg = 120;
select tests.stop_acting();
select is(
  (select array_agg(planned_weight_kg) from private.planned_sets(tests.id('ana'), tests.plan_id(), tests.ref('day A')) where position = 0),
  array[97.5, 97.5, 97.5]::numeric[], 'each session counts, the last one too');
insert into public.workouts (id, user_id, template_id, template_day_id, template_run_id, template_week, status, timezone, started_at)
values (tests.ref('live'), tests.id('ana'), tests.plan_id(), tests.ref('day B'), tests.ref('run'), 3, 'in_progress', 'UTC', now());
select tests.act_as('ana');
select is(public.next_workout(tests.plan_id()) ->> 'status', 'in_progress', 'a workout is under way');
select is((public.next_workout(tests.plan_id()) ->> 'workout_id')::uuid, tests.ref('live'), 'this one');
select tests.stop_acting();
update public.workouts set status = 'completed', ended_at = now() where id = tests.ref('live');
select tests.act_as('ana');
select is(tests.told(), 'finished, nothing of week : ', 'after the last day nothing is left');
select tests.stop_acting();
update public.template_runs set status = 'completed', ended_at = now() where id = tests.ref('run');
select tests.act_as('ana');
select is(public.next_workout(tests.plan_id()) ->> 'status', 'finished', 'nor when the run is completed');
select tests.stop_acting();
insert into public.template_runs (user_id, template_id, version, template_name, started_on, created_at)
values (tests.id('ana'), tests.plan_id(), 1, 'Bench and Squat', (now() at time zone 'UTC')::date, now() + interval '1 second');
select tests.act_as('ana');
select is(tests.told(), 'due, A of week 1: step 97.5, bodyweight, step 67.5', 'a second run begins again, and goes on from where the athlete is');
select isnt_empty(
  $$select from public.prescriptions where inputs -> 'sessions' @> '[{"load_kg": 92.5}, {"load_kg": 95, "reps": [5, 5, 4]}]'$$,
  'with all its sessions');
select tests.stop_acting();

-- A break --------------------------------------------------------------------------------------------------------------

select is(private.break_percent(days), percent, format('%s days without: %s %% less', days, percent))
from (values (13, 0), (14, 10), (28, 20), (56, 30)) as vector (days, percent);
select is(private.due_on('2026-03-02', rests, weekday::public.weekday), day::date, format('due on %s', day))
from (values (0, null, '2026-03-02'), (2, null, '2026-03-04'), (0, 'monday', '2026-03-02'), (1, 'monday', '2026-03-09'), (0, 'sunday', '2026-03-08'))
  as vector (rests, weekday, day);

-- Who may ask ----------------------------------------------------------------------------------------------------------

update public.workout_templates set is_premium = true where id = tests.plan_id();
select tests.act_as('ben');
select tests.throws_error($$select public.next_workout(tests.plan_id())$$, 'premium_template', 'a premium plan is for premium plans');
select tests.stop_acting();
insert into public.subscriptions (user_id, plan_id, status, started_at) values (tests.id('ben'), 'premium', 'active', now());
select tests.act_as('ben');
select tests.is_allowed($$select public.next_workout(tests.plan_id())$$, 'who has one may');
select tests.stop_acting();
update public.workout_templates set visibility = 'private' where id = tests.plan_id();
select tests.act_as('ben');
select tests.is_allowed($$select public.next_workout(tests.plan_id())$$, 'who is in the middle of a plan goes on when it is withdrawn');
select tests.act_as('dora');
select tests.throws_error($$select public.next_workout(tests.plan_id())$$, 'template_not_found', 'a draft is not there for others');
select tests.throws_error($$select public.next_workout(null)$$, 'template_not_found', 'nor is nothing');
select tests.act_as_anon();
select tests.throws_error($$select public.next_workout(tests.plan_id())$$, '42501', 'without a user nothing is next');
select tests.act_as('ana');
select tests.throws_error(
  $$insert into public.training_maxes (exercise_id, load_kg) values (gen_random_uuid(), 100)$$, '42501',
  'a training max is for an exercise that one sees');
select tests.throws_error(
  $$insert into public.training_maxes (exercise_id, load_kg) values (tests.exercise('barbell-bench-press'), 0)$$, '23514', 'and above 0');

select * from finish();
rollback;
