-- Runs: the version that an athlete began stays, whatever becomes of the template; and what became of it can be read.
begin;
\ir support/acting.psql
\ir support/templates.psql
select plan(55);

select tests.create_user('ana');
select tests.create_user('ben');
select tests.create_user('cleo');
update public.profiles set timezone = 'Pacific/Kiritimati' where user_id = tests.id('ben');

create function tests.card()
returns public.workout_templates
language sql
as $$
  select workout_templates from public.workout_templates where id = '00000000-0000-4000-8000-00000000f001';
$$;
create function tests.planned_of(p_name text)
returns setof text
language sql
as $$
  select format('%s %s x %s @ %s', exercises.name, planned.set_index, planned.planned_reps_min, trim_scale(planned.planned_weight_kg))
  from private.planned_sets(tests.id(p_name), '00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000f0d1') as planned
  join public.exercises on exercises.id = planned.exercise_id;
$$;
-- A workout of ben's run, done.
create function tests.train(p_run text, p_week integer)
returns void
language plpgsql
as $$
declare
  v_id uuid;
begin
  insert into public.workouts (
    user_id, template_id, template_day_id, template_run_id, status, timezone, started_at, ended_at, active_seconds
  )
  values (
    tests.id('ben'), '00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000f0d1', p_run::uuid,
    'completed', 'UTC', now() - interval '2 hours', now() - interval '1 hour', 3600
  )
  returning id into v_id;
  -- A new workout is of the week that is due; this one of the week that it is said to be.
  update public.workouts set template_week = p_week where id = v_id;
end;
$$;
grant execute on all functions in schema tests to public;

select tests.act_as('ana');
create temporary table plan as
select public.publish_template((public.save_template(tests.template(
  jsonb_build_array(tests.day(
    jsonb_build_array(
      tests.planned('{"load_type": "fixed", "load_value": 100}'),
      tests.planned('{"exercise_id": "00000000-0000-4000-8000-00000000e404", "sets": 1}')
    ),
    '{"id": "00000000-0000-4000-8000-00000000f0d1", "name": "A"}'
  )),
  '{"id": "00000000-0000-4000-8000-00000000f001", "total_weeks": 4}'
)) ->> 'id')::uuid) as answer;
grant select on plan to public;

-- Beginning ------------------------------------------------------------------------------------------------------------

create temporary table draft as
select public.save_template(tests.plan_of_exercises(tests.planned('{"exercise_id": "00000000-0000-4000-8000-00000000e404"}'))) as answer;
grant select on draft to public;
select tests.act_as('ben');
-- Behind the API: a run opens its version to the athlete, so none is written for what the athlete does not see.
select tests.throws_error(
  $$select private.insert_template_run(gen_random_uuid(), jsonb_populate_record(null::public.workout_templates, (select answer from draft)), '2026-01-01')$$,
  'template_not_found', 'a draft of another''s is not begun, whatever the caller claims'
);
select tests.throws_error($$select public.begin_template_run('00000000-0000-4000-8000-00000000f0ff')$$, 'template_not_found', 'what is not there is not begun');
select tests.throws_error($$select public.begin_template_run('00000000-0000-4000-8000-00000000f001', started_on => 'infinity')$$, 'invalid_argument', 'nor on no day');
create temporary table run as
select (public.begin_template_run('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000f0a1')).*;
select results_eq(
  'select version, status::text, template_name, started_on from run',
  $$values (1, 'active', 'Plan', (now() at time zone 'Pacific/Kiritimati')::date)$$, 'a run begins on the athlete''s day, in the newest version'
);
select is(
  (public.begin_template_run('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000f0a1')).created_at, (select created_at from run),
  'the same id again is the same run'
);
select tests.throws_error($$select public.begin_template_run('00000000-0000-4000-8000-00000000f001')$$, 'template_run_active', 'one at a time');
select is(public.get_template('00000000-0000-4000-8000-00000000f001') #>> '{run,id}', '00000000-0000-4000-8000-00000000f0a1', 'the template is read with it');
create temporary table before as select * from tests.planned_of('ben') as planned;
select results_eq('select * from before', array[
  'Test Squat 0 x 5 @ 100', 'Test Squat 1 x 5 @ 100', 'Test Squat 2 x 5 @ 100', 'Test Pull-up 0 x 5 @ '
], 'its sets are planned');
select tests.act_as('ana');
select is((public.begin_template_run('00000000-0000-4000-8000-00000000f001')).version, 1, 'an author may follow their own');
select tests.act_as('cleo');
select tests.throws_error($$select public.begin_template_run('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000f0a1')$$, 'id_conflict', 'an id is one run''s');
select tests.throws_error($$select public.finish_template_run('00000000-0000-4000-8000-00000000f0a1')$$, 'template_run_not_found', 'a run is its athlete''s');
select is((public.begin_template_run('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000f0a2')).status, 'active', 'many follow one plan');
select tests.stop_acting();
select results_eq('select (tests.card()).runs_started, (tests.card()).runs_completed, (tests.card()).completion_rate', 'values (2::bigint, 0::bigint, 0.000)', 'runs are counted, but not the author''s');

-- Changes --------------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select public.save_template(jsonb_set(jsonb_set(jsonb_set(jsonb_set(
  (select answer from plan),
  '{days,0,exercises,0,sets}', '5'),
  '{days,0,exercises,0,load_value}', '60'),
  '{days,0,exercises,1}', tests.timed('{"position": 1, "id": "00000000-0000-4000-8000-00000000f0e9"}')),
  '{total_weeks}', '6')
) -> 'version' as version;
select tests.act_as('ben');
select results_eq('select tests.planned_of(''ben'')', 'select * from before', 'who is in the middle of a plan stays on its version');
select is(public.get_template('00000000-0000-4000-8000-00000000f001') -> 'newest_version', '2', 'and sees that there is a newer');
select results_eq(
  $$select change ->> 'text' from jsonb_array_elements(public.template_changes('00000000-0000-4000-8000-00000000f001') -> 'changes') as change$$,
  array[
    'total weeks from 4 to 6', 'A, Test Plank: added', 'A, Test Pull-up: removed',
    'A, Test Squat: load value from 100 to 60', 'A, Test Squat: sets from 3 to 5'
  ],
  'with what is different, in words'
);
select is(
  public.template_changes('00000000-0000-4000-8000-00000000f001') #> '{changes,0}',
  '{"part": "plan", "kind": "changed", "day": null, "exercise_id": null, "exercise": null, "field": "total_weeks", "from": 4, "to": 6, "text": "total weeks from 4 to 6"}',
  'and in data'
);
select is(public.template_changes('00000000-0000-4000-8000-00000000f001', 2, 2) -> 'changes', '[]', 'a version does not differ from itself');
select tests.throws_error($$select public.template_changes('00000000-0000-4000-8000-00000000f001', 1, 9)$$, 'template_not_found', 'a version that is not there');
select tests.throws_error($$select private.set_template_run_version('00000000-0000-4000-8000-00000000f0a1', 3)$$, 'template_not_found', 'nobody is moved to what is not there');
select is((public.move_template_run('00000000-0000-4000-8000-00000000f0a1')).version, 2, 'the athlete moves on when they want to');
select is((public.move_template_run('00000000-0000-4000-8000-00000000f0a1')).version, 2, 'once');
select is((select count(*) from tests.planned_of('ben')), 8::bigint, 'and trains by the new version');
select tests.act_as('cleo');
select results_eq('select tests.planned_of(''cleo'')', 'select * from before', 'others stay where they are');

-- Ending ---------------------------------------------------------------------------------------------------------------

select tests.act_as('ben');
select tests.throws_error($$select public.finish_template_run('00000000-0000-4000-8000-00000000f0a1')$$, 'template_run_incomplete', 'a plan that was not trained is not completed');
select tests.stop_acting();
select tests.train('00000000-0000-4000-8000-00000000f0a1', week) from generate_series(1, 4) as week;
-- Twice the same day is not two days.
select tests.train('00000000-0000-4000-8000-00000000f0a1', 4);
select tests.act_as('ben');
select tests.throws_error($$select public.finish_template_run('00000000-0000-4000-8000-00000000f0a1')$$, 'template_run_incomplete', 'four of six days are too few');
select tests.stop_acting();
select tests.train('00000000-0000-4000-8000-00000000f0a1', 5);
select tests.act_as('ben');
select is((public.finish_template_run('00000000-0000-4000-8000-00000000f0a1')).status, 'completed', 'three quarters are enough');
select is((public.finish_template_run('00000000-0000-4000-8000-00000000f0a1')).status, 'completed', 'the same call again answers the same');
select tests.throws_error($$select public.abandon_template_run('00000000-0000-4000-8000-00000000f0a1')$$, 'template_run_over', 'what is over stays so');
select tests.throws_error($$select public.move_template_run('00000000-0000-4000-8000-00000000f0a1')$$, 'template_run_over', 'and where it is');
select tests.stop_acting();
select results_eq('select (tests.card()).runs_started, (tests.card()).runs_completed, (tests.card()).completion_rate', 'values (2::bigint, 1::bigint, 0.500)', 'the completion rate follows');
select private.count_template_usage(array['00000000-0000-4000-8000-00000000f001'::uuid]);
select is((tests.card()).usage_count, 6::bigint, 'and the workouts are counted');

-- Withdrawn, premium, deleted ------------------------------------------------------------------------------------------

select tests.act_as('ana');
select public.unpublish_template('00000000-0000-4000-8000-00000000f001') is not null as withdrawn;
select tests.act_as('cleo');
select results_eq('select tests.planned_of(''cleo'')', 'select * from before', 'a run outlives that its plan is withdrawn');
select is(public.get_template('00000000-0000-4000-8000-00000000f001') -> 'version', '1', 'and reads the plan');
select tests.throws_error($$select public.move_template_run('00000000-0000-4000-8000-00000000f0a2')$$, 'template_not_found', 'but not what came after');
select tests.act_as('ben');
select tests.throws_error($$select public.begin_template_run('00000000-0000-4000-8000-00000000f001')$$, 'template_not_found', 'nobody begins it any more');
select tests.stop_acting();
update public.workout_templates set is_published = true, is_premium = true where id = '00000000-0000-4000-8000-00000000f001';
select tests.act_as('cleo');
select tests.throws_error($$select tests.planned_of('cleo')$$, 'premium_template', 'a premium plan is trained while one is entitled to it');
select tests.act_as('ben');
select tests.throws_error($$select public.begin_template_run('00000000-0000-4000-8000-00000000f001')$$, 'premium_template', 'and begun');
select tests.stop_acting();
update public.workout_templates set is_premium = false where id = '00000000-0000-4000-8000-00000000f001';
select tests.act_as('ana');
delete from public.workout_templates where id = '00000000-0000-4000-8000-00000000f001';
select tests.act_as('cleo');
select results_eq('select tests.planned_of(''cleo'')', 'select * from before', 'a run outlives that its plan is deleted');
select is(public.get_template('00000000-0000-4000-8000-00000000f001') -> 'version', '1', 'and reads the plan');
select tests.act_as('ana');
select tests.throws_error($$select public.save_template((select answer from plan) - 'version')$$, 'id_conflict', 'whose id nobody takes meanwhile');
select tests.act_as('ben');
select is(tests.rows_of('select from public.workouts where template_id = ''00000000-0000-4000-8000-00000000f001'''), 6, 'what was trained is history');
select tests.act_as('cleo');
select is((public.abandon_template_run('00000000-0000-4000-8000-00000000f0a2')).status, 'abandoned', 'a run is abandoned');
select tests.throws_error($$select public.get_template('00000000-0000-4000-8000-00000000f001')$$, 'template_not_found', 'and takes the last of the plan along');

-- Merged exercises -----------------------------------------------------------------------------------------------------

select tests.stop_acting();
insert into public.exercises (
  id, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry, review_status
)
values ('00000000-0000-4000-8000-00000000e406', 'Test Back Squat', 'strength', '{quadriceps}', 'beginner', 'squat', 'weight_reps', 'total', 'approved');
update public.user_roles set role = 'admin' where user_id = tests.id('ben');
select tests.act_as('ana');
create temporary table squat_plan as
select public.save_template(tests.plan_of_exercises(tests.planned('{"load_type": "fixed", "load_value": 80}')) || '{"id": "00000000-0000-4000-8000-00000000f002"}') as answer;
select tests.act_as('ben');
select is(public.delete_exercise('00000000-0000-4000-8000-00000000e403'), 'deleted', 'what no template has is deleted');
select public.merge_exercises('00000000-0000-4000-8000-00000000e401', '00000000-0000-4000-8000-00000000e406') -> 'is_complete' as merged;
select tests.act_as('ana');
select is(public.get_template('00000000-0000-4000-8000-00000000f002') #>> '{days,0,exercises,0,exercise_id}', '00000000-0000-4000-8000-00000000e406', 'a merged exercise is read as the kept one');
select is(tests.rows_of('select from public.template_exercises where exercise_id = ''00000000-0000-4000-8000-00000000e406'''), 1, 'rows follow');
select is(
  (select planned_weight_kg from private.planned_sets(tests.id('ana'), '00000000-0000-4000-8000-00000000f002', (select (answer #>> '{days,0,id}')::uuid from squat_plan)) limit 1),
  80.000, 'and its load stays'
);
select is(public.save_template(public.get_template('00000000-0000-4000-8000-00000000f002')) -> 'version', '1', 'what is sent back is no change');
select is(public.save_template((select answer from squat_plan) - 'version') -> 'version', '1', 'nor by the old id');
select tests.act_as('ben');
select public.unmerge_exercise('00000000-0000-4000-8000-00000000e401') is not null as unmerged;
select tests.act_as('ana');
select is(tests.rows_of('select from public.template_exercises where exercise_id = ''00000000-0000-4000-8000-00000000e401'''), 1, 'a merge that is taken back is forgotten');
select tests.act_as('ben');
select is(public.delete_exercise('00000000-0000-4000-8000-00000000e401'), 'retired', 'what a template has is put away, not deleted');

-- Accounts that go ----------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select public.publish_template('00000000-0000-4000-8000-00000000f003') is not null
from (select public.save_template(tests.plan_of_exercises(
  tests.planned('{"exercise_id": "00000000-0000-4000-8000-00000000e404"}')
) || '{"id": "00000000-0000-4000-8000-00000000f003"}') as answer offset 0) as saved
where saved.answer is not null;
select tests.act_as('cleo');
create temporary table last_run as select (public.begin_template_run('00000000-0000-4000-8000-00000000f003')).id as id;
select tests.stop_acting();
delete from auth.users where id = tests.id('ana');
select tests.act_as('cleo');
select isnt(
  public.get_template('00000000-0000-4000-8000-00000000f003') #> '{days,0,exercises,0}', null,
  'an author who leaves takes the template along, but not what others are in the middle of'
);
select is(public.get_template('00000000-0000-4000-8000-00000000f003') ->> 'created_by', null, 'which is nobody''s from then on');
select tests.stop_acting();
delete from auth.users where id = tests.id('cleo');
select is((select count(*) from public.template_versions where template_id = '00000000-0000-4000-8000-00000000f003'), 0::bigint, 'and goes with the last who followed it');

select * from finish();
rollback;
