-- Admins: the deletion of somebody's account, and taking that back.

-- definer: deletions, accounts in Auth and the log are writable by nobody. Admins alone get past the first line.
create function private.admin_delete_user(p_user_id uuid, p_reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_forever constant timestamptz := '2999-12-31 00:00:00+00';
  v_is_repeated boolean;
  v_banned_until timestamptz;
  v_final_at timestamptz;
begin
  perform private.require_admin();

  if coalesce(char_length(btrim(p_reason)), 0) not between 3 and 500 then
    perform private.fail('invalid_argument', 'reason must say why, in 3 to 500 characters');
  elsif p_user_id = auth.uid() then
    perform private.fail('own_account');
  end if;

  select users.banned_until
  into v_banned_until
  from auth.users
  where users.id = p_user_id
  for update;

  if not found then
    perform private.fail('user_not_found');
  end if;

  update auth.users
  set banned_until = v_forever
  where users.id = p_user_id;

  v_is_repeated := exists (
    select from private.account_deletions
    where account_deletions.user_id = p_user_id
      and 'admin' = any (account_deletions.requested_by)
  );
  v_final_at := private.leave_at_last(p_user_id, 'admin');

  -- Asked twice, what was before the first time stays.
  update private.account_deletions
  set banned_until = v_banned_until
  where account_deletions.user_id = p_user_id
    and not v_is_repeated;

  perform private.audit('user_deletion_requested', p_user_id, jsonb_build_object('reason', btrim(p_reason)));
  return jsonb_build_object('user_id', p_user_id, 'status', 'leaving', 'final_at', v_final_at);
end;
$$;

grant execute on function private.admin_delete_user(uuid, text) to authenticated;
comment on function private.admin_delete_user(uuid, text) is 'What admin_delete_user does.';

create function public.admin_delete_user(user_id uuid, reason text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.admin_delete_user(admin_delete_user.user_id, admin_delete_user.reason);
$$;

grant execute on function public.admin_delete_user(uuid, text) to authenticated;
comment on function public.admin_delete_user(uuid, text) is
  'For admins: has an account erased: {user_id, status: leaving, final_at}. It is signed out everywhere and can sign in no
more; until final_at an admin can take it back with admin_keep_user. The reason, 3 to 500 characters, is kept for good, so it
names nobody. Fails with not_authenticated, admin_only, user_not_found, own_account or invalid_argument; then nothing is
changed.';

-- definer: as admin_delete_user.
create function private.admin_keep_user(p_user_id uuid, p_reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_banned_until timestamptz;
begin
  perform private.require_admin();

  if coalesce(char_length(btrim(p_reason)), 0) not between 3 and 500 then
    perform private.fail('invalid_argument', 'reason must say why, in 3 to 500 characters');
  end if;

  -- In the order of admin_delete_user.
  perform from auth.users where users.id = p_user_id for update;

  select account_deletions.banned_until
  into v_banned_until
  from private.account_deletions
  where account_deletions.user_id = p_user_id
    and 'admin' = any (account_deletions.requested_by)
    and account_deletions.final_at > now()
  for update;

  if not found then
    perform private.fail('user_not_found', 'no deletion by an admin is pending');
  end if;

  -- Who else asked is not overruled: the person was told when their account goes.
  delete from private.account_deletions
  where account_deletions.user_id = p_user_id
    and account_deletions.requested_by = '{admin}';

  update private.account_deletions
  set requested_by = array_remove(account_deletions.requested_by, 'admin'), banned_until = null
  where account_deletions.user_id = p_user_id;

  update auth.users
  set banned_until = v_banned_until
  where users.id = p_user_id;

  perform private.audit('user_deletion_taken_back', p_user_id, jsonb_build_object('reason', btrim(p_reason)));
  return private.admin_user(p_user_id);
end;
$$;

grant execute on function private.admin_keep_user(uuid, text) to authenticated;
comment on function private.admin_keep_user(uuid, text) is 'What admin_keep_user does.';

create function public.admin_keep_user(user_id uuid, reason text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.admin_keep_user(admin_keep_user.user_id, admin_keep_user.reason);
$$;

grant execute on function public.admin_keep_user(uuid, text) to authenticated;
comment on function public.admin_keep_user(uuid, text) is
  'For admins: takes back the deletion that an admin asked for, as long as it is not final; the account can sign in again,
unless it was locked out before or meanwhile. Where the person had asked as well, it goes when they were told.
Answers it as admin_list_users does. Fails with not_authenticated, admin_only, user_not_found or invalid_argument.';
