-- Who is counted, in which bucket, against which figures: what the Data API asks before each request.
begin;
\ir support/acting.psql
select plan(53);

-- What a bucket holds after one request of the present actor to this path, of requests that may write.
create function tests.left_after(p_caller uuid, p_path text, p_bucket text)
returns double precision
language plpgsql
security definer
as $$
begin
  perform set_config('request.path', p_path, true);
  perform private.pre_request();
  return (
    select round(rate_limits.tokens) from private.rate_limits
    where rate_limits.caller_id = p_caller and rate_limits.bucket = p_bucket::private.request_bucket
  );
end;
$$;

create function tests.left_to_read()
returns double precision
language sql
security definer
as $$
  select private.take_read();
$$;

create function tests.from_address(p_headers json)
returns text
language sql
as $$
  select set_config('request.headers', p_headers::text, true);
$$;

create function tests.address_of(p_headers json)
returns text
language sql
as $$
  select tests.from_address(p_headers);
  select host(private.client_address());
$$;

create function tests.refusal()
returns jsonb
language plpgsql
as $$
declare
  v_detail text;
begin
  perform private.pre_request();
  return null;
exception
  when sqlstate 'PGRST' then
    get stacked diagnostics v_detail = pg_exception_detail;
    return sqlerrm::jsonb || v_detail::jsonb;
end;
$$;

grant execute on all functions in schema tests to public;

select tests.create_user('ana');
select tests.create_user('ben');
select tests.create_user('root');
update public.user_roles set role = 'admin' where user_id = tests.id('root');

-- Figures --------------------------------------------------------------------------------------------------------------

select results_eq(
  'select id, requests_per_window, window_seconds from public.plans order by position',
  $$values ('anonymous', 60, 900), ('free', 100, 900), ('premium', 500, 900), ('pro', 500, 900), ('admin', 1000, 900)$$,
  'the requests of the contract, in fifteen minutes'
);
select is_empty(
  $$
    select function_name from private.call_buckets
    where not exists (
      select from pg_proc where pronamespace = 'public'::regnamespace and proname = call_buckets.function_name
    )
  $$,
  'every call that is counted apart is a function'
);
select is_empty(
  $$
    select unnest('{complete_set,update_set,start_rest,extend_rest,skip_rest,pause_workout,resume_workout,set_current_exercise,
      complete_workout}'::text[])
    except
    select function_name from private.call_buckets where bucket = 'live'
  $$,
  'what a lifter does in a workout is live'
);
select is_empty(
  $$
    select function_name from private.call_buckets where bucket = 'live'
      and function_name ~ 'import|export|match_exercise_names'
  $$,
  'and nothing of an import or an export is'
);

-- Buckets --------------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select is(tests.left_after(tests.id('ana'), '/rpc/count_request', 'requests'), 99::double precision, 'a request takes one of a hundred');
select is(tests.left_after(tests.id('ana'), '/workouts', 'requests'), 98::double precision, 'and so does the next, whatever it is');
select is(tests.left_after(tests.id('ana'), '/rpc/complete_set', 'live'), 599::double precision, 'a set is counted with the live calls');
select is(tests.left_after(tests.id('ana'), 'rpc/start_rest', 'live'), 598::double precision, 'as is a rest, with no slash before it');
select is(
  tests.left_after(tests.id('ana'), '/rpc/import_sets', 'transfers'), 599::double precision, 'parts of an import have their own'
);
select is(tests.left_after(tests.id('ana'), '/rpc/start_rest', 'live'), 597::double precision, 'and take nothing from a workout');
select is(tests.left_after(tests.id('ana'), '/rpc/complete_set/', 'requests'), 97::double precision, 'what only looks like one is a request');
select is(tests.left_after(tests.id('ana'), '/complete_set', 'requests'), 96::double precision, 'a table of that name, too');
select tests.act_as('ben');
select is(tests.left_after(tests.id('ben'), '/workouts', 'requests'), 99::double precision, 'everybody has a bucket of their own');
select tests.act_as('root');
select is(tests.left_after(tests.id('root'), '/workouts', 'requests'), 999::double precision, 'that of an admin is larger');

select tests.stop_acting();
insert into public.subscriptions (user_id, plan_id, status, started_at, ends_at)
values (tests.id('ben'), 'premium', 'active', now(), now() + interval '1 day');
delete from private.rate_limits where caller_id = tests.id('ben');
select tests.act_as('ben');
select is(tests.left_after(tests.id('ben'), '/workouts', 'requests'), 499::double precision, 'so is that of a paid plan');
select tests.stop_acting();
update public.subscriptions set ends_at = now() where user_id = tests.id('ben');
select tests.act_as('ben');
select is(tests.left_after(tests.id('ben'), '/workouts', 'requests'), 99::double precision, 'which shrinks with the plan, at once');

-- Addresses ------------------------------------------------------------------------------------------------------------

select tests.stop_acting();
select is(tests.address_of('{"x-forwarded-for": "203.0.113.7, 10.0.0.1"}'), '203.0.113.7', 'the first address is the client''s');
select is(
  tests.address_of('{"cf-connecting-ip": "203.0.113.8", "x-forwarded-for": "198.51.100.1, 203.0.113.8"}'), '203.0.113.8',
  'but that of the edge where there is one'
);
select is(tests.address_of('{"x-forwarded-for": "::ffff:203.0.113.7"}'), '203.0.113.7', 'one address however it is written');
select is(tests.address_of('{"x-forwarded-for": "2001:db8:1:2:3:4:5:6"}'), '2001:db8:1:2::', 'of version 6 the network');
select is(tests.address_of('{"x-forwarded-for": "'' or true --"}'), '0.0.0.0', 'no address is one that all share');
select is(tests.address_of('{}'), '0.0.0.0', 'a missing one as well');

select tests.act_as_anon();
select tests.from_address('{"x-forwarded-for": "203.0.113.7"}');
select is(
  tests.left_after(md5('203.0.113.7')::uuid, '/exercises', 'requests'), 59::double precision,
  'nobody signed in has a bucket by address'
);
select tests.from_address('{"x-forwarded-for": "203.0.113.8"}');
select is(tests.left_after(md5('203.0.113.8')::uuid, '/exercises', 'requests'), 59::double precision, 'each address its own');
select tests.act_as('ana');
select is(
  tests.left_after(tests.id('ana'), '/exercises', 'requests'), 95::double precision, 'a user has one, wherever they are'
);

-- Refusals -------------------------------------------------------------------------------------------------------------

select tests.stop_acting();
update private.rate_limits set tokens = 0.5, filled_at = clock_timestamp() where caller_id = tests.id('ana') and bucket = 'requests';
select tests.act_as('ana');
select is(
  tests.refusal() - 'message' - 'hint',
  '{"code": "rate_limited", "status": 429, "headers": {"retry-after": "5"},
    "details": "Retry after 5 seconds. At most 100 requests in 900 seconds."}',
  'an empty bucket refuses, and says when there will be a token'
);
select set_config('request.path', '/rpc/complete_set', true);
select is(tests.refusal(), null, 'while the live calls go on');
select tests.act_as_service();
select is(tests.refusal(), null, 'and the backend has no limit');

select tests.stop_acting();
update private.rate_limits set filled_at = clock_timestamp() - interval '4.6 seconds' where caller_id = tests.id('ana') and bucket = 'requests';
select tests.act_as('ana');
select set_config('request.path', '/workouts', true);
select is(tests.refusal(), null, 'half a token comes back in four and a half seconds');
select is(tests.refusal() ->> 'code', 'rate_limited', 'and no more than that');

select tests.stop_acting();
update private.rate_limits set filled_at = clock_timestamp() - interval '1 year' where caller_id = tests.id('ana');
select tests.act_as('ana');
select is(tests.left_after(tests.id('ana'), '/workouts', 'requests'), 99::double precision, 'no bucket holds more than its capacity');
select tests.stop_acting();
update private.rate_limits set filled_at = clock_timestamp() + interval '1 hour', tokens = 3 where caller_id = tests.id('ana');
select tests.act_as('ana');
select is(tests.left_after(tests.id('ana'), '/workouts', 'requests'), 2::double precision, 'nor does a clock that is set back empty it');

-- Who is locked out ------------------------------------------------------------------------------------------------------

select tests.stop_acting();
update auth.users set banned_until = now() + interval '1 second' where id = tests.id('ben');
update auth.users set banned_until = now() where id = tests.id('root');
select tests.act_as('ben');
select is(tests.refusal() ->> 'code', 'not_authenticated', 'what is left of a token opens nothing for who is locked out');
select is(tests.refusal() ->> 'status', '401', 'as for one that has run out');
select tests.act_as('root');
select is(tests.refusal(), null, 'while a ban that is over is none');
select isnt(tests.left_to_read(), null, 'and may read');
select tests.act_as('ben');
select is(tests.left_to_read(), null, 'which who is locked out may not');
select tests.stop_acting();
update auth.users set banned_until = null where id = tests.id('ben');
select tests.act_as('ana');

-- Reach ----------------------------------------------------------------------------------------------------------------

select tests.throws_error('select from private.rate_limits', '42501', 'a client does not see buckets');
select tests.throws_error('select from private.call_buckets', '42501', 'nor what is counted apart');
select tests.throws_error('select from private.request_limit', '42501', 'nor whose bucket is how large');
select tests.throws_error('select private.take_read()', '42501', 'nor does it count for itself');
select tests.act_as_anon();
select tests.throws_error('select public.count_request()', '42501', 'and anon has nothing to count for a function');

select tests.act_as('ana');
select tests.throws_error($$select public.count_address('203.0.113.9')$$, '42501', 'nor does anybody count for an address');
select tests.act_as_service();
select public.count_address('203.0.113.9, 10.0.0.1');
select public.count_address('203.0.113.9');
select tests.stop_acting();
select is(
  (select round(tokens) from private.rate_limits where caller_id = md5('203.0.113.9')::uuid and bucket = 'requests'),
  58::double precision, 'the backend counts for addresses, against the plan of those whom nobody has signed in'
);
update private.rate_limits set tokens = 0, filled_at = clock_timestamp() where caller_id = md5('203.0.113.9')::uuid;
select tests.act_as_service();
select tests.throws_error($$select public.count_address('203.0.113.9')$$, 'rate_limited', 'and is told when there were too many');
select lives_ok('select public.count_address()', 'what has no address is counted as well');
select tests.stop_acting();

-- Reads ----------------------------------------------------------------------------------------------------------------

select tests.stop_acting();
create function tests.left_to_read(p_path text)
returns double precision
language plpgsql
security definer
as $$
begin
  perform set_config('request.path', p_path, true);
  return round(private.take_read());
end;
$$;
grant execute on function tests.left_to_read(text) to public;
update public.plans set requests_per_window = 3 where id = 'free';

select tests.act_as('ana');
select is(
  (select array_agg(tests.left_to_read('/workouts') order by n) from generate_series(1, 5) as n),
  '{2,1,0,-1,-1}'::double precision[], 'a session gives a caller one bucket of reads'
);
select is(tests.left_to_read('/rpc/start_rest'), 599::double precision, 'another one for live calls');
select tests.act_as('ben');
select is(tests.left_to_read('/workouts'), 2::double precision, 'and another caller another one');

-- Origin ---------------------------------------------------------------------------------------------------------------

select tests.stop_acting();
select tests.create_user('cleo');

create function tests.with_claims(p_claims jsonb)
returns jsonb
language plpgsql
as $$
begin
  perform set_config(
    'request.jwt.claims', (jsonb_build_object('sub', tests.id('cleo'), 'role', 'authenticated') || p_claims)::text, true
  );
  return tests.refusal() -> 'code';
end;
$$;
grant execute on function tests.with_claims(jsonb) to public;

select tests.act_as('cleo');
select is(
  tests.with_claims('{"iss": "https://fitai.example/auth/v1", "aud": "authenticated"}'), null, 'a token of Auth is let in'
);
select is(
  tests.with_claims('{"iss": "https://other.example", "aud": "authenticated"}'), '"not_authenticated"',
  'one of another issuer is not'
);
select is(
  tests.with_claims('{"iss": "https://fitai.example/auth/v1", "aud": "another"}'), '"not_authenticated"',
  'nor one for another audience'
);
select is(tests.with_claims('{"aud": ["another", "authenticated"]}'), '"not_authenticated"', 'nor one for several');
select * from finish();
rollback;
