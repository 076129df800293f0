-- What admins decide about athletes' exercises, who fills the media folders, and what deletion leaves.
begin;
\ir support/acting.psql
select plan(57);

select tests.create_user('ana');
select tests.create_user('ben');
select tests.create_user('root');
update public.user_roles set role = 'admin' where user_id = tests.id('root');

select tests.act_as('ana');
insert into public.exercises (id, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry)
select id::uuid, name, 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total'
from (
  values
    ('00000000-0000-4000-8000-00000000e201', 'Reviewed'), ('00000000-0000-4000-8000-00000000e202', 'Doubtful'),
    ('00000000-0000-4000-8000-00000000e203', 'Trained'), ('00000000-0000-4000-8000-00000000e204', 'Unused')
) as own (id, name);

-- The queue ------------------------------------------------------------------------------------------------------------

select tests.throws_error($$select private.exercise_review_queue(null, 10)$$, 'admin_only', 'the queue is for admins');
select tests.throws_error('select public.admin_review_queue()', 'admin_only', 'by any name');
select tests.act_as('root');
select is(
  (select array_agg(item ->> 'name') from jsonb_array_elements(private.exercise_review_queue(null, 100) -> 'items') as item
    where item ->> 'created_by' = tests.id('ana')::text),
  '{Reviewed,Doubtful,Trained,Unused}', 'who waits longest comes first'
);
select is(
  (
    with recursive page (answer) as (
      select private.exercise_review_queue(null, 3)
      union all
      select private.exercise_review_queue(page.answer ->> 'next_cursor', 3) from page
      where page.answer ->> 'next_cursor' is not null
    )
    select array[count(*), count(distinct item ->> 'id')] from page, jsonb_array_elements(page.answer -> 'items') as item
    where item ->> 'created_by' = tests.id('ana')::text
  ),
  array[4, 4]::bigint[],
  'its pages together are everything, once'
);
select tests.throws_error($$select private.exercise_review_queue('x', 3)$$, 'invalid_cursor', 'a cursor is one of ours');
select is(public.admin_review_queue("limit" => 2), private.exercise_review_queue(null, 2), 'it is one of the queues');
select tests.throws_error($$select public.admin_review_queue('recipes')$$, 'invalid_argument', 'of which there are some');

-- The decision ---------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select tests.throws_error(
  $$select public.review_exercise('00000000-0000-4000-8000-00000000e201', true)$$, 'admin_only', 'nobody approves their own'
);
select tests.act_as_anon();
select tests.throws_error($$select public.review_exercise('00000000-0000-4000-8000-00000000e201', true)$$, '42501', 'nor does anon');
select tests.act_as('root');
select tests.throws_error(format('select public.review_exercise(%s)', wrong.arguments), wrong.code, wrong.rule)
from (
  values
    ($$'00000000-0000-4000-8000-00000000e202', false$$, 'invalid_argument', 'who rejects says why'),
    ($$'00000000-0000-4000-8000-00000000e202', false, '  '$$, 'invalid_argument', 'in words'),
    ($$'00000000-0000-4000-8000-00000000e202', false, repeat('x', 501)$$, 'invalid_argument', 'in few'),
    ($$'00000000-0000-4000-8000-00000000e202'$$, 'invalid_argument', 'yes or no'),
    ($$'00000000-0000-4000-8000-00000000ffff', true$$, 'exercise_not_found', 'of what exists'),
    ($$null, true$$, 'exercise_not_found', 'of something'),
    ($$(select id from public.exercises where slug = 'pull-up'), false, 'x'$$, 'invalid_argument', 'the library is not reviewed'),
    ($$'00000000-0000-4000-8000-00000000e202', true, null, '2020-01-01'$$, 'exercise_changed', 'only what was read')
) as wrong (arguments, code, rule);
select is(
  (select (reviewed).review_status::text || ((reviewed).reviewed_at is not null)
    from public.review_exercise('00000000-0000-4000-8000-00000000e201', true, null,
      (select (item ->> 'updated_at')::timestamptz from jsonb_array_elements(public.admin_review_queue("limit" => 100) -> 'items') as item
        where item ->> 'name' = 'Reviewed')) as reviewed),
  'approvedtrue', 'approved as it was read'
);
select is(
  (public.review_exercise('00000000-0000-4000-8000-00000000e202', false, ' A copy of the push-up. ')).review_reason,
  'A copy of the push-up.', 'rejected with a reason'
);
select tests.act_as('ben');
select is(tests.rows_of($$select from public.exercises where name in ('Reviewed', 'Doubtful')$$), 1, 'everyone sees what is approved, alone');
select is(
  array[(select created_by::text from public.exercises where name = 'Reviewed'),
    public.get_exercise('00000000-0000-4000-8000-00000000e201') ->> 'is_mine'],
  '{null,false}', 'under nobody''s name'
);
select tests.is_allowed(
  $$insert into public.exercise_ratings (exercise_id, rating) values ('00000000-0000-4000-8000-00000000e201', 5)$$, 'others rate it'
);
select tests.act_as('ana');
select is(
  array[(select created_by::text from public.exercises where name = 'Reviewed'),
    public.get_exercise('00000000-0000-4000-8000-00000000e201') ->> 'is_mine',
    public.search_exercises('Reviewed') #>> '{items,0,is_mine}'],
  '{null,true,true}', 'its creator alone is told whose it is'
);
select tests.throws_error(
  $$insert into public.exercise_ratings (exercise_id, rating) values ('00000000-0000-4000-8000-00000000e201', 5)$$, '42501',
  'and does not rate it'
);
select is((select review_reason from public.exercises where name = 'Doubtful'), 'A copy of the push-up.', 'its creator reads the reason');
update public.exercises set description = 'Different.' where name = 'Doubtful';
select results_eq(
  $$select review_status::text, review_reason from public.exercises where name = 'Doubtful'$$, $$values ('pending', null)$$,
  'edited, it waits again'
);
select tests.act_as('root');
select public.review_exercise('00000000-0000-4000-8000-00000000e202', false, 'Still a copy.');
select tests.act_as('ana');
create temporary table read_at as select updated_at from public.exercises where name = 'Doubtful';
grant select on read_at to public;
insert into public.exercise_variations (exercise_id, name, difficulty) values ('00000000-0000-4000-8000-00000000e202', 'Slow', 'advanced');
select is((select review_status from public.exercises where name = 'Doubtful'), 'pending', 'a variation is an edit too');
select tests.act_as('root');
select tests.throws_error(
  $$select public.review_exercise('00000000-0000-4000-8000-00000000e202', true, null, (select updated_at from read_at))$$,
  'exercise_changed', 'which the admin has not read'
);
select tests.act_as('ana');
select tests.throws_error($$update public.exercises set review_reason = 'x' where name = 'Doubtful'$$, '42501', 'the reason is not theirs to write');
select tests.throws_error($$update public.exercises set merged_into = null where name = 'Doubtful'$$, '42501', 'nor is a merge');
select tests.act_as('root');
select is(
  (public.review_exercise('00000000-0000-4000-8000-00000000e201', false, 'Withdrawn.')).review_status, 'rejected',
  'an approval can be taken back'
);
select tests.stop_acting();
select is((select created_by from public.exercises where name = 'Reviewed'), tests.id('ana'), 'it is its creator''s then, by name');
select is_empty($$select from private.exercise_creators where exercise_id = '00000000-0000-4000-8000-00000000e201'$$, 'and in one place');
select tests.act_as('root');

-- Media ----------------------------------------------------------------------------------------------------------------

select public.review_exercise('00000000-0000-4000-8000-00000000e201', true);
select tests.stop_acting();
select results_eq(
  $$select public, file_size_limit from storage.buckets where id = 'exercise-media'$$, $$values (true, 20971520::bigint)$$,
  'the bucket is public, files end at 20 MB'
);
create function pg_temp.upload(p_path text)
returns text
language sql
as $$
  select format($s$insert into storage.objects (bucket_id, name) values ('exercise-media', %L)$s$, p_path);
$$;
grant execute on function pg_temp.upload(text) to public;
select tests.act_as('ana');
select tests.is_allowed(pg_temp.upload('00000000-0000-4000-8000-00000000e202/a.png'), 'the creator adds pictures');
select tests.throws_error(pg_temp.upload('00000000-0000-4000-8000-00000000e201/a.png'), '42501', 'until it is approved');
select tests.throws_error(pg_temp.upload(path), '42501', 'not to ' || path)
from (values ('a.png'), ('x/a.png'), ('00000000-0000-4000-8000-00000000ffff/a.png'), ('00000000-0000-4000-8000-00000000E202/a.png')) as p (path);
select tests.throws_error(pg_temp.upload((select id || '/a.png' from public.exercises where slug = 'pull-up')), '42501', 'not to the library');
insert into storage.objects (bucket_id, name) values ('exercise-media', '00000000-0000-4000-8000-00000000e202/own.png');
select is(tests.rows_of($$select from storage.objects where name like '%e202/own.png'$$), 1, 'they list it');
select tests.act_as('ben');
select tests.throws_error(pg_temp.upload('00000000-0000-4000-8000-00000000e202/b.png'), '42501', 'nobody else adds any');
select is(tests.rows_of($$select from storage.objects where name like '%e202/own.png'$$), 0, 'nor lists what is not approved');
select is(tests.rows_of($$update storage.objects set name = 'x' where name like '%e202/own.png'$$), 0, 'nor renames it');
select tests.act_as('root');
select tests.is_allowed(pg_temp.upload((select id || '/a.png' from public.exercises where slug = 'pull-up')), 'an admin does');

-- Deletion -------------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select public.start_workout(id => '00000000-0000-4000-8000-00000000a201', timezone => 'UTC');
select public.add_workout_exercise('00000000-0000-4000-8000-00000000a201', '00000000-0000-4000-8000-00000000e203',
  '00000000-0000-4000-8000-00000000b201');
select public.complete_set(workout_exercise_id => '00000000-0000-4000-8000-00000000b201', weight_kg => 60, reps => 5);
select tests.throws_error($$delete from public.exercises where name = 'Trained'$$, 'exercise_in_use', 'one with history is not deleted');
select tests.is_allowed($$delete from public.exercises where name = 'Unused'$$, 'one without is');
select is(public.delete_exercise('00000000-0000-4000-8000-00000000e204'), 'deleted', 'by the function too');
select is(public.delete_exercise('00000000-0000-4000-8000-00000000e203'), 'retired', 'which puts the other away');
select results_eq(
  $$select exercise_name, set_count from public.workout_exercises where workout_id = '00000000-0000-4000-8000-00000000a201'$$,
  $$values ('Trained', 1)$$, 'the workout has it still'
);
select is(
  (select count(*) from public.personal_records where exercise_name = 'Trained' and revoked_at is null) > 0, true,
  'so have the records'
);
select tests.throws_error($$select public.delete_exercise('00000000-0000-4000-8000-00000000e201')$$, 'exercise_not_found', 'what is approved is not its creator''s');
select tests.act_as('ben');
select tests.throws_error($$select public.delete_exercise('00000000-0000-4000-8000-00000000e203')$$, 'exercise_not_found', 'nor a stranger''s');
select tests.act_as('root');
select is(public.delete_exercise('00000000-0000-4000-8000-00000000e201'), 'deleted', 'an admin deletes any');
select tests.stop_acting();

-- Tokens that outlive their account ------------------------------------------------------------------------------------

delete from auth.users where id = tests.id('ben');
select tests.act_as('ben');
select tests.throws_error(
  $$insert into public.exercises (name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry)
    values ('Late', 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total')$$,
  'not_authenticated', 'a token without its account adds no exercise'
);
select tests.throws_error(
  $$insert into public.exercise_ratings (exercise_id, rating) select id, 5 from public.exercises where slug = 'pull-up'$$,
  'not_authenticated', 'and rates none'
);

select * from finish();
rollback;
