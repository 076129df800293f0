-- Admins: finding and changing accounts. Whatever an admin sees or changes of somebody else
-- is in the audit log in the same transaction, where that person finds it (my_access_log).

insert into private.error_codes (code, status, message, hint)
values
  ('own_account', 409, 'Nobody changes their own power.', 'Ask another admin.');

-- Reading --------------------------------------------------------------------------------------------------------------

create function private.admin_user(p_user_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'user_id', profiles.user_id,
    'username', profiles.username,
    'display_name', profiles.display_name,
    'email', users.email,
    'email_verified', users.email_confirmed_at is not null,
    'role', user_roles.role,
    'plan', private.plan_of(profiles.user_id),
    'is_active', coalesce(users.banned_until <= now(), true),
    'last_login_at', users.last_sign_in_at,
    'created_at', profiles.created_at
  )
  from public.profiles
  join auth.users on users.id = profiles.user_id
  join public.user_roles using (user_id)
  where profiles.user_id = p_user_id;
$$;

comment on function private.admin_user(uuid) is 'What admins see of an account; null when there is none.';

-- definer: the addresses in Auth and the log are not reachable through the API. Admins alone get past the first line.
create function private.admin_list_users(p_query text, p_cursor text, p_limit integer)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_limit integer := private.page_size(p_limit);
  v_after jsonb := private.decode_cursor(p_cursor, array['timestamptz', 'uuid']);
  v_query text := lower(private.clean_name(p_query, 255));
  v_ids uuid[];
  v_next text;
begin
  perform private.require_admin();

  -- By the beginning of the username, or by the whole address or id: each is one place in an index.
  select array_agg(page.user_id order by page.created_at desc, page.user_id desc)
  into v_ids
  from (
    select profiles.user_id, profiles.created_at
    from public.profiles
    where (
      v_query is null
      or (profiles.username >= v_query and profiles.username < v_query || '~')
      or profiles.user_id in (select users.id from auth.users where users.email = v_query)
      or profiles.user_id::text = v_query
    )
      and (v_after is null
        or (profiles.created_at, profiles.user_id) < ((v_after ->> 0)::timestamptz, (v_after ->> 1)::uuid))
    order by profiles.created_at desc, profiles.user_id desc
    limit v_limit + 1
  ) as page;

  if cardinality(v_ids) > v_limit then
    select private.encode_cursor(jsonb_build_array(profiles.created_at, profiles.user_id))
    into v_next
    from public.profiles
    where profiles.user_id = v_ids[v_limit];
  end if;

  perform private.audit('user_listed', listed.user_id)
  from unnest(v_ids[1:v_limit]) as listed (user_id);

  return jsonb_build_object(
    'items', coalesce((
      select jsonb_agg(private.admin_user(listed.user_id) order by listed.place)
      from unnest(v_ids[1:v_limit]) with ordinality as listed (user_id, place)
    ), '[]'),
    'next_cursor', v_next
  );
end;
$$;

grant execute on function private.admin_list_users(text, text, integer) to authenticated;
comment on function private.admin_list_users(text, text, integer) is 'What admin_list_users answers.';

create function public.admin_list_users(query text default null, cursor text default null, "limit" integer default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.admin_list_users(admin_list_users.query, admin_list_users.cursor, admin_list_users."limit");
$$;

grant execute on function public.admin_list_users(text, text, integer) to authenticated;
comment on function public.admin_list_users(text, text, integer) is
  'For admins: accounts, newest first, all of them or those with this e-mail address, this id or a username that begins so:
{items: [{user_id, username, display_name, email, email_verified, role, plan, is_active, last_login_at, created_at}],
next_cursor}. Each account on the page gets an entry in its own access log.
Fails with not_authenticated, admin_only, invalid_cursor or invalid_limit.';

-- Changing -------------------------------------------------------------------------------------------------------------

create function private.check_user_patch(p_patch jsonb)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_problem text := case
    when jsonb_typeof(p_patch) is distinct from 'object' then 'patch must be an object'
    when p_patch - '{role,is_active,display_name,reason}'::text[] <> '{}' then
      'patch may have role, is_active, display_name and reason'
    when not p_patch ?| '{role,is_active,display_name}'::text[] then 'patch must change something'
    when p_patch ? 'role' and p_patch ->> 'role' is distinct from 'user' and p_patch ->> 'role' is distinct from 'admin' then
      'role must be user or admin'
    when p_patch ? 'is_active' and jsonb_typeof(p_patch -> 'is_active') <> 'boolean' then 'is_active must be true or false'
    when p_patch ? 'display_name' and p_patch ->> 'display_name'
      is distinct from private.clean_name(p_patch ->> 'display_name', 60) then
      'display_name must be a name of at most 60 characters'
    when coalesce(char_length(btrim(p_patch ->> 'reason')), 0) not between 3 and 500 then
      'reason must say why, in 3 to 500 characters'
  end;
begin
  if v_problem is not null then
    perform private.fail('invalid_argument', v_problem);
  end if;
end;
$$;

comment on function private.check_user_patch(jsonb) is 'Fails with invalid_argument unless an admin may send this.';

-- definer: roles, accounts in Auth and the log are writable by nobody. Admins alone get past the first line.
create function private.admin_update_user(p_user_id uuid, p_patch jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_before jsonb;
begin
  perform private.require_admin();
  perform private.check_user_patch(p_patch);

  v_before := private.admin_user(p_user_id);

  if v_before is null then
    perform private.fail('user_not_found');
  elsif p_user_id = auth.uid() and p_patch ?| '{role,is_active}'::text[] then
    perform private.fail('own_account');
  end if;

  update public.user_roles
  set role = (p_patch ->> 'role')::public.user_role
  where user_roles.user_id = p_user_id
    and p_patch ? 'role'
    and user_roles.role <> (p_patch ->> 'role')::public.user_role;

  update public.profiles
  set display_name = p_patch ->> 'display_name'
  where profiles.user_id = p_user_id
    and p_patch ? 'display_name';

  if p_patch ? 'is_active' then
    update auth.users
    set banned_until = case when (p_patch ->> 'is_active')::boolean then null else timestamptz '2999-12-31 00:00:00+00' end
    where users.id = p_user_id;

    -- A deletion that is taken back does not undo this.
    update private.account_deletions
    set banned_until = (select users.banned_until from auth.users where users.id = p_user_id)
    where account_deletions.user_id = p_user_id
      and 'admin' = any (account_deletions.requested_by);

    -- A session is renewed no more.
    delete from auth.sessions
    where sessions.user_id = p_user_id
      and not (p_patch ->> 'is_active')::boolean;
  end if;

  perform private.audit('user_updated', p_user_id, jsonb_build_object(
    'reason', btrim(p_patch ->> 'reason'),
    'changed', (select jsonb_agg(key order by key) from jsonb_object_keys(p_patch - 'reason') as key),
    'role', p_patch -> 'role',
    'is_active', p_patch -> 'is_active'
  ));

  return private.admin_user(p_user_id);
end;
$$;

grant execute on function private.admin_update_user(uuid, jsonb) to authenticated;
comment on function private.admin_update_user(uuid, jsonb) is 'What admin_update_user does.';

create function public.admin_update_user(user_id uuid, patch jsonb)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.admin_update_user(admin_update_user.user_id, admin_update_user.patch);
$$;

grant execute on function public.admin_update_user(uuid, jsonb) to authenticated;
comment on function public.admin_update_user(uuid, jsonb) is
  'For admins: changes an account. patch is {role?: user | admin, is_active?: boolean, display_name?, reason}: a reason is
needed, and the person reads it in their access log. An account that is not active can neither sign in nor renew its session.
Answers the account as admin_list_users does. Fails with not_authenticated, admin_only, user_not_found, own_account (no
admin changes their own role or locks themselves out) or invalid_argument; then nothing is changed.';
