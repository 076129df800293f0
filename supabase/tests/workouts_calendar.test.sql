-- The calendar of a month: by the day where it was done, with what is planned.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(10);

select tests.create_user('ana', '{"timezone": "Pacific/Auckland"}');
select tests.create_user('ben');

insert into public.workouts (id, user_id, status, timezone, started_at, ended_at, active_seconds, name)
select gen_random_uuid(), tests.id('ana'), 'completed', timezone, at, at + interval '1 hour', 3600, name
from (
  values
    ('Before', 'Pacific/Auckland', timestamptz '2026-01-31 10:30:00+00'),
    ('Midnight', 'Pacific/Auckland', timestamptz '2026-01-31 11:30:00+00'),
    ('Abroad', 'Europe/Berlin', timestamptz '2026-02-10 22:30:00+00'),
    ('Second', 'Europe/Berlin', timestamptz '2026-02-10 06:00:00+00'),
    ('Last', 'Pacific/Auckland', timestamptz '2026-02-28 10:00:00+00'),
    ('After', 'Pacific/Auckland', timestamptz '2026-02-28 11:30:00+00')
) as done (name, timezone, at);

select tests.act_as('ana');
insert into public.workouts (name, status, planned_for) values ('Plan', 'planned', '2026-02-20');

create function pg_temp.days(p_month date)
returns table (day text, names text)
language sql
as $$
  select day ->> 'day', (select string_agg(workout ->> 'name', ', ' order by place)
    from jsonb_array_elements(day -> 'workouts') with ordinality as w (workout, place))
  from jsonb_array_elements(public.workout_calendar(p_month) -> 'days') as day;
$$;

select results_eq(
  $$select * from pg_temp.days('2026-02-17')$$,
  $$values ('2026-02-01', 'Midnight'), ('2026-02-10', 'Second, Abroad'), ('2026-02-20', 'Plan'), ('2026-02-28', 'Last')$$,
  'a month has what began on its days where it was done, two in a day, and what is planned'
);
select results_eq($$select * from pg_temp.days('2026-01-31')$$, $$values ('2026-01-31', 'Before')$$, 'the month before has its own');
select results_eq($$select * from pg_temp.days('2026-03-01')$$, $$values ('2026-03-01', 'After')$$, 'and the one after');
select is(public.workout_calendar('2026-02-17') ->> 'month', '2026-02-01', 'it says which month it is');
select is(public.workout_calendar() ->> 'today', (now() at time zone 'Pacific/Auckland')::date::text, 'and which day it is for ana');
select is(public.workout_calendar() ->> 'timezone', 'Pacific/Auckland', 'in her zone');
select tests.throws_error($$select public.workout_calendar('infinity')$$, 'invalid_argument', 'a month has an end');
select tests.throws_error($$select public.workout_calendar('1999-12-31')$$, 'invalid_argument', 'and is one of ours');
select tests.act_as('ben');
select is(public.workout_calendar('2026-02-17') -> 'days', '[]', 'nobody else sees it');
select tests.act_as_anon();
select tests.throws_error('select public.workout_calendar()', '42501', 'nor anon');

select * from finish();
rollback;
