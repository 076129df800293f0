-- Workouts from a plan: a day of a template, or a workout of the past.
begin;
\ir support/acting.psql
\ir support/workouts.psql
\ir support/templates.psql
select plan(43);

select tests.create_user('ana');
select tests.create_user('ben');
select tests.create_user('cleo');

create function tests.planned_of(p_workout uuid)
returns table (
  place integer, exercise uuid, set_index integer, set_type text, weight_kg numeric, reps_min integer, reps_max integer,
  seconds numeric, rest integer, tempo text
)
language sql
stable
as $$
  select workout_exercises.position::integer, workout_exercises.exercise_id, workout_sets.set_index::integer,
    workout_sets.set_type::text, trim_scale(planned_weight_kg), planned_reps_min, planned_reps_max,
    trim_scale(planned_duration_seconds), planned_rest_seconds, planned_tempo
  from public.workout_exercises
  left join public.workout_sets on workout_sets.workout_exercise_id = workout_exercises.id
  where workout_exercises.workout_id = p_workout
  order by 1, 3;
$$;
grant execute on all functions in schema tests to public;

-- A day of a template --------------------------------------------------------------------------------------------------

select tests.act_as('ana');
create temporary table saved as
select public.save_template(tests.template(
  jsonb_build_array(
    tests.day(jsonb_build_array(
      tests.planned('{"load_type": "fixed", "load_value": 100.0, "warmup_sets": 1, "sets": 2, "rest_seconds": 180,
        "tempo": "3-1-X-0", "notes": "slow"}'),
      tests.timed('{"section": "cooldown", "sets": 1}')
    ), '{"name": "Legs"}'),
    tests.day(jsonb_build_array(tests.planned('{}')), '{"name": "More legs"}')
  ),
  '{"id": "00000000-0000-4000-8000-00000000f901", "total_weeks": 2, "name": "Strong legs"}'
)) as answer;
grant select on saved to public;
select tests.stop_acting();
create function tests.day_id(p_day integer)
returns uuid
language sql
as $$
  select (answer #>> array['days', p_day::text, 'id'])::uuid from saved;
$$;
grant execute on function tests.day_id(integer) to public;
select tests.act_as('ana');

select tests.throws_error(
  $$select public.start_workout(template_id => '00000000-0000-4000-8000-00000000f901')$$, 'invalid_argument',
  'of a plan of two days one has to be chosen'
);
select tests.throws_error(format('select public.start_workout(%s)', arguments), code, label)
from (
  values
    ($$template_id => tests.ref('nowhere'), template_day_id => tests.day_id(0)$$, 'template_not_found', 'a template exists'),
    ($$template_id => '00000000-0000-4000-8000-00000000f901', template_day_id => tests.ref('never')$$,
      'template_day_not_found', 'so does the day'),
    ($$template_day_id => tests.day_id(0)$$, 'invalid_argument', 'a day is one of a template'),
    ($$template_id => '00000000-0000-4000-8000-00000000f901', from_workout_id => tests.ref('old')$$, 'invalid_argument',
      'there is one plan at a time'),
    ($$from_workout_id => tests.ref('old')$$, 'workout_not_found', 'the past exists')
) as attempt (arguments, code, label);
select is((select count(*) from public.workouts), 0::bigint, 'what is refused starts nothing');

select tests.stop_acting();
delete from realtime.messages where topic = 'user:' || tests.id('ana');
select tests.act_as('ana');
select results_eq(
  $$
    select name, template_name, template_week::integer, template_run_id, status::text, set_count
    from public.start_workout(
      id => tests.ref('legs'), template_id => '00000000-0000-4000-8000-00000000f901', template_day_id => tests.day_id(0)
    )
  $$,
  $$values ('Legs', 'Strong legs', 1, null::uuid, 'in_progress', 0)$$,
  'a workout begins from a day of it, called as that'
);
select results_eq(
  $$select * from tests.planned_of(tests.ref('legs'))$$,
  $$values
    (0, '00000000-0000-4000-8000-00000000e401'::uuid, 0, 'warmup', 50::numeric, 5, 5, null::numeric, 180, '3-1-X-0'),
    (0, '00000000-0000-4000-8000-00000000e401', 1, 'working', 100, 5, null, null, 180, '3-1-X-0'),
    (0, '00000000-0000-4000-8000-00000000e401', 2, 'working', 100, 5, null, null, 180, '3-1-X-0'),
    (1, '00000000-0000-4000-8000-00000000e402', 0, 'working', null, null, null, 60, null, null)$$,
  'with its exercises, and its sets as planned'
);
select results_eq(
  $$select section, notes from public.workout_exercises where workout_id = tests.ref('legs') order by position$$,
  $$values ('main', 'slow'), ('cooldown', null)$$, 'in their sections, with their notes'
);
select is((select count(*) from public.workout_sets where completed_at is not null or is_counted), 0::bigint, 'nothing is done yet');
select is(
  (select count(*) from public.start_workout(
    id => tests.ref('legs'), template_id => '00000000-0000-4000-8000-00000000f901', template_day_id => tests.day_id(0)
  ) as again where again.id = tests.ref('legs')), 1::bigint, 'the same request again is the same answer'
);
select is((select count(*) from public.workout_sets), 4::bigint, 'and writes nothing twice');
select tests.stop_acting();
select is(
  (select count(*) from realtime.messages where topic = 'user:' || tests.id('ana')), 1::bigint,
  'all of it is one change to the other devices'
);
select tests.act_as('ana');
select tests.throws_error(
  $$select public.start_workout(
    id => tests.ref('legs'), template_id => '00000000-0000-4000-8000-00000000f901', template_day_id => tests.day_id(1)
  )$$, 'id_conflict', 'the same id with another day is a conflict'
);
select results_eq(
  $$
    select (filled ->> 'planned_weight_kg')::numeric, (filled ->> 'weight_kg')::numeric
    from public.complete_set(
      id => (select id from public.workout_sets where set_index = 1), weight_kg => 102.5, reps => 5,
      workout_exercise_id => (select id from public.workout_exercises where position = 0)
    ) as filled
  $$,
  $$values (100::numeric, 102.5::numeric)$$, 'a planned set is filled beside its plan'
);
select is((select set_count from public.workouts), 1, 'and counts');
select public.complete_workout(tests.ref('legs'));

-- The plan changes and goes, what was begun stays.
select public.save_template(jsonb_set(answer, '{days,0,exercises,0,sets}', '5')) is not null as edited from saved;
select is((select count(*) from tests.planned_of(tests.ref('legs'))), 4::bigint, 'an edit of the template changes no workout');
delete from public.workout_templates where id = '00000000-0000-4000-8000-00000000f901';
select is((select count(*) from tests.planned_of(tests.ref('legs'))), 4::bigint, 'nor does its end');
select is((select template_name from public.workouts), 'Strong legs', 'its name is kept');

-- Who may --------------------------------------------------------------------------------------------------------------

select public.save_template(tests.template(
  jsonb_build_array(tests.day(jsonb_build_array(tests.planned('{}')))),
  '{"id": "00000000-0000-4000-8000-00000000f902", "total_weeks": 1, "name": "Secret", "visibility": "private"}'
)) is not null as saved;
select tests.act_as('ben');
select tests.throws_error(
  $$select public.start_workout(template_id => '00000000-0000-4000-8000-00000000f902')$$, 'template_not_found',
  'a private template is nobody else''s'
);
select tests.stop_acting();
update public.workout_templates set visibility = 'public', is_published = true, published_at = now(), is_premium = true
where id = '00000000-0000-4000-8000-00000000f902';
update public.template_versions set is_premium = true where template_id = '00000000-0000-4000-8000-00000000f902';
select tests.act_as('ben');
select tests.throws_error(
  $$select public.start_workout(template_id => '00000000-0000-4000-8000-00000000f902')$$, 'premium_template',
  'a premium one is for premium plans'
);
select tests.throws_error(
  $$insert into public.workouts (template_id, status) values ('00000000-0000-4000-8000-00000000f902', 'planned')$$,
  'premium_template', 'past the function too'
);
select is((select count(*) from public.workouts), 0::bigint, 'nothing was begun');
select tests.stop_acting();
insert into public.subscriptions (user_id, plan_id, status, started_at) values (tests.id('ben'), 'premium', 'active', now());
select tests.act_as('ben');
select lives_ok(
  $$select public.start_workout(id => tests.ref('paid'), template_id => '00000000-0000-4000-8000-00000000f902')$$,
  'who has one starts it, and a plan of one day needs no day'
);
select is((select count(*) from tests.planned_of(tests.ref('paid'))), 3::bigint, 'with its sets');
select tests.throws_error(
  $$update public.workouts set template_run_id = null$$, '42501', 'its place in a run is not written'
);
select public.cancel_workout(tests.ref('paid'));
select lives_ok(
  $$insert into public.workouts (id, template_id, status, planned_for)
    values (tests.ref('ahead'), '00000000-0000-4000-8000-00000000f902', 'planned', current_date)$$,
  'it can be planned ahead'
);
select is((select count(*) from tests.planned_of(tests.ref('ahead'))), 0::bigint, 'with nothing in it yet');
select public.start_workout(id => tests.ref('ahead'));
select is((select count(*) from tests.planned_of(tests.ref('ahead'))), 3::bigint, 'and has its sets when it begins');
select public.cancel_workout(tests.ref('ahead'));

-- A workout of the past ------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select tests.start('old', 'barbell-bench-press', 7);
select tests.lift('old', 1, 60, 8, 'warmup');
select tests.lift('old', 5, 100, 5, 'top');
select tests.lift('old', 9, 90, 8, 'backoff');
update public.workout_sets set tempo = '3010', rest_seconds = 150 where id = tests.ref('old at 5');
insert into public.workout_sets (workout_exercise_id, set_index, planned_weight_kg, planned_reps_min, planned_reps_max)
values (tests.ref('old'), 3, 80, 8, 10);
insert into public.workout_sets (workout_exercise_id, set_index, side, weight_kg, reps, completed_at)
select tests.ref('old'), 4, side, 20, 12, now() - interval '7 days' + interval '20 minutes'
from unnest('{left,right}'::public.set_side[]) as side;
select public.add_workout_exercise(tests.ref('old'), tests.exercise('plank'), superset_group => 2);
select tests.finish('old');

select results_eq(
  $$select name, status::text from public.start_workout(id => tests.ref('again'), from_workout_id => tests.ref('old'))$$,
  $$values ('old', 'in_progress')$$, 'a workout of the past is done again'
);
select results_eq(
  $$select set_index, set_type, weight_kg, reps_min, reps_max, rest, tempo from tests.planned_of(tests.ref('again'))$$,
  $$values
    (0, 'warmup', 60::numeric, 8, 8, null::integer, null),
    (1, 'top', 100, 5, 5, 150, '3010'),
    (2, 'backoff', 90, 8, 8, null, null),
    (3, 'working', 80, 8, 10, null, null),
    (4, 'working', 20, 12, 12, null, null),
    (4, 'working', 20, 12, 12, null, null),
    (null, null, null, null, null, null, null)$$,
  'what was done is the plan; what was not done is planned again'
);
select results_eq(
  $$select exercise_name, superset_group::integer, version from public.workout_exercises where workout_id = tests.ref('again') order by position$$,
  $$values ('Barbell Bench Press', null, 1), ('Plank', 2, 1)$$, 'exercises in their order and groups'
);
select is((select count(*) from public.workout_sets where workout_id = tests.ref('again') and completed_at is not null), 0::bigint,
  'nothing counts as done');
select lives_ok(
  $$select public.start_workout(id => tests.ref('again'), from_workout_id => tests.ref('old'))$$,
  'the same request again is the same answer'
);
select is((select count(*) from public.workout_sets where workout_id = tests.ref('again')), 6::bigint, 'and writes nothing twice');
select public.cancel_workout(tests.ref('again'));

-- Somebody else's
select tests.act_as('ben');
select tests.throws_error($$select public.start_workout(from_workout_id => tests.ref('old'))$$, 'workout_not_found',
  'another''s workout is nobody''s plan');
select tests.stop_acting();
insert into public.friendships (requester_id, addressee_id, accepted_at) values (tests.id('ben'), tests.id('ana'), now());
select tests.act_as('ana');
select public.share_workout(tests.ref('old'), 'friends');
select tests.act_as('ben');
select lives_ok(
  $$select public.start_workout(id => tests.ref('copied'), from_workout_id => tests.ref('old'))$$, 'unless it is shared'
);
select is((select count(*) from tests.planned_of(tests.ref('copied'))), 7::bigint, 'then its exercises and sets are the plan');
select is((select count(*) from tests.planned_of(tests.ref('copied')) where weight_kg is not null), 0::bigint,
  'without the other''s weights');
select is((select count(*) from public.workouts where user_id = tests.id('ben') and id = tests.ref('copied')), 1::bigint, 'it is ben''s own');

select tests.act_as('cleo');
select tests.throws_error($$select public.start_workout(from_workout_id => tests.ref('old'))$$, 'workout_not_found', 'not to a stranger');
select tests.act_as_anon();
select tests.throws_error($$select public.start_workout(from_workout_id => tests.ref('old'))$$, '42501', 'nor to nobody');

select * from finish();
rollback;
