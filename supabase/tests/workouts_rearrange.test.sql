-- Exercises of a live workout: replaced, reordered, in supersets; and the versions that such changes carry.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(38);

select tests.create_user('ana');
select tests.create_user('ben');

create function tests.rows_in_order()
returns table (name text, sets text, superset_group integer)
language sql
stable
as $$
  select exercise_name, (
    select string_agg(
      format('%s %s', set_type, coalesce(weight_kg::text, 'planned ' || coalesce(planned_weight_kg::text, '-') || ' x' || planned_reps_min)),
      ', ' order by set_index
    )
    from public.workout_sets where workout_exercise_id = workout_exercises.id
  ), workout_exercises.superset_group::integer
  from public.workout_exercises
  where workout_id = tests.ref('push')
  order by position;
$$;

-- A device of ana's: a sign-in of its own.
create function tests.act_on(p_device text)
returns void
language sql
as $$
  select tests.act_as('ana'), set_config('request.jwt.claims', json_build_object(
    'sub', tests.id('ana'), 'role', 'authenticated', 'session_id', tests.ref(p_device)
  )::text, true);
$$;
grant execute on all functions in schema tests to public;

select tests.act_on('phone');
select tests.start('push', 'barbell-bench-press');
select public.add_workout_exercise(tests.ref('push'), tests.exercise('pull-up'), tests.ref('pull'), superset_group => 1);
select public.add_workout_exercise(tests.ref('push'), tests.exercise('plank'), tests.ref('plank'), superset_group => 1);
insert into public.workout_sets (id, workout_exercise_id, set_index, set_type, planned_weight_kg, planned_reps_min, planned_reps_max)
select tests.ref('bench ' || n), tests.ref('push'), n, case n when 0 then 'warmup' else 'working' end::public.set_type, 100, 5, 8
from generate_series(0, 3) as n;

-- Replace --------------------------------------------------------------------------------------------------------------

select tests.throws_error(format('select public.replace_workout_exercise(%s)', arguments), code, label)
from (
  values
    ($$tests.ref('nothing'), 1, tests.exercise('pull-up')$$, 'workout_exercise_not_found', 'what is replaced exists'),
    ($$tests.ref('push'), null, tests.exercise('pull-up')$$, 'version_required', 'a change says what it was made against'),
    ($$tests.ref('push'), 1, tests.ref('no exercise')$$, 'exercise_not_found', 'so does what comes instead'),
    ($$tests.ref('push'), 1, null$$, 'exercise_not_found', 'something comes instead'),
    ($$tests.ref('push'), 1, tests.exercise('pull-up'), tests.ref('pull')$$, 'id_conflict', 'an id is of one exercise')
) as attempt (arguments, code, label);
select is((select count(*) from public.workout_sets), 4::bigint, 'what is refused changes nothing');

select is(
  public.replace_workout_exercise(tests.ref('push'), 1, tests.exercise('incline-barbell-bench-press'), tests.ref('incline')) ->> 'exercise_name',
  'Incline Barbell Bench Press', 'an exercise that nothing was done of is replaced'
);
select results_eq(
  'select * from tests.rows_in_order()',
  $$values
    ('Incline Barbell Bench Press', 'warmup planned - x5, working planned - x5, working planned - x5, working planned - x5', null::integer),
    ('Pull-Up', null, 1), ('Plank', null, 1)$$,
  'the other has its place and its sets, without its weights'
);
select is(
  public.replace_workout_exercise(tests.ref('push'), 1, tests.exercise('incline-barbell-bench-press'), tests.ref('incline')) ->> 'id',
  tests.ref('incline')::text, 'the same request again is the same answer'
);
select is((select count(*) from public.workout_exercises), 3::bigint, 'and changes nothing');

select public.complete_set(
  id => (select id from public.workout_sets where workout_exercise_id = tests.ref('incline') and set_index = n),
  workout_exercise_id => tests.ref('incline'), weight_kg => 60, reps => 5
) is not null
from generate_series(0, 1) as n;
create temporary table replaced as
select public.replace_workout_exercise(
  tests.ref('incline'), (select version from public.workout_exercises where id = tests.ref('incline')),
  tests.exercise('barbell-bench-press'), tests.ref('flat')
) as answer;
select is((select answer ->> 'position' from replaced), '1', 'one that was begun stays, and the other comes after it');
select results_eq(
  'select * from tests.rows_in_order()',
  $$values
    ('Incline Barbell Bench Press', 'warmup 60, working 60', null::integer),
    ('Barbell Bench Press', 'working planned - x5, working planned - x5', null),
    ('Pull-Up', null, 1), ('Plank', null, 1)$$,
  'what was done stays what it was, what was not goes over'
);
select is((select set_count from public.workouts), 1, 'and counts as before');
select is(
  public.replace_workout_exercise(
    tests.ref('plank'), (select version from public.workout_exercises where id = tests.ref('plank')),
    tests.exercise('barbell-back-squat'), tests.ref('squat')
  ) ->> 'superset_group', '1', 'a member of a superset is replaced'
);
select results_eq(
  $$select name from tests.rows_in_order() where superset_group = 1$$, $$values ('Pull-Up'), ('Barbell Back Squat')$$,
  'by a member of it'
);

-- Another device -------------------------------------------------------------------------------------------------------

select tests.act_on('watch');
update public.workout_exercises set notes = 'slow' where id = tests.ref('flat');
select tests.act_on('phone');
select is(
  public.replace_workout_exercise(tests.ref('flat'), 1, tests.exercise('pull-up')) ->> 'code', 'version_conflict',
  'what another device changed is not replaced unseen'
);
select results_eq(
  $$select reason, value ->> 'exercise_id' from public.workout_conflicts where table_name = 'workout_exercises'$$,
  $$values ('refused', tests.exercise('pull-up')::text)$$, 'and the wish is kept'
);
select is((select exercise_name from public.workout_exercises where id = tests.ref('flat')), 'Barbell Bench Press', 'nothing is lost');

-- Order ----------------------------------------------------------------------------------------------------------------

create function pg_temp.version()
returns integer
language sql
as $$ select version from public.workouts where id = tests.ref('push') $$;
select is(
  public.reorder_workout_exercises(tests.ref('push'), pg_temp.version(), array[
    tests.ref('squat'), tests.ref('flat'), tests.ref('incline'), tests.ref('pull')
  ]) -> 'workout_exercise_ids',
  jsonb_build_array(tests.ref('squat'), tests.ref('pull'), tests.ref('flat'), tests.ref('incline')),
  'exercises change places, and a superset stays together'
);
select is((select count(distinct position) from public.workout_exercises), 4::bigint, 'each has a place');
select is(
  public.reorder_workout_exercises(tests.ref('push'), pg_temp.version(), array[tests.ref('flat'), tests.ref('gone')])
    -> 'workout_exercise_ids',
  jsonb_build_array(tests.ref('flat'), tests.ref('squat'), tests.ref('pull'), tests.ref('incline')),
  'what is not in the list comes after it, what is gone is passed over'
);
select tests.throws_error(format('select public.reorder_workout_exercises(%s)', arguments), code, label)
from (
  values
    ($$tests.ref('nothing'), 1, '{}'$$, 'workout_not_found', 'a workout exists'),
    ($$tests.ref('push'), null, '{}'$$, 'version_required', 'an order was seen'),
    ($$tests.ref('push'), 1$$, 'invalid_argument', 'an order is given'),
    ($$tests.ref('push'), 1, array[array[tests.ref('flat')]]$$, 'invalid_argument', 'as a flat list'),
    ($$tests.ref('push'), 1, array(select gen_random_uuid() from generate_series(1, 101))$$, 'invalid_argument', 'not an endless one')
) as attempt (arguments, code, label);

create temporary table seen as select pg_temp.version() as version;
select tests.act_on('watch');
select public.reorder_workout_exercises(tests.ref('push'), (select version from seen), array[tests.ref('incline'), tests.ref('flat')])
  is not null as moved;
select tests.act_on('phone');
select is(
  public.reorder_workout_exercises(tests.ref('push'), (select version from seen), array[tests.ref('pull')]) ->> 'code',
  'version_conflict', 'two devices do not overwrite each other''s order'
);
select is(
  private.exercise_order(tests.ref('push')),
  jsonb_build_array(tests.ref('incline'), tests.ref('flat'), tests.ref('squat'), tests.ref('pull')), 'the first stands'
);
select lives_ok(
  $$select public.resolve_workout_conflict(id, true) from public.workout_conflicts where table_name = 'workouts'$$,
  'the other can be taken back'
);
select is(
  private.exercise_order(tests.ref('push')),
  jsonb_build_array(tests.ref('pull'), tests.ref('squat'), tests.ref('incline'), tests.ref('flat')), 'then it stands'
);
select is(
  public.reorder_workout_exercises(tests.ref('push'), 1, (
    select array_agg(id::uuid) from jsonb_array_elements_text(private.exercise_order(tests.ref('push'))) as id
  )) ->> 'version',
  pg_temp.version()::text, 'an order that is there already is no conflict'
);

-- Supersets ------------------------------------------------------------------------------------------------------------

update public.workout_exercises set group_type = 'superset' where superset_group = 1;
delete from public.workout_exercises where id = tests.ref('squat');
select results_eq(
  $$select superset_group, group_type from public.workout_exercises where id = tests.ref('pull')$$,
  $$values (null::smallint, null::text)$$, 'what is left of a superset of two is none'
);
select is((select count(*) from public.workout_conflicts where row_id = tests.ref('pull')), 0::bigint, 'which is nobody''s loss');

-- Others, and the end --------------------------------------------------------------------------------------------------

select tests.act_as('ben');
select tests.throws_error($$select public.replace_workout_exercise(tests.ref('flat'), 2, tests.exercise('pull-up'))$$,
  'workout_exercise_not_found', 'a stranger replaces nothing');
select tests.throws_error($$select public.reorder_workout_exercises(tests.ref('push'), 1, '{}')$$, 'workout_not_found',
  'nor moves anything');
select tests.act_as_anon();
select tests.throws_error($$select public.replace_workout_exercise()$$, '42501', 'nobody replaces without signing in');
select tests.throws_error($$select public.reorder_workout_exercises()$$, '42501', 'nor moves');
select tests.act_on('phone');
select public.complete_workout(tests.ref('push'));
select tests.throws_error(
  $$select public.replace_workout_exercise(tests.ref('flat'), version, tests.exercise('pull-up'))
    from public.workout_exercises where id = tests.ref('flat')$$,
  'workout_not_active', 'what is over is not replaced'
);

select * from finish();
rollback;
