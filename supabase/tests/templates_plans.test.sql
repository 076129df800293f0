-- Plans: who reads what of a template, and which sets a version asks of an athlete in which week.
begin;
\ir support/acting.psql
select plan(33);

select tests.create_user('ana');
select tests.create_user('ben');
select tests.create_user('cleo');

insert into public.exercises (
  id, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry, review_status
)
values
  ('00000000-0000-4000-8000-00000000e101', 'Planned Squat', 'strength', '{quadriceps}', 'beginner', 'squat', 'weight_reps', 'total', 'approved'),
  ('00000000-0000-4000-8000-00000000e102', 'Planned Plank', 'strength', '{abdominals}', 'beginner', 'core', 'duration', 'none', 'approved'),
  ('00000000-0000-4000-8000-00000000e103', 'Planned Press', 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total', 'approved');

create function tests.exercise(p_patch jsonb)
returns jsonb
language sql
as $$
  select jsonb_build_object(
    'id', gen_random_uuid(), 'exercise_id', '00000000-0000-4000-8000-00000000e101',
    'section', 'main', 'position', 0, 'superset_group', null, 'group_type', null, 'rounds', null, 'sets', 3,
    'set_type', 'working', 'last_set_type', null, 'warmup_sets', 0, 'reps_min', 5, 'reps_max', 8, 'reps_target', null,
    'duration_seconds', null, 'distance_m', null, 'load_type', 'open', 'load_value', null, 'rest_seconds', 120,
    'tempo', null, 'notes', null, 'alternatives', '[]'::jsonb, 'progression', null
  ) || p_patch;
$$;

create function tests.day(p_id uuid, p_week integer, p_position integer, p_exercises jsonb)
returns jsonb
language sql
as $$
  select jsonb_build_object(
    'id', p_id, 'week', p_week, 'position', p_position, 'weekday', null, 'is_rest_day', p_exercises = '[]', 'name', 'Day',
    'focus_areas', '[]'::jsonb, 'notes', null, 'exercises', p_exercises
  );
$$;

create function tests.document(p_days jsonb)
returns jsonb
language sql
as $$
  select jsonb_build_object(
    'total_weeks', 4,
    'deload', '{"weeks": [3], "sets_percent": 50, "load_percent": 90, "rir_add": 2}'::jsonb,
    'days', p_days
  );
$$;

-- Four weeks; the last has a day of its own.
insert into public.workout_templates (id, created_by, name, difficulty, goal, total_weeks)
values ('00000000-0000-4000-8000-000000007001', tests.id('ana'), 'Plan', 'beginner', 'strength', 4);
insert into public.template_versions (template_id, version, created_by, request_hash, document)
values ('00000000-0000-4000-8000-000000007001', 1, tests.id('ana'), gen_random_uuid(), tests.document(jsonb_build_array(
  tests.day('00000000-0000-4000-8000-00000000d001', null, 0, jsonb_build_array(
    tests.exercise('{"load_type": "fixed", "load_value": 100, "warmup_sets": 2, "last_set_type": "amrap"}'),
    tests.exercise('{"position": 1, "exercise_id": "00000000-0000-4000-8000-00000000e102", "reps_min": null, "reps_max": null,
      "duration_seconds": 60, "sets": 1, "rounds": 2, "superset_group": 1, "group_type": "circuit"}')
  )),
  tests.day('00000000-0000-4000-8000-00000000d002', null, 1, jsonb_build_array(
    tests.exercise('{"load_type": "percent_training_max", "progression": {"type": "wave", "weeks": [
      {"sets": [{"percent": 65, "reps": 5}, {"percent": 85, "reps": 5, "amrap": true}]},
      {"sets": [{"percent": 70, "reps": 3}]}
    ]}}'),
    tests.exercise('{"position": 1, "load_type": "rir", "load_value": 2, "sets": 5}')
  )),
  tests.day('00000000-0000-4000-8000-00000000d003', null, 2, '[]'),
  tests.day('00000000-0000-4000-8000-00000000d004', 4, 0, jsonb_build_array(tests.exercise('{}')))
)));

-- Who reads what -------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select is(tests.rows_of('select from public.workout_templates where name = ''Plan'''), 1, 'the author sees her draft');
select is(tests.rows_of('select document from public.template_versions where template_id = ''00000000-0000-4000-8000-000000007001'''), 1, 'and what it consists of');
select tests.act_as('ben');
select is(tests.rows_of('select from public.workout_templates where name = ''Plan'''), 0, 'nobody else does');
select is(tests.rows_of('select document from public.template_versions where template_id = ''00000000-0000-4000-8000-000000007001'''), 0, 'nor its document');
select tests.throws_error(
  format($$select private.planned_sets(%L, '00000000-0000-4000-8000-000000007001', '00000000-0000-4000-8000-00000000d001')$$, tests.id('ben')),
  'template_not_found', 'a draft plans nothing for others'
);
select tests.stop_acting();
update public.workout_templates
set visibility = 'friends', is_published = true, published_at = now()
where id = '00000000-0000-4000-8000-000000007001';
select tests.act_as('ben');
select is(tests.rows_of('select from public.workout_templates where name = ''Plan'''), 0, 'what is for friends strangers do not see');
select tests.stop_acting();
insert into public.friendships (requester_id, addressee_id, accepted_at) values (tests.id('ana'), tests.id('ben'), now());
select tests.act_as('ben');
select is(tests.rows_of('select from public.workout_templates where name = ''Plan'''), 1, 'friends do');
select is(tests.rows_of('select document from public.template_versions where template_id = ''00000000-0000-4000-8000-000000007001'''), 1, 'with its document');
select tests.act_as_anon();
select is(tests.rows_of('select from public.workout_templates where name = ''Plan'''), 0, 'without a user it is not there');
select tests.stop_acting();
update public.workout_templates set visibility = 'public' where id = '00000000-0000-4000-8000-000000007001';
select tests.act_as_anon();
select is(tests.rows_of('select from public.workout_templates where name = ''Plan'''), 1, 'but is when it is public');
select is(tests.rows_of('select document from public.template_versions where template_id = ''00000000-0000-4000-8000-000000007001'''), 1, 'with its document');
select tests.act_as('cleo');
select is(tests.rows_of('select from public.workout_templates where name = ''Plan'''), 1, 'public is public');
select tests.stop_acting();
insert into public.blocks (blocker_id, blocked_id, was_known) values (tests.id('ana'), tests.id('cleo'), true);
select tests.act_as('cleo');
select is(tests.rows_of('select from public.workout_templates where name = ''Plan'''), 0, 'but not across a block');
select is(tests.rows_of('select document from public.template_versions where template_id = ''00000000-0000-4000-8000-000000007001'''), 0, 'neither its document');
select tests.stop_acting();
update public.workout_templates set is_premium = true where id = '00000000-0000-4000-8000-000000007001';
select tests.act_as('ben');
select is(tests.rows_of('select from public.workout_templates where name = ''Plan'''), 1, 'the card of a premium template is free');
select is(tests.rows_of('select document from public.template_versions where template_id = ''00000000-0000-4000-8000-000000007001'''), 0, 'its document is not');
select tests.throws_error(
  format($$select private.planned_sets(%L, '00000000-0000-4000-8000-000000007001', '00000000-0000-4000-8000-00000000d001')$$, tests.id('ben')),
  'premium_template', 'and it says so'
);
select tests.act_as('ana');
select is(tests.rows_of('select document from public.template_versions where template_id = ''00000000-0000-4000-8000-000000007001'''), 1, 'but for its author');
select tests.stop_acting();
insert into public.subscriptions (user_id, plan_id, status, started_at)
values (tests.id('ben'), 'premium', 'active', now());
select tests.act_as('ben');
select is(tests.rows_of('select document from public.template_versions where template_id = ''00000000-0000-4000-8000-000000007001'''), 1, 'and whoever pays');
select tests.stop_acting();
update public.workout_templates set is_premium = false where id = '00000000-0000-4000-8000-000000007001';

-- Sets -----------------------------------------------------------------------------------------------------------------

select tests.act_as('ben');
create temporary view planned as
select planned_sets.*
from private.planned_sets(tests.id('ben'), '00000000-0000-4000-8000-000000007001', '00000000-0000-4000-8000-00000000d001') as planned_sets;
select results_eq(
  'select position, set_index, set_type::text, planned_weight_kg, planned_reps_min, planned_reps_max, planned_duration_seconds from planned',
  $$values
    (0, 0, 'warmup', 50.000, 5, 5, null::numeric),
    (0, 1, 'warmup', 85.000, 4, 4, null),
    (0, 2, 'working', 100.000, 5, 8, null),
    (0, 3, 'working', 100.000, 5, 8, null),
    (0, 4, 'amrap', 100.000, 5, null, null),
    (1, 0, 'working', null, null, null, 60),
    (1, 1, 'working', null, null, null, 60)$$,
  'the ramp, the sets, the last one to the limit; rounds of a circuit; only what the exercise tracks'
);
select results_eq(
  $$select set_index, set_type::text, planned_weight_kg, planned_reps_min, planned_reps_max, planned_rpe
    from private.planned_sets(tests.id('ben'), '00000000-0000-4000-8000-000000007001', '00000000-0000-4000-8000-00000000d002')
    where position = 0$$,
  $$values (0, 'working', null::numeric, 5, 5, null::numeric), (1, 'amrap', null, 5, null, null)$$,
  'a wave has the sets of its week; its load follows from records'
);
select tests.throws_error(
  format($$select private.planned_sets(%L, '00000000-0000-4000-8000-000000007001', '00000000-0000-4000-8000-00000000d099')$$, tests.id('ben')),
  'template_day_not_found', 'a day that the plan does not have'
);
select tests.stop_acting();

-- Runs -----------------------------------------------------------------------------------------------------------------

select results_eq(
  $$select schedule.week, right(schedule.day_id::text, 4), schedule.place
    from public.template_versions, private.plan_schedule(template_versions.document) as schedule
    where template_versions.template_id = '00000000-0000-4000-8000-000000007001'$$,
  $$values
    (1, 'd001', 1), (1, 'd002', 2), (2, 'd001', 3), (2, 'd002', 4), (3, 'd001', 5), (3, 'd002', 6), (4, 'd004', 7)$$,
  'a week with days of its own has only those, and rest days are not due'
);

insert into public.template_runs (id, user_id, template_id, version, template_name, started_on)
values
  ('00000000-0000-4000-8000-00000000a701', tests.id('ben'), '00000000-0000-4000-8000-000000007001', 1, 'Plan', current_date),
  ('00000000-0000-4000-8000-00000000a702', tests.id('cleo'), '00000000-0000-4000-8000-000000007001', 1, 'Plan', current_date);

create function tests.due(p_day text)
returns integer
language sql
as $$
  select private.plan_week(tests.id('ben'), '00000000-0000-4000-8000-00000000a701', document, p_day::uuid)
  from public.template_versions
  where template_versions.template_id = '00000000-0000-4000-8000-000000007001';
$$;

create function tests.train(p_day text, p_week integer)
returns void
language sql
as $$
  insert into public.workouts (
    user_id, template_id, template_day_id, template_run_id, template_week, status, timezone, started_at, ended_at, active_seconds
  )
  values (
    tests.id('ben'), '00000000-0000-4000-8000-000000007001', p_day::uuid, '00000000-0000-4000-8000-00000000a701', p_week,
    'completed', 'UTC', now() - interval '2 hours', now() - interval '1 hour', 3600
  );
$$;

select is(tests.due('00000000-0000-4000-8000-00000000d001'), 1, 'a plan begins in its first week');
select tests.train('00000000-0000-4000-8000-00000000d002', 1);
select is(tests.due('00000000-0000-4000-8000-00000000d001'), 1, 'days of a week may be done in any order');
select is(tests.due('00000000-0000-4000-8000-00000000d002'), 2, 'what is done is due again next week');
select tests.train('00000000-0000-4000-8000-00000000d002', 2);
select is(tests.due('00000000-0000-4000-8000-00000000d001'), 2, 'what was skipped in a week that is over stays skipped');
select tests.train('00000000-0000-4000-8000-00000000d001', 2);
select tests.act_as('ben');
select results_eq(
  $$select planned_weight_kg, set_type::text from planned where position = 0 and set_type <> 'warmup'$$,
  $$values (90.000, 'working'), (90.000, 'working')$$,
  'a deload week: fewer sets, less load, none to the limit'
);
select results_eq(
  $$select count(*), min(planned_rpe)
    from private.planned_sets(tests.id('ben'), '00000000-0000-4000-8000-000000007001', '00000000-0000-4000-8000-00000000d002')
    where position = 1$$,
  $$values (3::bigint, 6::numeric)$$,
  'and further from failure'
);
select tests.stop_acting();
select is(tests.due('00000000-0000-4000-8000-00000000d004'), 4, 'a day of one week is due in it');

-- The author deletes the template; a run of somebody else's goes on.
select tests.act_as('ana');
delete from public.workout_templates where id = '00000000-0000-4000-8000-000000007001';
select tests.act_as('ben');
select isnt_empty('table planned', 'who is in the middle of a plan goes on when its author deletes it');
select tests.stop_acting();
update public.template_runs set status = 'abandoned', ended_at = now() where user_id = tests.id('ben');
select is((select count(*) from public.template_versions where template_id = '00000000-0000-4000-8000-000000007001'), 1::bigint, 'as long as anybody is');
delete from public.template_runs where user_id = tests.id('cleo');
select is((select count(*) from public.template_versions where template_id = '00000000-0000-4000-8000-000000007001'), 0::bigint, 'and the last one takes the version along');

select * from finish();
rollback;
