-- What one device changes and another has deleted, taken out or ended meanwhile: it is kept, and can be taken.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(44);

select tests.create_user('ana');

-- The open conflicts of the present actor by what they are about, and the answer of a call as its code.
create function tests.kept()
returns table (table_name text, reason text, value jsonb)
language sql
as $$
  select workout_conflicts.table_name, workout_conflicts.reason, workout_conflicts.value
  from public.workout_conflicts
  where workout_conflicts.resolved_at is null
  order by workout_conflicts.id;
$$;
create function tests.resolve(p_value jsonb, p_restore boolean default true)
returns text
language sql
as $$
  select public.resolve_workout_conflict(workout_conflicts.id, p_restore) ->> 'resolution'
  from public.workout_conflicts
  where workout_conflicts.resolved_at is null
    and workout_conflicts.value @> p_value;
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
select tests.lift('push', n, 60 + n, 5) from generate_series(1, 4) as n;

-- A set that is gone ---------------------------------------------------------------------------------------------------

select is(public.delete_set(tests.ref('push at 1'), 1) ->> 'deleted', 'true', 'one device deletes a set');
select tests.act_on('ana', 'watch');
create temporary table answer as
select public.update_set(tests.ref('push at 1'), 1, '{"weight_kg": 70.5}') as said;
select is((select said ->> 'code' from answer), 'set_deleted', 'a correction of it by another is a conflict');
select is(current_setting('response.status', true), '409', 'with its status');
select is((select tests.details(said) -> 'current' from answer), 'null'::jsonb, 'and nothing stands there');
select results_eq(
  $$select * from tests.kept()$$, $$values ('workout_sets', 'refused', '{"weight_kg": 70.5}'::jsonb)$$, 'the value is kept'
);
select is(
  (select workout_id from public.workout_conflicts), tests.ref('push'), 'with the workout that it belongs to'
);
select is((public.get_workout(tests.ref('push')) ->> 'conflict_count')::integer, 1, 'which says so');
select is(public.update_set(tests.ref('push at 1'), 1, '{"weight_kg": 70.5}') ->> 'code', 'set_deleted', 'again the same');
select is((select count(*) from tests.kept()), 1::bigint, 'is kept once');
select is(public.delete_set(tests.ref('push at 1'), 1) ->> 'deleted', 'true', 'to delete it as well loses nothing');
select tests.throws_error($$select tests.resolve('{"weight_kg": 70.5}')$$, 'set_deleted',
  'a part of a set cannot be logged by itself');
select is(tests.resolve('{"weight_kg": 70.5}', false), 'dismissed', 'it can be dismissed');

select is(
  public.complete_set(tests.ref('push at 1'), tests.ref('push'), weight_kg => 71, reps => 5, notes => 'late') ->> 'code',
  'set_deleted', 'a whole set under a deleted id is kept'
);
select is(tests.resolve('{"notes": "late"}'), 'restored', 'and logged when the athlete takes it');
select results_eq(
  $$select weight_kg, reps, set_index::integer, id = tests.ref('push at 1') from public.workout_sets where notes = 'late'$$,
  $$values (71::numeric, 5, 4, false)$$, 'under a new id, at the next place'
);

-- A deletion that lost -------------------------------------------------------------------------------------------------

select is(public.update_set(tests.ref('push at 2'), 1, '{"reps": 6}') ->> 'version', '2', 'a set is corrected');
select tests.act_on('ana', 'phone');
select is(public.delete_set(tests.ref('push at 2'), 1) ->> 'code', 'version_conflict', 'its deletion unseen is a conflict');
select is(tests.resolve('{"deleted": true}'), 'restored', 'that can be taken');
select is_empty($$select from public.workout_sets where id = tests.ref('push at 2')$$, 'and deletes the set');

-- A replacement that lost ----------------------------------------------------------------------------------------------

select lives_ok(
  $$select public.add_workout_exercise(tests.ref('push'), tests.exercise('push-up'), tests.ref('second'))$$,
  'an exercise more'
);
select lives_ok($$select public.update_workout_exercise(tests.ref('second'), 1, '{"notes": "rope"}')$$, 'with a note');
select tests.act_on('ana', 'watch');
select is(
  public.replace_workout_exercise(tests.ref('second'), 1, tests.exercise('barbell-back-squat')) ->> 'code', 'version_conflict',
  'its replacement unseen is a conflict'
);
select is(
  tests.resolve(jsonb_build_object('exercise_id', tests.exercise('barbell-back-squat'))), 'restored', 'that can be taken'
);
select results_eq(
  $$select exercise_id from public.workout_exercises where workout_id = tests.ref('push') order by position$$,
  $$values (tests.exercise('barbell-bench-press')), (tests.exercise('barbell-back-squat'))$$, 'and replaces the exercise'
);

-- An exercise that is gone ---------------------------------------------------------------------------------------------

select tests.lift('push', 5, 80, 3);
select tests.act_on('ana', 'phone');
delete from public.workout_exercises where id in (tests.ref('push'), tests.ref('second'));
select tests.act_on('ana', 'watch');
select is(
  public.update_workout_exercise(tests.ref('push'), 1, '{"notes": "wide"}') ->> 'code', 'workout_exercise_deleted',
  'a change of an exercise that was taken out'
);
select is(
  public.replace_workout_exercise(tests.ref('push'), 1, tests.exercise('push-up')) ->> 'code',
  'workout_exercise_deleted', 'its replacement'
);
select is(
  public.complete_set(tests.ref('late'), tests.ref('push'), weight_kg => 82, reps => 3) ->> 'code',
  'workout_exercise_deleted', 'and a set of it are conflicts'
);
select bag_eq(
  $$select reason, coalesce(value ->> 'weight_kg', value ->> 'notes', value ->> 'exercise_id') from tests.kept()$$,
  $$values ('deleted', '71'), ('deleted', '80'), ('refused', 'wide'), ('refused', tests.exercise('push-up')::text),
    ('refused', '82')$$,
  'and each is kept, with what went unseen'
);
select tests.throws_error($$select tests.resolve('{"weight_kg": 82}')$$, 'workout_exercise_deleted',
  'a set does not know of which exercise it is');
select is(tests.resolve('{"weight_kg": 80}'), 'restored', 'one that was stored does');
select is(
  (select (exercise_name, set_count)::text from public.workout_exercises
    where exercise_id = tests.exercise('barbell-bench-press')),
  (select row(name, 1)::text from public.exercises where slug = 'barbell-bench-press'), 'which comes back with it'
);
select is(
  tests.resolve(jsonb_build_object('exercise_id', tests.exercise('push-up'))), 'restored',
  'what was to replace it is added'
);

-- A workout that is over, or gone --------------------------------------------------------------------------------------

select tests.start('pull', 'bent-over-barbell-row', 0.01) from public.cancel_workout(tests.ref('push'));
select tests.lift('pull', 1, 50, 8);
select tests.act_on('ana', 'phone');
select public.complete_workout(tests.ref('pull'));
select tests.act_on('ana', 'watch');
create temporary table late as
select public.complete_set(
  tests.ref('pull late'), tests.ref('pull'), weight_kg => 52.5, reps => 8,
  completed_at => (select ended_at from public.workouts where id = tests.ref('pull'))
) as said;
select is((select said ->> 'code' from late), 'workout_not_active', 'a set for a workout that another device ended');
select is((select tests.details(said) #>> '{current,status}' from late), 'completed', 'is answered with the workout');
select is(tests.resolve('{"weight_kg": 52.5}'), 'restored', 'and can be taken');
select is((select set_count from public.workouts where id = tests.ref('pull')), 2, 'into the workout that is over');

select tests.start('legs', 'barbell-back-squat', 0.01);
select tests.lift('legs', 1, 90, 5);
select tests.act_on('ana', 'phone');
delete from public.workouts where id in (tests.ref('legs'), tests.ref('pull'));
select is(
  (select string_agg(value ->> 'weight_kg', ' ') from tests.kept() where reason = 'deleted'), '71 90',
  'what another device logged into a workout that was on is kept when it is thrown away; a workout that is over goes whole'
);
select tests.act_on('ana', 'watch');
select is(
  public.update_workout(tests.ref('legs'), 1, '{"notes": "deep"}') ->> 'code', 'workout_deleted', 'a change of it'
);
select is(
  public.update_set(tests.ref('legs at 1'), 1, '{"reps": 6}') ->> 'code', 'set_deleted', 'and of its sets are conflicts'
);
select tests.throws_error($$select tests.resolve('{"notes": "deep"}')$$, 'workout_deleted',
  'the values can be read, and not restored');

-- Repeated calls ------------------------------------------------------------------------------------------------------

select tests.throws_error($$select public.start_workout(id => tests.ref('legs'), name => 'legs')$$, 'workout_deleted',
  'a late repetition does not begin a deleted workout again');
select tests.is_allowed($$select public.start_workout(id => tests.ref('arms'))$$, 'a new one begins');
select tests.start('arms', 'barbell-bench-press');
delete from public.workout_exercises where id = tests.ref('arms');
select tests.throws_error(
  $$select public.add_workout_exercise(tests.ref('arms'), tests.exercise('push-up'), tests.ref('arms'))$$,
  'workout_exercise_deleted', 'nor brings an exercise back that was taken out'
);
select tests.is_allowed(
  $$select public.add_workout_exercise(tests.ref('arms'), tests.exercise('push-up'), tests.ref('arms again'))$$, 'a new one is added'
);

select * from finish();
rollback;
