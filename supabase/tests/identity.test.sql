-- Who an athlete is: what appears at sign-up, what each may read and write, usernames, roles, the token hook.
begin;
\ir support/acting.psql
select plan(85);

-- Sign-up --------------------------------------------------------------------------------------------------------------

select tests.create_user('ana.tap', '{"first_name": " Ana ", "last_name": "Strong", "display_name": "Ana\t S.",
  "timezone": "Europe/Berlin", "units": "imperial"}');
select tests.create_user('ben');
select tests.create_user('cleo', '{"username": "Cleo_Tap"}');

select results_eq(
  $$select username collate "default", display_name, timezone, visibility::text from public.profiles where user_id = tests.id('ana.tap')$$,
  $$values ('ana.tap', 'Ana S.', 'Europe/Berlin', 'public')$$,
  'a sign-up makes a card of what it knows'
);
select results_eq(
  $$select first_name, last_name from public.personal_details where user_id = tests.id('ana.tap')$$,
  $$values ('Ana', 'Strong')$$, 'and details'
);
select results_eq(
  $$select units::text, default_rest_seconds::integer from public.preferences where user_id = tests.id('ana.tap')$$,
  $$values ('imperial', 90)$$, 'and preferences'
);
select is(
  (select role from public.user_roles where user_id = tests.id('ana.tap')), 'user', 'and the role of a user'
);
select is(
  (select username from public.profiles where user_id = tests.id('cleo')), 'cleo_tap', 'a username is kept in lower case'
);

select tests.create_user(
  'gina', '{"username": null, "name": "Gina Real", "full_name": "Gina Real", "given_name": "Gina", "family_name": "Real"}'
);
select results_eq(
  $$
    select display_name = username, first_name, last_name
    from public.profiles
    join public.personal_details using (user_id)
    where user_id = tests.id('gina')
  $$,
  $$values (true, 'Gina', 'Real')$$, 'the name that a provider tells is not on the card, which everybody sees'
);

select tests.create_user('odd' || odd.position, odd.metadata)
from (
  select row_number() over () as position, wish.metadata
  from (
    values
      ('{"username": "ANA.TAP"}'::jsonb),
      ('{"username": "admin"}'),
      ('{"username": "a"}'),
      ('{"username": "a..b"}'),
      ('{"username": 7, "display_name": ["x"], "timezone": {"a": 1}, "units": "stone"}'),
      ('{"username": null, "first_name": "\u0001\u0002", "timezone": "FOO+3"}'),
      (jsonb_build_object('username', repeat('x', 500), 'display_name', repeat('y', 500), 'last_name', repeat('z', 500)))
  ) as wish (metadata)
) as odd;
select is(
  (select count(*) from public.profiles where user_id in (select user_id from tests.users where name like 'odd%')
    and username ~ '^athlete_[0-9a-f]{12}$'),
  7::bigint,
  'a wish that cannot be granted gets a made-up username, and the sign-up succeeds'
);
select is(
  (select count(*) from public.profiles where user_id in (select user_id from tests.users where name like 'odd%')
    and timezone = 'UTC'),
  7::bigint,
  'an unknown zone becomes UTC'
);
select is(
  (select char_length(display_name) from public.profiles where user_id = tests.id('odd7')), 60,
  'a long name is cut'
);
select lives_ok(
  $$insert into auth.users (id, aud, role, email, raw_user_meta_data)
    values ('00000000-0000-4000-8000-0000000000aa', 'authenticated', 'authenticated', 'x@example.test', '[1]'),
      ('00000000-0000-4000-8000-0000000000ab', 'authenticated', 'authenticated', 'y@example.test', null)$$,
  'metadata that is no object, or none, is no obstacle'
);

-- Who reads what -------------------------------------------------------------------------------------------------------

update public.profiles set visibility = 'private' where user_id = tests.id('ben');
update public.profiles set visibility = 'friends' where user_id = tests.id('odd1');

select tests.act_as('ana.tap');
select is(tests.rows_of($$select from public.profiles where user_id = tests.id('cleo')$$), 1, 'a public card is read');
select is(tests.rows_of($$select from public.profiles where user_id = tests.id('ben')$$), 0, 'a private one is not');
select is(tests.rows_of($$select from public.profiles where user_id = tests.id('odd1')$$), 0, 'nor one for friends');
select is(tests.rows_of('select from public.personal_details'), 1, 'details: one''s own alone');
select is(tests.rows_of('select from public.preferences'), 1, 'preferences: one''s own alone');
select is(tests.rows_of('select from public.user_roles'), 1, 'the role: one''s own alone');
select tests.act_as('ben');
select is(tests.rows_of($$select from public.profiles where user_id = tests.id('ben')$$), 1, 'a private card is its owner''s');
select tests.act_as_anon();
select is(tests.rows_of($$select username from public.profiles where user_id = tests.id('cleo')$$), 1, 'anon reads public cards');
select is(tests.rows_of($$select username from public.profiles where user_id = tests.id('ben')$$), 0, 'and no others');
select tests.throws_error('select timezone from public.profiles', '42501', 'anon is not told anybody''s time zone');
select tests.throws_error('select from public.personal_details', '42501', 'anon reads no details');

-- Who writes what ------------------------------------------------------------------------------------------------------

select tests.act_as('ana.tap');
select is(tests.rows_of($$update public.profiles set bio = 'Squats.' where user_id = auth.uid()$$), 1, 'one edits one''s card');
select is(tests.rows_of($$update public.profiles set bio = 'x' where user_id = tests.id('cleo')$$), 0, 'and no other');
select is(tests.rows_of($$update public.preferences set units = 'metric'$$), 1, 'one''s own preferences');
select is(tests.rows_of($$update public.personal_details set height_cm = 170.18$$), 1, 'one''s own details');
select tests.throws_error($$update public.profiles set username = 'x1y'$$, '42501', 'a username is not simply written');
select tests.throws_error($$update public.user_roles set role = 'admin'$$, '42501', 'nobody makes themselves admin');
select tests.throws_error($$insert into public.user_roles (user_id, role) values (auth.uid(), 'admin')$$, '42501',
  'not by a new row either');
select tests.throws_error($$delete from public.profiles$$, '42501', 'a card goes with the account alone');
select tests.throws_error($$update public.profiles set created_at = now()$$, '42501', 'time is not written by clients');

select tests.throws_error(format($$update public.profiles set %s$$, wrong.assignment), '23514', wrong.rule)
from (
  values
    ($$display_name = ''$$, 'a display name is not empty'),
    ($$display_name = e'a\nb'$$, 'nor of several lines'),
    ($$display_name = repeat('x', 61)$$, 'nor long'),
    ($$bio = repeat('x', 501)$$, 'a bio is short'),
    ($$timezone = 'Moon/Base'$$, 'a zone exists'),
    ($$avatar_path = tests.id('cleo') || '/me.png'$$, 'an avatar lies in one''s own folder'),
    ($$avatar_path = auth.uid() || '/../x.png'$$, 'and not above it')
) as wrong (assignment, rule);
select tests.throws_error(
  $$update public.profiles set avatar_path = auth.uid() || '/me.png'$$, 'avatar_not_found', 'an avatar is there before a card shows it'
);
select tests.throws_error($$update public.personal_details set date_of_birth = current_date + 1$$, '23514', 'nobody is born tomorrow');
select tests.throws_error($$update public.personal_details set target_weight_kg = -1$$, '23514', 'weights are positive');
select tests.throws_error($$update public.personal_details set target_weight_kg = 'NaN'$$, '23514', 'and numbers');
select tests.throws_error($$update public.preferences set default_rest_seconds = 3601$$, '23514', 'rest ends within an hour');
select tests.throws_error($$update public.preferences set default_rest_seconds = 0$$, '23514', 'no rest is none to start');
select tests.is_allowed($$update public.preferences set default_rest_seconds = 1$$, 'a second is one');

update public.profiles set bio = 'Squats.' where user_id = auth.uid();
select ok(
  (select updated_at > created_at from public.profiles where user_id = auth.uid()), 'a change moves updated_at'
);

-- Usernames ------------------------------------------------------------------------------------------------------------

select tests.throws_error(format('select public.set_username(%L)', wish.username), wish.code, wish.code || ': ' || wish.username)
from (
  values
    ('ab', 'username_invalid'),
    ('.ab', 'username_invalid'),
    ('a b c', 'username_invalid'),
    ('a..b', 'username_invalid'),
    (repeat('x', 31), 'username_invalid'),
    ('Fit.AI', 'username_reserved'),
    ('CLEO_TAP', 'username_taken')
) as wish (username, code);
select is(public.set_username(' Ana.Tap2 '), 'ana.tap2', 'a name is stored in lower case');
select is(public.set_username('ana.tap2'), 'ana.tap2', 'the same name again is no change');
select tests.throws_error($$select public.set_username('ana.tap3')$$, 'username_changed_recently', 'one change in 30 days');
select ok(
  (public.my_account() ->> 'username_changeable_at')::timestamptz = now() + interval '30 days', 'the account says until when'
);
select tests.act_as('cleo');
select tests.throws_error($$select public.set_username('ana.tap')$$, 'username_taken', 'a name that was given up stays one''s own for 30 days');
select tests.stop_acting();
update private.username_changes set changed_at = changed_at - interval '31 days';
select tests.act_as('cleo');
select is(public.set_username('ana.tap'), 'ana.tap', 'and is free then');
select tests.act_as('ana.tap');
select is(public.set_username('ana.tap3'), 'ana.tap3', 'as is another change');
select tests.act_as_anon();
select tests.throws_error($$select public.set_username('somebody')$$, '42501', 'anon has no name');
select tests.stop_acting();
select set_config('request.jwt.claims', json_build_object('sub', gen_random_uuid())::text, true),
  set_config('role', 'authenticated', true);
select tests.throws_error($$select public.set_username('somebody.else')$$, 'not_authenticated',
  'nor has an account that is gone');

-- The account and the token --------------------------------------------------------------------------------------------

select tests.act_as('cleo');
select is(
  (select jsonb_object_agg(field.key, true) from jsonb_each(public.my_account()) as field),
  '{"user_id": true, "email": true, "email_verified": true, "is_active": true, "last_login_at": true, "created_at": true,
    "username_changeable_at": true, "user_role": true, "plan": true, "scope": true, "limits": true, "entitlements": true, "profile": true,
    "details": true, "preferences": true, "deletion": true, "unread_count": true}',
  'one call tells a client all it needs at its start'
);
select is(public.my_account() #>> '{profile,username}', 'ana.tap', 'about the caller');
select tests.stop_acting();
update public.user_roles set role = 'admin' where user_id = tests.id('cleo');
select tests.act_as('cleo');
select ok(private.is_admin() and public.my_account() ->> 'user_role' = 'admin', 'a new role counts at once');
select tests.stop_acting();
select is(
  private.custom_access_token_hook(jsonb_build_object('user_id', tests.id('cleo'), 'claims', '{"sub": "s"}'::jsonb))
    #- '{claims,scope}' -> 'claims',
  '{"sub": "s", "user_role": "admin", "plan": "free"}', 'the token tells the role and the plan'
);
select ok(
  private.custom_access_token_hook(jsonb_build_object('user_id', tests.id('cleo'), 'claims', '{}'::jsonb))
    #> '{claims,scope}' ?& '{read:own_profile,write:ai_requests,moderate:content}', 'and what an admin may do'
);
create function pg_temp.token(p_claims jsonb)
returns jsonb
language sql
as $$
  select private.custom_access_token_hook(jsonb_build_object('user_id', tests.id('cleo'), 'claims', p_claims)) -> 'claims';
$$;
insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at)
values (gen_random_uuid(), tests.id('cleo'), 'totp', 'verified', now(), now());
select is(pg_temp.token('{"role": "authenticated", "aal": "aal1"}') ->> 'role', 'anon', 'who has yet to show a second factor is nobody');
select is(pg_temp.token('{"role": "authenticated", "aal": "aal2"}') ->> 'role', 'authenticated', 'who has shown it is somebody');
create temporary table whole as
select pg_get_functiondef(broken::regprocedure) as definition
from unnest('{"private.account_claims(uuid)","private.role_claim(uuid, jsonb)"}'::text[]) as broken;
create or replace function private.account_claims(p_user_id uuid)
returns jsonb
language sql
as $$
  select to_jsonb(1 / 0);
$$;
select is(
  pg_temp.token('{"role": "authenticated", "aal": "aal2"}'), '{"role": "authenticated", "aal": "aal2"}',
  'a fault in what clients are told locks nobody out'
);
select is(pg_temp.token('{"role": "authenticated", "aal": "aal1"}') ->> 'role', 'anon', 'and lets nobody in without their second factor');
create or replace function private.role_claim(p_user_id uuid, p_claims jsonb)
returns jsonb
language sql
as $$
  select to_jsonb(1 / 0);
$$;
select is(
  pg_temp.token('{"role": "authenticated", "aal": "aal1"}'), '{"role": "anon", "aal": "aal1"}', 'nor does a fault in what decides the role'
);
do $$
declare
  v_definition text;
begin
  for v_definition in select definition from whole loop
    execute v_definition;
  end loop;
end;
$$;
select is(pg_temp.token('{"role": "authenticated", "aal": "aal2"}') ->> 'user_role', 'admin', 'whole again, it says all');
select is(
  private.custom_access_token_hook('{"user_id": "nobody", "claims": {"sub": "s"}}') -> 'claims', '{"sub": "s", "role": "anon"}',
  'what is not about a user is nobody''s token'
);
select is(
  (select array_agg(grantee::text) from information_schema.role_routine_grants
    where routine_schema = 'private' and routine_name = 'custom_access_token_hook' and grantee <> 'postgres'),
  '{supabase_auth_admin}', 'Auth alone calls the hook'
);
delete from auth.users where id = tests.id('cleo');
select tests.act_as('cleo');
select tests.throws_error('select public.my_account()', 'not_authenticated', 'the token of a deleted account opens nothing');

-- Search ---------------------------------------------------------------------------------------------------------------

select tests.stop_acting();
update public.profiles set display_name = 'Zoë Äpfel' where user_id = tests.id('odd2');
update public.profiles set display_name = $$D'Arc & Co\$$ where user_id = tests.id('ana.tap');
update public.profiles set display_name = 'Zoe Hidden', visibility = 'private' where user_id = tests.id('odd3');
select tests.act_as('ben');
select is(
  (select array_agg(item ->> 'display_name') from jsonb_array_elements(public.search_users('zoe') -> 'items') as item),
  '{Zoë Äpfel}', 'search finds public athletes without regard to accents, and nobody private'
);
select is(public.search_users('apf') #>> '{items,0,display_name}', 'Zoë Äpfel', 'by the beginning of any word');
select is(public.search_users('zoe ap') #>> '{items,0,display_name}', 'Zoë Äpfel', 'by words in a row, the last of them begun');
select is(public.search_users('apfel zoe') -> 'items', '[]', 'in that order');
select is(public.search_users('%o_') -> 'items', '[]', 'wildcards are letters here');
select is(public.search_users($$z'oe \' & '$$) -> 'items', '[]', 'and so is what queries are written with');
select is(public.search_users($$d'arc & co\$$) #>> '{items,0,user_id}', tests.id('ana.tap')::text, 'which names have as well');
select tests.throws_error($$select public.search_users('a')$$, 'invalid_argument', 'one letter is too few');
select tests.throws_error($$select public.search_users('ana', 51)$$, 'invalid_limit', 'a page has its bounds');
select tests.act_as_anon();
select tests.throws_error($$select public.search_users('ana')$$, '42501', 'anon does not search athletes');

select * from finish();
rollback;
