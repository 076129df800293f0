-- The newest set takes a short way through the ledger: it has to come out where reading everything again does.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(20);

select tests.create_user('ana');

-- The repetitions of whole workouts, as the ledger has them: value, what it beat, by which set, when it was beaten.
create function tests.sessions()
returns table (value numeric, previous_value numeric, set_id uuid, superseded_at timestamptz)
language sql
stable
as $$
  select personal_records.value, personal_records.previous_value, personal_records.set_id, personal_records.superseded_at
  from public.personal_records
  where personal_records.kind = 'max_session_reps'
    and personal_records.revoked_at is null
  order by personal_records.achieved_at;
$$;
create function tests.wrong()
returns integer
language sql
as $$
  select (public.recompute_my_stats() ->> 'personal_records')::integer;
$$;
create function tests.at(p_name text)
returns timestamptz
language sql
stable
as $$
  select workout_sets.completed_at from public.workout_sets where workout_sets.id = tests.ref(p_name);
$$;
grant execute on all functions in schema tests to public;

select tests.act_as('ana');

-- Set by set -----------------------------------------------------------------------------------------------------------

select tests.start('first', 'barbell-bench-press', 30);
select tests.lift('first', 5, 100, 8);
select results_eq($$select * from tests.sessions()$$,
  $$values (8::numeric, null::numeric, tests.ref('first at 5'), null::timestamptz)$$, 'a first set is a first workout');
select tests.lift('first', 10, 90, 4);
select results_eq($$select * from tests.sessions()$$,
  $$values (12::numeric, null::numeric, tests.ref('first at 10'), null::timestamptz)$$, 'which goes on with the next');
select is(tests.wrong(), 0, 'as if it were read again');
select tests.finish('first');

select tests.start('second', 'barbell-bench-press', 20);
select tests.lift('second', 5, 90, 6);
select is((select count(*) from tests.sessions()), 1::bigint, 'less than the best is no record');
select tests.lift('second', 10, 90, 7);
select results_eq($$select * from tests.sessions()$$,
  $$values (12::numeric, null::numeric, tests.ref('first at 10'), tests.at('second at 10')),
    (13, 12, tests.ref('second at 10'), null)$$, 'more is one');
select tests.lift('second', 15, 80, 3);
select results_eq($$select * from tests.sessions()$$,
  $$values (12::numeric, null::numeric, tests.ref('first at 10'), tests.at('second at 15')),
    (16, 12, tests.ref('second at 15'), null)$$, 'it goes on, and so does the end of the one that it beat');
select is((select is_record from public.workout_sets where id = tests.ref('second at 15')), false,
  'the set itself is no record');
select is(tests.wrong(), 0, 'as if it were read again');

-- Out of order ---------------------------------------------------------------------------------------------------------

select tests.lift('second', 12, 80, 2);
select results_eq($$select value, set_id from tests.sessions() where superseded_at is null$$,
  $$values (18::numeric, tests.ref('second at 15'))$$, 'a set between others adds to them, and the last stays the last');
select tests.lift('second', 20, 80, 1, 'warmup');
select is((select max(value) from tests.sessions()), 18::numeric, 'a warm-up adds nothing');
select lives_ok($$update public.workout_sets set set_type = 'working' where id = tests.ref('second at 20')$$,
  'until it is said to have been none');
select results_eq($$select value, set_id from tests.sessions() where superseded_at is null$$,
  $$values (19::numeric, tests.ref('second at 20'))$$, 'then it is the newest');
select is(tests.wrong(), 0, 'as if they were read again');
select tests.lift('second', 25, 80, 1, 'warmup');
select tests.finish('second');

-- Two workouts at once -------------------------------------------------------------------------------------------------

select tests.start('third', 'barbell-bench-press', 20);
select tests.lift('third', 22, 80, 25);
select results_eq($$select * from tests.sessions() where superseded_at is null$$,
  $$values (25::numeric, 19::numeric, tests.ref('third at 22'), null::timestamptz)$$, 'another at the same time has more');
select lives_ok(
  $$update public.workout_sets set set_type = 'working', reps = 10 where id = tests.ref('second at 25')$$,
  'and the other turns out to have ended with another set'
);
select results_eq($$select value, previous_value, set_id from tests.sessions()$$,
  $$values (12::numeric, null::numeric, tests.ref('first at 10')), (25, 12, tests.ref('third at 22')),
    (29, 25, tests.ref('second at 25'))$$, 'which is judged by what came between');
select is(tests.wrong(), 0, 'as if they were read again');

-- A planned set --------------------------------------------------------------------------------------------------------

select tests.finish('third');
select tests.start('fourth', 'barbell-bench-press', 10);
select tests.lift('fourth', 5, 60, 50);
insert into public.workout_sets (id, workout_exercise_id, set_index, planned_reps_min)
values (tests.ref('fourth at 10'), tests.ref('fourth'), 7, 5);
select lives_ok($$select tests.lift('fourth', 10, 60, 5)$$, 'a planned set is done');
select results_eq($$select value, previous_value, set_id from tests.sessions() where superseded_at is null$$,
  $$values (55::numeric, 29::numeric, tests.ref('fourth at 10'))$$, 'and is the newest');
select is(tests.wrong(), 0, 'as if it were read again');

select * from finish();
rollback;
