-- Streaks of days and of weeks: what counts, what rest does, and what becomes of them afterwards.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(41);

select tests.create_user('ana', '{"timezone": "Europe/Berlin"}');
select tests.create_user('ben', '{"timezone": "Europe/Berlin"}');

-- The present actor trains and enters it, at once or so many days later. No client says when it enters something.
create function tests.train(p_at text, p_days_later integer default 0, p_zone text default 'Europe/Berlin')
returns void
language plpgsql
as $$
declare
  v_at constant timestamptz := p_at::timestamp at time zone p_zone;
begin
  perform set_config('role', session_user::text, true);
  insert into public.workouts (id, user_id, timezone, started_at, created_at)
  values (tests.ref(p_at), auth.uid(), p_zone, v_at, v_at + p_days_later * interval '1 day');
  perform set_config('role', 'authenticated', true);
  perform public.add_workout_exercise(tests.ref(p_at), tests.exercise('barbell-bench-press'), tests.ref(p_at));
  perform tests.lift(p_at, 1, 100, 5);
  perform tests.finish(p_at);
end;
$$;

create function tests.runs(p_kind public.streak_kind)
returns table (began_on date, ended_on date, length integer, holds_until date)
language sql
stable
as $$
  select began_on, ended_on, length, holds_until from public.user_streaks where kind = p_kind order by began_on;
$$;
grant execute on all functions in schema tests to public;

-- Days -----------------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select is_empty($$table public.user_streaks$$, 'nobody begins with a streak');
select tests.train('2024-03-25 18:00');
select results_eq(
  $$select * from tests.runs('days')$$,
  $$values (date '2024-03-25', date '2024-03-25', 1, date '2024-03-29')$$,
  'a day of training, which three of rest do not end'
);
select tests.train('2024-03-25 20:00');
select is((select length from tests.runs('days')), 1, 'a second workout of the day is no second day');
select tests.train('2024-03-29 18:00');
select results_eq(
  $$select * from tests.runs('days')$$,
  $$values (date '2024-03-25', date '2024-03-29', 2, date '2024-03-30')$$,
  'rest adds nothing, and the week has no more of it'
);
select tests.train('2024-03-30 23:30');
select tests.train('2024-03-31 23:30');
select results_eq(
  $$select * from tests.runs('days')$$,
  $$values (date '2024-03-25', date '2024-03-31', 4, date '2024-04-04')$$,
  'a day of 23 hours is a day, and the next week has rest of its own'
);
select tests.train('2024-04-05 18:00');
select results_eq(
  $$select began_on, length from tests.runs('days')$$, $$values (date '2024-03-25', 4), (date '2024-04-05', 1)$$,
  'four days of rest in a week begin another'
);
select tests.train('2024-04-04 18:00');
select results_eq(
  $$select began_on, ended_on, length from tests.runs('days')$$,
  $$values (date '2024-03-25', date '2024-04-05', 6)$$, 'a day that is filled in makes one of two'
);
delete from public.workouts where id = tests.ref('2024-03-30 23:30');
select results_eq(
  $$select began_on, ended_on, length from tests.runs('days')$$,
  $$values (date '2024-03-25', date '2024-03-29', 2), (date '2024-03-31', date '2024-04-05', 3)$$,
  'one that is deleted makes two of one'
);
delete from public.workouts where id = tests.ref('2024-03-25 20:00');
select is((select length from tests.runs('days') limit 1), 2, 'unless another was done on that day');
delete from public.workout_sets where workout_id = tests.ref('2024-03-25 18:00');
select results_eq(
  $$select began_on, length from tests.runs('days')$$, $$values (date '2024-03-29', 4)$$,
  'a workout without a set does not count'
);

-- What counts ----------------------------------------------------------------------------------------------------------

select tests.act_as('ben');
select tests.train('2024-05-06 18:00', 7);
select is((select length from tests.runs('days')), 1, 'a workout that is entered a week later counts');
select tests.train('2024-05-07 18:00', 8);
select is((select length from tests.runs('days')), 1, 'one that is entered later is history');
select is((select sum(workout_count) from public.weekly_stats), 2::bigint, 'which statistics have');
select tests.train('2024-05-08 23:30', 0, 'Asia/Tokyo');
select results_eq(
  $$select ended_on, length from tests.runs('days')$$, $$values (date '2024-05-08', 2)$$,
  'the day is that of the place where it was done'
);
update public.workouts set timezone = 'Europe/Berlin' where id = tests.ref('2024-05-08 23:30');
select is((select ended_on from tests.runs('days')), date '2024-05-08', 'and follows when that is corrected, the same day here');
update public.workouts set timezone = 'Pacific/Kiritimati' where id = tests.ref('2024-05-08 23:30');
select is((select ended_on from tests.runs('days')), date '2024-05-09', 'another there');
update public.workouts set started_at = started_at - interval '5 hours' where id = tests.ref('2024-05-08 23:30');
select is((select ended_on from tests.runs('days')), date '2024-05-08', 'so does it when the time is');
select lives_ok(
  $$select public.start_workout(id => tests.ref('cancelled'), started_at => timestamptz '2024-05-10 10:00Z')$$,
  'one that is begun'
);
select public.cancel_workout(tests.ref('cancelled'));
select is((select length from tests.runs('days')), 2, 'and cancelled does not count');
delete from public.workouts;
select is_empty($$table public.user_streaks$$, 'without workouts there is none');

-- Weeks ----------------------------------------------------------------------------------------------------------------

select tests.train('2024-06-03 18:00'), tests.train('2024-06-05 18:00');
select is_empty($$select * from tests.runs('weeks')$$, 'two days are no week of three');
select tests.train('2024-06-05 20:00');
select is_empty($$select * from tests.runs('weeks')$$, 'nor are two workouts of a day two days');
select tests.train('2024-06-09 18:00');
select results_eq(
  $$select * from tests.runs('weeks')$$,
  $$values (date '2024-06-03', date '2024-06-03', 1, date '2024-06-16')$$, 'three are, and the next week is open'
);
select tests.train('2024-06-10 18:00'), tests.train('2024-06-11 18:00');
select is((select length from tests.runs('weeks')), 1, 'the open week breaks nothing');
select tests.train('2024-06-16 18:00');
select results_eq(
  $$select * from tests.runs('weeks')$$,
  $$values (date '2024-06-03', date '2024-06-10', 2, date '2024-06-23')$$, 'and adds when it is met'
);
select tests.train('2024-06-24 18:00'), tests.train('2024-06-25 18:00'), tests.train('2024-06-26 18:00');
select results_eq(
  $$select began_on, length from tests.runs('weeks')$$, $$values (date '2024-06-03', 2), (date '2024-06-24', 1)$$,
  'a week without begins another'
);

-- What the athlete means to do -----------------------------------------------------------------------------------------

update public.preferences set week_starts_on = 7;
select results_eq(
  $$select began_on, length from tests.runs('weeks')$$, $$values (date '2024-06-09', 1), (date '2024-06-23', 1)$$,
  'weeks from Sunday are other weeks'
);
update public.preferences set week_starts_on = 1, weekly_goal = 4;
select is_empty($$select * from tests.runs('weeks')$$, 'a higher goal is not met');
update public.preferences set weekly_goal = 1;
select results_eq(
  $$select began_on, length from tests.runs('weeks')$$, $$values (date '2024-06-03', 2), (date '2024-06-24', 1)$$,
  'a lower one is'
);
update public.preferences set rest_days_per_week = 0;
select results_eq(
  $$select length from tests.runs('days')$$, $$values (1), (1), (3), (1), (3)$$, 'without rest every day has to be trained'
);
update public.preferences set rest_days_per_week = 6;
select results_eq($$select length from tests.runs('days')$$, $$values (6), (3)$$, 'with six days of it one a week is enough');
select tests.throws_error($$update public.preferences set rest_days_per_week = 7$$, '23514', 'rest alone is no training');
select tests.throws_error($$update public.preferences set weekly_goal = 8$$, '23514', 'a week has seven days');
select tests.throws_error($$update public.preferences set week_starts_on = 0$$, '23514', 'and a first one');
select is(
  (select sum(rows::integer) from jsonb_each_text(public.recompute_my_stats()) as repaired (name, rows)), 0::bigint,
  'nothing had to be repaired'
);

-- Today ----------------------------------------------------------------------------------------------------------------

select is(
  public.my_streaks() - 'today' - 'week',
  '{"days": {"current": 0, "began_on": null, "holds_until": null, "longest": 6},
    "weeks": {"current": 0, "began_on": null, "holds_until": null, "longest": 2}}',
  'what is long ago is none today'
);
select tests.start('today', 'barbell-bench-press'), tests.lift('today', 0, 100, 5);
select public.complete_workout(tests.ref('today'));
select is(
  public.my_streaks() #> '{days,current}', '1', 'today is'
);
select is(
  public.my_streaks() -> 'week',
  jsonb_build_object(
    'starts_on', date_trunc('week', now() at time zone 'Europe/Berlin')::date, 'goal', 1, 'trained', 1
  ),
  'and is a day of this week'
);
select is((public.my_streaks() ->> 'today')::date, (now() at time zone 'Europe/Berlin')::date, 'in the athlete''s zone');
select tests.act_as('ana');
select is((select count(*) from public.user_streaks where user_id = tests.id('ben')), 0::bigint, 'nobody sees another''s');
select tests.act_as_anon();
select tests.throws_error($$select public.my_streaks()$$, '42501', 'nor any without signing in');

select * from finish();
rollback;
