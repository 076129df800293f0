-- The list of one's workouts: in order, in pages, by local day.
begin;
\ir support/acting.psql
select plan(9);

select tests.create_user('ana');
select tests.create_user('ben');

-- Every other day at 23:30 in Auckland, which is noon or so the same day in UTC; two of them at the same moment.
insert into public.workouts (id, user_id, status, timezone, started_at, ended_at, active_seconds, name)
select gen_random_uuid(), tests.id('ana'), 'completed', 'Pacific/Auckland', at, at + interval '1 hour', 3600, 'W' || n
from generate_series(1, 30) as n
cross join lateral (select timestamptz '2026-01-01 10:30:00+00' + (n - n / 30) * interval '2 days' as at) as time;

select tests.act_as('ana');
select results_eq(
  $$select item ->> 'id' from jsonb_array_elements(public.my_workouts("limit" => 100) -> 'items') with ordinality as i (item, place) order by place$$,
  $$select id::text from public.workouts where user_id = auth.uid() order by started_at desc, id desc$$,
  'all of them, latest first'
);
select is(
  (
    with recursive page (answer) as (
      select public.my_workouts("limit" => 7)
      union all
      select public.my_workouts("limit" => 7, cursor => page.answer ->> 'next_cursor') from page
      where page.answer ->> 'next_cursor' is not null
    )
    select array_agg(item ->> 'id') from page, jsonb_array_elements(page.answer -> 'items') as item
  ),
  (select array_agg(item ->> 'id') from jsonb_array_elements(public.my_workouts("limit" => 100) -> 'items') as item),
  'its pages together are everything, once, though two began at once'
);
select is(
  (select array_agg(distinct item ->> 'local_date' order by item ->> 'local_date')
    from jsonb_array_elements(public.my_workouts('2026-02-01', '2026-02-06', "limit" => 100) -> 'items') as item),
  (select array_agg(distinct local_date::text order by local_date::text) from public.workouts
    where user_id = auth.uid() and local_date between '2026-02-01' and '2026-02-06'),
  'of the days that are days where it was done'
);
select tests.throws_error($$select public.my_workouts(cursor => 'x')$$, 'invalid_cursor', 'a cursor is one of ours');
select tests.throws_error($$select public.my_workouts("limit" => 0)$$, 'invalid_limit', 'a page is something');
select tests.is_allowed($$select public.my_workouts('-infinity', 'infinity')$$, 'a span may have no ends');
select is(tests.error_of($$select public.my_workouts(to_date => '5874897-12-31')$$), 'invalid_argument', 'a day is one that there will be');
select tests.act_as('ben');
select is(public.my_workouts() -> 'items', '[]', 'nobody else''s');
select tests.act_as_anon();
select tests.throws_error('select public.my_workouts()', '42501', 'anon has none');

select * from finish();
rollback;
