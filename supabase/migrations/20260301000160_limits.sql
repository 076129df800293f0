-- Limits: how often a caller may ask. A token bucket for each user, and for each address of callers that nobody has
-- signed in, as large as the plan says. Requests that may write are counted here; what only reads is counted in 162.

create extension if not exists pg_cron;

insert into private.error_codes (code, status, message, hint)
values
  ('rate_limited', 429, 'Too many requests.', 'Wait as many seconds as the header retry-after says, and send the request again.');

-- Types ----------------------------------------------------------------------------------------------------------------

create type private.request_bucket as enum ('requests', 'live', 'transfers');
comment on type private.request_bucket is
  'requests, or what private.call_buckets says of the function: live or transfers, neither of which takes from another.';

-- Tables ---------------------------------------------------------------------------------------------------------------

-- Unlogged: a crash fills every bucket, which costs nothing but a window. Half of each page stays free, so that a token
-- is taken without touching the index. No checks and no text, which every request would pay for.
create unlogged table private.rate_limits (
  caller_id  uuid not null,
  bucket     private.request_bucket not null,
  tokens     double precision not null,
  per_second double precision not null,
  filled_at  timestamptz not null,
  primary key (caller_id, bucket)
)
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);

create table private.call_buckets (
  function_name text primary key,
  bucket        private.request_bucket not null,
  reason        text not null
);

alter table private.rate_limits enable row level security;
alter table private.call_buckets enable row level security;

insert into private.call_buckets (function_name, bucket, reason)
values
  ('complete_set', 'live', 'A set of a live workout.'),
  ('start_rest', 'live', 'A rest of a live workout.'),
  ('skip_rest', 'live', 'A rest of a live workout.'),
  ('extend_rest', 'live', 'A rest of a live workout.'),
  ('update_set', 'live', 'A set of a live workout.'),
  ('set_current_exercise', 'live', 'The place in a live workout.'),
  ('pause_workout', 'live', 'The clock of a live workout.'),
  ('resume_workout', 'live', 'The clock of a live workout.'),
  ('complete_workout', 'live', 'The end of a live workout.'),
  ('match_exercise_names', 'transfers', 'Part of an import, which is one request to its function.'),
  ('preview_import', 'transfers', 'Part of an import, which is one request to its function.'),
  ('import_sets', 'transfers', 'Part of an import, which is one request to its function.'),
  ('undo_import', 'transfers', 'Part of taking an import back, which is one request to its function.');

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

-- One row, which a statement joins: a request pays for one look at all the tables. `offset 0` keeps the claims from being
-- parsed again wherever the user is mentioned, and json finds the user in them for half of what auth.uid() takes.
create view private.request_limit
with (security_invoker = true)
as
select
  coalesce(caller.user_id, md5(host(private.client_address()))::uuid) as caller_id,
  caller.bucket,
  case caller.bucket
    when 'live' then plans.live_requests_per_window
    when 'transfers' then plans.transfer_requests_per_window
    else plans.requests_per_window
  end as capacity,
  plans.window_seconds
from (
  select (request.claims ->> 'sub')::uuid as user_id, request.bucket
  from (
    select
      case current_setting('role') when 'authenticated' then
        nullif(current_setting('request.jwt.claims', true), '')::jsonb
      end as claims,
      coalesce(
        (
          select call_buckets.bucket
          from private.call_buckets
          where call_buckets.function_name = substring(current_setting('request.path', true) from '^/?rpc/(.*)$')
        ),
        'requests'
      ) as bucket
    offset 0
  ) as request
  -- Signed by our Auth, as every token here is, and yet not one that it gives to who signs in. Its name may be that of a
  -- custom domain.
  where (request.claims ->> 'aud' = 'authenticated') is not false
    and (right(request.claims ->> 'iss', 8) = '/auth/v1') is not false
  offset 0
) as caller
join public.plans on plans.id = case
  when caller.user_id is null then 'anonymous'
  else coalesce(
    (select 'admin' from public.user_roles where user_roles.user_id = caller.user_id and user_roles.role = 'admin'),
    (select active.plan_id from private.active_subscriptions as active where active.user_id = caller.user_id),
    'free'
  )
end
where not exists (
  select from auth.users where users.id = caller.user_id and users.banned_until > now()
);

comment on view private.request_limit is
  'Whose bucket the request of this transaction is counted in, how many tokens that holds, and in how many seconds it fills:
one row, and none where the user is locked out or the token is of another issuer or audience. A caller whom nobody has signed in is a hash of their address.';

-- Counting -------------------------------------------------------------------------------------------------------------

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
comment on column private.rate_limits.bucket is 'Which of the caller''s.';
comment on column private.rate_limits.tokens is 'How many were left when the last one was taken.';
comment on column private.rate_limits.per_second is 'How many came back each second then.';
comment on column private.rate_limits.filled_at is 'When the last one was taken.';

comment on table private.call_buckets is
  'Functions that are called in series and must not run into the limit of other requests. An operator changes it.';
comment on column private.call_buckets.function_name is 'The function in public.';
comment on column private.call_buckets.bucket is
  'live: a workout that is going on. transfers: parts of an import, which must not use up what that needs.';
comment on column private.call_buckets.reason is 'Why it is counted apart.';
