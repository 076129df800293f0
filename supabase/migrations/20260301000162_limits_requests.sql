-- Every request to the Data API is counted before it does anything. PostgREST begins a read only transaction for GET, for
-- HEAD, and for functions that promise to change nothing: there no table can be written, whoever owns it. Such requests
-- are counted in the settings of the session that serves them (docs/decisions/0011-reads-are-counted-by-session.md).

create function private.take_read(p_caller_id uuid, p_bucket text, p_capacity integer, p_window_seconds integer)
returns double precision
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_owner text := p_bucket || p_caller_id;
  -- As many as a session can carry. Two callers in one place push each other out, which gives them tokens.
  v_name text := 'rate_limits.reads_' || (hashtext(v_owner) & 1023);
  v_state text[] := string_to_array(current_setting(v_name, true), ' ');
  v_now timestamptz := clock_timestamp();
  v_tokens double precision := p_capacity;
begin
  if v_state[1] = v_owner then
    v_tokens := private.tokens_at(
      v_now, v_state[2]::double precision, to_timestamp(v_state[3]::double precision), p_capacity, p_window_seconds
    );
  end if;

  if v_tokens < 1 then
    return (1 - v_tokens) * p_window_seconds / p_capacity;
  end if;

  perform set_config(v_name, concat_ws(' ', v_owner, v_tokens - 1, extract(epoch from v_now)), false);
  return 0;
end;
$$;

comment on function private.take_read(uuid, text, integer, integer) is
  'Takes a token of the bucket that this session keeps for a caller: 0 when there was one, else the seconds until there is.
Writes no table. A caller has a whole bucket in every session of the pool.';

-- definer: callers may neither read nor write what counts them.
create function private.pre_request()
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := case current_setting('role') when 'authenticated' then auth.uid() end;
  v_caller_id uuid := coalesce(v_user_id, md5(host(private.client_address()))::uuid);
  v_function text := substring(current_setting('request.path', true) from '^/?rpc/(.*)$');
  v_bucket text := 'requests';
  v_limit record;
  v_seconds double precision;
  v_answer record;
begin
  -- The backend's own key has no limit.
  if current_setting('role') = 'service_role' then
    return;
  elsif exists (select from private.live_calls where live_calls.function_name = v_function) then
    v_bucket := 'live';
  end if;

  v_limit := private.request_limit(v_user_id, v_bucket);
  v_seconds := case current_setting('transaction_read_only')
    when 'on' then private.take_read(v_caller_id, v_bucket, v_limit.capacity, v_limit.window_seconds)
    else private.take_token(v_caller_id, v_bucket, v_limit.capacity, v_limit.window_seconds)
  end;

  if v_seconds = 0 then
    return;
  end if;

  v_answer := private.error_answer(
    'rate_limited',
    format(
      'Retry after %s seconds. At most %s %s in %s seconds.', ceil(v_seconds), v_limit.capacity,
      case v_bucket when 'live' then 'calls of a live workout' else 'requests' end, v_limit.window_seconds
    ),
    null
  );
  raise sqlstate 'PGRST' using
    message = v_answer.body::text,
    detail = json_build_object(
      'status', v_answer.status, 'headers', json_build_object('retry-after', ceil(v_seconds)::text)
    )::text;
end;
$$;

grant execute on function private.pre_request() to anon, authenticated, service_role;
comment on function private.pre_request() is
  'Counts the request of this transaction, unless it is the backend''s own: the Data API calls this before everything else.
Fails with rate_limited, and says in the header retry-after for how long.';

alter role authenticator set pgrst.db_pre_request = 'private.pre_request';
notify pgrst, 'reload config';
