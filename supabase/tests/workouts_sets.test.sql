-- A set: its fields, its bounds, its place, its retries, its corrections, and what its workout's totals make of it.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(76);

select tests.create_user('ana');
select tests.create_user('ben');

select tests.act_as('ana');
select tests.start('push', 'barbell-bench-press', 0.02);

-- Done -----------------------------------------------------------------------------------------------------------------

select results_eq(
  $$
    select
      set_index::integer, set_type::text, weight_kg, reps, load_kg, volume_kg, effective_volume_kg, e1rm_kg,
      e1rm_method::text, e1rm_confidence::text, is_counted, entered_unit::text, completed_at, version, user_id, workout_id
    from jsonb_populate_record(null::public.workout_sets, public.complete_set(
      id => tests.ref('first'), workout_exercise_id => tests.ref('push'), weight_kg => 100, reps => 5
    ))
  $$,
  $$
    values (
      0, 'working', 100::numeric, 5, 100::numeric, 500::numeric, 500::numeric, 116.667, 'epley', 'high', true, 'kg',
      now(), 1, tests.id('ana'), tests.ref('push')
    )
  $$,
  'a set is weighed'
);
select results_eq(
  $$
    select id, version
    from jsonb_populate_record(null::public.workout_sets, public.complete_set(
      id => tests.ref('first'), workout_exercise_id => tests.ref('push'), weight_kg => 100.0, reps => 5
    ))
  $$,
  $$values (tests.ref('first'), 1)$$,
  'the same set again is the same answer'
);
select is((select count(*) from public.workout_sets), 1::bigint, 'and is stored once');
select is(
  public.complete_set(
    id => tests.ref('first'), workout_exercise_id => tests.ref('push'), weight_kg => 105, reps => 5
  ) ->> 'code',
  'set_conflict', 'the same id with other content is a conflict'
);
select results_eq(
  $$
    select weight_kg, entered_unit::text
    from jsonb_populate_record(null::public.workout_sets, public.complete_set(
      workout_exercise_id => tests.ref('push'), weight_kg => 225.25 * 0.45359237, reps => 5, entered_unit => 'lb'
    ))
  $$,
  $$values (102.1716813425, 'lb')$$, 'quarter pounds are kept exactly'
);
select is(
  (
    select count(*)
    from generate_series(1, 5000) as hundredths
    cross join lateral jsonb_populate_record(
      null::public.workout_sets, jsonb_build_object('distance_m', hundredths * 16.09344)
    ) as kept
    where kept.distance_m <> hundredths * 16.09344
  ),
  0::bigint, 'and hundredths of a mile'
);
select is(
  (
    select count(*)
    from generate_series(1, 6000) as quarters
    where round(round(quarters * 0.25 * 0.45359237, 10) / 0.45359237 * 4, 6) <> quarters
  ),
  0::bigint, 'as many of them as anybody lifts'
);
select is(
  (jsonb_populate_record(null::public.workout_sets, public.complete_set(workout_exercise_id => tests.ref('push'), weight_kg => 102.05828324999999, reps => 5))).weight_kg,
  102.05828325, 'what a float makes of a weight is set right'
);
select is(
  (jsonb_populate_record(null::public.workout_sets, public.complete_set(
    workout_exercise_id => tests.ref('push'), set_type => 'warmup', weight_kg => 60, reps => 8
  ))).is_counted,
  false, 'a warm-up does not count'
);
select results_eq(
  $$select set_count, warmup_set_count, rep_count, volume_kg, warmup_volume_kg from public.workouts$$,
  $$values (3, 1, 15, 500 + 102.1716813425 * 5 + 102.05828325 * 5, 480::numeric)$$,
  'totals keep warm-ups apart'
);
select results_eq(
  $$select set_count, rep_count, volume_kg from public.workout_exercises$$,
  $$select set_count, rep_count, volume_kg from public.workouts$$,
  'those of the exercise too'
);

-- Its place ------------------------------------------------------------------------------------------------------------

select tests.throws_error(
  $$select public.complete_set(
    workout_exercise_id => tests.ref('push'), set_index => 0, weight_kg => 100, reps => 5
  )$$,
  'set_index_taken', 'two sets do not stand at one place'
);
select is(
  (jsonb_populate_record(null::public.workout_sets, public.complete_set(workout_exercise_id => tests.ref('push'), set_index => 9, weight_kg => 1, reps => 1))).set_index,
  9::smallint, 'a gap is allowed'
);
select is(
  (jsonb_populate_record(null::public.workout_sets, public.complete_set(workout_exercise_id => tests.ref('push'), weight_kg => 1, reps => 1))).set_index,
  10::smallint, 'the next place is after the last'
);
select lives_ok(
  $$
    insert into public.workout_sets (workout_exercise_id, set_index, side, weight_kg, reps, completed_at)
    values (tests.ref('push'), 20, 'left', 10, 5, now()), (tests.ref('push'), 20, 'right', 10, 5, now())
  $$,
  'the two sides share a place'
);
select tests.throws_error(
  $$insert into public.workout_sets (workout_exercise_id, set_index, side, weight_kg, reps, completed_at)
    values (tests.ref('push'), 20, 'left', 10, 5, now())$$,
  'set_index_taken', 'each side once'
);

-- Out of bounds --------------------------------------------------------------------------------------------------------

create temporary table counted as select count(*) as sets from public.workout_sets;
select tests.throws_error(
  format('select public.complete_set(workout_exercise_id => tests.ref(''push''), %s)', arguments), code,
  format('%s: %s', arguments, code)
)
from (
  values
    ('weight_kg => -1, reps => 5', 'invalid_set'),
    ('weight_kg => 1500.01, reps => 5', 'invalid_set'),
    ('weight_kg => ''NaN'', reps => 5', 'invalid_set'),
    ('weight_kg => ''Infinity'', reps => 5', 'invalid_set'),
    ('weight_kg => 1e200, reps => 5', 'invalid_set'),
    ('weight_kg => 100, reps => -1', 'invalid_set'),
    ('weight_kg => 100, reps => 1001', 'invalid_set'),
    ('weight_kg => 100, reps => 5, rpe => 8.25', 'invalid_set'),
    ('weight_kg => 100, reps => 5, rpe => 0.5', 'invalid_set'),
    ('weight_kg => 100, reps => 5, rpe => 10.5', 'invalid_set'),
    ('weight_kg => 100, reps => 5, rpe => ''NaN''', 'invalid_set'),
    ('weight_kg => 100, reps => 5, rpe => 1e9', 'invalid_set'),
    ('weight_kg => 100, reps => 5, rest_seconds => -1', 'invalid_set'),
    ('weight_kg => 100, reps => 5, rest_seconds => 7201', 'invalid_set'),
    ('weight_kg => 100, reps => 5, set_index => -1', 'invalid_set'),
    ('weight_kg => 100, reps => 5, set_index => 200', 'invalid_set'),
    ('weight_kg => 100, reps => 5, set_index => 70000', 'invalid_set'),
    ('weight_kg => 100, reps => 5, notes => repeat(''x'', 1001)', 'invalid_set'),
    ('weight_kg => 100, reps => 5, duration_seconds => 30', 'invalid_set'),
    ('weight_kg => 100, reps => 5, distance_m => 30', 'invalid_set'),
    ('weight_kg => 100', 'invalid_set'),
    ('reps => 5', 'invalid_set'),
    ('weight_kg => 100, reps => 5, completed_at => now() + interval ''3 hours''', 'invalid_time'),
    ('weight_kg => 100, reps => 5, completed_at => now() - interval ''3 hours''', 'invalid_time'),
    ('weight_kg => 100, reps => 5, completed_at => ''infinity''', 'invalid_time'),
    ('weight_kg => 100, reps => 5, completed_at => ''-infinity''', 'invalid_time')
) as bad (arguments, code);
select tests.is_allowed(
  format('select public.complete_set(workout_exercise_id => tests.ref(''push''), %s)', arguments), arguments
)
from (
  values
    ('weight_kg => 0, reps => 0'), ('weight_kg => 1500, reps => 1000, rpe => 10'), ('weight_kg => 100, reps => 5, rpe => 1'),
    ('weight_kg => 100, reps => 5, completed_at => now() + interval ''4 minutes'''),
    ('weight_kg => 100, reps => 5, set_index => 199, rest_seconds => 7200, notes => repeat(''x'', 1000)')
) as good (arguments);
select tests.throws_error(
  $$select public.complete_set(workout_exercise_id => tests.ref('nowhere'), weight_kg => 1, reps => 1)$$,
  'workout_exercise_not_found', 'an unknown exercise'
);
select tests.throws_error(
  $$select public.complete_set(weight_kg => 1, reps => 1)$$, 'workout_exercise_not_found', 'no exercise'
);
select is((select count(*) from public.workout_sets), (select sets from counted), 'nothing of that was stored');

-- Corrected and deleted ------------------------------------------------------------------------------------------------

select tests.stop_acting();
delete from public.workout_sets where id <> tests.ref('first');
select tests.act_as('ana');
select results_eq(
  $$
    update public.workout_sets
    set weight_kg = 110, rpe = 9
    where id = tests.ref('first')
    returning volume_kg, e1rm_kg, e1rm_method::text, version
  $$,
  $$values (550::numeric, 131.422, 'rpe_table', 2)$$,
  'a corrected set is weighed again'
);
select results_eq(
  $$select set_count, volume_kg, average_rpe from public.workouts$$,
  $$values (1, 550::numeric, 9.0)$$, 'and the totals follow'
);
select results_eq(
  $$
    select weight_kg, version
    from jsonb_populate_record(null::public.workout_sets, public.complete_set(
      id => tests.ref('first'), workout_exercise_id => tests.ref('push'), weight_kg => 100, reps => 5
    ))
  $$,
  $$values (110::numeric, 2)$$,
  'a late retry does not undo it'
);
select tests.throws_error(format('update public.workout_sets set %I = %s', column_name, value), '42501',
  column_name || ' is not the athlete''s to write')
from (
  values
    ('user_id', 'null'), ('workout_id', 'null'), ('exercise_id', 'null'), ('load_kg', '1'), ('volume_kg', '1'),
    ('e1rm_kg', '1'), ('is_record', 'true'), ('is_counted', 'true'), ('received_at', 'now()'), ('version', '9')
) as derived (column_name, value);
select tests.throws_error($$update public.workout_sets set weight_kg = -1$$, '23514', 'a correction keeps the rules');
select tests.throws_error(
  $$update public.workout_sets set completed_at = now() + interval '1 day'$$, 'invalid_time', 'those of time too'
);

select tests.act_as('ben');
select is(tests.rows_of($$update public.workout_sets set weight_kg = 1$$), 0, 'a stranger corrects nothing');
select is(tests.rows_of($$delete from public.workout_sets$$), 0, 'and deletes nothing');
select tests.throws_error(
  $$select public.complete_set(id => tests.ref('first'), workout_exercise_id => tests.ref('push'), weight_kg => 100, reps => 5)$$,
  'workout_exercise_not_found', 'nor learns from an id of another'
);

select tests.act_as('ana');
select is(tests.rows_of($$delete from public.workout_sets$$), 1, 'the athlete deletes a set');
select lives_ok($$delete from public.workout_sets$$, 'for good');
select results_eq(
  $$select set_count, volume_kg, average_rpe from public.workouts$$,
  $$values (0, 0::numeric, null::numeric)$$, 'and the totals follow'
);

-- Body weight ----------------------------------------------------------------------------------------------------------

select lives_ok(
  $$select public.add_workout_exercise(tests.ref('push'), tests.exercise('pull-up'), tests.ref('pull-up'))$$,
  'pull-ups'
);
select results_eq(
  $$
    select load_kg, volume_kg, e1rm_kg
    from jsonb_populate_record(null::public.workout_sets, public.complete_set(id => tests.ref('pull'), workout_exercise_id => tests.ref('pull-up'), weight_kg => 20, reps => 5))
  $$,
  $$values (20::numeric, 100::numeric, null::numeric)$$, 'without a body weight only what was added counts'
);
select lives_ok($$update public.workouts set bodyweight_kg = 80$$, 'the body weight becomes known');
select results_eq(
  $$select load_kg, volume_kg, effective_volume_kg, e1rm_kg, version from public.workout_sets$$,
  $$values (100::numeric, 100::numeric, 500::numeric, 116.667, 1)$$, 'then the whole body counts'
);
select is((select effective_volume_kg from public.workouts), 500::numeric, 'in the totals too');

select * from finish();
rollback;
