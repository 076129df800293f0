-- Body weight: said once, it is known from then on.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(21);

select tests.create_user('ana');
select tests.create_user('ben');

create function tests.body(p_workout text)
returns numeric
language sql
stable
as $$
  select workouts.bodyweight_kg from public.workouts where workouts.id = tests.ref(p_workout);
$$;

-- A workout as a phone uploads it, of an hour so many days ago.
create function tests.sent(p_name text, p_days_ago integer, p_more jsonb default '{}')
returns jsonb
language sql
as $$
  select jsonb_build_object(
    'id', tests.ref(p_name), 'started_at', now() - p_days_ago * interval '1 day',
    'ended_at', now() - p_days_ago * interval '1 day' + interval '1 hour'
  ) || p_more;
$$;
grant execute on all functions in schema tests to public;

select tests.act_as('ana');
select tests.start('first', 'pull-up', 30);
select tests.lift('first', 5, null, 10), tests.finish('first');
select is(tests.body('first'), null, 'who never said it has none');
update public.workouts set bodyweight_kg = 80 where id = tests.ref('first');

select tests.start('second', 'pull-up', 20);
select tests.lift('second', 5, null, 12), tests.finish('second');
select is(tests.body('second'), 80::numeric, 'the next workout knows');
select results_eq(
  $$select load_kg, effective_volume_kg, e1rm_kg from public.workout_sets where workout_id = tests.ref('second')$$,
  $$values (80::numeric, 960::numeric, 112::numeric)$$, 'its pull-ups weigh the body'
);
select isnt((select calories from public.workouts where id = tests.ref('second')), null, 'and it has calories');
select tests.start('bench', 'barbell-bench-press', 18);
select tests.lift('bench', 5, 100, 1), tests.finish('bench');
select is(
  (select value from public.personal_records where kind = 'best_relative' and superseded_at is null), 1.25,
  'a maximum by body weight'
);

select tests.start('before', 'pull-up', 40), tests.finish('before');
select is(tests.body('before'), null, 'what is entered for the time before does not');
select tests.start('between', 'pull-up', 25), tests.finish('between');
select is(tests.body('between'), 80::numeric, 'what is entered for the time between does');

update public.workouts set bodyweight_kg = 82.5 where id = tests.ref('second');
select tests.start('heavier', 'pull-up', 15), tests.finish('heavier');
select is(tests.body('heavier'), 80::numeric, 'the last that is known is the one of the latest workout before it');
update public.workouts set bodyweight_kg = 82.5 where id = tests.ref('heavier');
select is(tests.body('between'), 80::numeric, 'a weight that is corrected leaves the others');
update public.workouts set bodyweight_kg = null where id = tests.ref('heavier');
select is(tests.body('heavier'), null, 'one that is taken back stays unknown');
update public.workouts set notes = 'slept badly' where id = tests.ref('heavier');
select is(tests.body('heavier'), null, 'whatever else is written');
select is(private.known_bodyweight_kg(tests.id('ana'), now()), 80::numeric, 'and the one before it holds');

insert into public.workouts (id, status, planned_for) values (tests.ref('planned'), 'planned', current_date);
select is(tests.body('planned'), null, 'a planned one waits');
select public.start_workout(id => tests.ref('planned'));
select is(tests.body('planned'), 80::numeric, 'until it begins');
select is(
  private.last_body_kg(tests.id('ana'), exercises), 80::numeric, 'next_workout plans with the same weight'
)
from public.exercises
where exercises.slug = 'pull-up';
select public.complete_workout(tests.ref('planned'));

-- In any order, as a phone sends what it kept.
select public.upload_workouts(jsonb_build_array(
  tests.sent('later', 8), tests.sent('told', 9, '{"bodyweight_kg": 79}'), tests.sent('unlike', 7, '{"bodyweight_kg": 78}')
));
select is(tests.body('later'), 79::numeric, 'what is uploaded takes it');
select is(tests.body('unlike'), 78::numeric, 'unless it says another');

select public.begin_import(
  id => tests.ref('import'), source => 'strong', file_hash => repeat('a', 64), timezone => 'UTC', line_count => 2
);
select public.import_sets(tests.ref('import'), (
  select jsonb_agg(jsonb_build_object(
    'line', day, 'start', to_char(now() - day * interval '1 day', 'YYYY-MM-DD"T"10:00:00'), 'workout', 'Pull',
    'exercise', 'Pull', 'exercise_id', tests.exercise('pull-up'), 'block', 0, 'occurrence', 0, 'ordinal', 1, 'reps', 5
  ))
  from unnest(array[60, 5]) as day
));
select results_eq(
  $$select bodyweight_kg from public.workouts where import_id = tests.ref('import') order by started_at$$,
  $$values (null::numeric), (78)$$, 'so does what is imported'
);
select is((select sum(value::integer) from jsonb_each(public.recompute_my_stats())), 0::bigint, 'a recompute finds nothing');

select tests.act_as('ben');
select tests.start('ben', 'pull-up');
select is(tests.body('ben'), null, 'another''s is not theirs');
select is(private.known_bodyweight_kg(tests.id('ana'), now()), null, 'nor to be read');

select * from finish();
rollback;
