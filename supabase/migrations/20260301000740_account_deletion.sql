-- Leaving: a person asks for the deletion of their account, is signed out everywhere, and can take it back until it is
-- final. Then a job erases it (account_erasure).

insert into private.error_codes (code, status, message, hint)
values
  ('fresh_sign_in_needed', 403, 'This needs a sign-in of the last 15 minutes.',
   'Have the person sign in again, and repeat the request with the new token.'),
  ('deletion_not_yours', 403, 'Somebody else asked for the deletion of this account.', 'Write to the support.');

-- Table ----------------------------------------------------------------------------------------------------------------

create type private.deletion_origin as enum ('person', 'admin', 'retention');
comment on type private.deletion_origin is 'Who wants an account to go: the person, an admin, or a policy of retention.';

create table private.account_deletions (
  user_id      uuid primary key references public.profiles (user_id) on delete cascade,
  requested_by private.deletion_origin[] not null,
  requested_at timestamptz not null default now(),
  final_at     timestamptz not null,
  banned_until timestamptz,
  failed_at    timestamptz,
  failure      text,
  constraint account_deletions_requested_by_somebody check (cardinality(requested_by) > 0)
);

create index account_deletions_final_at_idx on private.account_deletions (final_at);

alter table private.account_deletions enable row level security;

comment on table private.account_deletions is 'Accounts that are to go. The row goes with the account.';
comment on column private.account_deletions.user_id is 'Whose.';
comment on column private.account_deletions.requested_by is 'All who asked: each takes back their own wish alone.';
comment on column private.account_deletions.requested_at is 'When the first of them did.';
comment on column private.account_deletions.final_at is 'From when on it is erased, and can be taken back no more.';
comment on column private.account_deletions.banned_until is 'Until when it had been locked out before an admin asked.';
comment on column private.account_deletions.failed_at is 'When the last try to erase it failed; null when none did.';
comment on column private.account_deletions.failure is 'The SQLSTATE and the rule that it failed by; files, where Storage has not deleted them yet.';

-- Asking ---------------------------------------------------------------------------------------------------------------

-- definer: how and when somebody signed in is Auth's, and not readable through the API.
create function private.signed_in_freshly()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from auth.users
    join auth.sessions on sessions.user_id = users.id
    left join auth.mfa_amr_claims on mfa_amr_claims.session_id = sessions.id
      and mfa_amr_claims.authentication_method <> 'token_refresh'
    where users.id = (select auth.uid())
      and sessions.id = private.session_id()
      and (users.is_anonymous or greatest(sessions.created_at, mfa_amr_claims.updated_at) > now() - interval '15 minutes')
  );
$$;

comment on function private.signed_in_freshly() is
  'Whether the caller showed who they are, in the session of this token, in the last 15 minutes. Who is anonymous has nothing
to show but the session.';

create function private.leave_at_last(p_user_id uuid, p_requested_by private.deletion_origin)
returns timestamptz
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_final_at timestamptz;
begin
  -- Asked twice, by whomever, it is final when it was to be.
  insert into private.account_deletions (user_id, requested_by, final_at)
  select p_user_id, array[p_requested_by], now() + retention_policies.keep
  from private.retention_policies
  where retention_policies.id = 'leaving_accounts'
  on conflict (user_id) do update
  set requested_by = array_remove(account_deletions.requested_by, p_requested_by) || p_requested_by
  returning account_deletions.final_at into v_final_at;

  delete from auth.sessions
  where sessions.user_id = p_user_id;

  return v_final_at;
end;
$$;

comment on function private.leave_at_last(uuid, private.deletion_origin) is
  'Has an account erased after the time that the policy leaving_accounts keeps it, and ends its sessions. Answers when.';

-- definer: sessions, deletions and the log are writable by nobody.
create function private.delete_my_account()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_final_at timestamptz;
begin
  if not exists (select from public.profiles where profiles.user_id = v_user_id for no key update) then
    perform private.fail('not_authenticated', 'the account of this token does not exist any more');
  elsif not private.signed_in_freshly() then
    perform private.fail('fresh_sign_in_needed');
  end if;

  v_final_at := private.leave_at_last(v_user_id, 'person');
  perform private.audit('account_deletion_requested', v_user_id);
  return jsonb_build_object('status', 'leaving', 'final_at', v_final_at);
end;
$$;

grant execute on function private.delete_my_account() to authenticated;
comment on function private.delete_my_account() is 'What delete_my_account does.';

create function public.delete_my_account()
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.delete_my_account();
$$;

grant execute on function public.delete_my_account() to authenticated;
comment on function public.delete_my_account() is
  'Has the caller''s account and everything of it erased, and signs it out everywhere: {status: leaving, final_at}. Until
final_at the person can sign in and take it back with keep_my_account. Asked again, the answer is the same.
Fails with not_authenticated, or with fresh_sign_in_needed unless the sign-in is younger than 15 minutes.';

-- Taking it back -------------------------------------------------------------------------------------------------------

-- definer: as delete_my_account.
create function private.keep_my_account()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_deletion private.account_deletions;
begin
  delete from private.account_deletions
  where account_deletions.user_id = v_user_id
    and account_deletions.final_at > now()
  returning account_deletions.* into v_deletion;

  if v_deletion.requested_by <> '{person}' then
    perform private.fail('deletion_not_yours');
  elsif v_deletion.user_id is not null then
    perform private.audit('account_deletion_taken_back', v_user_id);
  end if;

  return private.my_deletion();
end;
$$;

grant execute on function private.keep_my_account() to authenticated;
comment on function private.keep_my_account() is 'What keep_my_account does.';

-- definer: deletions are readable by nobody; this tells the caller's own.
create function private.my_deletion()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(
    (
      select jsonb_build_object('status', 'leaving', 'final_at', account_deletions.final_at)
      from private.account_deletions
      where account_deletions.user_id = (select auth.uid())
    ),
    jsonb_build_object('status', 'staying', 'final_at', null)
  );
$$;

grant execute on function private.my_deletion() to authenticated;
comment on function private.my_deletion() is 'Whether the caller''s account is to go, and when: {status: staying | leaving, final_at}.';

create function public.keep_my_account()
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.keep_my_account();
$$;

grant execute on function public.keep_my_account() to authenticated;
comment on function public.keep_my_account() is
  'Takes the deletion of the caller''s account back, as long as it is not final: {status: staying, final_at: null}. Without a
deletion nothing changes. Where it is final, the answer is {status: leaving, final_at}. Fails with not_authenticated, or with
deletion_not_yours where an admin asked for it, too.';
