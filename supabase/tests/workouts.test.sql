-- A workout from its start to its end, and whose it is.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(112);

select tests.create_user('ana', '{"timezone": "Europe/Berlin"}');
select tests.create_user('ben');
select tests.create_user('cleo');

-- Start ----------------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select is((select public.active_workout()), null, 'nobody begins with a workout');
select results_eq(
  $$
    select name, status::text, timezone, user_id, version, started_at
    from public.start_workout(id => tests.ref('workout'), name => 'Push', energy => 7, mood_before => 'motivated')
  $$,
  $$values ('Push', 'in_progress', 'Europe/Berlin', tests.id('ana'), 1, now())$$,
  'a workout starts now, in the athlete''s zone'
);
select results_eq(
  $$select id from public.start_workout(
    id => tests.ref('workout'), name => 'Push', energy => 7, mood_before => 'motivated'
  )$$,
  $$values (tests.ref('workout'))$$,
  'the same request again is the same answer'
);
select is((select count(*) from public.workouts), 1::bigint, 'and is stored once');
select tests.throws_error($$select public.start_workout(id => tests.ref('workout'), name => 'Pull')$$, 'id_conflict',
  'the same id with other content is a conflict');
select tests.throws_error($$select public.start_workout(name => 'Pull')$$, 'workout_already_active',
  'there is one workout at a time');
select tests.throws_error($$insert into public.workouts (name) values ('Pull')$$, 'workout_already_active',
  'past the function too');
select tests.is_allowed($$insert into public.workouts (name, status) values ('Pull', 'planned')$$,
  'planned ones do not count');
select tests.throws_error($$insert into public.workouts (status) values ('completed')$$, '42501',
  'a workout does not begin completed');
select tests.throws_error($$insert into public.workouts (user_id) values (tests.id('ben'))$$, '42501',
  'nobody starts a workout for another');
select is(public.active_workout() ->> 'id', tests.ref('workout')::text, 'it is the active one');

-- Exercises ------------------------------------------------------------------------------------------------------------

select results_eq(
  $$
    select exercise_name, tracking_type::text, weight_entry::text, position::integer, user_id
    from public.add_workout_exercise(tests.ref('workout'), tests.exercise('barbell-bench-press'), tests.ref('bench'))
  $$,
  $$values ('Barbell Bench Press', 'weight_reps', 'total', 0, tests.id('ana'))$$,
  'an exercise brings its facts'
);
select results_eq(
  $$select id from public.add_workout_exercise(
    tests.ref('workout'), tests.exercise('barbell-bench-press'), tests.ref('bench')
  )$$,
  $$values (tests.ref('bench'))$$,
  'the same request again is the same answer'
);
select tests.throws_error(
  $$select public.add_workout_exercise(tests.ref('workout'), tests.exercise('pull-up'), tests.ref('bench'))$$,
  'id_conflict', 'the same id for another exercise is a conflict'
);
select lives_ok(
  $$select public.add_workout_exercise(tests.ref('workout'), tests.exercise('barbell-back-squat'))$$,
  'the next goes to the end'
);
select lives_ok(
  $$select public.add_workout_exercise(
    tests.ref('workout'), tests.exercise('pull-up'), "position" => 0, superset_group => 1
  )$$,
  'one goes to the front'
);
select results_eq(
  $$select exercise_name from public.workout_exercises order by position$$,
  $$values ('Pull-Up'), ('Barbell Bench Press'), ('Barbell Back Squat')$$,
  'and the others make room'
);
select tests.throws_error(
  $$select public.add_workout_exercise(tests.ref('workout'), tests.ref('unknown'))$$, 'exercise_not_found',
  'an exercise has to exist'
);
select tests.throws_error(
  $$select public.add_workout_exercise(tests.ref('unknown'), tests.exercise('pull-up'))$$, 'workout_not_found',
  'so has the workout'
);
select tests.throws_error(
  $$select public.add_workout_exercise(tests.ref('workout'), tests.exercise('pull-up'), "position" => 100)$$,
  'invalid_workout', 'a workout has a hundred places'
);
select tests.throws_error(
  $$select public.add_workout_exercise(tests.ref('workout'), tests.exercise('pull-up'), superset_group => -1)$$,
  'invalid_workout', 'superset groups are counted from 1'
);
select tests.throws_error(
  $$update public.workout_exercises set exercise_name = 'Mine'$$, '42501', 'facts of an exercise are not written'
);
select tests.is_allowed($$update public.workout_exercises set notes = 'slow'$$, 'notes are');

select results_eq(
  $$select current_exercise_index::integer from public.set_current_exercise(tests.ref('workout'), 2)$$,
  $$values (2)$$, 'the third exercise is on'
);
select tests.throws_error(
  $$select public.set_current_exercise(tests.ref('workout'), 3)$$, 'invalid_argument', 'there is no fourth'
);
select tests.throws_error(
  $$select public.set_current_exercise(tests.ref('workout'), -1)$$, 'invalid_argument', 'nor one before the first'
);
select tests.throws_error(
  $$select public.set_current_exercise(tests.ref('workout'))$$, 'invalid_argument', 'nor none'
);

-- Rest and pause -------------------------------------------------------------------------------------------------------

select results_eq(
  $$select rest_started_at, rest_ends_at, rest_seconds from public.start_rest(tests.ref('workout'), 120)$$,
  $$values (now(), now() + interval '120 seconds', 120)$$, 'rest runs by the server''s clock'
);
select results_eq(
  $$select rest_seconds from public.start_rest(tests.ref('workout'))$$,
  $$values (90)$$, 'for as long as the athlete prefers'
);
select tests.throws_error($$select public.start_rest(tests.ref('workout'), 0)$$, 'invalid_argument', 'no rest is none');
select tests.throws_error($$select public.start_rest(tests.ref('workout'), -5)$$, 'invalid_argument', 'nor is less');
select tests.throws_error($$select public.start_rest(tests.ref('workout'), 3601)$$, 'invalid_argument',
  'an hour is the longest');
select results_eq(
  $$select rest_ends_at from public.skip_rest(tests.ref('workout'))$$,
  $$values (null::timestamptz)$$, 'a rest can be skipped'
);
select results_eq(
  $$
    update public.workouts
    set rest_started_at = now() + interval '9 years', rest_ends_at = now() + interval '9 years 1 minute'
    returning rest_started_at, rest_ends_at
  $$,
  $$values (now(), now() + interval '1 minute')$$, 'nobody dates a rest ahead'
);
select results_eq(
  $$update public.workouts set rest_ends_at = rest_ends_at + interval '15 seconds' returning rest_seconds$$,
  $$values (75)$$, 'it can be made longer'
);
select tests.throws_error($$update public.workouts set rest_ends_at = 'infinity'$$, 'invalid_time', 'but not without end');
select lives_ok($$update public.workouts set rest_started_at = null, rest_ends_at = null$$, 'nor has it to go on');
select results_eq(
  $$select rest_ends_at from public.skip_rest(tests.ref('workout'))$$,
  $$values (null::timestamptz)$$, 'twice'
);
select results_eq(
  $$select paused_at from public.pause_workout(tests.ref('workout'))$$,
  $$values (now())$$, 'a workout can be paused'
);
select results_eq(
  $$select version from public.pause_workout(tests.ref('workout'))$$,
  $$select version from public.workouts$$, 'a paused one stays so'
);
select results_eq(
  $$update public.workouts set paused_at = now() - interval '3 days' returning paused_at$$,
  $$values (now())$$, 'nobody dates a pause back'
);
-- As if half an hour had passed.
select tests.stop_acting();
alter table public.workouts disable trigger user;
update public.workouts
set started_at = now() - interval '40 minutes',
  paused_at = now() - interval '30 minutes'
where id = tests.ref('workout');
alter table public.workouts enable trigger user;
select tests.act_as('ana');
select is(
  (public.active_workout() ->> 'active_seconds')::integer, 600, 'while it is paused no time is trained'
);
select results_eq(
  $$select paused_at, pauses from public.resume_workout(tests.ref('workout'))$$,
  $$values (null::timestamptz, tstzmultirange(tstzrange(now() - interval '30 minutes', now())))$$,
  'it goes on, and the pause is kept'
);
select results_eq(
  $$select paused_at from public.resume_workout(tests.ref('workout'))$$,
  $$values (null::timestamptz)$$, 'a running one goes on'
);
select is(
  public.get_workout(tests.ref('workout')) #>> '{pauses,0,to}', to_json(now()) #>> '{}',
  'the document has the pauses as times'
);

-- Versions -------------------------------------------------------------------------------------------------------------

select results_eq(
  $$
    update public.workouts
    set notes = 'good'
    returning version - (select before.version from public.workouts as before)
  $$,
  $$values (1)$$, 'a change of the athlete''s counts'
);
create temporary table before as select version, updated_at from public.workouts;
select lives_ok(
  $$select public.complete_set(
    id => tests.ref('set'), workout_exercise_id => tests.ref('bench'), weight_kg => 100, reps => 5, rest_seconds => 60
  )$$,
  'a set is done'
);
select results_eq(
  $$select version, updated_at, set_count, volume_kg, total_rest_seconds from public.workouts$$,
  $$select version, updated_at, 1, 500::numeric, 60 from pg_temp.before$$,
  'totals that follow from it do not'
);
select results_eq(
  $$select current_exercise_index::integer, current_set_index::integer from public.workouts$$,
  $$values (1, 1)$$, 'the workout is at the next set of that exercise'
);
select tests.throws_error(format('update public.workouts set %I = %L', column_name, value), '42501',
  column_name || ' is not the athlete''s to write')
from (
  values
    ('user_id', tests.id('ben')::text), ('volume_kg', '1'), ('set_count', '1'), ('records_set', '1'),
    ('active_seconds', '1'), ('pauses', '{}'), ('version', '9')
) as derived (column_name, value);

-- A stranger -----------------------------------------------------------------------------------------------------------

select tests.act_as('ben');
select is_empty($$table public.workouts$$, 'a stranger sees no workout');
select is_empty($$table public.workout_exercises$$, 'no exercise');
select is_empty($$table public.workout_sets$$, 'and no set');
select tests.throws_error(format('select public.%s', call), code, format('%s fails as with an unknown id', call))
from (
  values
    ('get_workout(tests.ref(''workout''))', 'workout_not_found'),
    ('complete_workout(tests.ref(''workout''))', 'workout_not_found'),
    ('cancel_workout(tests.ref(''workout''))', 'workout_not_found'),
    ('pause_workout(tests.ref(''workout''))', 'workout_not_found'),
    ('start_rest(tests.ref(''workout''), 60)', 'workout_not_found'),
    ('set_current_exercise(tests.ref(''workout''), 0)', 'workout_not_found'),
    ('add_workout_exercise(tests.ref(''workout''), tests.exercise(''pull-up''))', 'workout_not_found'),
    ('complete_set(workout_exercise_id => tests.ref(''bench''), weight_kg => 1, reps => 1)', 'workout_exercise_not_found'),
    ('start_workout(id => tests.ref(''workout''))', 'id_conflict')
) as attempt (call, code);
select is(tests.rows_of($$update public.workouts set name = 'Mine'$$), 0, 'a stranger changes nothing');
select is(tests.rows_of($$delete from public.workouts$$), 0, 'and deletes nothing');

-- A share --------------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select tests.throws_error(
  $$insert into public.workout_shares (workout_id, user_id) values (tests.ref('workout'), tests.id('ben'))$$, '42501',
  'nobody is given a workout unasked'
);

-- Nobody ---------------------------------------------------------------------------------------------------------------

select tests.act_as_anon();
select tests.throws_error($$select public.active_workout()$$, '42501', 'nobody works out without signing in');
select tests.throws_error($$table public.workouts$$, '42501', 'nor reads of it');

-- End ------------------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select tests.throws_error(
  $$select public.complete_workout(tests.ref('workout'), ended_at => now() + interval '3 hours')$$, 'invalid_time',
  'a workout does not end in the future'
);
select tests.throws_error(
  $$select public.complete_workout(tests.ref('workout'), ended_at => now() - interval '20 minutes')$$, 'invalid_time',
  'nor before its last set'
);
select tests.throws_error(
  $$select public.complete_workout(tests.ref('workout'), energy => 11)$$, 'invalid_workout', 'energy has a scale'
);
select tests.throws_error(
  $$select public.complete_workout(tests.ref('workout'), notes => repeat('x', 4001))$$, 'invalid_workout',
  'notes have a length'
);
select results_eq(
  $$
    select status::text, ended_at, duration_seconds, active_seconds, mood_after, energy::integer, notes
    from public.complete_workout(tests.ref('workout'), mood_after => 'proud', energy => 8)
  $$,
  $$values ('completed', now(), 2400, 600, 'proud', 8, 'good')$$,
  'a completed workout knows how long was trained'
);
select results_eq(
  $$select status::text from public.complete_workout(tests.ref('workout'), mood_after => 'proud', energy => 8)$$,
  $$values ('completed')$$, 'completing it again is the same answer'
);
select tests.throws_error($$select public.complete_workout(tests.ref('workout'), energy => 2)$$, 'workout_not_active',
  'with other content it is too late');
select tests.throws_error(format('select public.%s', call), 'workout_not_active', call || ' is too late')
from (
  values
    ('cancel_workout(tests.ref(''workout''))'), ('pause_workout(tests.ref(''workout''))'),
    ('start_rest(tests.ref(''workout''), 60)'),
    ('add_workout_exercise(tests.ref(''workout''), tests.exercise(''pull-up''))')
) as attempt (call);
select is(
  public.complete_set(workout_exercise_id => tests.ref('bench'), weight_kg => 1, reps => 1) ->> 'code', 'workout_not_active',
  'so is a set'
);
select tests.throws_error($$update public.workouts set status = 'in_progress'$$, 'workout_not_active',
  'what is over does not begin again');
select is((select public.active_workout()), null, 'none is active then');

-- Planned --------------------------------------------------------------------------------------------------------------

select tests.throws_error(
  format($$insert into public.workouts (status, planned_for) values ('planned', %L)$$, day), '23514',
  day || ' is no day to plan for'
)
from (values ('infinity'), ('-infinity'), ('1999-12-31'), ('2200-01-01')) as plan (day);
select lives_ok(
  $$
    insert into public.workouts (id, status, planned_for, mood_before, energy)
    values (tests.ref('plan'), 'planned', current_date + 1, 'eager', 6)
  $$,
  'tomorrow is'
);
select lives_ok(
  $$select public.add_workout_exercise(tests.ref('plan'), tests.exercise('barbell-bench-press'), tests.ref('planned'))$$,
  'a plan has exercises'
);
select lives_ok(
  $$
    insert into public.workout_sets (id, workout_exercise_id, weight_kg, reps)
    values (tests.ref('planned set'), tests.ref('planned'), 300, 1)
  $$,
  'and sets'
);
select tests.throws_error(
  $$update public.workout_sets set completed_at = now() where id = tests.ref('planned set')$$, 'workout_not_active',
  'which are not done before it begins'
);
select results_eq(
  $$select status::text, mood_before, energy::integer from public.start_workout(id => tests.ref('plan'))$$,
  $$values ('in_progress', 'eager', 6)$$, 'what was planned stays when it begins'
);
select tests.is_allowed(
  $$update public.workout_sets set completed_at = now() where id = tests.ref('planned set')$$, 'then its sets are done'
);
select lives_ok($$select public.cancel_workout(tests.ref('plan'))$$, 'it is cancelled');
select tests.throws_error(
  $$update public.workout_sets set completed_at = now() where id = tests.ref('planned set')$$, 'workout_not_active',
  'and its sets are not done any more'
);

-- At the bounds --------------------------------------------------------------------------------------------------------

select tests.start('long', 'barbell-bench-press', 1.004);
select is(
  (tests.lift('long', 24 * 60 + 4, 50, 5)).completed_at, now() - interval '105.6 seconds',
  'a set comes four minutes after the longest day, by a clock that is off'
);
select tests.is_allowed($$select public.cancel_workout(tests.ref('long'))$$, 'the workout can be cancelled');
select results_eq(
  $$select duration_seconds from public.complete_workout(tests.ref('long'))$$,
  $$values (24 * 60 * 60)$$, 'and completed: it lasted a day'
);

select tests.start('bulk', 'barbell-bench-press', 0.02);
select lives_ok(
  $$select public.add_workout_exercise(tests.ref('bulk'), tests.exercise('pull-up'), tests.ref('bulk ' || n))
    from generate_series(1, 6) as n$$,
  'a workout of many exercises'
);
select lives_ok(
  format($$
    insert into public.workout_sets (workout_exercise_id, set_index, reps)
    select tests.ref('bulk ' || n), place, 5 from generate_series(1, 6) as n, generate_series(0, 199) as place
    where n * 200 + place between %s and %s
  $$, first, last),
  'and of many sets'
)
from (values (200, 1199), (1200, 1200)) as part (first, last);
select tests.is_allowed(
  $$update public.workout_sets set notes = 'x' where id in (select id from public.workout_sets where set_index > 0 limit 1000)$$,
  'a thousand are changed at once'
);
select tests.throws_error($$update public.workout_sets set notes = 'x'$$, 'too_many_rows', 'one more is not');
select tests.throws_error($$delete from public.workout_sets$$, 'too_many_rows', 'nor deleted');
select tests.throws_error(
  $$
    insert into public.workout_sets (workout_exercise_id, set_index, side, reps)
    select tests.ref('bulk ' || n), place, 'left', 5 from generate_series(1, 6) as n, generate_series(0, 199) as place
  $$,
  'too_many_rows', 'nor added'
);
select tests.is_allowed($$delete from public.workouts where id = tests.ref('bulk')$$, 'the workout goes with all of them');

-- An account that is gone ----------------------------------------------------------------------------------------------

select tests.stop_acting();
select set_config('request.jwt.claims', json_build_object('sub', gen_random_uuid())::text, true),
  set_config('role', 'authenticated', true);
select tests.throws_error(format('select public.start_workout(timezone => %L)', zone), 'not_authenticated',
  'starts nothing')
from (values (null), ('UTC')) as choice (zone);

select * from finish();
rollback;
