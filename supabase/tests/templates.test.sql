-- Templates: a document is stored whole or not at all, in versions, and read by those who may.
begin;
\ir support/acting.psql
\ir support/templates.psql
select plan(39);

select tests.create_user('ana');
select tests.create_user('ben');
insert into public.exercises (
  id, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry, created_by
)
values
  ('00000000-0000-4000-8000-00000000e4a1', 'Ana''s Own Lift', 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total', tests.id('ana')),
  ('00000000-0000-4000-8000-00000000e4b1', 'Ben''s Own Lift', 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total', tests.id('ben'));

-- The one form ---------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
create temporary table saved as
select public.save_template(tests.template(
  jsonb_build_array(
    tests.day(jsonb_build_array(
      tests.planned('{"load_type": "fixed", "load_value": 100.0, "warmup_sets": 2, "rest_seconds": 180, "tempo": "3-1-X-0",
        "alternatives": ["00000000-0000-4000-8000-00000000e403"], "progression": {"type": "linear", "step_kg": 2.5}}'),
      tests.timed('{"section": "cooldown"}')
    ), '{"weekday": "monday", "focus_areas": ["Legs"]}'),
    tests.day('[]', '{"name": "Rest", "is_rest_day": true}')
  ),
  '{"id": "00000000-0000-4000-8000-00000000f001", "total_weeks": 8, "deload": {"weeks": [4, 8]}, "tags": ["novice"],
    "ai_generated": {"prompt": "My knee hurts", "generated_at": "2026-03-01T12:00:00Z", "ai_version": "m-1"}}'
)) as answer;

select results_eq(
  $$select answer ->> 'id', answer -> 'version', answer ->> 'language', answer -> 'deload', answer -> 'days_per_week'
    from saved$$,
  $$values ('00000000-0000-4000-8000-00000000f001', '1'::jsonb, 'en',
    '{"weeks": [4, 8], "rir_add": 2, "load_percent": 90, "sets_percent": 50}'::jsonb, '1'::jsonb)$$,
  'a document is answered in its one form'
);
select is(
  (select (answer #> '{days,0,exercises,0}') - 'id' from saved),
  '{"exercise_id": "00000000-0000-4000-8000-00000000e401", "section": "main", "position": 0, "superset_group": null,
    "group_type": null, "rounds": null, "sets": 3, "set_type": "working", "last_set_type": null, "warmup_sets": 2,
    "reps_min": 5, "reps_max": null, "reps_target": null, "duration_seconds": null, "distance_m": null, "load_type": "fixed",
    "load_value": 100, "rest_seconds": 180, "tempo": "3-1-X-0", "notes": null,
    "alternatives": ["00000000-0000-4000-8000-00000000e403"],
    "progression": {"type": "linear", "step_kg": 2.5, "attempts": 3, "reset_percent": 10}}'::jsonb,
  'what is left out is there'
);
-- 300 of general warm-up; squats: 30 + 90 + 2 x 60 before, 3 x 5 x 5 of tempo, 2 x 180 of rest; plank: 30 + 60, 3 x 60, 2 x 120.
select results_eq(
  $$select (answer #>> '{days,0,estimated_minutes}')::integer, (answer #>> '{days,0,estimated_calories}')::integer from saved$$,
  -- 675 s at 5 MET and 510 s at 3: 4.139 MET x 75 kg x 1485 s.
  $$values (25, 130)$$,
  'minutes and kcal follow from the sets'
);
select is((select answer -> 'primary_muscles' from saved), '["glutes", "quadriceps"]', 'what it trains, of the main part');
select is((select answer -> 'equipment' from saved), '["barbell", "bodyweight", "rack"]', 'and what it needs');
select is((select answer #>> '{ai_generated,prompt}' from saved), 'My knee hurts', 'its author reads what was asked of the AI');
select is((select answer -> 'is_ai_generated' from saved), 'true', 'and that it was');
select is(
  (select jsonb_agg(card -> 'name') from saved, jsonb_array_elements(answer -> 'exercises') as card),
  '["Test Plank", "Test Press", "Test Squat"]', 'each exercise has a card, alternatives as well'
);
select results_eq(
  $$select exercise_id, planned_exercise_id, section::text, sets::integer, progression ->> 'type'
    from public.template_exercises where template_id = '00000000-0000-4000-8000-00000000f001' order by position$$,
  $$values
    ('00000000-0000-4000-8000-00000000e401'::uuid, '00000000-0000-4000-8000-00000000e401'::uuid, 'main', 3, 'linear'),
    ('00000000-0000-4000-8000-00000000e402', '00000000-0000-4000-8000-00000000e402', 'cooldown', 3, null)$$,
  'its exercises are rows, too'
);

-- Versions -------------------------------------------------------------------------------------------------------------

select is(public.save_template((select answer from saved)), (select answer from saved), 'what is sent back unchanged changes nothing');
select is(
  public.save_template((select answer from saved) #- '{days,0,id}' #- '{days,0,exercises,0,id}'),
  (select answer from saved), 'days and exercises without an id are those that stood there'
);
create temporary table edited as
select jsonb_set((select answer from saved), '{days,0,exercises,0,sets}', '5') as request;
create temporary table second as
select public.save_template((select request from edited)) as answer;
select is((select answer -> 'version' from second), '2', 'a change makes a version');
select is((select answer #> '{days,0,exercises,0,sets}' from second), '5', 'with the change');
select is((select answer #> '{days,0,exercises,0,id}' from second), (select answer #> '{days,0,exercises,0,id}' from saved), 'the same ids');
select is(public.save_template((select request from edited)), (select answer from second), 'the same request again is answered as the first time');
select tests.throws_error(
  $$select public.save_template(jsonb_set((select request from edited), '{name}', '"Lost"'))$$, 'template_changed',
  'a change made in an old version does not undo the newer'
);
select is(
  public.get_template('00000000-0000-4000-8000-00000000f001', 1) #> '{days,0,exercises,0,sets}', '3',
  'versions are kept'
);
select is(
  (select count(*) from public.template_versions where template_id = '00000000-0000-4000-8000-00000000f001'), 2::bigint,
  'and none is made for nothing'
);
select tests.throws_error(
  $$select public.save_template(tests.plan_of_exercises(tests.planned()) || '{"id": "00000000-0000-4000-8000-00000000f0ff", "version": 1}')$$,
  'template_not_found', 'a change of what is gone'
);

-- Others ---------------------------------------------------------------------------------------------------------------

select tests.act_as('ben');
select tests.throws_error(
  $$select public.get_template('00000000-0000-4000-8000-00000000f001')$$, 'template_not_found', 'others do not see a draft'
);
select tests.throws_error(
  $$select public.save_template((select answer from second))$$, 'id_conflict', 'and do not write over it'
);
select tests.throws_error(
  $$select public.save_template((select answer from second) - '{id,version}'::text[])$$, 'id_conflict', 'nor over its days'
);
select is(
  tests.rows_of('select from public.template_generations'), 0, 'nor do they see what was asked of the AI'
);
select is(
  tests.refusal(tests.plan_of_exercises(tests.planned('{"exercise_id": "00000000-0000-4000-8000-00000000e4a1"}'))),
  '$.days[0].exercises[0].exercise_id must be an exercise of the library or of one''s own', 'nobody plans another''s own exercise'
);
select is(
  tests.refusal(tests.plan_of_exercises(tests.planned('{"alternatives": ["00000000-0000-4000-8000-00000000e4a1"]}'))),
  '$.days[0].exercises[0].alternatives[0] must be an exercise of the library or of one''s own', 'nor offers it'
);
select is(
  tests.refusal(tests.plan_of_exercises(tests.planned('{"exercise_id": "00000000-0000-4000-8000-00000000e4b1"}'))), null,
  'one''s own may be planned'
);
select tests.act_as_anon();
select is(
  tests.error_of($$select public.save_template('{}')$$), '42501', 'who is not signed in saves nothing'
);
select tests.stop_acting();
select set_config('request.jwt.claims', json_build_object('sub', gen_random_uuid(), 'role', 'authenticated')::text, true), set_config('role', 'authenticated', true);
select tests.throws_error(
  $$select public.save_template(tests.plan_of_exercises(tests.planned()))$$, 'not_authenticated', 'nor a token without an account'
);

-- Published ------------------------------------------------------------------------------------------------------------

select tests.stop_acting();
update public.workout_templates set visibility = 'public', is_published = true, published_at = now()
where id = '00000000-0000-4000-8000-00000000f001';
select tests.act_as('ana');
select is(
  tests.refusal(jsonb_set((select answer from second), '{days,0,exercises,0,exercise_id}', '"00000000-0000-4000-8000-00000000e4a1"')),
  'template_not_shareable', 'what others see has no exercise of one''s own'
);
select is(
  tests.refusal(jsonb_set((select answer from second), '{days,0,exercises,0,alternatives}', '["00000000-0000-4000-8000-00000000e4a1"]')),
  'template_not_shareable', 'not as an alternative either'
);
select is(tests.refusal(jsonb_set((select answer from second), '{days,0,name}', '"Legs"')), null, 'the control: another name');
select tests.act_as('ben');
select is(public.get_template('00000000-0000-4000-8000-00000000f001') -> 'version', '2', 'others read what is published');
select is(public.get_template('00000000-0000-4000-8000-00000000f001') -> 'ai_generated', 'null', 'but not what was asked of the AI');
select tests.throws_error(
  $$select public.get_template('00000000-0000-4000-8000-00000000f001', 1)$$, 'template_not_found', 'in its newest version'
);
select tests.act_as_anon();
select is(public.get_template('00000000-0000-4000-8000-00000000f001') -> 'version', '2', 'even without an account');
select tests.stop_acting();
update public.workout_templates set is_premium = true where id = '00000000-0000-4000-8000-00000000f001';
select tests.act_as_anon();
select tests.throws_error($$select public.get_template('00000000-0000-4000-8000-00000000f001')$$, 'premium_template', 'unless it is premium');
select tests.act_as('ben');
select tests.throws_error($$select public.get_template('00000000-0000-4000-8000-00000000f001')$$, 'premium_template', 'for the free plan');
select tests.stop_acting();
insert into public.subscriptions (user_id, plan_id, status, started_at) values (tests.id('ben'), 'premium', 'active', now());
select tests.act_as('ben');
select is(public.get_template('00000000-0000-4000-8000-00000000f001') -> 'version', '2', 'the premium plan reads it');
select tests.stop_acting();
update public.subscriptions set status = 'expired' where user_id = tests.id('ben');
select tests.act_as('ben');
select tests.throws_error($$select public.get_template('00000000-0000-4000-8000-00000000f001')$$, 'premium_template', 'until it ends');

select * from finish();
rollback;
