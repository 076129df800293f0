-- What a workout burns: 80 kg, an hour, 3.5 MET are 280 kcal.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(10);

select tests.create_user('ana');
update public.exercises set met = 3.5 where slug = 'barbell-bench-press';
update public.exercises set met = 5.0 where slug = 'barbell-back-squat';

create function tests.kcal(p_name text)
returns integer
language sql
stable
as $$ select calories from public.workouts where id = tests.ref(p_name) $$;
grant execute on all functions in schema tests to public;

select tests.act_as('ana');
select tests.start('light', 'barbell-bench-press', 9);
select tests.lift('light', 1, 60, 5);
select tests.finish('light');
select is(tests.kcal('light'), null, 'without a body weight nobody knows');
update public.workouts set bodyweight_kg = 80 where id = tests.ref('light');
select is(tests.kcal('light'), 280, 'with one it is MET by kilograms by hours');
select is(public.get_workout(tests.ref('light')) ->> 'calories', '280', 'and get_workout says it');
update public.workouts set ended_at = ended_at - interval '30 minutes' where id = tests.ref('light');
select is(tests.kcal('light'), 140, 'half the time is half of it');
select tests.throws_error($$update public.workouts set calories = 9000$$, '42501', 'nobody writes it');

select tests.start('mixed', 'barbell-bench-press', 7);
update public.workouts set bodyweight_kg = 80 where id = tests.ref('mixed');
select tests.lift('mixed', 1, 60, 5);
select public.add_workout_exercise(tests.ref('mixed'), tests.exercise('barbell-back-squat'), tests.ref('squat'));
select public.complete_set(workout_exercise_id => tests.ref('squat'), weight_kg => 100, reps => 5, id => tests.ref('squats'),
  completed_at => (select started_at from public.workouts where id = tests.ref('mixed')) + interval '9 minutes') is not null as done;
select is(tests.kcal('mixed'), null, 'while it is on it is not counted');
select tests.finish('mixed');
select is(tests.kcal('mixed'), 340, 'a session has the mean MET of its sets');
delete from public.workout_sets where id = tests.ref('squats');
select is(tests.kcal('mixed'), 280, 'a correction counts');

select tests.stop_acting();
insert into public.exercises (
  id, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry, review_status, met
)
values (tests.ref('row'), 'Test Rowing', 'cardio', '{cardio}', 'beginner', 'gait', 'cardio', 'none', 'approved', 7.5);
select tests.act_as('ana');
select tests.start('cardio', 'barbell-bench-press', 5);
update public.workouts set bodyweight_kg = 80 where id = tests.ref('cardio');
select tests.lift('cardio', 1, 60, 5);
select public.add_workout_exercise(tests.ref('cardio'), tests.ref('row'), tests.ref('rowing'));
select public.complete_set(workout_exercise_id => tests.ref('rowing'), duration_seconds => 1200, id => tests.ref('rowed'),
  completed_at => (select started_at from public.workouts where id = tests.ref('cardio')) + interval '40 minutes') is not null as done;
select tests.finish('cardio');
-- 7.5 x 80 x 1/3, and 3.5 x 80 x 2/3.
select is(tests.kcal('cardio'), 387, 'cardio counts by its own time, the rest of the hour by the other sets');
update public.workout_sets set energy_kcal = 250 where id = tests.ref('rowed');
select is(tests.kcal('cardio'), 437, 'and as its machine counted');

select * from finish();
rollback;
