-- What is next for an athlete under 18: two repetitions stay in reserve, and no one-rep maximum is tried.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(22);

create function tests.inputs(p_changes jsonb)
returns jsonb
language sql
as $$
  select jsonb_build_object(
    'rule', null, 'is_assisted', false, 'body_kg', 0, 'e1rm_kg', null, 'training_max_kg', null, 'break_percent', 0,
    'is_deload', false, 'loading', '(bar,barbell)', 'units', 'metric', 'sessions', '[]'::jsonb, 'waves', '[]'::jsonb,
    'equipment', (select jsonb_agg(usual) from private.usual_pieces('metric') as usual), 'most_rpe', 8,
    'scheme', '{"sets": 3, "reps_min": 5, "reps_max": 5, "reps_target": null, "rpe": null, "step_kg": 2.5, "load_type": "open", "load_value": null}'::jsonb
      || coalesce(p_changes -> 'scheme', '{}'),
    'sets', '[{"load_value": null, "load_share": 1, "reps_min": 5, "reps_max": 5}]'::jsonb
  ) || (p_changes - 'scheme');
$$;
create function tests.next(p_changes jsonb)
returns text
language sql
as $$
  select concat_ws(' ', answer ->> 'code', answer ->> 'weight_kg') from private.prescribe(tests.inputs(p_changes)) as answer;
$$;
create function tests.after(p_rule text, p_rpes jsonb, p_most_rpe numeric default 8)
returns text
language sql
as $$
  select tests.next(jsonb_build_object(
    'most_rpe', p_most_rpe,
    'rule', jsonb_build_object('type', p_rule, 'step_kg', null, 'attempts', 3, 'reset_percent', 10, 'target_rir', null,
      'tolerance', 0.5, 'max_change_percent', 5),
    'scheme', '{"rpe": 8}'::jsonb,
    'sessions', jsonb_build_array(jsonb_build_object('load_kg', 100, 'reps', '[5, 5, 5]'::jsonb, 'rpes', p_rpes))
  ));
$$;
grant execute on all functions in schema tests to public;

-- By the sets of last time ---------------------------------------------------------------------------------------------

select is(tests.after('linear', '[7, 8, 8]'), 'step 102.5', 'with two in reserve comes a step');
select is(tests.after('linear', '[null, null, null]'), 'step 102.5', 'unrated sets were done as they were asked for');
select is(tests.after('linear', '[7, 8, 9]'), 'lighter 95', 'one that was harder makes it less: 100 × 81.1 / 83.7, rounded down');
select is(tests.after('linear', '[7, 8, 9]', null), 'step 102.5', 'of an adult a step is asked');
select is(tests.after('double', '[10, 8, 8]'), 'lighter 92.5', 'to failure, less still: 100 × 81.1 / 86.3');
select is(tests.after('rpe', '[8, 8, 8.5]'), 'lighter 97.5', 'within the tolerance of the rule is too hard as well');
select is(tests.after('rpe', '[8, 8, 8.5]', null), 'on_target 100', 'for an adult it is not');

-- By the plan ----------------------------------------------------------------------------------------------------------

select is(
  tests.next('{"e1rm_kg": 100, "scheme": {"load_type": "fixed", "load_value": 95}}'), 'fixed 80',
  'a fixed load is no more than RPE 8 has with the repetitions'
);
select is(
  tests.next('{"e1rm_kg": 100, "most_rpe": null, "scheme": {"load_type": "fixed", "load_value": 95}}'), 'fixed 95',
  'for an adult it is the plan''s'
);
select is(
  tests.next('{"training_max_kg": 90, "scheme": {"load_type": "percent_training_max"},
    "sets": [{"load_value": 95, "load_share": 1, "reps_min": 5, "reps_max": 5}]}'), 'training_max 80',
  'nor is a share of a training max, of which the one-rep maximum follows'
);
select is_empty(
  $$
    select percent, reps
    from generate_series(40, 130, 5) as percent, generate_series(3, 12) as reps
    cross join lateral private.prescribe(tests.inputs(jsonb_build_object(
      'e1rm_kg', 120, 'scheme', '{"load_type": "percent_e1rm"}'::jsonb,
      'sets', jsonb_build_array(jsonb_build_object('load_value', percent, 'load_share', 1, 'reps_min', reps, 'reps_max', reps))
    ))) as answer
    where (answer ->> 'weight_kg')::numeric > 120 * private.load_share(reps, 8)
  $$,
  'whatever the percentage, no set is harder than RPE 8'
);

select is(
  private.gentler_plan('{"load_type": "rpe", "load_value": 9.5, "reps_min": 1, "reps_max": 1, "set_type": "top", "last_set_type": "amrap"}'),
  '{"load_type": "rpe", "load_value": 8, "reps_min": 3, "reps_max": 3, "reps_target": null, "set_type": "top",
    "last_set_type": null, "progression": null}', 'a heavy single of a plan is three with two in reserve'
);
select is(
  private.gentler_plan('{"load_type": "rir", "load_value": 0, "set_type": "failure", "progression": {"type": "double", "target_rir": 1}}')
    #>> '{progression,target_rir}', '2', 'a rule leaves two in reserve'
);

-- From a plan to a workout ---------------------------------------------------------------------------------------------

select tests.create_user('ana');
select tests.create_user('ben');
update public.personal_details set date_of_birth = current_date - interval '15 years' where user_id = tests.id('ana');
update public.personal_details set date_of_birth = current_date - interval '25 years' where user_id = tests.id('ben');
insert into public.workout_templates (id, created_by, name, difficulty, goal, total_weeks, visibility, is_published, published_at)
values (tests.ref('plan'), tests.id('ben'), 'Wave', 'beginner', 'strength', 1, 'public', true, now());
insert into public.template_versions (template_id, version, created_by, request_hash, document)
values (tests.ref('plan'), 1, tests.id('ben'), gen_random_uuid(), jsonb_build_object(
  'total_weeks', 1, 'deload', null, 'days', jsonb_build_array(jsonb_build_object(
    'id', tests.ref('day'), 'week', null, 'position', 0, 'weekday', null, 'is_rest_day', false, 'name', 'A',
    'focus_areas', '[]'::jsonb, 'notes', null, 'exercises', jsonb_build_array(jsonb_build_object(
      'id', tests.ref('squat'), 'exercise_id', tests.exercise('barbell-back-squat'), 'exercise_name', 'Squat', 'section', 'main',
      'position', 0, 'superset_group', null, 'group_type', null, 'rounds', null, 'sets', 3, 'set_type', 'working',
      'last_set_type', null, 'warmup_sets', 1, 'reps_min', null, 'reps_max', null, 'reps_target', null,
      'duration_seconds', null, 'distance_m', null, 'load_type', 'percent_training_max', 'load_value', null,
      'rest_seconds', 120, 'tempo', null, 'notes', null, 'alternatives', '[]'::jsonb,
      'progression', '{"type": "wave", "step_kg": null, "reset_percent": 10, "weeks": [{"sets":
        [{"percent": 75, "reps": 5}, {"percent": 100, "reps": 1, "amrap": true}]}]}'::jsonb
    ))
  ))
));

select tests.act_as(name) from (values ('ben')) as adult (name);
insert into public.training_maxes (exercise_id, load_kg) values (tests.exercise('barbell-back-squat'), 90);
create temporary table adult as select public.next_workout(tests.ref('plan')) #> '{exercises,0}' as asked;
select tests.act_as('ana');
insert into public.training_maxes (exercise_id, load_kg) values (tests.exercise('barbell-back-squat'), 90);
create temporary table minor as select public.next_workout(tests.ref('plan')) as said;

select results_eq(
  $$select asked #>> '{sets,2,set_type}', (asked #>> '{sets,2,weight_kg}')::numeric, asked #>> '{sets,2,rpe}' from adult$$,
  $$values ('amrap', 90::numeric, null)$$, 'an adult is asked for all they can at the training max'
);
select results_eq(
  $$select
      set ->> 'set_type', (set ->> 'weight_kg')::numeric, (set ->> 'reps_min')::integer, (set ->> 'reps_max')::integer,
      (set ->> 'rpe')::numeric
    from minor, jsonb_array_elements(said #> '{exercises,0,sets}') as set$$,
  $$values ('warmup', 32.5::numeric, 5, 5, null), ('working', 67.5, 5, 5, 8::numeric), ('working', 85, 3, 3, 8)$$,
  'a minor for three with two in reserve: at most 86.3 % of 100 kg'
);
select matches(
  (select said #>> '{exercises,0,reason}' from minor), 'Under 18 two repetitions or more stay in reserve', 'and is told why'
);
select doesnt_match((select asked ->> 'reason' from adult), 'Under 18', 'an adult is not');
select is((select said ->> 'rule_version' from minor), '2', 'the version of the rules is told');
select is_empty(
  $$select from public.prescriptions where answer <> private.prescribe(inputs) or rule_version <> 2 or inputs ->> 'most_rpe' <> '8'$$,
  'and kept with the inputs, from which the answer can be had again'
);
select is(public.next_workout(tests.ref('plan')), (select said from minor), 'asked again it is the same answer');

select public.start_workout(tests.ref('workout'), tests.ref('plan'));
select results_eq(
  $$select set_type::text, planned_weight_kg, planned_reps_min, planned_rpe from public.workout_sets order by set_index$$,
  $$values ('warmup', 32.5, 5, null::numeric), ('working', 67.5, 5, 8.0), ('working', 85, 3, 8.0)$$,
  'the workout that is started has the same plan'
);
select tests.stop_acting();
update public.personal_details set date_of_birth = current_date - interval '18 years' where user_id = tests.id('ana');
select tests.act_as('ana');
select is(
  public.next_workout(tests.ref('plan')) #>> '{exercises,0,sets,2,set_type}', 'amrap', 'from 18 on it is the plan''s own'
);

select * from finish();
rollback;
