-- Who sees whom: friends, blocks, the three levels of a card; and what a plan entitles to.
begin;
\ir support/acting.psql
select plan(44);

select tests.create_user('pia');
select tests.create_user('quin');
select tests.create_user('rae');
select tests.create_user('sol');
update public.profiles set visibility = 'private' where user_id = tests.id('sol');

create function tests.sees(p_name text)
returns boolean
language sql
as $$
  select exists (select from public.profiles where profiles.user_id = tests.id(p_name));
$$;
grant execute on function tests.sees(text) to public;

-- Friends --------------------------------------------------------------------------------------------------------------

update public.profiles set visibility = 'friends' where user_id = tests.id('quin');
select tests.act_as('pia');
select ok(not tests.sees('quin') and tests.sees('rae'), 'a card for friends is not a stranger''s');
select is((public.send_friend_request(tests.id('quin'))).accepted_at, null, 'a request is open');
select is((public.send_friend_request(tests.id('quin'))).accepted_at, null, 'also when it is sent again');
select is(tests.rows_of('select from public.friendships'), 1, 'and is one');
select tests.throws_error('select public.send_friend_request(auth.uid())', 'invalid_argument', 'nobody befriends themselves');
select tests.throws_error('insert into public.friendships default values', '42501', 'a friendship is not simply written');
select tests.act_as('rae');
select is(tests.rows_of('select from public.friendships'), 0, 'others see nothing of it');
select tests.throws_error(format('select public.respond_friend_request(%L, true)', tests.id('pia')), 'user_not_found',
  'and answer nothing');
select tests.act_as('quin');
select isnt((public.respond_friend_request(tests.id('pia'), true)).accepted_at, null, 'who was asked accepts');
select tests.act_as('pia');
select ok(tests.sees('quin'), 'a friend sees the card for friends');
select is(public.my_friends() #>> '{items,0,username}', 'quin', 'and lists the friend');
select set_eq('select private.friend_ids()', array[tests.id('quin')], 'who is in the set that policies ask');

-- Private --------------------------------------------------------------------------------------------------------------

select tests.stop_acting();
update public.profiles set visibility = 'private' where user_id in (tests.id('quin'), tests.id('rae'));
select tests.act_as('pia');
select ok(not tests.sees('quin'), 'a private card is not even a friend''s');
select is_empty('select private.friend_ids() union all select id from public.friendships', 'nor is the friendship seen');
select is(public.my_friends() -> 'items', '[]', 'nor listed');
select is(
  tests.error_of(format('select public.send_friend_request(%L)', tests.id('rae'))),
  tests.error_of(format('select public.send_friend_request(%L)', gen_random_uuid())),
  'who is private is asked as nobody is'
);
select tests.throws_error(format('select public.send_friend_request(%L)', gen_random_uuid()), 'user_not_found', 'in vain');

-- Blocks ---------------------------------------------------------------------------------------------------------------

select tests.stop_acting();
update public.profiles set visibility = 'public' where user_id in (tests.id('quin'), tests.id('rae'));
select tests.act_as('quin');
select tests.is_allowed(format('select public.block_user(%L)', gen_random_uuid()), 'any id can be blocked');
select public.block_user(tests.id('pia'));
select ok(not tests.sees('pia') and tests.sees('rae'), 'who blocks sees the other no more');
select tests.act_as('pia');
select ok(not tests.sees('quin') and tests.sees('rae'), 'nor is seen');
select is(public.search_users('quin') -> 'items', '[]', 'nor found');
select is(tests.rows_of('select from public.blocks'), 0, 'nobody is told who blocks them');
select is(public.my_blocks() -> 'items', '[]', 'nor by the list');
select tests.throws_error(format('select public.send_friend_request(%L)', tests.id('quin')), 'user_not_found', 'nor asked');
select tests.act_as('quin');
select is(
  (select array_agg(item #>> '{card,username}') from jsonb_array_elements(public.my_blocks() -> 'items') as item
    where item ->> 'user_id' = tests.id('pia')::text),
  '{pia}', 'who blocks lists whom they knew, with the card'
);
select public.block_user(tests.id('sol'));
select public.block_user('00000000-0000-4000-8000-00000000b10c');
select tests.stop_acting();
update public.profiles set visibility = 'public' where user_id = tests.id('sol');
select tests.act_as('quin');
select is(
  (select jsonb_agg(item -> 'card') from jsonb_array_elements(public.my_blocks() -> 'items') as item
    where item ->> 'user_id' <> tests.id('pia')::text),
  '[null, null]', 'and without it who was private then, as nobody''s id'
);
select is(jsonb_array_length(public.my_blocks("limit" => 2) -> 'items'), 2, 'the list has pages');
select is(
  (
    with recursive page (answer) as (
      select public.my_blocks(null, 1)
      union all
      select public.my_blocks(page.answer ->> 'next_cursor', 1) from page where page.answer ->> 'next_cursor' is not null
    )
    select array[count(*), count(distinct item ->> 'user_id')] from page, jsonb_array_elements(page.answer -> 'items') as item
  ),
  array[3, 3]::bigint[], 'which together are everybody, once'
);
select tests.throws_error($$select public.my_blocks('x')$$, 'invalid_cursor', 'by a cursor of ours');
select tests.act_as('pia');
select public.block_user(tests.id('quin'));
select tests.act_as('quin');
select is(
  (select item -> 'card' from jsonb_array_elements(public.my_blocks() -> 'items') as item
    where item ->> 'user_id' = tests.id('pia')::text),
  'null', 'who blocks back shows no card'
);
select tests.act_as('pia');
select public.unblock_user(tests.id('quin'));
select tests.act_as('quin');
select public.unblock_user(tests.id('pia'));
select ok(tests.sees('pia') and public.my_friends() -> 'items' = '[]', 'unblocking brings back the card, not the friend');

-- How many --------------------------------------------------------------------------------------------------------------

select tests.stop_acting();
insert into auth.users (id, aud, role, email, created_at, updated_at)
select gen_random_uuid(), 'authenticated', 'authenticated', format('open.%s@example.test', place), now(), now()
from generate_series(1, 501) as place;
create temporary table asked as
select users.id, row_number() over () as place from auth.users where users.email like 'open.%@example.test';
grant select on asked to public;
insert into public.friendships (requester_id, addressee_id)
select tests.id('rae'), asked.id from asked where asked.place <= 499;
select tests.act_as('rae');
select tests.is_allowed(format('select public.send_friend_request(%L)', (select id from asked where place = 500)), 'five hundred requests may be open');
select public.send_friend_request((select id from asked where place = 500));
select tests.throws_error(format('select public.send_friend_request(%L)', (select id from asked where place = 501)), 'too_many_friend_requests', 'not one more');
select tests.is_allowed(format('select public.send_friend_request(%L)', (select id from asked where place = 7)), 'one that is open is sent again');
select tests.stop_acting();
update public.profiles set visibility = 'private' where user_id = (select id from asked where place = 9);
select tests.act_as('rae');
select is(tests.rows_of('select from public.friendships'), 499, 'a request to somebody who turns private is seen no more');
select tests.is_allowed(format('select public.send_friend_request(%L)', (select id from asked where place = 501)), 'nor counted');
select tests.stop_acting();
update public.profiles set visibility = 'public' where user_id = (select id from asked where place = 9);
select tests.act_as('rae');
select public.remove_friend((select id from asked where place = 7));
select tests.is_allowed(format('select public.send_friend_request(%L)', (select id from asked where place = 501)), 'one taken back makes room');
select public.send_friend_request((select id from asked where place = 501));
select tests.act_as('quin');
select public.send_friend_request(tests.id('rae'));
select tests.act_as('rae');
select isnt((public.send_friend_request(tests.id('quin'))).accepted_at, null, 'and who has asked can be accepted');
select tests.act_as('quin');
select public.remove_friend(tests.id('rae'));

select tests.stop_acting();
insert into public.blocks (blocker_id, blocked_id, was_known)
select tests.id('rae'), gen_random_uuid(), false from generate_series(1, 9999)
union all
values (tests.id('rae'), uuid '00000000-0000-4000-8000-00000000b10c', false);
select tests.act_as('rae');
select tests.throws_error(format('select public.block_user(%L)', gen_random_uuid()), 'too_many_blocks', 'ten thousand are blocked, not one more');
select tests.is_allowed($$select public.block_user('00000000-0000-4000-8000-00000000b10c')$$, 'who is blocked is blocked again');
select public.unblock_user('00000000-0000-4000-8000-00000000b10c');
select tests.is_allowed(format('select public.block_user(%L)', gen_random_uuid()), 'one taken back makes room');

-- Plans ----------------------------------------------------------------------------------------------------------------

select ok(not private.has_entitlement('csv_export'), 'who has bought nothing is entitled to nothing more');
select tests.stop_acting();
insert into public.subscriptions (user_id, plan_id, status, started_at)
values (tests.id('quin'), 'premium', 'active', now());
select tests.act_as('quin');
select ok(private.has_entitlement('csv_export'), 'a plan entitles');
select tests.stop_acting();
update public.subscriptions set status = 'expired' where user_id = tests.id('quin');
select tests.act_as('quin');
select ok(not private.has_entitlement('csv_export'), 'until it ends, from the next statement on');

select * from finish();
rollback;
