-- What others do with a template: find it, copy it, rate it, keep it; and what its author and admins do about that.
begin;
\ir support/acting.psql
\ir support/templates.psql
select plan(59);

select tests.create_user('ana');
select tests.create_user('ben');
select tests.create_user('cleo');
select tests.create_user('root');
update public.user_roles set role = 'admin' where user_id = tests.id('root');
insert into public.exercises (
  id, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry, created_by
)
values ('00000000-0000-4000-8000-00000000e4a1', 'Ana''s Own Lift', 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total', tests.id('ana'));

create function tests.card(p_id text default '00000000-0000-4000-8000-00000000f001')
returns public.workout_templates
language sql
as $$
  select workout_templates from public.workout_templates where id = p_id::uuid;
$$;
grant execute on function tests.card(text) to public;

create function tests.found(variadic p_arguments text[] default '{}')
returns text
language plpgsql
as $$
declare
  v_names text;
begin
  execute format(
    'select string_agg(item ->> ''name'', '','') from jsonb_array_elements(public.search_templates(%s) -> ''items'') as item where item ->> ''name'' ~ ''Zqx''',
    array_to_string(p_arguments, ', ')
  ) into v_names;
  return v_names;
end;
$$;
grant execute on function tests.found(text[]) to public;

-- More than a query takes into account, all of them hidden, and before what is looked for.
select tests.create_user('dora');
insert into public.workout_templates (created_by, name, difficulty, goal)
select tests.id('dora'), 'Hidden Zqx', 'beginner', 'strength' from generate_series(1, 5001);

select tests.act_as('ana');
select public.save_template(tests.plan_of_exercises(tests.planned('{"reps_max": 8}')) || '{"id": "00000000-0000-4000-8000-00000000f001", "name": "Zqx Plan", "tags": ["zqx"]}') is not null as saved;
select public.save_template(tests.plan_of_exercises(tests.planned('{"exercise_id": "00000000-0000-4000-8000-00000000e4a1"}')) || '{"id": "00000000-0000-4000-8000-00000000f002", "name": "Own Zqx"}') is not null as saved;
select public.save_template(tests.template(jsonb_build_array(tests.day('[]'))) || '{"id": "00000000-0000-4000-8000-00000000f003", "name": "Empty"}') is not null as saved;

-- Publishing -----------------------------------------------------------------------------------------------------------

select tests.throws_error($$select public.publish_template('00000000-0000-4000-8000-00000000f002')$$, 'template_not_shareable', 'an own exercise is not shown to others');
select tests.throws_error($$select public.publish_template('00000000-0000-4000-8000-00000000f003')$$, 'template_not_shareable', 'nor a plan without exercises');
select tests.throws_error($$select public.publish_template('00000000-0000-4000-8000-00000000f001', 'private')$$, 'invalid_argument', 'publishing is for others');
select tests.act_as('ben');
select tests.throws_error($$select public.publish_template('00000000-0000-4000-8000-00000000f001')$$, 'template_not_found', 'nobody publishes for others');
select tests.throws_error($$insert into public.template_favorites (template_id) values ('00000000-0000-4000-8000-00000000f001')$$, '42501', 'what is not seen is no favourite');
select tests.throws_error($$select public.duplicate_template('00000000-0000-4000-8000-00000000f001')$$, 'template_not_found', 'nor copied');
select tests.act_as('ana');
select results_eq(
  $$select answer -> 'is_published', answer ->> 'visibility' from public.publish_template('00000000-0000-4000-8000-00000000f001') as answer$$,
  $$values ('true'::jsonb, 'public')$$, 'its author does'
);
select tests.act_as('ben');
select is(tests.found('query => ''zqx'''), 'Zqx Plan', 'what is hidden takes no place from what is found');

-- The author's card ----------------------------------------------------------------------------------------------------

select tests.stop_acting();
insert into public.friendships (requester_id, addressee_id, accepted_at) values (tests.id('ana'), tests.id('cleo'), now());
update public.profiles set visibility = 'friends' where user_id = tests.id('ana');
select tests.act_as('ben');
select is(tests.found(), null, 'who may not see the author does not see it');
select tests.act_as_anon();
select is(tests.found(), null, 'nor does anon');
select tests.act_as('cleo');
select is(tests.found('query => ''zqx'''), 'Zqx Plan', 'a friend sees both');
select tests.throws_error('select created_by from public.template_versions', '42501', 'a version bears no name');
select tests.stop_acting();
update public.profiles set visibility = 'private' where user_id = tests.id('ana');
select tests.act_as('cleo');
select is(tests.found(), null, 'of who is private nobody sees anything');
select tests.act_as('root');
select tests.throws_error(
  $$select public.feature_template('00000000-0000-4000-8000-00000000f001', 1)$$, 'template_not_published', 'nor is it featured'
);
select tests.stop_acting();
delete from public.friendships where requester_id = tests.id('ana');
update public.profiles set visibility = 'public' where user_id = tests.id('ana');
select tests.act_as_anon();
select is(tests.found(), 'Zqx Plan', 'with the card it is back');

-- The rule in the policy and the same rule beside it -------------------------------------------------------------------

select tests.stop_acting();
create function tests.looks()
returns table (who text, of_template text, of_profile text, policy boolean, helper boolean)
language plpgsql
as $$
begin
  for who, of_template, of_profile in
    select person, template, profile
    from unnest('{ana, ben, cleo, dora}'::text[]) as person,
      unnest('{public, friends, private}'::text[]) as template,
      unnest('{public, friends, private}'::text[]) as profile
  loop
    update public.profiles set visibility = of_profile::public.visibility where user_id = tests.id('ana');
    update public.workout_templates
    set is_published = true, visibility = of_template::public.visibility
    where id = '00000000-0000-4000-8000-00000000f001';
    perform tests.act_as(who);
    policy := (tests.card()).id is not null;
    perform tests.stop_acting();
    perform set_config('request.jwt.claims', json_build_object('sub', tests.id(who), 'role', 'authenticated')::text, true);
    helper := private.sees_template(tests.card());
    perform tests.stop_acting();
    return next;
  end loop;
end;
$$;

insert into public.friendships (requester_id, addressee_id, accepted_at) values (tests.id('ana'), tests.id('cleo'), now());
select tests.act_as('ana');
select public.block_user(tests.id('dora')) is not null as blocked;
select tests.stop_acting();
create temporary table looks as select * from tests.looks();
select is_empty('select * from looks where policy is distinct from helper', 'sees_template says of a template what its policy says');
select results_eq(
  'select who, count(*) filter (where policy) from looks group by who order by who',
  $$values ('ana', 9::bigint), ('ben', 1), ('cleo', 4), ('dora', 0)$$,
  'the author sees it always, a stranger when all is public, a friend what is for friends, who is blocked nothing'
);
delete from public.blocks where blocker_id = tests.id('ana');
delete from public.friendships where requester_id = tests.id('ana');
update public.profiles set visibility = 'public' where user_id = tests.id('ana');
update public.workout_templates set is_published = true, visibility = 'public' where id = '00000000-0000-4000-8000-00000000f001';

-- Finding --------------------------------------------------------------------------------------------------------------

select tests.act_as('ben');
select is(tests.found('query => ''ZQX'''), 'Zqx Plan', 'found by a part of the name, without what one does not see');
select is(tests.found('query => ''z%x'''), null, 'no character has another meaning');
select is(tests.found(filter), expected, filter)
from (values
  ('tags => ''{zqx,other}''', 'Zqx Plan'), ('tags => ''{zqxx}''', null),
  ('query => ''zqx'', goal => ''strength''', 'Zqx Plan'), ('query => ''zqx'', goal => ''endurance''', null),
  ('query => ''zqx'', equipment => ''{barbell,rack,cable}''', 'Zqx Plan'), ('query => ''zqx'', equipment => ''{barbell}''', null),
  ('query => ''zqx'', muscles => ''{glutes}''', 'Zqx Plan'), ('query => ''zqx'', muscles => ''{chest}''', null),
  ('query => ''zqx'', max_minutes => 60, max_weeks => 1, max_days_per_week => 1', 'Zqx Plan'), ('query => ''zqx'', max_minutes => 5', null),
  ('query => ''zqx'', difficulty => ''beginner''', 'Zqx Plan'), ('query => ''zqx'', category => ''advanced''', null),
  ('scope => ''mine''', null), ('scope => ''favorites''', null), ('query => ''zqx'', scope => ''featured''', null),
  ('query => ''zqx'', scope => ''public''', 'Zqx Plan')
) as filters (filter, expected);
select tests.throws_error($$select public.search_templates(scope => 'theirs')$$, 'invalid_argument', 'a scope is one of five');
select tests.throws_error($$select public.search_templates(cursor => 'x')$$, 'invalid_cursor', 'a cursor is one that was given');
select tests.act_as('ana');
select is(tests.found('scope => ''mine'', query => ''zqx'''), 'Zqx Plan,Own Zqx', 'one''s own, last changed first');
-- In one transaction all were changed at one time: they come by id, and none is lost or there twice.
create temporary table walk as
with recursive page (answer) as (
  select public.search_templates(scope => 'mine', "limit" => 1)
  union all
  select public.search_templates(scope => 'mine', "limit" => 1, cursor => answer ->> 'next_cursor') from page where answer ->> 'next_cursor' is not null
)
select answer #>> '{items,0,name}' as name from page;
select results_eq('select name from walk order by 1', $$values ('Empty'), ('Own Zqx'), ('Zqx Plan')$$, 'page by page');

-- Copies ---------------------------------------------------------------------------------------------------------------

select tests.act_as('ben');
create temporary table copy as
select public.duplicate_template('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000f0c1') as answer;
select results_eq(
  $$select answer ->> 'created_by', answer ->> 'copied_from', answer -> 'version', answer ->> 'visibility', answer #> '{days,0,exercises,0,reps_max}' from copy$$,
  format($$values (%L, '00000000-0000-4000-8000-00000000f001', '1'::jsonb, 'private', '8'::jsonb)$$, tests.id('ben')),
  'a copy is one''s own, and private'
);
select isnt((select answer #> '{days,0,id}' from copy), public.get_template('00000000-0000-4000-8000-00000000f001') #> '{days,0,id}', 'with days of its own');
select is(public.duplicate_template('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000f0c1'), (select answer from copy), 'the same id again is the same copy');
select tests.throws_error($$select public.duplicate_template('00000000-0000-4000-8000-00000000f0c1', '00000000-0000-4000-8000-00000000f001')$$, 'id_conflict', 'an id is one template''s');
select public.save_template(jsonb_set((select answer from copy), '{days,0,exercises,0,sets}', '9')) is not null as edited;
select is(public.get_template('00000000-0000-4000-8000-00000000f001') #> '{days,0,exercises,0,sets}', '3', 'what happens to a copy leaves the original alone');

-- Ratings and favourites -----------------------------------------------------------------------------------------------

select tests.act_as('ana');
select tests.throws_error($$insert into public.template_ratings (template_id, rating) values ('00000000-0000-4000-8000-00000000f001', 5)$$, '42501', 'nobody rates their own');
select tests.act_as('ben');
select tests.throws_error($$insert into public.template_ratings (template_id, rating) values ('00000000-0000-4000-8000-00000000f001', 6)$$, '23514', 'one to five');
insert into public.template_ratings (template_id, rating) values ('00000000-0000-4000-8000-00000000f001', 2);
insert into public.template_favorites (template_id) values ('00000000-0000-4000-8000-00000000f001');
select tests.act_as('cleo');
insert into public.template_ratings (template_id, rating) values ('00000000-0000-4000-8000-00000000f001', 5);
insert into public.template_favorites (template_id) values ('00000000-0000-4000-8000-00000000f001');
update public.template_ratings set rating = 4;
select tests.stop_acting();
select results_eq(
  'select (tests.card()).rating_count, (tests.card()).rating_average, (tests.card()).favorite_count',
  'values (2::bigint, 3.00, 2::bigint)', 'ratings and favourites are counted'
);
select tests.act_as('cleo');
select is(tests.found('scope => ''favorites'''), 'Zqx Plan', 'favourites are found again');
select results_eq(
  $$select answer -> 'my_rating', answer -> 'is_favorite' from public.get_template('00000000-0000-4000-8000-00000000f001') as answer$$,
  $$values ('4'::jsonb, 'true'::jsonb)$$, 'and told with the template'
);
delete from public.template_favorites;
select tests.stop_acting();
delete from auth.users where id = tests.id('ben');
select results_eq(
  'select (tests.card()).rating_count, (tests.card()).rating_average, (tests.card()).favorite_count',
  'values (1::bigint, 4.00, 0::bigint)', 'an account that goes takes its own along'
);

-- Featured -------------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select tests.throws_error($$select public.feature_template('00000000-0000-4000-8000-00000000f001', 1)$$, 'admin_only', 'featuring is for admins');
select tests.act_as('root');
select tests.throws_error($$select public.feature_template('00000000-0000-4000-8000-00000000f002', 1)$$, 'template_not_published', 'of what is published');
select tests.throws_error($$select public.feature_template('00000000-0000-4000-8000-00000000f001', 1000)$$, 'invalid_argument', 'places are 1 to 999');
select is((public.feature_template('00000000-0000-4000-8000-00000000f001', 7, true)).featured_order, 7::smallint, 'an admin features it');
select tests.act_as('cleo');
select is(tests.found('scope => ''featured'''), 'Zqx Plan', 'the featured ones are found');
select tests.throws_error($$select public.duplicate_template('00000000-0000-4000-8000-00000000f001')$$, 'premium_template', 'a premium one is not copied without the plan');
select tests.stop_acting();
select tests.act_as('ana');
select is(public.my_access_log() #>> '{items,0,action}', 'feature_template', 'its author reads so');
select is(public.unpublish_template('00000000-0000-4000-8000-00000000f001') -> 'featured_order', 'null', 'what is withdrawn is not featured');
select tests.act_as('cleo');
select tests.throws_error($$select public.get_template('00000000-0000-4000-8000-00000000f001')$$, 'template_not_found', 'nor seen');

select * from finish();
rollback;
