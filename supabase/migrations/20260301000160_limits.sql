-- Limits: how often a caller may ask. A token bucket for each user, and for each address of callers that nobody has
-- signed in, as large as the plan says. Requests that may write are counted here; what only reads is counted in 162.

create extension if not exists pg_cron;

insert into private.error_codes (code, status, message, hint)
values
  ('rate_limited', 429, 'Too many requests.', 'Wait as many seconds as the header retry-after says, and send the request again.');

-- Tables ---------------------------------------------------------------------------------------------------------------

-- Unlogged: a crash fills every bucket, which costs nothing but a window. Half of each page stays free, so that a token
-- is taken without touching the index.
create unlogged table private.rate_limits (
  caller_id uuid not null,
  bucket    text not null,
  tokens    double precision not null,
  filled_at timestamptz not null,
  primary key (caller_id, bucket),
  constraint rate_limits_bucket_is_known check (bucket in ('requests', 'live'))
)
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);

create table private.live_calls (
  function_name text primary key,
  reason        text not null
);

alter table private.rate_limits enable row level security;
alter table private.live_calls enable row level security;

insert into private.live_calls (function_name, reason)
values
  ('complete_set', 'A set of a live workout.'),
  ('start_rest', 'A rest of a live workout.'),
  ('skip_rest', 'A rest of a live workout.'),
  ('match_exercise_names', 'Part of an import, which is one request to its function.'),
  ('preview_import', 'Part of an import, which is one request to its function.'),
  ('import_sets', 'Part of an import, which is one request to its function.'),
  ('undo_import', 'Part of taking an import back, which is one request to its function.');

-- A bucket that nobody has touched for a whole window is full, which is what no bucket is.
select cron.schedule(
  'forget-full-buckets', '*/15 * * * *',
  $$
    delete from private.rate_limits
    where filled_at < now() - (select max(window_seconds) from public.plans) * interval '1 second'
  $$
);

-- Who asks, and how much they may --------------------------------------------------------------------------------------

create function private.client_address()
returns inet
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_headers json := current_setting('request.headers', true);
  v_text text := trim(coalesce(v_headers ->> 'cf-connecting-ip', split_part(v_headers ->> 'x-forwarded-for', ',', 1)));
  v_address inet;
begin
  -- An address of version 4 that came over a socket of version 6.
  v_text := regexp_replace(v_text, '^::ffff:(?=\d+\.)', '', 'i');

  if pg_input_is_valid(v_text, 'inet') is not true then
    return '0.0.0.0';
  end if;

  v_address := host(v_text::inet);
  -- Whoever has one address of version 6 has 2^64 of them.
  return case family(v_address) when 4 then v_address else network(set_masklen(v_address, 64)) end;
end;
$$;

comment on function private.client_address() is
  'The address that a request came from, as the gateway in front says: a network of 64 bits for version 6. 0.0.0.0, which
all share, where it says none.';

create function private.request_limit(
  p_user_id uuid,
  p_bucket text,
  out capacity integer,
  out window_seconds integer
)
returns record
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_plan_id text := case
    when p_user_id is null then 'anonymous'
    when private.is_admin() then 'admin'
    else private.plan_of(p_user_id)
  end;
begin
  select
    case p_bucket when 'live' then plans.live_requests_per_window else plans.requests_per_window end,
    plans.window_seconds
  into capacity, window_seconds
  from public.plans
  where plans.id = v_plan_id;
end;
$$;

comment on function private.request_limit(uuid, text) is
  'How many tokens the bucket of a user holds, or that of an address when the user is null, and in how many seconds it
fills.';

-- Counting -------------------------------------------------------------------------------------------------------------

create function private.tokens_at(
  p_time timestamptz,
  p_tokens double precision,
  p_filled_at timestamptz,
  p_capacity integer,
  p_window_seconds integer
)
returns double precision
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return least(
    p_capacity,
    p_tokens + greatest(extract(epoch from p_time - p_filled_at), 0)::double precision * p_capacity / p_window_seconds
  );
end;
$$;

comment on function private.tokens_at(timestamptz, double precision, timestamptz, integer, integer) is
  'How many tokens are in a bucket at a time: it fills evenly, in a window, up to its capacity.';

create function private.take_token(p_caller_id uuid, p_bucket text, p_capacity integer, p_window_seconds integer)
returns double precision
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  -- Before the lock is waited for: that only ever counts too little time.
  v_now timestamptz := clock_timestamp();
  v_tokens double precision;
begin
  insert into private.rate_limits as held (caller_id, bucket, tokens, filled_at)
  values (p_caller_id, p_bucket, p_capacity - 1, v_now)
  on conflict (caller_id, bucket) do update
  set
    tokens = private.tokens_at(v_now, held.tokens, held.filled_at, p_capacity, p_window_seconds) - 1,
    filled_at = greatest(v_now, held.filled_at)
  where private.tokens_at(v_now, held.tokens, held.filled_at, p_capacity, p_window_seconds) >= 1;

  if found then
    return 0;
  end if;

  select private.tokens_at(v_now, held.tokens, held.filled_at, p_capacity, p_window_seconds)
  into v_tokens
  from private.rate_limits as held
  where held.caller_id = p_caller_id
    and held.bucket = p_bucket;

  return (1 - v_tokens) * p_window_seconds / p_capacity;
end;
$$;

comment on function private.take_token(uuid, text, integer, integer) is
  'Takes a token of a bucket, exactly: 0 when there was one, else the seconds until there is. Whoever takes at the same time
waits until this transaction ends; a transaction that fails gives its token back.';

create function public.count_request()
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
$$;

grant execute on function public.count_request() to authenticated;
comment on function public.count_request() is
  'Does nothing, and counts as every request does: what an edge function calls for the caller before it begins. Fails with
rate_limited.';

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table private.rate_limits is
  'Token buckets of callers. Names nobody: not a user''s row but a count that is gone a window after its last use.';
comment on column private.rate_limits.caller_id is 'The user, or a hash of the address where nobody has signed in.';
comment on column private.rate_limits.bucket is 'requests, or live: calls of private.live_calls, which never run into those.';
comment on column private.rate_limits.tokens is 'How many were left when the last one was taken.';
comment on column private.rate_limits.filled_at is 'When that was.';

comment on table private.live_calls is
  'Functions that a client calls in series and that must not run into the limit of other requests. An operator changes it.';
comment on column private.live_calls.function_name is 'The function in public.';
comment on column private.live_calls.reason is 'Why it is counted apart.';
