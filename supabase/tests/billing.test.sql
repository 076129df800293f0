-- What a plan gives: to the token, to a client, and to whoever asks for the power. The tables decide, now.
begin;
\ir support/acting.psql
select plan(13);

select tests.create_user('ana');
select tests.create_user('root');
update public.user_roles set role = 'admin' where user_id = tests.id('root');

create function tests.claims(p_name text)
returns jsonb
language sql
as $$
  select private.custom_access_token_hook(jsonb_build_object('user_id', tests.id(p_name), 'claims', '{}'::jsonb))
    #- '{claims,scope}' -> 'claims';
$$;

select is(tests.claims('ana'), '{"plan": "free", "user_role": "user"}', 'who bought nothing has the free plan');
select is(tests.claims('root'), '{"plan": "free", "user_role": "admin"}', 'power is no plan');
select tests.act_as('ana');
select is(
  public.my_entitlements(), '{"plan": "free", "ends_at": null, "entitlements": []}', 'the free plan entitles to nothing more'
);
select is(public.my_account() #> '{limits,requests}', '100', 'and has its limit');
select tests.act_as('root');
select ok(private.has_entitlement('premium_templates'), 'an admin is entitled without a plan');
select is(public.my_account() #> '{limits,requests}', '1000', 'with the limit of admins');

select tests.stop_acting();
insert into public.subscriptions (user_id, plan_id, status, started_at, ends_at)
values (tests.id('ana'), 'pro', 'active', now() - interval '1 day', now() + interval '1 day');
select is(tests.claims('ana'), '{"plan": "pro", "user_role": "premium"}', 'a subscription is in the next token');
select tests.act_as('ana');
select ok(
  public.my_entitlements() @> '{"plan": "pro", "entitlements": ["csv_export", "premium_templates"]}',
  'and entitles with the next statement'
);
select is(public.my_account() -> 'entitlements', public.my_entitlements() -> 'entitlements', 'as the account says');

select tests.stop_acting();
update public.subscriptions set ends_at = now() where user_id = tests.id('ana');
select is(tests.claims('ana'), '{"plan": "free", "user_role": "user"}', 'once it is over it gives nothing');
select tests.act_as('ana');
select ok(not private.has_entitlement('premium_templates'), 'no power');
select is(public.my_entitlements() -> 'entitlements', '[]', 'no entitlement');
select tests.act_as_anon();
select tests.throws_error('select public.my_entitlements()', '42501', 'anon has no plan');

select * from finish();
rollback;
