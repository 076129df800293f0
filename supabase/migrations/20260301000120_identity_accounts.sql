-- Accounts: what appears at sign-up, what Auth puts into an access token, and the one call a client makes at its start.

-- Sign-up --------------------------------------------------------------------------------------------------------------

-- What people and identity providers put into user_metadata is a wish: cleaned, cut to fit, or ignored.
create function private.clean_name(p_text text, p_max_length integer)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select nullif(btrim(left(btrim(regexp_replace(p_text, '[[:cntrl:][:space:]]+', ' ', 'g')), p_max_length)), '');
$$;

grant execute on function private.clean_name(text, integer) to authenticated;
comment on function private.clean_name(text, integer) is
  'A name without control characters and surplus space, cut to the length; null when nothing is left.';

-- definer: Auth inserts the user as supabase_auth_admin, which may write nothing of ours.
create function private.tg_users__create_account()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_meta jsonb := coalesce(new.raw_user_meta_data, '{}');
  v_first_name text := private.clean_name(coalesce(v_meta ->> 'first_name', v_meta ->> 'given_name'), 80);
  v_last_name text := private.clean_name(coalesce(v_meta ->> 'last_name', v_meta ->> 'family_name'), 80);
  -- Not the full name that a provider tells: the card is public, and what it shows is for the athlete to say.
  v_display_name text := private.clean_name(v_meta ->> 'display_name', 60);
  v_timezone text := v_meta ->> 'timezone';
  v_username text := lower(v_meta ->> 'username');
  v_birthday date := private.birthday_at_sign_up(v_meta);
begin
  -- Also ends when two people ask for the same name at the same moment: the second one is given another.
  loop
    if private.username_problem(v_username, new.id) is not null then
      v_username := 'athlete_' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 12);
    end if;

    insert into public.profiles (user_id, username, display_name, timezone)
    values (
      new.id,
      v_username,
      coalesce(v_display_name, v_username),
      case when private.is_timezone(v_timezone) then v_timezone else 'UTC' end
    )
    on conflict (username) do nothing;

    exit when found;
    v_username := null;
  end loop;

  insert into public.personal_details (user_id, first_name, last_name, date_of_birth)
  values (
    new.id,
    v_first_name,
    v_last_name,
    case when not private.is_child(v_birthday) then v_birthday end
  );

  insert into public.preferences (user_id, units)
  values (new.id, case when v_meta ->> 'units' = 'imperial' then 'imperial' else 'metric' end::public.unit_system);

  insert into public.user_roles (user_id)
  values (new.id);

  return null;
end;
$$;

comment on function private.tg_users__create_account() is
  'Gives a new user a profile, details, preferences and a role. Nothing in user_metadata can make a sign-up fail.';

create trigger _500_create_account
  after insert on auth.users
  for each row execute function private.tg_users__create_account();

-- Access tokens --------------------------------------------------------------------------------------------------------

create function private.permissions(p_plan text, p_is_admin boolean)
returns text[]
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return array[
    'read:own_profile', 'write:own_profile', 'read:exercises', 'write:custom_exercises', 'read:own_workouts',
    'write:own_workouts', 'read:public_templates', 'write:own_templates', 'read:own_progress', 'write:own_progress'
  ] || array(
    select named.permission
    from (
      values
        (1, 'read:ai_recommendations', 'ai_recommendations'),
        (2, 'write:ai_requests', 'ai_recommendations'),
        (3, 'read:advanced_analytics', 'advanced_analytics'),
        (4, 'export:own_data', 'csv_export'),
        (5, 'access:premium_templates', 'premium_templates'),
        (6, 'unlimited:ai_generation', 'unlimited_planner')
    ) as named (position, permission, entitlement)
    where exists (
      select from private.entitlements
      where entitlements.entitlement = named.entitlement
        and (entitlements.plan_id = p_plan or (p_is_admin and entitlements.plan_id = 'admin'))
    )
    order by named.position
  ) || case when p_is_admin then array[
    'read:all_users', 'write:all_users', 'moderate:content', 'feature:templates', 'read:platform_analytics',
    'write:admin_settings'
  ] end;
end;
$$;

comment on function private.permissions(text, boolean) is
  'The permission names in a token: what everybody may do, what the plan entitles to now, and what an admin may do.';

create function private.account_claims(p_user_id uuid)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_plan text := private.plan_of(p_user_id);
  v_role text := case
    when exists (select from public.user_roles where user_roles.user_id = p_user_id and user_roles.role = 'admin')
      then 'admin'
    when v_plan = 'free' then 'user'
    else 'premium'
  end;
begin
  return jsonb_build_object('user_role', v_role, 'plan', v_plan, 'scope', private.permissions(v_plan, v_role = 'admin'));
end;
$$;

comment on function private.account_claims(uuid) is
  'What an access token says of a user beyond Auth: user_role, plan and scope.';

create function private.role_claim(p_user_id uuid, p_claims jsonb)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select case
    when p_claims ->> 'role' = 'authenticated'
      and p_claims ->> 'aal' = 'aal1'
      and exists (
        select from auth.mfa_factors where mfa_factors.user_id = p_user_id and mfa_factors.status = 'verified'
      )
    then '{"role": "anon"}'::jsonb
    else '{}'::jsonb
  end;
$$;

comment on function private.role_claim(uuid, jsonb) is
  'The role of a token where it is not Auth''s: anon for a session that has yet to show the second factor of its user.';

-- definer: Auth calls this as supabase_auth_admin, which may read nothing of ours.
create function private.custom_access_token_hook(event jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_account jsonb := '{}';
  v_role jsonb;
begin
  begin
    v_account := private.account_claims((event ->> 'user_id')::uuid);
  exception
    when others then
      -- They only inform clients; the database asks its tables. A fault here must not lock everybody out.
      raise warning 'access token without claims of ours: % (%)', sqlerrm, sqlstate;
  end;

  begin
    v_role := private.role_claim((event ->> 'user_id')::uuid, event -> 'claims');
  exception
    when others then
      -- The role is power, and who has a second factor is not let in for want of knowing.
      raise warning 'access token without a role: % (%)', sqlerrm, sqlstate;
      v_role := '{"role": "anon"}';
  end;

  return jsonb_set(event, '{claims}', coalesce(event -> 'claims', '{}') || v_account || v_role);
end;
$$;

grant usage on schema private to supabase_auth_admin;
grant execute on function private.custom_access_token_hook(jsonb) to supabase_auth_admin;
comment on function private.custom_access_token_hook(jsonb) is
  'Auth''s hook: adds user_role, plan and scope to every access token; role is anon until a second factor is shown, and where
it cannot be found out whether there is one.';

-- The account ----------------------------------------------------------------------------------------------------------

-- definer: auth.users and the names that a user gave up are not readable through the API; this tells the caller's own.
create function private.my_sign_in()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'user_id', users.id,
    'email', users.email,
    'email_verified', users.email_confirmed_at is not null,
    'is_active', users.deleted_at is null and coalesce(users.banned_until <= now(), true),
    'last_login_at', users.last_sign_in_at,
    'created_at', users.created_at,
    'username_changeable_at', private.username_changeable_at(users.id)
  ) || private.account_claims(users.id)
  from auth.users
  where users.id = (select auth.uid());
$$;

grant execute on function private.my_sign_in() to authenticated;
comment on function private.my_sign_in() is
  'What Auth and the roles know of the caller; null when the account is gone.';

create function public.my_account()
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_account jsonb := private.my_sign_in();
begin
  if v_account is null then
    perform private.fail('not_authenticated', 'the account of this token does not exist any more');
  end if;

  return v_account || (
    select jsonb_build_object(
      'profile', to_jsonb(profiles),
      'details', to_jsonb(personal_details),
      'preferences', to_jsonb(preferences),
      'limits', (
        select jsonb_build_object(
          'requests', plans.requests_per_window,
          'live_requests', plans.live_requests_per_window,
          'transfer_requests', plans.transfer_requests_per_window,
          'window_seconds', plans.window_seconds
        )
        from public.plans
        where plans.id = case v_account ->> 'user_role' when 'admin' then 'admin' else v_account ->> 'plan' end
      ),
      'entitlements', public.my_entitlements() -> 'entitlements',
      'deletion', private.my_deletion(),
      'unread_count', 0
    )
    from public.profiles
    join public.personal_details using (user_id)
    join public.preferences using (user_id)
    where profiles.user_id = v_user_id
  );
end;
$$;

grant execute on function public.my_account() to authenticated;
comment on function public.my_account() is
  'All that a client needs at its start, in one call: sign-in facts, role, plan, scope, limits, entitlements, profile, details,
preferences, whether the account is to go and when ({status, final_at}), and the number of unread notifications. Fails with not_authenticated.';
