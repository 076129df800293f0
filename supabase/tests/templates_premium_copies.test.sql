-- Copies of premium templates: what they consist of stays for premium plans, whoever holds them.
begin;
\ir support/acting.psql
\ir support/templates.psql
select plan(24);

select tests.create_user('ana');
select tests.create_user('ben');
insert into public.subscriptions (user_id, plan_id, status, started_at) values (tests.id('ben'), 'premium', 'active', now());

select tests.act_as('ana');
select public.save_template(
  tests.plan_of_exercises(tests.planned()) || '{"id": "00000000-0000-4000-8000-00000000f001", "name": "Dear Plan"}'
) is not null as saved;
select public.publish_template('00000000-0000-4000-8000-00000000f001') is not null as published;
select tests.stop_acting();
update public.workout_templates set is_premium = true where id = '00000000-0000-4000-8000-00000000f001';

-- The rows that ben sees of what a template consists of.
create function tests.inside(p_id text)
returns bigint
language sql
as $$
  select (select count(*) from public.template_versions where template_id = p_id::uuid)
    + (select count(*) from public.template_days where template_id = p_id::uuid)
    + (select count(*) from public.template_exercises where template_id = p_id::uuid);
$$;
grant execute on function tests.inside(text) to public;

-- While the plan runs --------------------------------------------------------------------------------------------------

select tests.act_as('ben');
select is(
  public.duplicate_template('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000f0c1') -> 'is_premium', 'true',
  'a copy of a premium template is one'
);
select is(
  public.duplicate_template('00000000-0000-4000-8000-00000000f0c1', '00000000-0000-4000-8000-00000000f0c2') -> 'is_premium_copy', 'true',
  'and so is a copy of the copy'
);
select is(
  public.save_template(jsonb_set(public.get_template('00000000-0000-4000-8000-00000000f0c1'), '{days,0,exercises,0,sets}', '5')) -> 'is_premium_copy',
  'true', 'also when it is changed'
);
select is(tests.inside('00000000-0000-4000-8000-00000000f0c1'), 4::bigint, 'its owner reads both versions, the day and the exercise');
select is((public.begin_template_run('00000000-0000-4000-8000-00000000f0c2')).status, 'active', 'and trains by it');
select tests.throws_error(
  $$select public.publish_template('00000000-0000-4000-8000-00000000f0c1')$$, 'template_not_shareable', 'nobody publishes it'
);
select tests.throws_error(
  $$select public.publish_template('00000000-0000-4000-8000-00000000f0c2', 'friends')$$, 'template_not_shareable', 'nor for friends'
);
select tests.stop_acting();
select throws_ok(
  $$update public.workout_templates set is_published = true, published_at = now(), visibility = 'public' where id = '00000000-0000-4000-8000-00000000f0c1'$$,
  '23514', null, 'nor past the function'
);

-- When it has ended ----------------------------------------------------------------------------------------------------

update public.subscriptions set status = 'expired' where user_id = tests.id('ben');
select tests.act_as('ben');
select results_eq(
  $$select name, is_premium from public.workout_templates where id = '00000000-0000-4000-8000-00000000f0c1'$$,
  $$values ('Dear Plan', true)$$, 'the card stays its owner''s'
);
select is(tests.inside('00000000-0000-4000-8000-00000000f0c1'), 0::bigint, 'what it consists of ends with the plan');
select is(tests.inside('00000000-0000-4000-8000-00000000f0c2'), 0::bigint, 'where a run is on it, too');
select tests.throws_error($$select public.get_template('00000000-0000-4000-8000-00000000f0c1')$$, 'premium_template', 'and says so');
select tests.throws_error($$select public.get_template('00000000-0000-4000-8000-00000000f0c1', 1)$$, 'premium_template', 'of every version');
select tests.throws_error(
  $$select public.begin_template_run('00000000-0000-4000-8000-00000000f0c1')$$, 'premium_template', 'no run of it begins'
);
select tests.throws_error(
  $$select public.start_workout(template_id => '00000000-0000-4000-8000-00000000f0c1')$$, 'premium_template', 'no workout by it'
);
select tests.throws_error(
  $$select public.start_workout(template_id => '00000000-0000-4000-8000-00000000f0c2')$$, 'premium_template', 'nor by the run of one'
);
select tests.throws_error(
  $$select public.duplicate_template('00000000-0000-4000-8000-00000000f0c1')$$, 'premium_template', 'it is not copied'
);
select tests.throws_error(
  $$select public.save_template(tests.plan_of_exercises(tests.planned()) || '{"id": "00000000-0000-4000-8000-00000000f0c1"}')$$,
  'premium_template', 'nor written over'
);
-- It comes back, and an author's own is the author's ---------------------------------------------------------------------

select tests.stop_acting();
select is(
  (select string_agg(relation, ' ') from private.personal_data
   where relation in ('public.template_versions', 'public.template_days', 'public.template_exercises') and whose !~ 'not is_premium_copy'),
  null, 'an export leaves it to its author'
);
update public.subscriptions set status = 'active' where user_id = tests.id('ben');
select tests.act_as('ben');
select is(public.get_template('00000000-0000-4000-8000-00000000f0c1') #> '{days,0,exercises,0,sets}', '5', 'it comes back as it was');
delete from public.workout_templates where id = '00000000-0000-4000-8000-00000000f0c1';
select is_empty($$select from public.workout_templates where id = '00000000-0000-4000-8000-00000000f0c1'$$, 'its owner deletes it');

select tests.act_as('ana');
select is(
  public.duplicate_template('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000f0c3') -> 'is_premium', 'false',
  'an author''s copy of their own is an ordinary one'
);
select isnt(public.publish_template('00000000-0000-4000-8000-00000000f0c3'), null, 'which they publish');
select is(tests.inside('00000000-0000-4000-8000-00000000f001'), 3::bigint, 'and they read the original without a plan');

select * from finish();
rollback;
