-- What an admin does with what is an athlete's: through functions alone, and each leaves an entry that the athlete reads.
begin;
\ir support/acting.psql
select plan(31);

select tests.create_user('ana');
select tests.create_user('root');
update public.user_roles set role = 'admin' where user_id = tests.id('root');

insert into public.exercises (id, slug, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry, review_status)
values ('00000000-0000-4000-8000-00000000ed00', 'power-test', 'Product', 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total', 'approved');
select tests.act_as('ana');
insert into public.exercises (id, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry)
select id::uuid, name, 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total'
from (
  values
    ('00000000-0000-4000-8000-00000000ed01', 'Listed'), ('00000000-0000-4000-8000-00000000ed02', 'Deleted'),
    ('00000000-0000-4000-8000-00000000ed03', 'Merged'), ('00000000-0000-4000-8000-00000000ed04', 'Shared')
) as own (id, name);
insert into public.exercise_variations (exercise_id, name, difficulty) values ('00000000-0000-4000-8000-00000000ed01', 'Slow', 'beginner');
insert into public.exercise_translations (exercise_id, language, name) values ('00000000-0000-4000-8000-00000000ed01', 'de', 'Gelistet');
insert into storage.objects (bucket_id, name) values ('exercise-media', '00000000-0000-4000-8000-00000000ed01/a.png');
select tests.stop_acting();
insert into public.workout_templates (id, created_by, name, difficulty, goal, visibility, is_published, published_at)
values ('00000000-0000-4000-8000-00000000fd01', tests.id('ana'), 'Published', 'beginner', 'strength', 'public', true, now());

-- Not straight from the tables -----------------------------------------------------------------------------------------

select tests.act_as('root');
select is(tests.rows_of(statement), 0, 'not past the functions: ' || statement)
from (
  values
    ($$select from public.exercises where id = '00000000-0000-4000-8000-00000000ed01'$$),
    ($$update public.exercises set name = 'x' where id = '00000000-0000-4000-8000-00000000ed01'$$),
    ($$delete from public.exercises where id = '00000000-0000-4000-8000-00000000ed01'$$),
    ($$select from public.exercise_variations where exercise_id = '00000000-0000-4000-8000-00000000ed01'$$),
    ($$update public.exercise_variations set description = 'x' where name = 'Slow'$$),
    ($$delete from public.exercise_translations where exercise_id = '00000000-0000-4000-8000-00000000ed01'$$),
    ($$select from storage.objects where name like '00000000-0000-4000-8000-00000000ed01/%'$$)
) as direct (statement);
select tests.throws_error(
  $$insert into storage.objects (bucket_id, name) values ('exercise-media', '00000000-0000-4000-8000-00000000ed01/b.png')$$,
  '42501', 'nor are pictures added to what is an athlete''s'
);
select is(tests.rows_of(statement), 1, 'the product''s own are an admin''s to keep: ' || statement)
from (
  values
    ($$update public.exercises set description = 'x' where slug = 'power-test'$$),
    ($$delete from public.exercises where slug = 'power-test'$$),
    ($$insert into public.exercise_variations (exercise_id, name, difficulty) values ('00000000-0000-4000-8000-00000000ed00', 'Slow', 'beginner')$$),
    ($$insert into public.exercise_translations (exercise_id, language, name) values ('00000000-0000-4000-8000-00000000ed00', 'de', 'x')$$),
    ($$insert into storage.objects (bucket_id, name) values ('exercise-media', '00000000-0000-4000-8000-00000000ed00/b.png')$$)
) as product (statement);
select tests.stop_acting();
update public.exercises set is_active = false where slug = 'power-test';
select tests.act_as('root');
select is(tests.rows_of($$select from public.exercises where slug = 'power-test'$$), 1, 'also those that are retired');

-- Every call -----------------------------------------------------------------------------------------------------------

select tests.stop_acting();
update public.exercises set is_active = true where slug = 'power-test';

create temporary table power (place integer primary key, name text not null, statement text, leaves boolean not null);
insert into power
values
  (1, 'admin_list_users', $$select public.admin_list_users('ana')$$, true),
  (2, 'admin_update_user', format($$select public.admin_update_user(%L, '{"display_name": "Ana", "reason": "Asked."}')$$, tests.id('ana')), true),
  (3, 'admin_review_queue', $$select public.admin_review_queue('exercises', "limit" => 100)$$, true),
  (4, 'admin_review_queue', $$select public.admin_review_queue('templates', "limit" => 100)$$, true),
  (5, 'review_exercise', $$select public.review_exercise('00000000-0000-4000-8000-00000000ed01', false, 'Again.')$$, true),
  (6, 'review_exercise', $$select public.review_exercise('00000000-0000-4000-8000-00000000ed04', true)$$, true),
  (7, 'merge_exercises',
   $$select public.merge_exercises('00000000-0000-4000-8000-00000000ed03', '00000000-0000-4000-8000-00000000ed00')$$, true),
  (8, 'unmerge_exercise', $$select public.unmerge_exercise('00000000-0000-4000-8000-00000000ed03')$$, true),
  (9, 'merge_exercises',
   $$select public.merge_exercises('00000000-0000-4000-8000-00000000ed00', '00000000-0000-4000-8000-00000000ed04')$$, true),
  (10, 'delete_exercise', $$select public.delete_exercise('00000000-0000-4000-8000-00000000ed02')$$, true),
  (11, 'delete_exercise', $$select public.delete_exercise('00000000-0000-4000-8000-00000000ed04')$$, true),
  (12, 'feature_template', $$select public.feature_template('00000000-0000-4000-8000-00000000fd01', 999)$$, true),
  (13, 'platform_analytics', $$select public.platform_analytics(current_date - 1, current_date)$$, false),
  (14, 'my_entitlements', 'select public.my_entitlements()', false),
  (15, 'admin_delete_user', format($$select public.admin_delete_user(%L, 'Spam.')$$, tests.id('ana')), true),
  (16, 'admin_keep_user', format($$select public.admin_keep_user(%L, 'Not spam.')$$, tests.id('ana')), true);

with recursive reach (name, callee, depth) as (
  select pg_proc.proname, called[1], 1
  from pg_proc, regexp_matches(pg_proc.prosrc, 'private\.(\w+)\(', 'g') as called
  where pg_proc.pronamespace = 'public'::regnamespace
  union
  select reach.name, called[1], reach.depth + 1
  from reach
  join pg_proc on pg_proc.proname = reach.callee and pg_proc.pronamespace = 'private'::regnamespace,
    regexp_matches(pg_proc.prosrc, 'private\.(\w+)\(', 'g') as called
  -- These ask who the caller is in order to write it down, or what the caller's own plan is.
  where reach.callee <> all ('{audit,has_entitlement}')
    and reach.depth < 5
)
select set_eq(
  (select format('values %s', string_agg(distinct format('(%L)', reach.name), ', ')) from reach where reach.callee = 'is_admin'),
  'select name from power', 'every call that asks whether the caller is an admin is tried here'
);

-- How many entries a statement of the admin's adds to what Ana reads.
create function pg_temp.entries_of(p_statement text)
returns integer
language plpgsql
as $$
declare
  v_before integer;
begin
  perform tests.act_as('ana');
  v_before := jsonb_array_length(public.my_access_log("limit" => 100) -> 'items');
  perform tests.act_as('root');
  execute p_statement;
  perform tests.act_as('ana');
  return jsonb_array_length(public.my_access_log("limit" => 100) -> 'items') - v_before;
end;
$$;
create temporary table told as
select power.*, pg_temp.entries_of(power.statement) as entries
from (select * from power order by place) as power;
select tests.stop_acting();
select is(entries > 0, leaves, format('%s %s', name, case when leaves then 'is in the access log' else 'tells nothing of anybody, and leaves nothing' end))
from told
order by place;

select * from finish();
rollback;
