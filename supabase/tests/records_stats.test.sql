-- Statistics by exercise and day, by week and in total.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(39);

select tests.create_user('ana', '{"timezone": "America/Los_Angeles"}');
select tests.create_user('ben');

create function tests.monday(p_days_ago integer)
returns date
language sql
stable
as $$
  select date_trunc('week', now() at time zone 'America/Los_Angeles' - p_days_ago * interval '1 day')::date;
$$;
grant execute on function tests.monday(integer) to public;

-- By exercise and day --------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select tests.start('morning', 'barbell-bench-press', 21);
select tests.lift('morning', 1, 60, 8, 'warmup');
select is_empty($$table public.exercise_stats$$, 'a warm-up is in no statistic');
select tests.lift('morning', 5, 100, 5);
select tests.lift('morning', 10, 110, 2);
select results_eq(
  $$
    select day, set_count, rep_count, volume_kg, effective_volume_kg, max_weight_kg, best_e1rm_kg, max_reps
    from public.exercise_stats
  $$,
  $$
    select local_date, 2, 7, 720::numeric, 720::numeric, 110::numeric, 117.333, 5
    from public.workouts
  $$,
  'the day of an exercise, in the workout''s zone'
);
select is_empty($$table public.weekly_stats$$, 'a workout in progress is in no week');
select is_empty($$table public.user_stats$$, 'and in no total');
select tests.finish('morning');
select results_eq(
  $$select week, workout_count, training_days, set_count, rep_count, volume_kg, duration_seconds, active_seconds
    from public.weekly_stats$$,
  $$values (tests.monday(21), 1, 1, 2, 7, 720::numeric, 3600, 3600)$$,
  'a completed one is in its week'
);
select results_eq(
  $$select workout_count, set_count, rep_count, volume_kg, duration_seconds from public.user_stats$$,
  $$values (1, 2, 7, 720::numeric, 3600::bigint)$$, 'and in the total'
);

select lives_ok(
  $$select public.start_workout(id => tests.ref('evening'), started_at => started_at + interval '2 hours')
    from public.workouts where id = tests.ref('morning')$$,
  'a second one two hours later'
);
select lives_ok(
  $$select public.add_workout_exercise(
    tests.ref('evening'), tests.exercise('barbell-bench-press'), tests.ref('evening')
  )$$,
  'with the same exercise'
);
select tests.lift('evening', 5, 120, 1);
select tests.finish('evening');
create temporary table two_days as
select count(distinct local_date)::integer as days from public.workouts;
select results_eq(
  $$select sum(set_count)::integer, max(max_weight_kg), count(*)::integer from public.exercise_stats$$,
  $$select 3, 120::numeric, days from pg_temp.two_days$$, 'two workouts of a day are one day'
);
select results_eq(
  $$select sum(workout_count)::integer, sum(training_days)::integer, sum(set_count)::integer from public.weekly_stats$$,
  $$select 2, days, 3 from pg_temp.two_days$$, 'and two workouts'
);
select is((select workout_count from public.user_stats), 2, 'in total too');

-- The past changes -----------------------------------------------------------------------------------------------------

select lives_ok($$update public.workout_sets set reps = 6 where id = tests.ref('morning at 5')$$, 'a correction');
select results_eq(
  $$select rep_count, volume_kg from public.user_stats$$, $$values (9, 940::numeric)$$, 'reaches the total'
);
select is((select sum(volume_kg) from public.weekly_stats), 940::numeric, 'the week');
select is((select sum(volume_kg) from public.exercise_stats), 940::numeric, 'and the day');
select lives_ok($$delete from public.workout_sets where id = tests.ref('morning at 10')$$, 'a set is deleted');
select is((select sum(volume_kg) from public.exercise_stats), 720::numeric, 'the day follows');
select is((select volume_kg from public.user_stats), 720::numeric, 'the total too');
select tests.throws_error(
  $$update public.workouts set started_at = started_at - interval '7 days' where id = tests.ref('morning')$$,
  'invalid_time', 'a workout does not leave its sets behind'
);
select lives_ok(
  $$update public.workouts set timezone = 'Pacific/Kiritimati' where id = tests.ref('morning')$$,
  'a workout was in another zone'
);
select results_eq(
  $$select day from public.exercise_stats order by day$$,
  $$select distinct local_date from public.workouts order by local_date$$, 'its day follows'
);
select is((select sum(volume_kg) from public.exercise_stats), 720::numeric, 'with all that was done');
select lives_ok($$delete from public.workouts where id = tests.ref('evening')$$, 'a workout is deleted');
select results_eq(
  $$select day, set_count, max_weight_kg from public.exercise_stats$$,
  $$select local_date, 1, 100::numeric from public.workouts$$, 'its sets leave their day'
);
select results_eq($$select workout_count, set_count from public.weekly_stats$$, $$values (1, 1)$$, 'its week');
select results_eq($$select workout_count, set_count from public.user_stats$$, $$values (1, 1)$$, 'and the total');

-- Recompute ------------------------------------------------------------------------------------------------------------

select is(
  public.recompute_my_stats(),
  '{"personal_records": 0, "exercise_stats": 0, "weekly_stats": 0, "user_stats": 0}', 'nothing is wrong'
);
select tests.stop_acting();
update public.exercise_stats set volume_kg = 1;
delete from public.weekly_stats;
update public.user_stats set set_count = 99;
update public.personal_records set value = 999 where kind = 'max_weight' and revoked_at is null;
select tests.act_as('ana');
select is(
  public.recompute_my_stats(),
  '{"personal_records": 2, "exercise_stats": 1, "weekly_stats": 1, "user_stats": 1}', 'what is wrong is found'
);
select is(
  public.recompute_my_stats(),
  '{"personal_records": 0, "exercise_stats": 0, "weekly_stats": 0, "user_stats": 0}', 'and repaired'
);
select results_eq(
  $$select value from public.personal_records where kind = 'max_weight' and revoked_at is null$$,
  $$values (100::numeric)$$, 'in the ledger too'
);
select tests.act_as_anon();
select tests.throws_error($$select public.recompute_my_stats()$$, '42501', 'nobody recomputes without signing in');

-- Whose it is ----------------------------------------------------------------------------------------------------------

select tests.act_as('ben');
select is_empty($$table public.exercise_stats$$, 'a stranger reads no days');
select is_empty($$table public.weekly_stats$$, 'no weeks');
select is_empty($$table public.user_stats$$, 'and no totals');

select tests.act_as('ana');
select tests.throws_error(format('update public.%I set set_count = 1', name), '42501', name || ' is nobody''s to write')
from (values ('exercise_stats'), ('weekly_stats'), ('user_stats')) as derived (name);

-- An account goes ------------------------------------------------------------------------------------------------------

select tests.stop_acting();
select lives_ok(format('delete from auth.users where id = %L', tests.id('ana')), 'an account is deleted');
set constraints all immediate;
select is(
  (select count(*) from public.workout_sets where user_id = tests.id('ana'))
    + (select count(*) from public.personal_records where user_id = tests.id('ana'))
    + (select count(*) from public.exercise_stats where user_id = tests.id('ana'))
    + (select count(*) from public.weekly_stats where user_id = tests.id('ana'))
    + (select count(*) from public.user_stats where user_id = tests.id('ana')),
  0::bigint, 'and nothing of it stays'
);

select * from finish();
rollback;
