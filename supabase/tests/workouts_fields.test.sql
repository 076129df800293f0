-- What a set may say: the fields of its exercise's tracking type, effort, what it continues, and what was planned.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(243);

select tests.create_user('ana');

create function tests.try(p_exercise text, p_arguments text)
returns text
language sql
as $$
  select format('select public.complete_set(workout_exercise_id => tests.ref(%L), %s)', p_exercise, p_arguments);
$$;
-- The column of a set.
create function tests.of_set(p_name text, p_column text)
returns text
language sql
as $$
  select to_jsonb(workout_sets) ->> p_column from public.workout_sets where id = tests.ref(p_name);
$$;
grant execute on all functions in schema tests to public;

-- Tracking types: what each has to have, and what it may have beside ---------------------------------------------------

create temporary table rules (tracking_type text primary key, needs text[], may text[]);
insert into rules values
  ('weight_reps',       '{weight_kg,reps}',              '{}'),
  ('bodyweight_reps',   '{reps}',                        '{weight_kg}'),
  ('assisted_reps',     '{weight_kg,reps}',              '{}'),
  ('reps_only',         '{reps}',                        '{}'),
  ('duration',          '{duration_seconds}',            '{}'),
  ('weight_duration',   '{weight_kg,duration_seconds}',  '{}'),
  ('distance_duration', '{distance_m,duration_seconds}', '{}'),
  ('weight_distance',   '{weight_kg,distance_m}',        '{duration_seconds}'),
  ('cardio',            '{duration_seconds}',            '{distance_m,energy_kcal,average_heart_rate,max_heart_rate,incline_percent,speed_mps,level,power_watts,floors,steps}');
select set_eq(
  $$select tracking_type from rules$$, $$select unnest(enum_range(null::public.tracking_type))::text$$, 'no tracking type is left out'
);
create temporary table fields as
select distinct field from rules cross join lateral unnest(needs || may) as field;
grant select on rules, fields to public;

select tests.act_as('ana');
select public.start_workout(id => tests.ref('all'));
select public.add_workout_exercise(tests.ref('all'), (
  select id from public.exercises where exercises.tracking_type::text = rules.tracking_type order by slug limit 1
), tests.ref(tracking_type))
from rules;
create function pg_temp.said(p_fields text[])
returns text
language sql
as $$
  select coalesce(string_agg(format('%I => 25', field), ', ' order by field), 'reps => null') from unnest(p_fields) as field;
$$;
select tests.is_allowed(
  tests.try(tracking_type, pg_temp.said(needs)), format('%s: %s', tracking_type, array_to_string(needs, ', '))
)
from rules;
select tests.throws_error(
  tests.try(tracking_type, pg_temp.said(array_remove(needs || may, field))), 'invalid_set', format('%s without %s', tracking_type, field)
)
from rules cross join lateral unnest(needs) as field;
select is(
  tests.error_of(tests.try(tracking_type, pg_temp.said(needs || field))),
  case when field <> all (may) then 'invalid_set' end, format('%s with %s', tracking_type, field)
)
from rules cross join fields
where field <> all (needs);
select is(
  tests.error_of(format(
    'insert into public.workout_sets (workout_exercise_id, set_index, planned_%I) values (tests.ref(%L), 7, 12)',
    case field when 'reps' then 'reps_min' else field end, tracking_type
  )),
  case when field <> all (needs || may) then '23514' end, format('%s planned with %s', tracking_type, field)
)
from rules cross join fields
where field in ('weight_kg', 'reps', 'duration_seconds', 'distance_m');

-- Cardio ---------------------------------------------------------------------------------------------------------------

select lives_ok(
  $$select public.complete_set(
    id => tests.ref('run'), workout_exercise_id => tests.ref('cardio'), duration_seconds => 1800, distance_m => 5000,
    energy_kcal => 400, average_heart_rate => 150, max_heart_rate => 180, incline_percent => -2.5, speed_mps => 2.77778,
    level => 7, power_watts => 250, floors => 12, steps => 5200
  )$$,
  'a machine says much'
);
select results_eq(
  $$select energy_kcal, average_heart_rate::integer, max_heart_rate::integer, incline_percent, speed_mps, level::integer,
      power_watts::integer, floors, steps, volume_kg, load_kg
    from public.workout_sets where id = tests.ref('run')$$,
  $$values (400, 150, 180, -2.5, 2.77778, 7, 250, 12, 5200, 0::numeric, null::numeric)$$, 'and all of it is kept, none of it load'
);
select tests.throws_error(tests.try('cardio', 'duration_seconds => 60, ' || beyond), 'invalid_set', beyond)
from unnest(array[
  'energy_kcal => -1', 'energy_kcal => 20001', 'average_heart_rate => 19', 'max_heart_rate => 261', 'incline_percent => -51',
  'incline_percent => 101', 'speed_mps => -1', 'speed_mps => 51', 'level => 101', 'power_watts => 3001', 'floors => 5001',
  'steps => 200001', 'average_heart_rate => 150, max_heart_rate => 140', 'distance_m => 500001'
]) as beyond;

-- Effort ---------------------------------------------------------------------------------------------------------------

select tests.is_allowed(
  tests.try('weight_reps', format('weight_kg => 60, reps => 5, rpe => %s', half / 2.0)), format('RPE %s', half / 2.0)
)
from generate_series(2, 20) as half;
select tests.throws_error(tests.try('weight_reps', 'weight_kg => 60, reps => 5, ' || effort), 'invalid_set', effort)
from unnest(array[
  'rpe => 8.3', 'rpe => 0.5', 'rpe => 10.5', 'rir => 0.3', 'rir => -1', 'rir => 9.5', 'rpe => 8, rir => 1', 'rpe => 7.5, rir => 3'
]) as effort;
create function pg_temp.effort(p_arguments text)
returns text
language plpgsql
as $$
declare
  v_id uuid := gen_random_uuid();
begin
  execute tests.try('weight_reps', format('id => %L, weight_kg => 60, reps => 5, %s', v_id, p_arguments));
  return (select concat_ws(' ', rpe, rir) from public.workout_sets where id = v_id);
end;
$$;
select is(pg_temp.effort('rpe => 8.5'), '8.5 1.5', 'what is left in reserve follows from the RPE');
select is(pg_temp.effort('rir => 3'), '7.0 3.0', 'and the RPE from what is left');
select is(pg_temp.effort('rpe => 10, rir => 0'), '10.0 0.0', 'both may be said, when they agree');
select is(pg_temp.effort('rpe => null'), '', 'or none');
select public.complete_set(id => tests.ref('hard'), workout_exercise_id => tests.ref('weight_reps'), weight_kg => 60, reps => 5, rpe => 8);
update public.workout_sets set rpe = 9.5 where id = tests.ref('hard');
select is(tests.of_set('hard', 'rir'), '0.5', 'a correction of one');
update public.workout_sets set rir = 4 where id = tests.ref('hard');
select is(tests.of_set('hard', 'rpe'), '6.0', 'corrects the other');
select tests.throws_error($$update public.workout_sets set rpe = 8, rir = 3 where id = tests.ref('hard')$$, '23514', 'not against each other');
update public.workout_sets set rir = null where id = tests.ref('hard');
select is(tests.of_set('hard', 'rpe'), null, 'and takes it back with it');

-- Drops and mini-sets --------------------------------------------------------------------------------------------------

create function pg_temp.mini(p_name text, p_type text, p_parent text, p_exercise text default 'weight_reps')
returns text
language sql
as $$
  select tests.try(p_exercise, format(
    'id => tests.ref(%L), set_type => %L, parent_set_id => tests.ref(%L), %s', p_name, p_type, p_parent,
    case p_exercise when 'weight_reps' then 'weight_kg => 40, reps => 8' else 'reps => 8' end
  ));
$$;
select is(
  tests.error_of(pg_temp.mini('tried', set_type::text, 'hard')),
  case when set_type not in ('drop', 'rest_pause', 'myo_rep', 'cluster') then 'invalid_set' end, set_type || ' that continues a set'
)
from unnest(enum_range(null::public.set_type)) as set_type;
select lives_ok(pg_temp.mini('drop', 'drop', 'hard'), 'a drop');
select is(tests.of_set('drop', 'parent_set_id'), tests.ref('hard')::text, 'continues its set');
select tests.throws_error(pg_temp.mini('second', 'drop', 'drop'), 'invalid_set', 'not another drop: all of them continue the first');
select tests.throws_error(pg_temp.mini('elsewhere', 'drop', 'hard', 'bodyweight_reps'), 'invalid_set', 'nor a set of another exercise');
select tests.throws_error(pg_temp.mini('itself', 'drop', 'itself'), 'invalid_set', 'nor itself');
select tests.throws_error($$update public.workout_sets set set_type = 'working' where id = tests.ref('drop')$$, 'invalid_set',
  'and stays of its type');
select tests.is_allowed($$update public.workout_sets set set_type = 'working', parent_set_id = null where id = tests.ref('drop')$$,
  'unless it continues none');
select lives_ok(pg_temp.mini('early', 'myo_rep', 'late'), 'a mini-set may arrive before its set');
select tests.throws_error(pg_temp.mini('late', 'myo_rep', 'hard'), 'invalid_set', 'which then continues no other');
select tests.is_allowed(
  tests.try('weight_reps', $$id => tests.ref('late'), set_type => 'myo_rep', weight_kg => 60, reps => 12$$), 'but comes as it should'
);
delete from public.workout_sets where id = tests.ref('hard');
select is(tests.of_set('drop', 'weight_kg'), '40', 'it outlives its set');

-- Planned, then done ---------------------------------------------------------------------------------------------------

insert into public.workout_sets (
  id, workout_exercise_id, set_index, set_type, planned_weight_kg, planned_reps_min, planned_reps_max, planned_rpe,
  planned_rest_seconds, planned_tempo, notes
)
values (tests.ref('planned'), tests.ref('weight_reps'), 50, 'top', 100, 4, 6, 8.5, 180, '3-1-X-0', 'belt');
select is(tests.of_set('planned', 'is_counted'), 'false', 'what is planned does not count');
select is((select set_count from public.workouts), (
  select count(*)::integer from public.workout_sets where completed_at is not null and set_type <> 'warmup'
), 'in the totals neither');
select lives_ok(
  tests.try('weight_reps', $$id => tests.ref('planned'), weight_kg => 102.5, reps => 5, rpe => 9$$), 'it is done by its id'
);
select results_eq(
  $$select set_index::integer, set_type::text, planned_weight_kg, planned_reps_min, planned_reps_max, planned_rpe, planned_rest_seconds,
      planned_tempo, weight_kg, reps, rpe, notes, is_counted, version
    from public.workout_sets where id = tests.ref('planned')$$,
  $$values (50, 'top', 100::numeric, 4, 6, 8.5, 180, '3-1-X-0', 102.5, 5, 9.0, 'belt', true, 2)$$,
  'what was done stands beside what was planned'
);
select lives_ok(
  tests.try('weight_reps', $$id => tests.ref('planned'), weight_kg => 102.5, reps => 5, rpe => 9$$), 'again'
);
select is(tests.of_set('planned', 'version'), '2', 'is no change');
select is(
  public.complete_set(id => tests.ref('planned'), workout_exercise_id => tests.ref('weight_reps'), weight_kg => 105, reps => 5) ->> 'code',
  'set_conflict', 'and with other content a conflict'
);
select is(tests.of_set('planned', 'weight_kg'), '102.5', 'that changes nothing');

select * from finish();
rollback;
