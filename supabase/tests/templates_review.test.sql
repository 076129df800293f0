-- Review of templates: admins see what is shown to everybody, version by version, and decide what is featured.
begin;
\ir support/acting.psql
\ir support/workouts.psql
\ir support/templates.psql
select plan(18);

select tests.create_user('ana');
select tests.create_user('root');
update public.user_roles set role = 'admin' where user_id = tests.id('root');

-- Which of this test's templates wait, in the order of the queue, page by page.
create function tests.waiting(p_limit integer default 100)
returns text
language sql
as $$
  with recursive page (answer) as (
    select public.admin_review_queue('templates', null, p_limit)
    union all
    select public.admin_review_queue('templates', page.answer ->> 'next_cursor', p_limit)
    from page
    where page.answer ->> 'next_cursor' is not null
  )
  select string_agg(item.card ->> 'name', ' ' order by (item.card ->> 'published_at')::timestamptz, item.card ->> 'id')
  from page
  cross join jsonb_array_elements(page.answer -> 'items') as item (card)
  where item.card ->> 'created_by' = tests.id('ana')::text;
$$;
create function tests.save(p_name text, p_sets integer)
returns jsonb
language sql
as $$
  select public.save_template(tests.template(
    jsonb_build_array(tests.day(jsonb_build_array(tests.planned(jsonb_build_object('sets', p_sets))))),
    jsonb_build_object('id', tests.ref(p_name), 'name', p_name)
  ));
$$;
grant execute on all functions in schema tests to public;

select tests.act_as('ana');
select lives_ok(
  $$select tests.save(name, 3), case when name <> 'draft' then public.publish_template(
      tests.ref(name), case name when 'mates' then 'friends' else 'public' end::public.visibility
    ) end from (values ('one'), ('two'), ('mates'), ('draft')) as template (name)$$,
  'templates are published, to everybody and to friends'
);
select public.block_user(tests.id('root'));
select tests.throws_error($$select public.admin_review_queue('templates')$$, 'admin_only', 'the queue is for admins');
select tests.stop_acting();
update public.workout_templates set published_at = '2026-01-01 00:00:00+00' where id = tests.ref('two');

select tests.act_as('root');
select is(tests.waiting(), 'two one', 'what everybody sees waits, longest published first, also of whom it blocks');
select is(tests.waiting(1), 'two one', 'page by page');
select tests.throws_error($$select public.admin_review_queue('templates', 'x')$$, 'invalid_cursor', 'a cursor is one that was given');
select tests.throws_error($$select public.admin_review_queue('recipes')$$, 'invalid_argument', 'there are two queues');
select is(
  (select card ? 'difficulty' and card ? 'rating_average' and not card ? 'place'
    from jsonb_array_elements(public.admin_review_queue('templates', null, 100) -> 'items') as card
    where card ->> 'id' = tests.ref('two')::text),
  true, 'an item is the card of the template'
);

select tests.throws_error(
  $$select public.feature_template(tests.ref('two'), 3, version => 2)$$, 'template_changed', 'another version than was read is not decided on'
);
select lives_ok($$select public.feature_template(tests.ref('two'), 3, version => 1)$$, 'one is featured');
select lives_ok($$select public.feature_template(tests.ref('one'), null)$$, 'one is not');
select lives_ok($$select public.feature_template(tests.ref('one'), null)$$, 'once more');
select is(tests.waiting(), null, 'neither waits any more');
select tests.stop_acting();
select results_eq(
  $$select details - 'template_id' from private.audit_log where actor_id = tests.id('root') and action = 'feature_template' order by at, sequence$$,
  $$values ('{"version": 1, "featured_order": 3, "is_premium": false}'::jsonb),
    ('{"version": 1, "featured_order": null, "is_premium": false}')$$,
  'both decisions are in the audit log, each once'
);

select tests.act_as('ana');
select is(tests.save('one', 4) -> 'version', '2', 'a new version');
select tests.act_as('root');
select is(tests.waiting(), 'one', 'waits again');
select tests.act_as('ana');
select lives_ok($$select public.unpublish_template(tests.ref('one'))$$, 'what its author takes back');
select tests.act_as('root');
select is(tests.waiting(), null, 'waits no longer');
select tests.stop_acting();
delete from auth.users where id = tests.id('ana');
select is_empty($$select from private.template_reviews where template_id in (tests.ref('one'), tests.ref('two'))$$, 'an account that goes takes its reviews along');

select * from finish();
rollback;
