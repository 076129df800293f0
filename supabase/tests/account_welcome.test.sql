-- Welcomes: whom one is put down for, who is given it, and what becomes of it. Those of others are locked until the end.
begin;
\ir support/acting.psql
select plan(23);

create function pg_temp.confirm(p_name text)
returns void
language sql
as $$
  update auth.users set email_confirmed_at = now() where id = tests.id(p_name);
$$;

create function pg_temp.welcomes(p_name text)
returns bigint
language sql
as $$
  select count(*) from private.welcome_mails where user_id = tests.id(p_name);
$$;

-- Long ago, so that this one is the next.
create function pg_temp.make_due(p_name text, p_age interval default '30 years')
returns void
language sql
as $$
  update private.welcome_mails
  set due_at = now() - p_age, begun_at = null, ended_at = null, failure = null, attempts = 0
  where user_id = tests.id(p_name);
$$;

create function pg_temp.state(p_name text)
returns text
language sql
as $$
  select concat_ws(
    ' ', attempts,
    case when ended_at is not null then 'ended' when begun_at is not null then 'begun' else 'waits' end,
    case when begun_at is null and due_at > now() then due_at - now() end, failure
  )
  from private.welcome_mails
  where user_id = tests.id(p_name);
$$;

-- Whom one is put down for -------------------------------------------------------------------------------------------------

select tests.create_user(name) from unnest(array['ana', 'ben', 'cleo', 'dan', 'eve', 'fay', 'gus']) as name;
update auth.users set email_confirmed_at = null where id in (select tests.id(name) from unnest(array['ana', 'ben', 'cleo', 'dan', 'eve', 'fay']) as name);
delete from auth.identities where user_id in (select tests.id(name) from unnest(array['ana', 'ben', 'cleo', 'dan', 'eve', 'fay']) as name);

select is(pg_temp.welcomes('gus'), 0::bigint, 'who was brought in with a confirmed address is not welcomed');

update auth.users set confirmation_sent_at = now() where id = tests.id('ana');
select is(pg_temp.welcomes('ana'), 0::bigint, 'nobody is welcomed before the address is confirmed');
select pg_temp.confirm('ana');
select is(pg_temp.welcomes('ana'), 1::bigint, 'who confirms the address by a mail is welcomed');

select pg_temp.confirm('ben');
select is(pg_temp.welcomes('ben'), 0::bigint, 'whose address an operator has confirmed is not');

insert into auth.identities (provider_id, user_id, identity_data, provider)
values ('g-1', tests.id('cleo'), '{}', 'google');
select pg_temp.confirm('cleo');
select is(pg_temp.welcomes('cleo'), 1::bigint, 'who comes from Google is');

update auth.users set is_anonymous = true, email_change_sent_at = now() where id in (tests.id('dan'), tests.id('eve'));
select pg_temp.confirm('dan');
select is(pg_temp.welcomes('dan'), 0::bigint, 'an anonymous user is not');
update auth.users set is_anonymous = false where id = tests.id('dan');
select is(pg_temp.welcomes('dan'), 1::bigint, 'but is on becoming a full one, the address first');
update auth.users set is_anonymous = false where id = tests.id('eve');
select is(pg_temp.welcomes('eve'), 0::bigint, 'or the mark first: not without an address');
select pg_temp.confirm('eve');
select is(pg_temp.welcomes('eve'), 1::bigint, 'but with one');

-- Once -----------------------------------------------------------------------------------------------------------------

select pg_temp.make_due('ana');
select is(
  private.take_welcome_mail(),
  jsonb_build_object('user_id', tests.id('ana'), 'email', (select email from auth.users where id = tests.id('ana'))),
  'the welcome that has been due longest is given out, with the address of now'
);
select is(pg_temp.state('ana'), '1 begun', 'and is begun');
select isnt(private.take_welcome_mail() ->> 'user_id', tests.id('ana')::text, 'nobody else is given it');
select private.end_welcome_mail(tests.id('ana'), null, false);
select is(pg_temp.state('ana'), '1 ended', 'what was sent is over');
select private.end_welcome_mail(tests.id('ana'), 'late word', true);
select pg_temp.confirm('ana');
select is(pg_temp.state('ana'), '1 ended', 'and stays so, whatever is said of it and if the address is confirmed again');

-- Again ----------------------------------------------------------------------------------------------------------------

select pg_temp.make_due('cleo');
select private.end_welcome_mail(tests.id('cleo'), 'SMTP 451', true);
select is(pg_temp.state('cleo'), '0 waits', 'what nobody took stays as it is');
select private.take_welcome_mail();
select private.end_welcome_mail(tests.id('cleo'), 'SMTP 451 4.3.2', true);
select is(pg_temp.state('cleo'), '1 waits 00:04:00 SMTP 451 4.3.2', 'what the server puts off waits, and says why');

do $$
begin
  for attempt in 2..5 loop
    update private.welcome_mails set due_at = now() - interval '30 years' where user_id = tests.id('cleo');
    perform private.take_welcome_mail();
    perform private.end_welcome_mail(tests.id('cleo'), 'SMTP 451', true);
  end loop;
end;
$$;
select is(pg_temp.state('cleo'), '5 ended SMTP 451', 'and is given up after five attempts');

select pg_temp.make_due('cleo');
select private.take_welcome_mail();
select private.end_welcome_mail(tests.id('cleo'), 'SMTP 550 5.1.1', false);
select is(pg_temp.state('cleo'), '1 ended SMTP 550 5.1.1', 'at once where the server wants it never');

-- The job --------------------------------------------------------------------------------------------------------------

select pg_temp.make_due('dan');
select private.take_welcome_mail();
select private.send_welcome_mails();
select is(pg_temp.state('dan'), '1 begun', 'what is being sent is left alone');
update private.welcome_mails set begun_at = now() - interval '11 minutes' where user_id = tests.id('dan');
select private.send_welcome_mails();
select is(pg_temp.state('dan'), '1 ended broken off', 'and is given up when whoever took it is gone');

delete from private.welcome_mails where user_id = tests.id('eve');
insert into private.welcome_mails (user_id, created_at, failure)
values (tests.id('eve'), now() - interval '73 hours', 'SMTP 451');
select private.send_welcome_mails();
select is(pg_temp.state('eve'), '0 ended too late, SMTP 451', 'after three days a welcome is none');

-- Going ----------------------------------------------------------------------------------------------------------------

update auth.users set confirmation_sent_at = now() where id = tests.id('fay');
select pg_temp.confirm('fay');
select pg_temp.make_due('fay');
update auth.users set deleted_at = now() where id = tests.id('fay');
select isnt(private.take_welcome_mail() ->> 'user_id', tests.id('fay')::text, 'who is gone is not written to');
delete from auth.users where id = tests.id('fay');
select is(pg_temp.welcomes('fay'), 0::bigint, 'and the welcome goes with the account');

select * from finish();
rollback;
