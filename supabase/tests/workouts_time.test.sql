-- A workout in time: days, weeks and durations, wherever the athlete is and whatever the clocks there do.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(36);

select tests.create_user('ana', '{"timezone": "Europe/Berlin"}');

-- The present actor did a workout between these times in this zone, with one set ten minutes in.
create function tests.did(p_name text, p_from timestamptz, p_to timestamptz, p_zone text, p_weight_kg numeric default 100)
returns void
language sql
as $$
  select public.start_workout(id => tests.ref(p_name), name => p_name, started_at => p_from, timezone => p_zone);
  select public.add_workout_exercise(tests.ref(p_name), tests.exercise('barbell-bench-press'), tests.ref(p_name));
  select tests.lift(p_name, 10, p_weight_kg, 5);
  select public.complete_workout(tests.ref(p_name), ended_at => p_to);
$$;
-- When it was, and how long.
create function tests.times(p_name text)
returns text
language sql
as $$
  select concat_ws(' ', local_date, duration_seconds, active_seconds) from public.workouts where id = tests.ref(p_name);
$$;
create function tests.week(p_day date)
returns text
language sql
as $$
  select concat_ws(' ', workout_count, training_days, set_count, duration_seconds, active_seconds)
  from public.weekly_stats where week = p_day;
$$;
-- Rows of derived data that were not as a recompute has them.
create function tests.wrong()
returns bigint
language sql
as $$
  select sum(value::bigint) from jsonb_each_text(public.recompute_my_stats());
$$;
grant execute on all functions in schema tests to public;
select tests.act_on('ana', 'phone');

-- Days and zones -------------------------------------------------------------------------------------------------------

select tests.did('midnight', '2025-03-11 23:30+01', '2025-03-12 00:45+01', 'Europe/Berlin');
select is(tests.times('midnight'), '2025-03-11 4500 4500', 'one over midnight is of the day on which it began');
select is(
  (select day from public.exercise_stats order by day desc limit 1), '2025-03-11'::date, 'and so are its sets, all of them'
);
select is(tests.week('2025-03-10'), '1 1 1 4500 4500', 'and its week');

-- One moment, two places: Sunday evening in Berlin is Monday in Auckland, and the week after.
select tests.did('berlin', '2025-06-15 21:30+00', '2025-06-15 22:00+00', 'Europe/Berlin');
select tests.did('auckland', '2025-06-15 22:30+00', '2025-06-15 23:00+00', 'Pacific/Auckland');
select is(tests.times('berlin'), '2025-06-15 1800 1800', 'a zone says which day it is');
select is(tests.times('auckland'), '2025-06-16 1800 1800', 'whatever the one at home is');
select is(tests.week('2025-06-09'), '1 1 1 1800 1800', 'the week ends at midnight there');
select is(tests.week('2025-06-16'), '1 1 1 1800 1800', 'and the next one begins');
select public.update_workout(tests.ref('berlin'), version, '{"timezone": "Asia/Tokyo"}')
from public.workouts where id = tests.ref('berlin');
select is(tests.times('berlin'), '2025-06-16 1800 1800', 'a zone that was wrong is corrected');
select is(tests.week('2025-06-09'), null, 'and takes the workout to another week');
select is(tests.week('2025-06-16'), '2 1 2 3600 3600', 'on the same day as the other');
select is(
  (select array_agg(item ->> 'name' order by item ->> 'name')
    from jsonb_array_elements(public.my_workouts(from_date => '2025-06-16', to_date => '2025-06-16') -> 'items') as item),
  array['auckland', 'berlin'], 'the calendar shows both there'
);
select is(public.my_workouts(from_date => '2025-06-15', to_date => '2025-06-15') -> 'items', '[]', 'and nothing the day before');
update public.profiles set timezone = 'America/Los_Angeles' where user_id = tests.id('ana');
select is(tests.times('berlin'), '2025-06-16 1800 1800', 'who travels on takes no workout along');

-- Clocks that change ---------------------------------------------------------------------------------------------------

select tests.did('spring', '2025-03-30 01:30+01', '2025-03-30 03:30+02', 'Europe/Berlin');
select is(tests.times('spring'), '2025-03-30 3600 3600', 'the hour that is left out in spring is not counted');
select tests.did('autumn', '2025-10-26 01:30+02', '2025-10-26 02:30+01', 'Europe/Berlin');
select is(tests.times('autumn'), '2025-10-26 7200 7200', 'the one that comes twice in autumn is, twice');
select tests.did('west', '2025-11-02 01:50-07', '2025-11-02 01:10-08', 'America/Los_Angeles');
select is(tests.times('west'), '2025-11-02 1200 1200', 'a clock that goes back is no end before the start');
select tests.did('flight', '2025-07-01 23:00+02', '2025-07-02 00:30+02', 'Europe/Berlin');
select is(tests.times('flight'), '2025-07-01 5400 5400', 'begun here, ended there: it keeps the zone that it began in');
select is(
  (public.upload_workouts(jsonb_build_array(jsonb_build_object(
    'id', tests.ref('paused'), 'timezone', 'Europe/Berlin',
    'started_at', '2025-10-26T00:00:00Z', 'ended_at', '2025-10-26T03:00:00Z', 'pauses', jsonb_build_array(
      jsonb_build_object('from', '2025-10-26T02:30:00+02:00', 'to', '2025-10-26T02:30:00+01:00'),
      jsonb_build_object('from', '2025-10-26T02:10:00+01:00', 'to', '2025-10-26T02:40:00+01:00'),
      jsonb_build_object('from', '2025-10-26T03:30:00+01:00', 'to', '2025-10-26T09:00:00+01:00')
    )
  ))) ->> 'stored'), '1', 'pauses over the hour that comes twice'
);
select is(tests.times('paused'), '2025-10-26 10800 4800', 'are counted by the clock of the world, once, and no longer than the workout');
select is(tests.week('2025-10-20'), '2 1 1 18000 12000', 'two in a day are one day of training');

-- Entered later --------------------------------------------------------------------------------------------------------

select tests.did('record', '2025-08-04 18:00+00', '2025-08-04 19:00+00', 'UTC', 120);
select tests.did('before it', '2025-08-01 18:00+00', '2025-08-01 19:00+00', 'UTC', 130);
select is(
  (select count(*) from public.personal_records where kind = 'max_weight' and revoked_at is null and workout_id = tests.ref('record')),
  0::bigint, 'what was a record is none when an earlier, better one is entered'
);
select is(tests.week('2025-07-28'), '1 1 1 3600 3600', 'its week is there');
select tests.throws_error(
  $$select tests.did('future', now() + interval '1 day', now() + interval '2 days', 'UTC')$$, 'invalid_time', 'nobody enters what is to come'
);
select tests.throws_error(
  $$select tests.did('long', '2025-09-01 18:00+00', '2025-09-02 18:00:01+00', 'UTC')$$, 'invalid_workout', 'nor trains for more than a day'
);

-- Corrected ------------------------------------------------------------------------------------------------------------

create function pg_temp.correct(p_name text, p_changes jsonb)
returns text
language sql
as $$
  select coalesce(public.update_workout(id, version, p_changes) ->> 'code', 'stored')
  from public.workouts where id = tests.ref(p_name);
$$;
select is(
  pg_temp.correct('record', '{"started_at": "2025-08-04T17:30:00Z", "ended_at": "2025-08-04T18:45:00Z"}'), 'stored',
  'a workout that is over is corrected'
);
select is(tests.times('record'), '2025-08-04 4500 4500', 'and its length with it');
select is(tests.week('2025-08-04'), '1 1 1 4500 4500', 'and its week');
select tests.throws_error(
  $$select pg_temp.correct('record', '{"started_at": "2025-08-04T18:30:00Z"}')$$, 'invalid_time', 'not to a start after its first set'
);
select tests.throws_error(
  $$select pg_temp.correct('record', '{"ended_at": "2025-08-04T18:00:00Z"}')$$, 'invalid_time', 'nor to an end before its last'
);
select tests.throws_error(
  $$select pg_temp.correct('record', '{"ended_at": null}')$$, 'invalid_workout', 'nor to none'
);
select is(
  pg_temp.correct('paused', '{"started_at": "2025-10-26T00:45:00Z"}'), 'stored', 'one that was paused'
);
select is(tests.times('paused'), '2025-10-26 8100 3000', 'loses of its pauses what lies before it');
select lives_ok(
  $$update public.workout_sets set completed_at = '2025-08-04 17:40+00' where workout_id = tests.ref('record')$$,
  'a set is moved within it'
);
select is(tests.wrong(), 0::bigint, 'all that is derived followed');

-- Deleted --------------------------------------------------------------------------------------------------------------

delete from public.workouts where id in (tests.ref('before it'), tests.ref('auckland'));
select is(
  concat_ws(', ', tests.week('2025-07-28'), tests.week('2025-06-16')), '1 1 1 1800 1800', 'a workout that is deleted leaves its week'
);
select is(tests.wrong(), 0::bigint, 'and nothing behind');

select * from finish();
rollback;
