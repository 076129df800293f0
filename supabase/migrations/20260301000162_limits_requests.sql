-- Every request to the Data API is counted before it does anything. PostgREST begins a read only transaction for GET, for
-- HEAD, and for functions that promise to change nothing: there no table can be written, whoever owns it. Such requests
-- are counted in the settings of the session that serves them (docs/decisions/0011-reads-are-counted-by-session.md).

create function private.take_read()
returns double precision
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_now double precision := date_part('epoch', clock_timestamp());
  v_limit private.request_limit;
  v_owner text;
  v_name text;
  v_state text[];
  v_tokens double precision;
begin
  select * into v_limit from private.request_limit;
  v_owner := concat(v_limit.bucket, v_limit.caller_id);
  -- As many as a session can carry. Two callers in one place push each other out, which gives them tokens.
  v_name := 'rate_limits.reads_' || (hashtext(v_owner) & 1023);
  v_state := string_to_array(current_setting(v_name, true), ' ');
  v_tokens := case
    when v_state[1] = v_owner then least(
      v_limit.capacity,
      v_state[2]::double precision
        + greatest(v_now - v_state[3]::double precision, 0) * v_limit.capacity / v_limit.window_seconds
    )
    else v_limit.capacity
  end - 1;

  if v_tokens >= 0 then
    -- An assignment, which unlike a statement needs no plan to be run.
    v_owner := set_config(v_name, concat_ws(' ', v_owner, v_tokens, v_now), false);
  end if;
  return v_tokens;
end;
$$;

comment on function private.take_read() is
  'Takes a token of the bucket that this session keeps for the caller: how many are left. Below 0 there was none; null where
the user is locked out. Writes no table. A caller has a whole bucket in every session of the pool.';

create function private.refuse_request(p_tokens double precision)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_limit private.request_limit;
  v_seconds integer;
  v_answer record;
begin
  select * into v_limit from private.request_limit;
  v_seconds := ceil(-p_tokens * v_limit.window_seconds / v_limit.capacity);
  v_answer := private.error_answer(
    'rate_limited',
    format(
      'Retry after %s seconds. At most %s %s in %s seconds.', v_seconds, v_limit.capacity,
      case v_limit.bucket
        when 'live' then 'calls of a live workout'
        when 'transfers' then 'calls of an import'
        else 'requests'
      end,
      v_limit.window_seconds
    ),
    null
  );

  raise sqlstate 'PGRST' using
    message = v_answer.body::text,
    detail = json_build_object(
      'status', v_answer.status, 'headers', json_build_object('retry-after', v_seconds::text)
    )::text;
end;
$$;

comment on function private.refuse_request(double precision) is
  'Fails with rate_limited, and says in the header retry-after when a bucket that lacks so many tokens has one again.';

-- definer: callers may neither read nor write what counts them.
create function private.count_caller()
returns double precision
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_tokens double precision;
begin
  if current_setting('transaction_read_only') = 'on' then
    v_tokens := private.take_read();
  else
    -- One statement, and the arithmetic written out in it: each function and each look at a table shows in every request.
    -- The time is from before the lock is waited for, which only ever counts too little of it.
    insert into private.rate_limits as held (caller_id, bucket, tokens, per_second, filled_at)
    select
      mine.caller_id, mine.bucket, mine.capacity - 1, mine.capacity::double precision / mine.window_seconds, clock_timestamp()
    from private.request_limit as mine
    on conflict (caller_id, bucket) do update
    set
      tokens = least(
        excluded.tokens,
        held.tokens + greatest(date_part('epoch', excluded.filled_at - held.filled_at), 0) * excluded.per_second - 1
      ),
      per_second = excluded.per_second,
      filled_at = greatest(excluded.filled_at, held.filled_at)
    returning held.tokens into v_tokens;
  end if;

  if v_tokens is null then
    perform private.fail('not_authenticated', 'the token is of another issuer or audience, or its account is locked out');
  end if;

  -- Failing gives the token back that was not there.
  if v_tokens < 0 then
    perform private.refuse_request(v_tokens);
  end if;
  return v_tokens;
end;
$$;

grant execute on function private.count_caller() to service_role;
comment on function private.count_caller() is
  'Takes a token of the bucket of this request: exactly where it may write, for whoever takes at the same time waits until
this transaction ends; by session where it only reads. Answers how many are left. Fails with rate_limited, or with not_authenticated
where the user is locked out or the token is of another issuer or audience.';

-- definer: the one function that the Data API calls for every role.
create function private.pre_request()
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_left double precision;
begin
  -- The backend's own key has no limit. An assignment, which unlike a statement needs no plan to be run.
  if current_setting('role') <> 'service_role' then
    v_left := private.count_caller();
  end if;

  -- A session that owes its second factor has this role too, and is not to be known by its user either.
  if current_setting('role') = 'anon' then
    perform set_config('request.jwt.claims', '{"role": "anon"}', true);
  end if;
end;
$$;

grant execute on function private.pre_request() to anon, authenticated, service_role;
comment on function private.pre_request() is
  'Counts the request of this transaction, unless it is the backend''s own, and forgets whose it is where the role is that of
a stranger: the Data API calls this before everything else. Fails with rate_limited, and says in the header retry-after for how
long; with not_authenticated for a user''s token of another issuer or audience.';

create function public.count_address(address text default null)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform set_config('request.headers', json_build_object('x-forwarded-for', count_address.address)::text, true);
  perform private.count_caller();
end;
$$;

grant execute on function public.count_address(text) to service_role;
comment on function public.count_address(text) is
  'Counts one request of an address: what an edge function calls that is open to everybody. For the backend alone.
Takes what the gateway calls the address; all without one share a bucket. Fails with rate_limited.';

alter role authenticator set pgrst.db_pre_request = 'private.pre_request';
notify pgrst, 'reload config';
