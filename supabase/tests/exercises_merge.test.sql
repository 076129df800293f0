-- Two exercises become one: history, records and ratings follow, the old id goes on, and it can be taken back.
begin;
\ir support/acting.psql
select plan(53);

select tests.create_user('ana');
select tests.create_user('ben');
select tests.create_user('root');
update public.user_roles set role = 'admin' where user_id = tests.id('root');

insert into public.exercises (id, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry, review_status)
select id::uuid, name, 'strength', '{chest}', 'beginner', 'push', tracking_type::public.tracking_type, entry::public.weight_entry, 'approved'
from (
  values
    ('00000000-0000-4000-8000-00000000e401', 'Kept', 'weight_reps', 'total'), ('00000000-0000-4000-8000-00000000e402', 'Double', 'weight_reps', 'total'),
    ('00000000-0000-4000-8000-00000000e403', 'Per hand', 'weight_reps', 'per_hand'), ('00000000-0000-4000-8000-00000000e404', 'Timed', 'duration', 'none'),
    ('00000000-0000-4000-8000-00000000e405', 'Third', 'weight_reps', 'total')
) as library (id, name, tracking_type, entry);
insert into public.exercises (id, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry, bodyweight_fraction, review_status)
values
  ('00000000-0000-4000-8000-00000000e406', 'Knee push-up', 'strength', '{chest}', 'beginner', 'push', 'bodyweight_reps', 'added', 0.49, 'approved'),
  ('00000000-0000-4000-8000-00000000e407', 'Push-up', 'strength', '{chest}', 'beginner', 'push', 'bodyweight_reps', 'added', 0.64, 'approved'),
  ('00000000-0000-4000-8000-00000000e408', 'Press-up', 'strength', '{chest}', 'beginner', 'push', 'bodyweight_reps', 'added', 0.64, 'approved');
select tests.act_as('ana');
insert into public.exercises (id, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry)
values
  ('00000000-0000-4000-8000-00000000e4a1', 'Anas', 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total'),
  ('00000000-0000-4000-8000-00000000e4a2', 'Anas other', 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total');

-- A workout of one set, done so many days ago; answers nothing.
create function pg_temp.train(p_name text, p_exercise_id uuid, p_days_ago integer, p_weight_kg numeric)
returns void
language plpgsql
as $$
declare
  v_workout_id uuid := gen_random_uuid();
  v_entry_id uuid := gen_random_uuid();
  v_at timestamptz := now() - make_interval(days => p_days_ago);
begin
  perform tests.act_as(p_name);
  perform public.start_workout(id => v_workout_id, timezone => 'UTC', started_at => v_at);
  perform public.add_workout_exercise(workout_id => v_workout_id, exercise_id => p_exercise_id, id => v_entry_id);
  perform public.complete_set(workout_exercise_id => v_entry_id, weight_kg => p_weight_kg, reps => 5, completed_at => v_at);
  perform public.complete_workout(workout_id => v_workout_id, ended_at => v_at);
end;
$$;
grant execute on function pg_temp.train(text, uuid, integer, numeric) to public;

select pg_temp.train('ana', '00000000-0000-4000-8000-00000000e401', 40, 100);
select pg_temp.train('ana', '00000000-0000-4000-8000-00000000e402', 30, 90);
select pg_temp.train('ana', '00000000-0000-4000-8000-00000000e402', 20, 110);
select pg_temp.train('ana', '00000000-0000-4000-8000-00000000e4a1', 10, 120);
select pg_temp.train('ben', '00000000-0000-4000-8000-00000000e402', 30, 50);

-- Who may --------------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select tests.throws_error(format('select public.merge_exercises(%L, %L)', from_id, into_id), code, rule)
from (
  values
    ('00000000-0000-4000-8000-00000000e402', '00000000-0000-4000-8000-00000000e401', 'admin_only', 'the library is for admins to merge'),
    ('00000000-0000-4000-8000-00000000e4a1', '00000000-0000-4000-8000-00000000ffff', 'exercise_not_found', 'into what exists'),
    ('00000000-0000-4000-8000-00000000ffff', '00000000-0000-4000-8000-00000000e401', 'exercise_not_found', 'from what exists'),
    ('00000000-0000-4000-8000-00000000e4a1', '00000000-0000-4000-8000-00000000e4a1', 'invalid_argument', 'two exercises'),
    ('00000000-0000-4000-8000-00000000e4a1', '00000000-0000-4000-8000-00000000e403', 'exercises_not_alike', 'whose weights mean the same'),
    ('00000000-0000-4000-8000-00000000e4a1', '00000000-0000-4000-8000-00000000e404', 'exercises_not_alike', 'whose sets have the same fields')
) as wrong (from_id, into_id, code, rule);
select tests.act_as('ben');
select tests.throws_error(
  $$select public.merge_exercises('00000000-0000-4000-8000-00000000e4a1', '00000000-0000-4000-8000-00000000e401')$$, 'exercise_not_found',
  'a stranger''s does not exist'
);
select tests.throws_error($$select public.unmerge_exercise('00000000-0000-4000-8000-00000000e402')$$, 'exercise_not_found', 'nor is there anything to undo');
select is(public.exercise_history('00000000-0000-4000-8000-00000000e401') -> 'items', '[]', 'nor is another''s history seen');
select tests.act_as_anon();
select tests.throws_error(
  $$select public.merge_exercises('00000000-0000-4000-8000-00000000e402', '00000000-0000-4000-8000-00000000e401')$$, '42501', 'anon merges nothing'
);
select tests.act_as('root');
select tests.throws_error(
  $$select public.merge_exercises('00000000-0000-4000-8000-00000000e402', '00000000-0000-4000-8000-00000000e4a1')$$, 'invalid_argument',
  'everybody''s history does not become an exercise that one alone sees'
);
select tests.throws_error(
  $$select public.merge_exercises('00000000-0000-4000-8000-00000000e406', '00000000-0000-4000-8000-00000000e407')$$, 'exercises_not_alike',
  'nor do repetitions that move another share of the body'
);
select lives_ok(
  $$select public.merge_exercises('00000000-0000-4000-8000-00000000e408', '00000000-0000-4000-8000-00000000e407')$$,
  'those of the same share are alike'
);

-- What moves -----------------------------------------------------------------------------------------------------------

select tests.act_as('ben');
insert into public.exercise_ratings (exercise_id, rating) values ('00000000-0000-4000-8000-00000000e402', 4);
select tests.act_as('root');
select is(
  public.merge_exercises('00000000-0000-4000-8000-00000000e402', '00000000-0000-4000-8000-00000000e401'),
  '{"from_id": "00000000-0000-4000-8000-00000000e402", "into_id": "00000000-0000-4000-8000-00000000e401", "moved": 3, "is_complete": true}',
  'an admin merges two of the library'
);
select is(
  public.merge_exercises('00000000-0000-4000-8000-00000000e402', '00000000-0000-4000-8000-00000000e401') - 'moved',
  '{"from_id": "00000000-0000-4000-8000-00000000e402", "into_id": "00000000-0000-4000-8000-00000000e401", "is_complete": true}',
  'the same again is the same'
);
select tests.throws_error(
  $$select public.merge_exercises('00000000-0000-4000-8000-00000000e402', '00000000-0000-4000-8000-00000000e405')$$, 'exercise_merged', 'but not into another'
);
select tests.throws_error(
  $$select public.merge_exercises('00000000-0000-4000-8000-00000000e405', '00000000-0000-4000-8000-00000000e402')$$, 'exercise_merged', 'nor into what is merged'
);
select results_eq(
  $$select usage_count, rating_count, rating_average from public.exercises where id = '00000000-0000-4000-8000-00000000e401'$$,
  $$values (4::bigint, 1::bigint, 4.00)$$, 'use and ratings are added up'
);
select tests.act_as('ana');
select results_eq(
  $$select exercise_id, exercise_name from public.workout_exercises where exercise_name in ('Kept', 'Double') order by exercise_name$$,
  $$values ('00000000-0000-4000-8000-00000000e401'::uuid, 'Double'), ('00000000-0000-4000-8000-00000000e401', 'Double'),
    ('00000000-0000-4000-8000-00000000e401', 'Kept')$$,
  'the workouts keep the name that was logged'
);
select results_eq(
  $$select value, previous_value, exercise_name from public.personal_records
    where exercise_id = '00000000-0000-4000-8000-00000000e401' and kind = 'max_weight' and revoked_at is null order by achieved_at$$,
  $$values (100::numeric, null::numeric, 'Kept'), (110, 100, 'Double')$$,
  'the records are those of one exercise'
);
select is_empty(
  $$select from public.personal_records where exercise_id = '00000000-0000-4000-8000-00000000e402' and revoked_at is null
    union all select from public.exercise_stats where exercise_id = '00000000-0000-4000-8000-00000000e402'
    union all select from public.workout_sets where exercise_id = '00000000-0000-4000-8000-00000000e402'$$,
  'nothing stands under the old one'
);
select is(
  (select array_agg(set_count order by day) from public.exercise_stats where exercise_id = '00000000-0000-4000-8000-00000000e401'),
  '{1,1,1}', 'nor are the days'
);
select is((select sum(value::integer) from jsonb_each(public.recompute_my_stats())), 0::bigint, 'a recompute finds nothing: ana');
select is(
  jsonb_path_query_array(public.exercise_history('00000000-0000-4000-8000-00000000e402'), '$.items[*].weight_kg'), '[110, 90, 100]',
  'the history by the old id is the one of the kept, latest first'
);
select is(
  (
    with recursive page (answer) as (
      select public.exercise_history('00000000-0000-4000-8000-00000000e401', "limit" => 1)
      union all
      select public.exercise_history('00000000-0000-4000-8000-00000000e401', page.answer ->> 'next_cursor', 1) from page
      where page.answer ->> 'next_cursor' is not null
    )
    select array_agg(item -> 'weight_kg') from page, jsonb_array_elements(page.answer -> 'items') as item
  ),
  array['110', '90', '100']::jsonb[], 'its pages together are everything, once'
);
select tests.throws_error($$select public.exercise_history(cursor => 'x')$$, 'invalid_cursor', 'a cursor is one of ours');
select tests.act_as('ben');
select is((select sum(value::integer) from jsonb_each(public.recompute_my_stats())), 0::bigint, 'a recompute finds nothing: ben');

-- The old id -----------------------------------------------------------------------------------------------------------

select is(public.get_exercise('00000000-0000-4000-8000-00000000e402') ->> 'name', 'Kept', 'reads as the kept one');
select is(public.get_exercise('00000000-0000-4000-8000-00000000e402') ->> 'requested_id', '00000000-0000-4000-8000-00000000e402', 'which says so');
select tests.is_allowed($$select public.similar_exercises('00000000-0000-4000-8000-00000000e402')$$, 'has substitutes');
select is(tests.rows_of($$select from public.exercises where name = 'Double'$$), 0, 'is offered no more');
select public.start_workout(id => '00000000-0000-4000-8000-00000000a401', timezone => 'UTC');
select is(
  (public.add_workout_exercise('00000000-0000-4000-8000-00000000a401', '00000000-0000-4000-8000-00000000e402', '00000000-0000-4000-8000-00000000b401')).exercise_id,
  '00000000-0000-4000-8000-00000000e401', 'is added as the kept one'
);
select is(
  (public.add_workout_exercise('00000000-0000-4000-8000-00000000a401', '00000000-0000-4000-8000-00000000e402', '00000000-0000-4000-8000-00000000b401')).id,
  '00000000-0000-4000-8000-00000000b401', 'twice with one id, once'
);
select is(
  (jsonb_populate_record(null::public.workout_sets, public.complete_set(workout_exercise_id => '00000000-0000-4000-8000-00000000b401', weight_kg => 60, reps => 5))).exercise_id,
  '00000000-0000-4000-8000-00000000e401', 'its sets count there'
);
select tests.is_allowed(
  $$insert into public.exercise_ratings (exercise_id, rating) values ('00000000-0000-4000-8000-00000000e402', 5)
    on conflict (exercise_id, user_id) do update set rating = excluded.rating$$, 'it is rated as the kept one'
);

-- One's own, and a second step -----------------------------------------------------------------------------------------

select tests.act_as('ana');
select is(
  public.merge_exercises('00000000-0000-4000-8000-00000000e4a2', '00000000-0000-4000-8000-00000000e4a1') -> 'moved', '0', 'two of one''s own'
);
select is(
  public.merge_exercises('00000000-0000-4000-8000-00000000e4a1', '00000000-0000-4000-8000-00000000e401') -> 'moved', '1', 'one''s own into the library'
);
select results_eq(
  $$select name, merged_into from public.exercises where created_by = tests.id('ana') order by name$$,
  $$values ('Anas', '00000000-0000-4000-8000-00000000e401'::uuid), ('Anas other', '00000000-0000-4000-8000-00000000e401')$$,
  'a redirect is one step long'
);
select is(
  (select value from public.personal_records where exercise_id = '00000000-0000-4000-8000-00000000e401' and kind = 'max_weight'
    and superseded_at is null and revoked_at is null),
  120::numeric, 'its record stands'
);
select tests.throws_error($$delete from public.exercises where name = 'Anas'$$, 'exercise_in_use', 'a redirect is not deleted');
select tests.throws_error($$update public.exercises set is_active = true where name = 'Anas'$$, '23514', 'nor offered again');

-- Back -----------------------------------------------------------------------------------------------------------------

select tests.throws_error($$select public.unmerge_exercise('00000000-0000-4000-8000-00000000e402')$$, 'exercise_not_found', 'others'' merges are not for athletes');
select is(public.unmerge_exercise('00000000-0000-4000-8000-00000000e4a1') -> 'moved', '1', 'one''s own can be taken back');
select is(
  (select array_agg(merged_into order by name) from public.exercises where created_by = tests.id('ana')),
  '{null,00000000-0000-4000-8000-00000000e4a1}', 'with what was merged into it before'
);
select is((select sum(value::integer) from jsonb_each(public.recompute_my_stats())), 0::bigint, 'and everything derived follows');
select is(
  (select count(*) from public.exercise_stats where exercise_id = '00000000-0000-4000-8000-00000000e4a1'), 1::bigint, 'its day is back'
);
select tests.act_as('root');
select is(public.unmerge_exercise('00000000-0000-4000-8000-00000000e402') -> 'moved', '3', 'an admin takes back the other');
select tests.act_as('ana');
select is((select sum(value::integer) from jsonb_each(public.recompute_my_stats())), 0::bigint, 'to the same state as before');
select is(
  (select array_agg(exercise_id order by achieved_at) from public.personal_records where kind = 'max_weight' and revoked_at is null),
  '{00000000-0000-4000-8000-00000000e401,00000000-0000-4000-8000-00000000e402,00000000-0000-4000-8000-00000000e402,00000000-0000-4000-8000-00000000e4a1}',
  'record by record'
);

-- Many athletes --------------------------------------------------------------------------------------------------------

select tests.stop_acting();
select tests.create_user('athlete' || n) from generate_series(1, 101) as n;
select pg_temp.train('athlete' || n, '00000000-0000-4000-8000-00000000e405', 3, 50) from generate_series(1, 101) as n;
select tests.act_as('root');
select is(
  public.merge_exercises('00000000-0000-4000-8000-00000000e405', '00000000-0000-4000-8000-00000000e401') - '{from_id,into_id}'::text[],
  '{"moved": 100, "is_complete": false}', 'a hundred athletes at once'
);
select tests.throws_error('select private.continue_merges()', '42501', 'the rest is not for clients to move');
select tests.stop_acting();
select private.continue_merges();
select is_empty($$select from public.workout_exercises where exercise_id = '00000000-0000-4000-8000-00000000e405'$$, 'but for the job');
select is(
  (select count(distinct user_id) from public.exercise_stats where exercise_id = '00000000-0000-4000-8000-00000000e401'), 103::bigint,
  'and everyone has their statistics'
);

select * from finish();
rollback;
