-- Two devices of one athlete: what is refused, replaced or deleted unseen is kept, and can be taken back.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(46);

select tests.create_user('ana');
select tests.create_user('ben');

create function tests.open_conflicts()
returns table (reason text, value jsonb)
language sql
as $$
  select workout_conflicts.reason, workout_conflicts.value
  from public.workout_conflicts
  where workout_conflicts.resolved_at is null
  order by workout_conflicts.id;
$$;
create function tests.details(p_answer jsonb)
returns jsonb
language sql
as $$
  select (p_answer ->> 'details')::jsonb;
$$;
grant execute on all functions in schema tests to public;

select tests.act_on('ana', 'phone');
select tests.start('push', 'barbell-bench-press', 0.02);
select tests.lift('push', 1, 100, 5);

-- Through the calls ----------------------------------------------------------------------------------------------------

select is(
  public.update_set(tests.ref('push at 1'), 1, '{"weight_kg": 102.5}') ->> 'version', '2', 'a set is corrected'
);
select is(coalesce(current_setting('response.status', true), ''), '', 'which is no error');

select tests.act_on('ana', 'watch');
create temporary table answer as
select public.update_set(tests.ref('push at 1'), 1, '{"reps": 6, "notes": "grip"}') as said;
select is((select said ->> 'code' from answer), 'version_conflict', 'a change against an old version is a conflict');
select is(current_setting('response.status', true), '409', 'with its status');
select is(
  (select tests.details(said) #>> '{current,weight_kg}' from answer), '102.5', 'and it is answered with the current row'
);
select results_eq(
  $$select * from tests.open_conflicts()$$, $$values ('refused', '{"reps": 6, "notes": "grip"}'::jsonb)$$,
  'the losing value is kept'
);
select is(
  (select (public.get_workout(tests.ref('push')) ->> 'conflict_count')::integer), 1, 'the workout says that there is one'
);
select is(
  public.update_set(tests.ref('push at 1'), 1, '{"reps": 6, "notes": "grip"}') ->> 'code', 'version_conflict',
  'the same again is the same conflict'
);
select is((select count(*) from tests.open_conflicts()), 1::bigint, 'and is kept once');
select is(
  public.update_set(tests.ref('push at 1'), 1, '{"weight_kg": 102.5}') ->> 'version', '2',
  'a retry of what is there already is answered with the row'
);
select tests.throws_error($$select public.update_set(tests.ref('push at 1'), null, '{"reps": 6}')$$, 'version_required',
  'a change says against which version it was made');
select tests.throws_error($$select public.update_set(tests.ref('push at 1'), 2, '{"load_kg": 6}')$$, 'invalid_argument',
  'and of which column of the athlete''s');
select tests.throws_error($$select public.update_set(tests.ref('push at 1'), 2, '[]')$$, 'invalid_argument', 'an object');
select tests.throws_error($$select public.update_set(tests.ref('push at 1'), 2, '{"reps": -1}')$$, 'invalid_set',
  'the rules of sets hold');
select tests.throws_error($$select public.update_set(tests.ref('push at 1'), 2, '{"set_type": null}')$$,
  'invalid_argument', 'what has to be is not taken away');
select tests.throws_error($$select public.update_set(tests.ref('nowhere'), 2, '{"reps": 1}')$$, 'set_not_found',
  'an unknown set');
select tests.throws_error($$select public.update_workout(tests.ref('nowhere'), 2, '{"notes": "x"}')$$,
  'workout_not_found', 'an unknown workout');
select tests.throws_error($$select public.update_workout_exercise(tests.ref('nowhere'), 2, '{"notes": "x"}')$$,
  'workout_exercise_not_found', 'an unknown exercise');
select is(
  public.update_workout(tests.ref('push'), 1, '{"notes": "heavy", "bodyweight_kg": 80}') ->> 'notes', 'heavy',
  'a workout is changed the same way'
);
select is(
  public.update_workout_exercise(tests.ref('push'), 1, '{"notes": "slow", "section": "warmup"}') ->> 'section', 'warmup',
  'so is an exercise of it'
);

-- Taken back -----------------------------------------------------------------------------------------------------------

select is(
  public.resolve_workout_conflict((select id from public.workout_conflicts), true) ->> 'resolution', 'restored',
  'the lost value is taken back'
);
select results_eq(
  $$select reps, notes, weight_kg, version from public.workout_sets$$, $$values (6, 'grip', 102.5, 3)$$,
  'over what was there'
);
select is((select count(*) from tests.open_conflicts()), 0::bigint, 'and the conflict is over');
select tests.throws_error($$select public.resolve_workout_conflict(tests.ref('nowhere'))$$, 'conflict_not_found',
  'an unknown conflict');

-- Through the tables ---------------------------------------------------------------------------------------------------

select tests.throws_error(
  $$update public.workout_sets set reps = 7, expected_version = 2$$, 'version_conflict',
  'a table''s row that says its version is held to it'
);
select lives_ok($$update public.workout_sets set reps = 7, expected_version = 3$$, 'the current one is right');
select is((select expected_version from public.workout_sets), null, 'and is not stored');
select is((select count(*) from tests.open_conflicts()), 0::bigint, 'nothing was lost');
select tests.act_on('ana', 'phone');
select lives_ok($$update public.workout_sets set reps = 8$$, 'one that says none is taken');
select results_eq(
  $$select * from tests.open_conflicts()$$, $$values ('overwritten', '{"reps": 7}'::jsonb)$$,
  'and what it replaces of another device is kept'
);
select lives_ok($$update public.workout_sets set reps = 9$$, 'the same device knows what it replaces');
select is((select count(*) from tests.open_conflicts()), 1::bigint, 'and nothing is kept');
select lives_ok($$update public.workout_conflicts set resolution = 'dismissed'$$, 'a conflict is dismissed');
select isnt((select max(resolved_at) from public.workout_conflicts where reason = 'overwritten'), null, 'at a time');

-- Deleted --------------------------------------------------------------------------------------------------------------

select is(
  public.delete_set(tests.ref('push at 1'), 2) ->> 'code', 'version_conflict', 'a deletion against an old version is one'
);
select is((select count(*) from public.workout_sets), 1::bigint, 'and does not happen');
select is(
  public.delete_set(tests.ref('push at 1'), (select version from public.workout_sets)) ->> 'deleted', 'true',
  'one against the current version does'
);
select is(public.delete_set(tests.ref('push at 1'), 1) ->> 'deleted', 'true', 'again is the same answer');
select tests.throws_error($$select public.delete_set(tests.ref('nowhere'), 1)$$, 'set_not_found', 'an unknown set');
select is(
  public.complete_set(
    id => tests.ref('push at 1'), workout_exercise_id => tests.ref('push'), weight_kg => 100, reps => 5
  ) ->> 'code',
  'set_deleted', 'a late retry does not bring a deleted set back'
);

select tests.lift('push', 2, 60, 5);
select tests.act_on('ana', 'watch');
select is(tests.rows_of($$delete from public.workout_sets$$), 1, 'a set of the other device''s can be deleted');
delete from public.workout_sets;
select is(
  (select value ->> 'weight_kg' from tests.open_conflicts() where reason = 'deleted'), '60', 'and is kept'
);

select tests.act_as('ben');
select is_empty('table public.workout_conflicts', 'a stranger sees no conflicts');

-- Rest -----------------------------------------------------------------------------------------------------------------

select tests.act_on('ana', 'watch');
select tests.throws_error($$select public.extend_rest(tests.ref('push'), 30)$$, 'rest_not_running',
  'no rest, nothing to extend');
select lives_ok($$select public.start_rest(tests.ref('push'), 60)$$, 'a rest');
select is((public.extend_rest(tests.ref('push'), 30)).rest_seconds, 90, 'lasts longer');

select * from finish();
rollback;
