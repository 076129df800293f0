-- What admins may do with accounts, that others may not, and that each use of it is on record.
begin;
\ir support/acting.psql
select plan(46);

select tests.create_user('ada');
select tests.create_user('zed');
select tests.create_user('bob_a', '{"display_name": "Bob"}');
select tests.create_user('bob_b');
update public.user_roles set role = 'admin' where user_id in (tests.id('ada'), tests.id('zed'));

create function tests.entries_of(p_name text)
returns bigint
language sql
security definer
as $$
  select count(*) from private.audit_log where subject_id = tests.id(p_name);
$$;
grant execute on all functions in schema tests to public;

-- Nobody else ----------------------------------------------------------------------------------------------------------

create temporary table call as
select *
from (
  values
    ('public.admin_list_users()'),
    ($$public.admin_list_users(query => 'bob')$$),
    (format($$public.admin_update_user(%L, '{"role": "admin", "reason": "I like it"}')$$, tests.id('bob_a'))),
    (format($$public.admin_update_user(%L, '{}')$$, gen_random_uuid())),
    ($$public.platform_analytics('2026-01-01', '2026-01-31')$$)
) as call (expression);
grant select on call to public;

select tests.act_as('bob_a');
select tests.throws_error('select ' || expression, 'admin_only', 'an athlete does not call ' || expression) from call;
select tests.act_as_anon();
select tests.throws_error('select ' || expression, '42501', 'nor does anon call ' || expression) from call;
select is(tests.entries_of('bob_a'), 0::bigint, 'and nothing is written');

-- Listing --------------------------------------------------------------------------------------------------------------

select tests.act_as('ada');
select results_eq(
  $$select item ->> 'username', item ->> 'role', item ->> 'plan', (item ->> 'is_active')::boolean
    from jsonb_array_elements(public.admin_list_users(query => 'bob_') -> 'items') as item order by 1$$,
  $$values ('bob_a', 'user', 'free', true), ('bob_b', 'user', 'free', true)$$,
  'accounts are found by the beginning of a username'
);
select is(tests.entries_of('bob_a'), 1::bigint, 'each that was seen has an entry');
select is(tests.entries_of('zed'), 0::bigint, 'and no other');
select is(
  (select public.admin_list_users(query => upper(item ->> 'email')) #>> '{items,0,username}'
    from jsonb_array_elements(public.admin_list_users(query => 'bob_a') -> 'items') as item),
  'bob_a', 'by the whole address'
);
select is(
  public.admin_list_users(query => tests.id('bob_b')::text) #>> '{items,0,username}', 'bob_b', 'or by the id'
);
select is(jsonb_array_length(public.admin_list_users(query => 'bob_a%') -> 'items'), 0, 'a query is no pattern');
select ok(
  (
    with recursive page (answer) as (
      select public.admin_list_users("limit" => 50)
      union all
      select public.admin_list_users(cursor => page.answer ->> 'next_cursor', "limit" => 50) from page
      where page.answer ->> 'next_cursor' is not null
    )
    select count(*) = count(distinct item ->> 'user_id')
      and array_agg((item ->> 'user_id')::uuid) @> (select array_agg(user_id) from tests.users)
    from page, jsonb_array_elements(page.answer -> 'items') as item
  ),
  'page by page: everybody, once'
);
select tests.throws_error($$select public.admin_list_users(cursor => 'x')$$, 'invalid_cursor', 'a cursor is one of ours');
select tests.throws_error($$select public.admin_list_users("limit" => 0)$$, 'invalid_limit', 'a limit is in its range');

-- Changing -------------------------------------------------------------------------------------------------------------

select tests.throws_error(
  format('select public.admin_update_user(%L, %L)', tests.id('bob_a'), patch), 'invalid_argument', 'refused: ' || patch
)
from (
  values ('[]'), ('{"reason": "because"}'), ('{"role": "admin"}'), ('{"role": "owner", "reason": "because"}'),
    ('{"is_active": "no", "reason": "because"}'), ('{"plan": "pro", "role": "user", "reason": "because"}'),
    ('{"display_name": " x", "reason": "because"}')
) as wrong (patch);
select tests.throws_error(
  format($$select public.admin_update_user(%L, '{"role": "admin", "reason": "because"}')$$, gen_random_uuid()),
  'user_not_found', 'an account that does not exist'
);
select tests.throws_error(
  format($$select public.admin_update_user(%L, '{"role": "user", "reason": "because"}')$$, tests.id('ada')),
  'own_account', 'nobody takes their own power'
);

select is(
  public.admin_update_user(tests.id('bob_a'), '{"role": "admin", "reason": "a new colleague"}')
    - '{email,created_at,user_id,last_login_at}'::text[],
  '{"username": "bob_a", "display_name": "Bob", "email_verified": true, "role": "admin", "plan": "free", "is_active": true}',
  'the role is changed'
);
select tests.act_as('bob_a');
select tests.is_allowed('select public.admin_list_users()', 'the power is there with the next statement');
select is(
  (public.my_access_log() #> '{items,0}') - 'at',
  '{"by": "admin", "action": "user_updated", "reason": "a new colleague"}', 'and the person reads why'
);
select tests.act_as('ada');
select ok(
  public.admin_update_user(tests.id('bob_a'), '{"is_active": false, "reason": "lost a laptop"}')
    @> '{"is_active": false, "role": "admin"}',
  'an admin is locked out, and keeps the role'
);
select tests.act_as('bob_a');
select tests.throws_error('select public.admin_list_users()', 'admin_only', 'but no power, whatever token is left');
select ok(not private.has_entitlement('premium_templates'), 'nor what it entitles to');
select tests.act_as('ada');
select public.admin_update_user(tests.id('bob_a'), '{"is_active": true, "reason": "found it again"}');
select tests.act_as('bob_a');
select tests.is_allowed('select public.admin_list_users()', 'which comes back with the account');
select tests.stop_acting();
update auth.users set banned_until = now() - interval '1 second' where id = tests.id('bob_a');
select tests.act_as('bob_a');
select tests.is_allowed('select public.admin_list_users()', 'or when a ban has run out');
select tests.act_as('ada');
select ok(
  public.admin_update_user(tests.id('bob_a'), '{"role": "user", "reason": "a mistake"}') @> '{"role": "user"}',
  'and taken away again'
);
select tests.act_as('bob_a');
select tests.throws_error('select public.admin_list_users()', 'admin_only', 'with the next statement as well');

-- Figures --------------------------------------------------------------------------------------------------------------

select tests.stop_acting();
select tests.create_user('figure_' || n) from generate_series(1, 9) as n;
-- Four of them on one day, five others on the next.
insert into public.workouts (user_id, timezone, started_at)
select tests.id('figure_' || n), 'UTC', timestamptz '2019-05-02 12:00+00' + (n / 5) * interval '1 day'
from generate_series(1, 9) as n;
update public.workouts set status = 'completed', ended_at = started_at + interval '1 hour'
where user_id in (select user_id from tests.users where name like 'figure_%');
select tests.act_as('ada');
select results_eq(
  $$select item ->> 'athletes', item ->> 'workouts', item ->> 'sets', item ->> 'volume_kg'
    from jsonb_array_elements(public.platform_analytics('2019-05-01', '2019-05-02') -> 'days') as item order by item ->> 'day'$$,
  $$values ('0', '0', '0', '0'), (null, null, null, null)$$,
  'a day when nobody trained is zero, one of a few is not told'
);
select is(
  (public.platform_analytics('2019-05-03', '2019-05-03') #> '{days,0}') - 'volume_kg',
  '{"day": "2019-05-03", "new_users": 0, "athletes": 5, "workouts": 5, "sets": 0}', 'of five it is'
);
select is(
  jsonb_array_length(public.platform_analytics(current_date - 6, current_date) -> 'days'), 7, 'a row for each day'
);
select ok(
  (public.platform_analytics(current_date, current_date) #>> '{days,0,new_users}')::integer >= 4, 'with who joined'
);
select tests.throws_error($$select public.platform_analytics('2026-01-02', '2026-01-01')$$, 'invalid_argument', 'in order');
select tests.throws_error($$select public.platform_analytics('2024-01-01', '2026-01-01')$$, 'invalid_argument', 'of a year');
select is_empty('select * from private.verify_audit_log()', 'the log is whole')
from (select tests.stop_acting()) as done;

select * from finish();
rollback;
