-- What a plan gives: to the token, to a client, and to whoever asks for the power. The tables decide, now.
begin;
\ir support/acting.psql
select plan(22);

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
-- Several plans ---------------------------------------------------------------------------------------------------------

select tests.stop_acting();
insert into private.billing_events (
  id, user_id, kind, occurred_at, stripe_customer_id, stripe_subscription_id, plan_id, status, started_at, period_starts_at,
  period_ends_at, cancel_at_period_end
)
select 'evt_' || plan_id, tests.id('ana'), 'subscription', now(), 'cus_1', 'sub_' || plan_id, plan_id, 'active', now(), now(), ends_at, true
from (values ('premium', now() + interval '1 year'), ('pro', now() + interval '1 month')) as bought (plan_id, ends_at);
select is(private.plan_of(tests.id('ana')), 'pro', 'of two plans the better one counts, not the longer one');
select tests.act_as('ana');
select is((public.my_entitlements() ->> 'ends_at')::timestamptz, now() + interval '1 month', 'until it ends');
select is(tests.rows_of('select from public.subscriptions'), 2, 'and both are seen');
select tests.stop_acting();
update public.subscriptions set ends_at = now() where user_id = tests.id('ana') and plan_id = 'pro';
select is(private.plan_of(tests.id('ana')), 'premium', 'then the other one does, without another event');
select tests.throws_error(
  format($$insert into public.subscriptions (user_id, plan_id, status, started_at) values (%L, %L, 'active', now())$$, tests.id('root'), plan_id),
  '23514', 'nobody subscribes to ' || plan_id
)
from unnest(array['admin', 'free', 'anonymous']) as plan_id;

-- What an operator gave, beside what an event tells of -----------------------------------------------------------------

select tests.create_user('gil');
insert into public.subscriptions (user_id, plan_id, status, started_at) values (tests.id('gil'), 'pro', 'active', now());
insert into private.billing_events (
  id, user_id, kind, occurred_at, stripe_customer_id, stripe_subscription_id, plan_id, status, started_at, period_starts_at,
  period_ends_at, cancel_at_period_end
)
values ('evt_gil', tests.id('gil'), 'subscription', now(), 'cus_gil', 'sub_gil', 'premium', 'active', now(), now(), now() + interval '1 month', false);
select results_eq(
  $$select plan_id from public.subscriptions where user_id = tests.id('gil') order by plan_id$$,
  $$values ('premium'), ('pro')$$, 'an event takes no plan that none told of'
);

-- The scope of a token --------------------------------------------------------------------------------------------------

delete from private.entitlements where plan_id = 'premium' and entitlement = 'csv_export';
insert into private.entitlements (plan_id, entitlement) values ('free', 'csv_export');
select results_eq(
  $$
    select named.name, private.permissions(named.plan_id, named.name = 'root') @> array['export:own_data'], cardinality(private.permissions(named.plan_id, named.name = 'root'))
    from (values ('ana', 'premium'), ('cleo', 'free'), ('dora', 'pro'), ('root', 'free')) as named (name, plan_id)
    order by named.name
  $$,
  $$values ('ana', false, 15), ('cleo', true, 11), ('dora', true, 16), ('root', true, 22)$$,
  'the scope is what the plan entitles to now'
);
select tests.act_as_anon();
select tests.throws_error('select public.my_entitlements()', '42501', 'anon has no plan');

select * from finish();
rollback;
