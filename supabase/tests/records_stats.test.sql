-- Statistics by exercise and day, by week and in total.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(74);

select tests.create_user('ana', '{"timezone": "America/Los_Angeles"}');
select tests.create_user('ben');
select tests.create_user('cleo');

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

-- The body weight weighs the sets again within the change of the workout, whose calories change too.
select tests.act_as('cleo');
select tests.start('only', 'pull-up', 3), tests.lift('only', 5, 60, 3), tests.finish('only');
select lives_ok(
  $$update public.workouts set bodyweight_kg = 70 where id = tests.ref('only')$$,
  'the only workout learns the body weight'
);
select is((select effective_volume_kg from public.weekly_stats), 390::numeric, 'its week counts the body in');
select is((select effective_volume_kg from public.user_stats), 390::numeric, 'the total too');
select lives_ok($$delete from public.workouts where id = tests.ref('only')$$, 'the only workout is deleted');
select is_empty($$table public.user_stats$$, 'the total goes with it');

-- What was not lifted is no weight, and help is none either.
select tests.start('failed', 'barbell-back-squat', 2);
select tests.lift('failed', 5, 100, 3), tests.lift('failed', 10, 140, 0, 'failure');
select is((select max_weight_kg from public.exercise_stats), 100::numeric, 'a failed single is no heaviest weight');
delete from public.workout_sets where id = tests.ref('failed at 5');
select is((select max_weight_kg from public.exercise_stats), null, 'nor alone');
select tests.finish('failed');
select tests.start('helped', 'assisted-pull-up-machine', 1);
update public.workouts set bodyweight_kg = 80 where id = tests.ref('helped');
select tests.lift('helped', 5, 40, 8), tests.lift('helped', 10, 30, 5), tests.lift('helped', 15, 10, 0, 'failure');
select results_eq(
  $$select max_weight_kg, least_assist_kg, best_e1rm_kg, best_added_e1rm_kg, max_reps from public.exercise_stats
    where exercise_id = tests.exercise('assisted-pull-up-machine')$$,
  $$values (null::numeric, 30::numeric, 58.333, -21.667, 8)$$, 'of assistance the least with a repetition is the best'
);
select tests.finish('helped');
select tests.start('pulled', 'pull-up', 0.5);
select tests.lift('pulled', 5, 20, 5);
select results_eq(
  $$select max_weight_kg, least_assist_kg, best_e1rm_kg, best_added_e1rm_kg from public.exercise_stats
    where exercise_id = tests.exercise('pull-up')$$,
  $$values (20::numeric, null::numeric, 116.667, 36.667)$$, 'of a pull-up the whole system, and what of it is added'
);
select tests.finish('pulled');
select is(
  public.strength_progress(tests.exercise('pull-up')) #> '{days,0,best_added_e1rm_kg}', '36.667', 'as strength_progress shows'
);
delete from public.workouts;

-- Recompute ------------------------------------------------------------------------------------------------------------

select tests.stop_acting();

create function tests.repaired()
returns text
language sql
as $$
  select coalesce(string_agg(format('%s %s', name, rows), ', ' order by name), 'nothing')
  from jsonb_each_text(public.recompute_my_stats()) as repaired (name, rows)
  where rows <> '0';
$$;

-- Everything derived of the athlete's, without ids and moments of writing that a repair may change.
create function tests.derived()
returns jsonb
language sql
stable
as $$
  select jsonb_build_object(
    'records', (
      select jsonb_agg(to_jsonb(record) - '{id,superseded_by,created_at}'::text[] order by kind, at_reps, at_weight_kg, achieved_at)
      from public.personal_records as record
      where revoked_at is null
    ),
    'workouts', (select jsonb_agg(to_jsonb(workouts) - 'updated_at' order by id) from public.workouts),
    'exercises', (select jsonb_agg(to_jsonb(entry) - 'updated_at' order by id) from public.workout_exercises as entry),
    'sets', (select jsonb_agg(to_jsonb(sets) - 'updated_at' order by id) from public.workout_sets as sets),
    'days', (select jsonb_agg(to_jsonb(days) order by exercise_id, day) from public.exercise_stats as days),
    'weeks', (select jsonb_agg(to_jsonb(weeks) order by week) from public.weekly_stats as weeks),
    'totals', (select jsonb_agg(to_jsonb(totals)) from public.user_stats as totals),
    'streaks', (select jsonb_agg(to_jsonb(streaks) order by kind, began_on) from public.user_streaks as streaks)
  );
$$;

-- Past every rule and trigger, as a fault would write it. Answers what a recompute says; it has to leave all as it was.
create function tests.corrupt(p_statement text, p_reported text)
returns text
language plpgsql
as $$
declare
  v_before constant jsonb := tests.derived();
  v_reported text;
begin
  perform set_config('role', session_user::text, true);
  perform set_config('session_replication_role', 'replica', true);
  execute p_statement;
  perform set_config('session_replication_role', 'origin', true);
  perform set_config('role', 'authenticated', true);

  if tests.derived() = v_before then
    return fail(p_statement || ': changes nothing');
  end if;

  v_reported := tests.repaired();
  return ok(
    v_reported = p_reported and tests.derived() = v_before and tests.repaired() = 'nothing',
    format('%s: %s', p_statement, v_reported)
  );
end;
$$;
grant execute on all functions in schema tests to public;

select tests.act_as('ana');
select is(tests.repaired(), 'nothing', 'nothing is wrong');
select tests.start('recent', 'barbell-bench-press', 3), tests.lift('recent', 5, 105, 5, p_rpe => 8), tests.finish('recent');
-- To the total is added what changes: with a workout that was wrong it is wrong once more, and repaired as well.
select tests.corrupt(statement, reported)
from (
  values
    ('update public.personal_records set value = 999 where kind = ''max_weight'' and superseded_at is null',
      'personal_records 1'),
    ('update public.personal_records set previous_value = 1 where kind = ''best_e1rm'' and superseded_at is null',
      'personal_records 1'),
    ('delete from public.personal_records where kind = ''best_set_volume'' and superseded_at is null', 'personal_records 1'),
    ('delete from public.personal_records', 'personal_records 20'),
    ('insert into public.personal_records (user_id, exercise_id, exercise_name, kind, value, achieved_at)
      select user_id, exercise_id, ''Forged'', ''longest_distance'', 1, now() from public.exercise_stats limit 1',
      'personal_records 1'),
    ('update public.workout_sets set load_kg = 999 where workout_id = tests.ref(''recent'')', 'workout_sets 1'),
    ('update public.workout_sets set volume_kg = 1, effective_volume_kg = 1', 'workout_sets 3'),
    ('update public.workout_sets set e1rm_kg = 999 where workout_id = tests.ref(''recent'')', 'workout_sets 1'),
    ('update public.workout_sets set e1rm_kg = null, e1rm_method = null, e1rm_confidence = null', 'workout_sets 2'),
    ('update public.workout_sets set e1rm_confidence = ''low'' where workout_id = tests.ref(''recent'')', 'workout_sets 1'),
    ('update public.workout_sets set is_counted = not is_counted', 'workout_sets 3'),
    ('update public.workout_sets set bodyweight_kg = 20 where workout_id = tests.ref(''recent'')', 'workout_sets 1'),
    ('update public.workouts set volume_kg = 1, set_count = 99', 'user_stats 1, workouts 2'),
    ('update public.workout_exercises set rep_count = 99 where workout_id = tests.ref(''recent'')', 'workouts 1'),
    ('update public.workout_sets set is_record = not is_record where workout_id = tests.ref(''recent'')', 'workouts 1'),
    ('update public.workouts set records_set = 99 where id = tests.ref(''recent'')',
      'user_stats 1, workouts 1'),
    ('update public.exercise_stats set volume_kg = 1', 'exercise_stats 2'),
    ('delete from public.exercise_stats', 'exercise_stats 2'),
    ('insert into public.exercise_stats select user_id, exercise_id, date ''2001-01-01'', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
      from public.exercise_stats limit 1', 'exercise_stats 1'),
    ('update public.weekly_stats set training_days = 7', 'weekly_stats 2'),
    ('delete from public.weekly_stats', 'weekly_stats 2'),
    ('insert into public.weekly_stats select user_id, date ''2001-01-01'', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
      from public.user_stats', 'weekly_stats 1'),
    ('update public.user_stats set set_count = 99', 'user_stats 1'),
    ('delete from public.user_stats', 'user_stats 1'),
    ('update public.user_streaks set length = 99', 'user_streaks 1'),
    ('update public.user_streaks set holds_until = holds_until + 1', 'user_streaks 1'),
    ('delete from public.user_streaks', 'user_streaks 1'),
    ('insert into public.user_streaks select user_id, ''weeks'', date ''2001-01-01'', date ''2001-01-01'', 1, date ''2001-01-14''
      from public.user_stats', 'user_streaks 1')
) as fault (statement, reported);
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
