-- How often an exercise is done: what the job counts.
begin;
\ir support/acting.psql
select plan(5);

select tests.create_user('ana');

insert into public.exercises (id, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry, review_status)
values
  ('00000000-0000-4000-8000-00000000e101', 'Counted', 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total', 'approved'),
  ('00000000-0000-4000-8000-00000000e102', 'Only added', 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total', 'approved');

select tests.act_as('ana');
select public.start_workout(id => '00000000-0000-4000-8000-00000000a001', timezone => 'UTC');
select public.add_workout_exercise(
  workout_id => '00000000-0000-4000-8000-00000000a001', exercise_id => '00000000-0000-4000-8000-00000000e101',
  id => '00000000-0000-4000-8000-00000000b001'
);
select public.add_workout_exercise(
  workout_id => '00000000-0000-4000-8000-00000000a001', exercise_id => '00000000-0000-4000-8000-00000000e102'
);
select public.complete_set(workout_exercise_id => '00000000-0000-4000-8000-00000000b001', weight_kg => 100, reps => 5);
select public.complete_set(workout_exercise_id => '00000000-0000-4000-8000-00000000b001', weight_kg => 100, reps => 5);
select tests.throws_error('select private.count_exercise_usage()', '42501', 'the count is not for clients to start');
select tests.stop_acting();

select is((select usage_count from public.exercises where name = 'Counted'), 0::bigint, 'a workout alone writes no counter');
select private.count_exercise_usage();
select results_eq(
  $$select name, usage_count from public.exercises where name in ('Counted', 'Only added') order by name$$,
  $$values ('Counted', 1::bigint), ('Only added', 0)$$,
  'the job counts workouts with a set of it, however many sets'
);
select ok(
  (select one.popularity > other.popularity from public.exercises as one, public.exercises as other
    where one.name = 'Counted' and other.name = 'Only added'),
  'use makes popular'
);
delete from public.workout_exercises where id = '00000000-0000-4000-8000-00000000b001';
select private.count_exercise_usage();
select is((select usage_count from public.exercises where name = 'Counted'), 0::bigint, 'what is deleted is not counted');

select * from finish();
rollback;
