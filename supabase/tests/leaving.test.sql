-- Leaving in the database: who may ask for it, what retention takes and what it only counts.
begin;
\ir support/acting.psql
select plan(33);

select tests.create_user('ana');
select tests.create_user('ben');
select tests.create_user('adele');
select tests.create_user('cleo');
update public.user_roles set role = 'admin' where user_id = tests.id('adele');

-- Admins ---------------------------------------------------------------------------------------------------------------

create function tests.deletes(p_name text, p_reason text default 'asked for by mail')
returns text
language sql
as $$
  select format('select public.admin_delete_user(%L, %L)', tests.id(p_name), p_reason);
$$;
grant execute on function tests.deletes(text, text) to public;

select tests.act_as('ben');
select tests.throws_error(tests.deletes('ana'), 'admin_only', 'who is no admin deletes nobody');
select tests.act_as('adele');
select tests.throws_error(tests.deletes('ana', ' x '), 'invalid_argument', 'an admin says why');
select tests.throws_error(tests.deletes('adele'), 'own_account', 'and deletes somebody else');
select tests.throws_error(
  format('select public.admin_delete_user(%L, %L)', gen_random_uuid(), 'why not'), 'user_not_found', 'who is there'
);
select is(
  (public.admin_delete_user(tests.id('ana'), 'asked for by mail') ->> 'final_at')::timestamptz, now() + interval '14 days',
  'the answer says when it is final'
);
select tests.stop_acting();
select ok((select banned_until > now() from auth.users where id = tests.id('ana')), 'the account cannot be signed in to');

select tests.act_as('ana');
select tests.throws_error('select public.keep_my_account()', 'deletion_not_yours', 'nor is it for the person to take back');
select is(
  (select jsonb_path_query_array(public.my_access_log(), '$.items[*].action')), '["user_deletion_requested"]'::jsonb,
  'who finds it in the access log'
);
select tests.act_as('adele');
select tests.throws_error(
  format('select public.admin_keep_user(%L, %L)', tests.id('ben'), 'a mistake'), 'user_not_found', 'nothing to take back'
);
select is(
  public.admin_keep_user(tests.id('ana'), 'a mistake') ->> 'is_active', 'true', 'an admin takes it back'
);
select public.admin_update_user(tests.id('ana'), '{"is_active": false, "reason": "spam"}');
select public.admin_delete_user(tests.id('ana'), 'spam') from generate_series(1, 2);
select is(public.admin_keep_user(tests.id('ana'), 'a mistake') ->> 'is_active', 'false', 'who was locked out before still is');
select tests.stop_acting();
update auth.users set banned_until = '2031-01-01' where id = tests.id('ana');
select tests.act_as('adele');
select public.admin_delete_user(tests.id('ana'), 'spam') from generate_series(1, 2);
select is(public.admin_keep_user(tests.id('ana'), 'a mistake') ->> 'is_active', 'false', 'for whatever time');
select tests.stop_acting();
select is((select banned_until from auth.users where id = tests.id('ana')), '2031-01-01', 'as long as before');
update auth.users set banned_until = null where id = tests.id('ana');
select tests.act_as('adele');
select public.admin_delete_user(tests.id('ana'), 'spam');
select public.admin_update_user(tests.id('ana'), '{"is_active": false, "reason": "spam"}');
select is(public.admin_keep_user(tests.id('ana'), 'a mistake') ->> 'is_active', 'false', 'or who was meanwhile');
select public.admin_update_user(tests.id('ana'), '{"is_active": true, "reason": "a mistake"}');
select tests.act_as('ana');
select is(public.keep_my_account(), '{"status": "staying", "final_at": null}', 'and nothing is left of it');

-- A person and an admin who ask for the same: each takes back their own wish alone.
select tests.stop_acting();
create temporary table told as select private.leave_at_last(tests.id('ana'), 'person') as final_at;
select tests.act_as('adele');
select public.admin_delete_user(tests.id('ana'), 'spam');
select tests.act_as('ana');
select tests.throws_error('select public.keep_my_account()', 'deletion_not_yours', 'what an admin asked for too is theirs');
select tests.act_as('adele');
select public.admin_keep_user(tests.id('ana'), 'a mistake');
select tests.throws_error(
  format('select public.admin_keep_user(%L, %L)', tests.id('ana'), 'a mistake'), 'user_not_found', 'once it is taken back'
);
select tests.stop_acting();
select results_eq(
  $$select final_at, requested_by from private.account_deletions where user_id = tests.id('ana')$$,
  $$select final_at, '{person}'::private.deletion_origin[] from told$$, 'the person''s wish stands, as they were told'
);
select tests.act_as('ana');
select is(public.keep_my_account() ->> 'status', 'staying', 'until they take it back');
select tests.act_as('adele');
select public.admin_delete_user(tests.id('ana'), 'spam');
select tests.stop_acting();
select private.leave_at_last(tests.id('ana'), 'person');
select tests.act_as('adele');
select public.admin_keep_user(tests.id('ana'), 'a mistake');
select tests.act_as('ana');
select is(private.my_deletion() ->> 'status', 'leaving', 'also where they asked after the admin');
select public.keep_my_account();

-- The person -----------------------------------------------------------------------------------------------------------

select tests.act_as('ben');
select tests.throws_error('select public.delete_my_account()', 'fresh_sign_in_needed', 'without a session nobody is fresh');
select tests.act_as_anon();
select tests.throws_error('select public.delete_my_account()', '42501', 'anon has no account');
select tests.throws_error('select public.files_to_erase()', '42501', 'and no files to erase');
select tests.act_as('ben');
select tests.throws_error('select public.files_to_erase()', '42501', 'that is for the backend');
select tests.act_as_service();
select is(public.files_to_erase(), '[]', 'which asks for it');

-- Retention ------------------------------------------------------------------------------------------------------------

select tests.stop_acting();
insert into private.username_changes (user_id, old_username, changed_at)
values
  (tests.id('ben'), 'ben_long_ago', now() - interval '91 days'),
  (tests.id('ben'), 'ben_before', now() - interval '89 days');
insert into private.account_deletions (user_id, requested_by, requested_at, final_at)
values (tests.id('cleo'), '{person}', now() - interval '15 days', now() + interval '1 day');
update auth.users
set is_anonymous = true, created_at = now() - interval '91 days'
where id = tests.id('ana');

create temporary table dry as select * from private.apply_retention();
select is((select row_count from dry where policy = 'given_up_usernames'), 1::bigint, 'a dry run counts what would go');
select is(
  (select count(*) from private.username_changes where user_id = tests.id('ben')), 2::bigint, 'and changes nothing'
);
select is(
  (select row_count from dry where policy = 'abandoned_anonymous_accounts'), 1::bigint,
  'who never signed up and stayed away'
);

update private.retention_policies set is_active = false where id = 'abandoned_anonymous_accounts';
select is(
  (select count(*) from private.apply_retention(p_dry_run => false)), (select count(*) - 1 from dry),
  'a policy that is not active is not enforced'
);
select results_eq(
  $$select old_username from private.username_changes where user_id = tests.id('ben')$$, array['ben_before'],
  'what is older than the policy keeps is gone'
);
select is(
  (select count(*) from private.account_deletions where user_id = tests.id('cleo')), 1::bigint,
  'what another job does is only counted'
);

update private.retention_policies set is_active = true where id = 'abandoned_anonymous_accounts';
select count(*) from private.apply_retention(p_dry_run => false);
select is(
  (select requested_by::text from private.account_deletions where user_id = tests.id('ana') and final_at <= now()), '{retention}',
  'an abandoned account is to be erased'
);

select private.erase_next_account(now());
select is(
  (select array_agg(username order by username) from public.profiles where user_id in (select user_id from tests.users)),
  array['adele', 'ben', 'cleo'], 'and is, while those whose time has not come stay'
);

select * from finish();
rollback;
