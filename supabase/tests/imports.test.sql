-- Imports: what the calls behind the function take, refuse and leave behind.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(34);

select tests.create_user('ana');
select tests.create_user('ben');

create function tests.begin_import(p_name text, p_hash text default 'a', p_settings jsonb default '{}')
returns public.import_status
language sql
as $$
  select (public.begin_import(
    id => tests.ref(p_name), source => 'strong', file_hash => repeat(p_hash, 64), timezone => 'Europe/Berlin',
    line_count => 9, settings => p_settings
  )).status;
$$;

-- A line of a file: a set of bench press, the n-th of a workout on that day.
create function tests.line(p_line integer, p_day text, p_ordinal integer, p_weight_kg numeric, p_more jsonb default '{}')
returns jsonb
language sql
as $$
  select jsonb_build_object(
    'line', p_line, 'start', p_day || 'T18:00:00', 'workout', 'Push', 'workout_seconds', 3600, 'exercise', 'Bench',
    'exercise_id', tests.exercise('barbell-bench-press'), 'block', 0, 'occurrence', 0, 'ordinal', p_ordinal,
    'at_second', 60 * p_ordinal, 'weight_kg', p_weight_kg, 'reps', 5
  ) || p_more;
$$;

grant execute on function
  tests.begin_import(text, text, jsonb), tests.line(integer, text, integer, numeric, jsonb) to public;

-- Who may ----------------------------------------------------------------------------------------------------------

select tests.stop_acting();
select tests.throws_error($$select public.match_exercise_names('{}')$$, 'not_authenticated', 'names are for the signed in');
select tests.act_as_anon();
select tests.throws_error($$select tests.begin_import('none')$$, '42501', 'so are imports');

-- Names ------------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select results_eq(
  $$
    select name ->> 'name', name ->> 'how', name ->> 'exercise_name'
    from jsonb_array_elements(public.match_exercise_names(array[
      'Pull Up', 'Bench Press (Barbell)', 'Squat (Dumbbell)', 'Lateral Dumbbell Raise', 'Flat Barbell Bench Press',
      'Lunge (Spaceship)', ''
    ])) as name
  $$,
  $$
    values
      ('Pull Up', 'name', 'Pull-Up'),
      ('Bench Press (Barbell)', 'words', 'Barbell Bench Press'),
      ('Squat (Dumbbell)', 'words', 'Dumbbell Squat'),
      ('Lateral Dumbbell Raise', 'words', 'Dumbbell Lateral Raise'),
      ('Flat Barbell Bench Press', 'words', 'Barbell Bench Press'),
      ('Lunge (Spaceship)', null, null),
      ('', null, null)
  $$,
  'an implement may stand anywhere; what is not certain is not known'
);
select tests.throws_error(
  $$select public.match_exercise_names(array_fill('x'::text, array[201]))$$, 'too_many_rows', 'so many names at a time'
);

-- Begin ------------------------------------------------------------------------------------------------------------

select is(tests.begin_import('first'), 'running', 'an import begins');
select is(tests.begin_import('first'), 'running', 'again is the same');
select tests.throws_error($$select tests.begin_import('first', 'b')$$, 'id_conflict', 'with another file it is another');
select tests.throws_error($$select tests.begin_import('second')$$, 'import_running', 'one at a time');
select tests.throws_error(
  $$select public.begin_import(source => 'strong', file_hash => 'x', timezone => 'UTC', line_count => 1)$$,
  'import_running', 'whatever it is'
);
select tests.throws_error(
  $$select public.begin_import(timezone => 'Mars')$$, 'invalid_argument', 'a zone is one of the database of zones'
);
select tests.throws_error(
  $$select public.begin_import(timezone => 'UTC', names => '[{"exercise_id": "00000000-0000-4000-8000-000000000000"}]')$$,
  'exercise_not_found', 'names mean exercises that there are'
);
select tests.throws_error(
  $$select public.begin_import(timezone => 'UTC', names => '{}')$$, 'invalid_import', 'names are a list'
);

-- Write ------------------------------------------------------------------------------------------------------------

select is(
  (public.import_sets(tests.ref('first'), jsonb_build_array(
    tests.line(2, '2025-03-03', 0, 100), tests.line(3, '2025-03-03', 1, 105), tests.line(4, '1999-12-31', 0, 100),
    '{"line": 5, "outcome": "skipped", "code": "note"}'::jsonb
  ))).imported_count, 2, 'two sets come in'
);
select results_eq(
  $$select line, outcome::text, code from public.import_rows order by line$$,
  $$values (2, 'imported', null), (3, 'imported', null), (4, 'failed', 'date_out_of_range'), (5, 'skipped', 'note')$$,
  'every line is told of'
);
select results_eq(
  $$select status::text, started_at, duration_seconds, set_count, volume_kg, records_set from public.workouts$$,
  $$values ('completed', timestamptz '2025-03-03 17:00:00+00', 3600, 2, 1025::numeric, 
    (select count(distinct (set_id, kind))::integer from public.personal_records where not is_baseline and revoked_at is null))$$,
  'in a workout that is over, with its totals'
);
select is(
  (public.import_sets(tests.ref('first'), jsonb_build_array(tests.line(2, '2025-03-03', 0, 100)))).imported_count, 2,
  'a part that is sent again changes nothing'
);
select is(
  (public.import_sets(tests.ref('first'), jsonb_build_array(tests.line(6, '2025-03-03', 1, 105.04)))).duplicate_count, 1,
  'a set that is there already is a duplicate, to 100 grams'
);
select tests.throws_error(
  format($$select public.import_sets(tests.ref('first'), '[%s]')$$, tests.line(7, '2025-03-04', 0, 2000)),
  'invalid_import', 'the rules of a set hold'
);
select tests.throws_error(
  format($$select public.import_sets(tests.ref('first'), '[%s]')$$, tests.line(7, 'yesterday', 0, 100)),
  'invalid_import', 'as do those of time'
);
select tests.throws_error(
  format($$select public.import_sets(tests.ref('first'), '[%s]')$$, tests.line(7, '2025-03-04', 0, 100,
    '{"exercise_id": "00000000-0000-4000-8000-000000000000"}')),
  'exercise_not_found', 'and of exercises'
);
select tests.throws_error(
  $$select public.import_sets(tests.ref('first'), '[{"line": 7, "outcome": "imported"}]')$$,
  'invalid_argument', 'nobody says of a line that it came in'
);
select tests.throws_error(
  $$select public.import_sets(tests.ref('first'), '{}')$$, 'invalid_argument', 'lines are a list'
);
select tests.throws_error(
  $$select public.import_sets(tests.ref('first'), (select jsonb_agg(n) from generate_series(1, 1001) as n))$$,
  'too_many_rows', 'of a thousand at most'
);
select results_eq(
  $$select line, outcome, code from jsonb_to_recordset(public.preview_import('strong', 'Europe/Berlin', jsonb_build_array(
    tests.line(2, '2025-03-03', 0, 100), tests.line(3, '2025-03-03', 2, 100)
  )) -> 'lines') as preview (line integer, outcome text, code text)$$,
  $$values (2, 'duplicate', 'imported_before')$$, 'a preview says which lines are old'
);
select results_eq(
  $$select public.preview_import('strong', 'Europe/Berlin', jsonb_build_array(
    tests.line(2, '2025-03-03', 0, 100), tests.line(3, '2025-03-03', 2, 100), tests.line(4, '2023-03-03', 0, 100)
  )) -> 'workouts'$$,
  $$select jsonb_build_array(jsonb_build_array(timestamptz '2023-03-03 18:00:00 Europe/Berlin', 'Push')::text)$$,
  'and which workouts are new'
);

-- Others -----------------------------------------------------------------------------------------------------------

select tests.act_as('ben');
select tests.throws_error(
  $$select public.import_sets(tests.ref('first'), '[]')$$, 'import_not_found', 'an import is its athlete''s'
);
select tests.throws_error($$select tests.begin_import('first')$$, 'id_conflict', 'its id too');
select tests.throws_error($$select public.undo_import(tests.ref('first'))$$, 'import_not_found', 'and its undoing');

-- Finish and undo --------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select is((public.finish_import(tests.ref('first'))).status, 'completed', 'it is finished');
select tests.throws_error(
  $$select tests.begin_import('third', 'a', '{"unit": "lb"}')$$, 'import_settings_differ',
  'the same file in another unit would double everything'
);
update public.workouts set notes = 'mine';
select is((public.undo_import(tests.ref('first'))).kept_count, 2, 'what the athlete changed stays');
select is((select set_count from public.user_stats), 2, 'and counts');
select tests.throws_error(
  $$select public.import_sets(tests.ref('first'), '[]')$$, 'import_undone', 'what is undone is over'
);
select is_empty(
  $$select key, value from jsonb_each(public.recompute_my_stats()) where value <> '0'$$, 'and all that is derived is right'
);

select * from finish();
rollback;
