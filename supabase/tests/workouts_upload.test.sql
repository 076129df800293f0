-- Uploads: what a phone wrote while it was offline is stored once, whatever arrived before, and nothing of it is lost.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(147);

select tests.create_user('ana');
select tests.create_user('ben');

-- What a phone sends: a workout of an hour so many days ago, an exercise in it of the same name, sets in that.
create function tests.a_workout(p_name text, p_days_ago numeric, p_exercises jsonb, p_more jsonb default '{}')
returns jsonb
language sql
as $$
  select jsonb_build_object(
    'id', tests.ref(p_name), 'name', p_name, 'timezone', 'UTC',
    'started_at', now() - p_days_ago * interval '1 day',
    'ended_at', now() - p_days_ago * interval '1 day' + interval '1 hour', 'exercises', p_exercises
  ) || p_more;
$$;
create function tests.an_exercise(p_name text, p_slug text, p_sets jsonb, p_more jsonb default '{}')
returns jsonb
language sql
as $$
  select jsonb_build_array(jsonb_build_object(
    'id', tests.ref(p_name), 'exercise_id', tests.exercise(p_slug), 'position', 0, 'sets', p_sets
  ) || p_more);
$$;
create function tests.a_set(p_name text, p_index integer, p_weight_kg numeric, p_days_ago numeric, p_more jsonb default '{}')
returns jsonb
language sql
as $$
  select jsonb_build_object(
    'id', tests.ref(p_name), 'set_index', p_index, 'weight_kg', p_weight_kg, 'reps', 5,
    'completed_at', now() - p_days_ago * interval '1 day' + (p_index % 5 + 1) * interval '3 minutes'
  ) || p_more;
$$;
-- Uploads workouts, and answers how many rows were stored, unchanged, in conflict, refused.
create function tests.upload(variadic p_workouts jsonb[])
returns integer[]
language plpgsql
as $$
declare
  v_answer jsonb := public.upload_workouts(to_jsonb(p_workouts));
begin
  perform set_config('tests.answer', v_answer::text, true);
  return array[v_answer -> 'stored', v_answer -> 'unchanged', v_answer -> 'conflicts', v_answer -> 'refused']::integer[];
end;
$$;
-- What was answered last of the row at this place.
create function tests.said(p_at text)
returns jsonb
language sql
as $$
  select said from jsonb_array_elements(current_setting('tests.answer')::jsonb -> 'rows') as said where said ->> 'at' = p_at;
$$;
create function tests.code_at(p_at text)
returns text
language sql
as $$
  select tests.said(p_at) #>> '{error,code}';
$$;
-- All that the present actor has, but for when it was written.
create function tests.everything()
returns jsonb
language sql
as $$
  select jsonb_build_array(
    (select jsonb_agg(to_jsonb(workouts) - '{created_at,updated_at}'::text[] order by id) from public.workouts),
    (select jsonb_agg(to_jsonb(entry) - '{created_at,updated_at}'::text[] order by id) from public.workout_exercises as entry),
    (select jsonb_agg(to_jsonb(done) - '{created_at,updated_at,received_at}'::text[] order by id) from public.workout_sets as done),
    (select jsonb_agg(to_jsonb(kept) - '{id,created_at,updated_at}'::text[] order by row_id, value::text) from public.workout_conflicts as kept)
  );
$$;
-- The same workout under two sets of names: what a part is in one order for, the other has in the opposite order.
create function tests.part(p_prefix text, p_sets integer[], p_is_over boolean)
returns jsonb
language sql
as $$
  select tests.a_workout(p_prefix, case p_prefix when 'a' then 12 else 10 end, tests.an_exercise(
    p_prefix || ' bench', 'barbell-bench-press', jsonb_agg(tests.a_set(
      format('%s %s', p_prefix, nth), nth, 60 + nth, case p_prefix when 'a' then 12 else 10 end
    ))
  )) - case when p_is_over then '' else 'ended_at' end
  from unnest(p_sets) as nth;
$$;
-- Sets of the workout that was started live.
create function tests.live(variadic p_sets jsonb[])
returns jsonb
language sql
as $$
  select jsonb_build_object('id', tests.ref('live'), 'exercises', jsonb_build_array(
    jsonb_build_object('id', tests.ref('live'), 'sets', to_jsonb(p_sets))
  ));
$$;
grant execute on all functions in schema tests to public;

-- A day offline --------------------------------------------------------------------------------------------------------

select tests.act_on('ana', 'phone');
create temporary table day as
select
  tests.a_workout('push', 2, tests.an_exercise('bench', 'barbell-bench-press', jsonb_build_array(
    tests.a_set('bench 0', 0, 100, 2), tests.a_set('bench 1', 1, 102.5, 2, '{"rpe": 8.5}'), tests.a_set('bench 2', 2, 105, 2)
  )), jsonb_build_object('pauses', jsonb_build_array(jsonb_build_object(
    'from', now() - interval '2 days' + interval '10 minutes', 'to', now() - interval '2 days' + interval '15 minutes'
  )), 'mood_after', 'proud')) as push,
  tests.a_workout('pull', 1, tests.an_exercise('pull-up', 'pull-up', jsonb_build_array(
    tests.a_set('pull-up 0', 0, 10, 1)
  ))) as pull;
grant select on day to public;

select is((select tests.upload(push, pull) from day), array[8, 0, 0, 0], 'a day offline is stored in one call');
select results_eq(
  $$select name, status::text, set_count, volume_kg, duration_seconds, active_seconds, mood_after, version
    from public.workouts order by started_at$$,
  $$values ('push', 'completed', 3, 100 * 5 + 102.5 * 5 + 105 * 5, 3600, 3300, 'proud', 1),
    ('pull', 'completed', 1, 10 * 5::numeric, 3600, 3600, null, 1)$$,
  'with totals and its pauses'
);
select is(
  (select array_agg(distinct completed_at - started_at order by completed_at - started_at)
    from public.workout_sets join public.workouts on workouts.id = workout_id),
  array[interval '3 minutes', interval '6 minutes', interval '9 minutes'], 'at its own times'
);
select is((select rir from public.workout_sets where id = tests.ref('bench 1')), 1.5, 'by the rules of the table');
select ok((select is_record from public.workout_sets where id = tests.ref('bench 2')), 'records are found');
select is((select sum(value::integer) from jsonb_each(public.recompute_my_stats())), 0::bigint,
  'and all that is derived is right');
select tests.stop_acting();
select results_eq(
  $$select event, payload ->> 'change', count(*) from realtime.messages
    where topic = 'user:' || tests.id('ana') and payload ->> 'workout_id' in (tests.ref('push')::text, tests.ref('pull')::text)
    group by 1, 2$$,
  $$values ('sync:workout', 'inserted', 2::bigint)$$, 'other devices hear of each workout once'
);
select is(
  (select count(*) from realtime.messages where topic like 'workout:%' and payload ->> 'workout_id' = tests.ref('push')::text),
  0::bigint, 'and nobody of sets that are long done'
);

select tests.act_on('ana', 'phone');
select tests.everything() as content into temporary table before_retry;
select is((select tests.upload(push, pull) from day), array[0, 8, 0, 0], 'again, nothing is left to do');
select is((select tests.upload(pull, push, pull) from day), array[0, 11, 0, 0], 'in any order, twice in one call');
select is(tests.everything(), (select content from before_retry), 'and nothing is changed');

-- In parts -------------------------------------------------------------------------------------------------------------

select tests.upload(tests.part('a', array[0, 1, 2], false));
select tests.upload(tests.part('a', array[2, 3], true));
select tests.upload(tests.part('b', array[2, 3], true));
select is(tests.upload(tests.part('b', array[0, 1, 2], false)), array[2, 3, 0, 0], 'what is over stays so');
select results_eq(
  $$select set_index, weight_kg, reps, load_kg from public.workout_sets where workout_id = tests.ref('a') order by 1$$,
  $$select set_index, weight_kg, reps, load_kg from public.workout_sets where workout_id = tests.ref('b') order by 1$$,
  'parts that overlap come to the same in either order'
);
select is(
  (select count(*) from public.workouts where id in (tests.ref('a'), tests.ref('b')) and status = 'completed'
    and duration_seconds = 3600 and set_count = 4), 2::bigint, 'and so do their workouts'
);

-- Beside live calls ----------------------------------------------------------------------------------------------------

select tests.start('live', 'barbell-bench-press', 0.02);
select tests.lift('live', 1, 100, 5);
select is(
  tests.upload(tests.live(jsonb_build_object(
    'id', tests.ref('live at 1'), 'weight_kg', 100, 'reps', 5, 'set_type', 'working',
    'completed_at', (select started_at + interval '1 minute 20 seconds' from public.workouts where id = tests.ref('live'))
  ))),
  array[0, 3, 0, 0], 'a set whose call had arrived is there already'
);
select is(
  tests.upload(tests.live(tests.a_set('late', 1, 90, 0.015))), array[1, 2, 0, 0], 'one whose call had not is stored'
);
select is(
  public.complete_set(
    id => tests.ref('late'), workout_exercise_id => tests.ref('live'), set_index => 1, weight_kg => 90, reps => 5,
    completed_at => now() - 0.015 * interval '1 day' + interval '6 minutes'
  ) ->> 'version',
  '1', 'and its call may still arrive'
);

-- Corrections ----------------------------------------------------------------------------------------------------------

select is(
  tests.upload(tests.live(jsonb_build_object('id', tests.ref('late'), 'version', 1, 'reps', 6, 'notes', 'paused'))),
  array[1, 2, 0, 0], 'a correction names the version that it was made against'
);
select is(tests.said('workouts[0].exercises[0].sets[0]') ->> 'version', '2', 'and hears the new one');
select is(
  tests.upload(tests.live(jsonb_build_object('id', tests.ref('late'), 'version', 1, 'reps', 6, 'notes', 'paused'))),
  array[0, 3, 0, 0], 'again, it is there already'
);
select tests.act_on('ana', 'watch');
select public.update_set(tests.ref('late'), 2, '{"reps": 7}');
select tests.act_on('ana', 'phone');
select is(
  tests.upload(tests.live(jsonb_build_object('id', tests.ref('late'), 'version', 2, 'reps', 9, 'rpe', 9))),
  array[0, 2, 1, 0], 'one that comes too late is a conflict'
);
select is(tests.code_at('workouts[0].exercises[0].sets[0]'), 'version_conflict', 'which says so');
select is(tests.said('workouts[0].exercises[0].sets[0]') #>> '{current,reps}', '7', 'with the row as it stands');
select results_eq(
  $$select reason, value from public.workout_conflicts where resolved_at is null$$,
  $$values ('refused', '{"reps": 9, "rpe": 9.0}'::jsonb)$$, 'and is kept'
);
select lives_ok(
  $$select public.resolve_workout_conflict((tests.said('workouts[0].exercises[0].sets[0]') ->> 'conflict_id')::uuid)$$,
  'until the athlete decides'
);
select tests.upload(tests.live(jsonb_build_object('id', tests.ref('late'), 'version', 2, 'reps', 9, 'rpe', 9)));
select is((select count(*) from public.workout_conflicts where resolved_at is null), 0::bigint,
  'and the same request does not ask again');
select is(
  tests.upload(tests.live(tests.a_set('late', 1, 91, 0.015))), array[0, 2, 1, 0], 'other content without a version is one too'
);
select is(tests.code_at('workouts[0].exercises[0].sets[0]'), 'set_conflict', 'as it is for a live call');
select is(
  tests.upload(jsonb_build_object('id', tests.ref('push'), 'version', 1, 'notes', 'tired', 'ended_at', now() - interval '47.5 hours')),
  array[1, 0, 0, 0], 'a workout that is over is corrected'
);
select is((select active_seconds from public.workouts where id = tests.ref('push')), 1500, 'its times too');

-- Deletions ------------------------------------------------------------------------------------------------------------

select is(
  tests.upload(tests.live(jsonb_build_object('id', tests.ref('late'), 'deleted', true))), array[0, 2, 0, 1],
  'a deletion names a version'
);
select is(tests.code_at('workouts[0].exercises[0].sets[0]'), 'version_required', 'or is refused');
select is(
  tests.upload(tests.live(jsonb_build_object('id', tests.ref('late'), 'deleted', true, 'version', 2))), array[0, 2, 1, 0],
  'what another device has changed since stays'
);
select is(
  tests.upload(tests.live(jsonb_build_object('id', tests.ref('late'), 'deleted', true, 'version', 3))), array[1, 2, 0, 0],
  'what the athlete saw goes'
);
select is_empty($$select from public.workout_sets where id = tests.ref('late')$$, 'and is gone');
select is(
  tests.upload(tests.live(jsonb_build_object('id', tests.ref('late'), 'deleted', true, 'version', 3))), array[0, 3, 0, 0],
  'once'
);
select is(tests.upload(tests.live(tests.a_set('late', 1, 95, 0.015))), array[0, 2, 1, 0], 'it does not come back');
select is(tests.code_at('workouts[0].exercises[0].sets[0]'), 'set_deleted', 'and the phone hears why');
select is(
  tests.upload(tests.live(jsonb_build_object('id', tests.ref('early'), 'deleted', true, 'version', 1))), array[0, 3, 0, 0],
  'a deletion that overtakes what it deletes'
);
select tests.upload(tests.live(tests.a_set('early', 5, 80, 0.015)));
select is(tests.code_at('workouts[0].exercises[0].sets[0]'), 'set_deleted', 'holds');
select is(
  tests.upload(jsonb_build_object('id', tests.ref('pull'), 'deleted', true, 'version', 1)), array[1, 0, 0, 0],
  'a workout can be deleted'
);
select is((select tests.upload(push, pull) from day), array[0, 5, 3, 0], 'what is sent for it later is kept, not stored');
select is(tests.code_at('workouts[1].exercises[0].sets[0]'), 'workout_deleted', 'with the reason');
select is(
  (select value ->> 'weight_kg' from public.workout_conflicts where row_id = tests.ref('pull-up 0') and resolved_at is null),
  '10', 'every value of it'
);
select is_empty($$select from public.workouts where id = tests.ref('pull')$$, 'and it stays deleted');
delete from public.workout_exercises where id = tests.ref('a bench');
select tests.upload(tests.part('a', array[0, 7], true));
select is(tests.code_at('workouts[0].exercises[0].sets[1]'), 'workout_exercise_deleted', 'the same for an exercise');

-- Refusals -------------------------------------------------------------------------------------------------------------

create temporary table bad (what text, sent jsonb, code text, details text);
insert into bad values
  ('no object', '7', 'invalid_argument', 'it must be an object'),
  ('no id', '{"reps": 5}', 'invalid_argument', 'id is missing'),
  ('an id that is none', '{"id": "x"}', 'invalid_argument', 'id must be of type uuid'),
  ('a field that there is not', '{"wheight_kg": 5}', 'invalid_argument', 'wheight_kg is no field'),
  ('a derived column', '{"load_kg": 5}', 'invalid_argument', 'load_kg is no field'),
  ('another''s name on it', format('{"user_id": "%s"}', tests.id('ben'))::jsonb, 'invalid_argument', 'user_id is no field'),
  ('words for numbers', '{"reps": "many"}', 'invalid_argument', 'reps must be of type integer'),
  ('a list for a number', '{"reps": [5]}', 'invalid_argument', 'reps must be of type integer'),
  ('half a repetition', '{"reps": 5.5}', 'invalid_argument', 'reps must be of type integer'),
  ('a weight that is none', '{"weight_kg": "NaN"}', 'invalid_set', 'workout_sets_weight_in_range'),
  ('less than nothing', '{"weight_kg": -1}', 'invalid_set', 'workout_sets_weight_in_range'),
  ('a set type that is none', '{"set_type": "superhero"}', 'invalid_argument', 'set_type must be of type public.set_type'),
  ('another tracking type', '{"distance_m": 5}', 'invalid_set', 'workout_sets_distance_only_if_tracked'),
  ('an RPE between the steps', '{"rpe": 8.3}', 'invalid_set', null),
  ('a place out of range', '{"set_index": 500}', 'invalid_set', 'workout_sets_set_index_in_range'),
  ('no weight', '{"weight_kg": null}', 'invalid_set', 'workout_sets_done_has_its_fields'),
  ('a type that is missing', '{"set_type": null}', 'invalid_set', null),
  ('a version that is none', '{"version": "new"}', 'invalid_argument', 'version must be of type integer'),
  ('the future', jsonb_build_object('completed_at', now() + interval '2 days'), 'invalid_time', null),
  ('a day before', jsonb_build_object('completed_at', now() - interval '2 days'), 'invalid_time', null),
  ('the end of time', '{"completed_at": "infinity"}', 'invalid_time', null);
create temporary table answers as
select
  bad.*,
  tests.upload(tests.live(
    tests.a_set('good before ' || what, 20, 50, 0.015),
    case when what in ('no object', 'no id') then sent else tests.a_set('bad ' || what, 21, 50, 0.015) || sent end,
    tests.a_set('good after ' || what, 22, 50, 0.015)
  )) as counts,
  tests.said('workouts[0].exercises[0].sets[1]') -> 'error' as said
from bad;
select is(counts, array[2, 2, 0, 1], what || ': refused, and no other set with it') from answers;
select is(said ->> 'code', code, what || ': ' || code) from answers;
select is(said ->> 'details', details, what || ': says what') from answers where details is not null;
select is(
  (select count(*) from public.workout_sets where weight_kg = 50), (select count(*) * 2 from bad), 'the good ones are there'
);
select is_empty(
  $$select from public.workout_sets where id in (select tests.ref('bad ' || what) from bad)$$, 'the bad ones are not'
);

create function pg_temp.refused(p_workout jsonb)
returns text
language sql
as $$
  select concat_ws(' ', tests.upload(p_workout, tests.a_workout('good', 20, '[]'))::text, tests.code_at('workouts[0]'));
$$;
select is(pg_temp.refused(tests.a_workout('x1', -2, '[]')), '{1,0,0,1} invalid_time', 'a workout of the future');
select is(pg_temp.refused(tests.a_workout('x2', 2, '[]', jsonb_build_object('ended_at', now() + interval '1 hour'))),
  '{0,1,0,1} invalid_time', 'or one that ends in it');
select is(pg_temp.refused(tests.a_workout('x3', 9999, '[]')), '{0,1,0,1} invalid_time', 'or before anybody logged any');
select is(pg_temp.refused(tests.a_workout('x4', 5, '[]', '{"timezone": "Mars/Olympus"}')), '{0,1,0,1} invalid_argument',
  'a zone that is none');
select is(pg_temp.refused(tests.a_workout('x5', 5, '[]', '{"energy": 11}')), '{0,1,0,1} invalid_workout', 'energy off the scale');
select is(pg_temp.refused(tests.a_workout('x6', 5, '[]', '{"pauses": [{"from": "2026-01-01T00:00:00Z"}]}')),
  '{0,1,0,1} invalid_argument', 'a pause without an end');
select is(pg_temp.refused(tests.a_workout('x7', 5, '{}')), '{0,1,0,1} invalid_argument', 'exercises that are no list');
select is(pg_temp.refused(tests.a_workout('x8', 5, '[]') - 'ended_at'), '{0,1,0,1} workout_already_active',
  'a second one in progress');
select is(pg_temp.refused(jsonb_build_object('id', tests.ref('x9'))), '{0,1,0,1} workout_not_found', 'one that is not there');
select is(
  tests.upload(tests.a_workout('x10', 5, tests.an_exercise('x10', 'barbell-bench-press', jsonb_build_array(
    tests.a_set('x10', 0, 50, 5)
  )), '{"energy": 11}')), array[0, 0, 0, 3], 'what belongs to a bad workout is refused with it'
);
select is(tests.said('workouts[0].exercises[0].sets[0]') #>> '{error,details}', 'it belongs to workouts[0].exercises[0]', 'and says so');
select is(
  tests.upload(jsonb_build_object('id', tests.ref('live'), 'exercises', tests.an_exercise('x11', 'no-such', '[]') ||
    jsonb_build_array(jsonb_build_object('id', tests.ref('x12'), 'exercise_id', gen_random_uuid()))
  )), array[0, 1, 0, 2], 'exercises that are not there'
);
select is(tests.code_at('workouts[0].exercises[0]'), 'workout_exercise_not_found', 'in the workout');
select is(tests.code_at('workouts[0].exercises[1]'), 'exercise_not_found', 'or in the library');
select tests.throws_error($$select public.upload_workouts(null)$$, 'invalid_argument', 'nothing');
select tests.throws_error($$select public.upload_workouts('{}')$$, 'invalid_argument', 'no list');
select is(public.upload_workouts('[]') ->> 'stored', '0', 'an empty one is none of the two');
select is(
  tests.error_of(format('select public.upload_workouts(%L)', (
    select jsonb_build_array(jsonb_build_object('id', tests.ref('live'), 'exercises', jsonb_build_array(jsonb_build_object(
      'id', tests.ref('live'), 'sets', jsonb_agg(jsonb_build_object('id', gen_random_uuid(), 'no such field', 1))
    )))) from generate_series(1, rows)
  ))), code, rows || ' sets'
)
from (values (1000, null), (1001, 'too_many_rows')) as tried (rows, code);

-- Another's ------------------------------------------------------------------------------------------------------------

select tests.everything() as content into temporary table of_ana;
select tests.act_on('ben', 'phone');
create function pg_temp.tried(p_workout uuid, p_exercise uuid, p_set uuid)
returns text
language sql
as $$
  select concat_ws(' ',
    tests.upload(jsonb_build_object('id', p_workout, 'notes', 'mine', 'version', 1, 'exercises', jsonb_build_array(
      jsonb_build_object('id', p_exercise, 'sets', jsonb_build_array(jsonb_build_object('id', p_set, 'reps', 1, 'version', 1)))
    )), jsonb_build_object('id', p_workout, 'version', 1, 'deleted', true))::text,
    tests.code_at('workouts[0]'), tests.code_at('workouts[0].exercises[0].sets[0]'), tests.said('workouts[1]') ->> 'outcome'
  );
$$;
select is(
  pg_temp.tried(tests.ref('push'), tests.ref('bench'), tests.ref('bench 0')),
  pg_temp.tried(gen_random_uuid(), gen_random_uuid(), gen_random_uuid()), 'what is another''s is as unknown as what is not'
);
select is(tests.code_at('workouts[0]'), 'workout_not_found', 'and neither can be changed');
select is(tests.upload(tests.a_workout('a', 3, '[]')), array[0, 0, 0, 1], 'an id that is taken');
select is(tests.upload(tests.a_workout('bens', 3, tests.an_exercise('bens', 'barbell-bench-press', jsonb_build_array(
  tests.a_set('bens', 0, 50, 3), tests.a_set('bench 0', 1, 50, 3),
  tests.a_set('bens drop', 2, 40, 3, jsonb_build_object('set_type', 'drop', 'parent_set_id', tests.ref('bench 1')))
)))), array[4, 0, 0, 1], 'his own are stored');
select is(tests.code_at('workouts[0].exercises[0].sets[1]'), 'id_conflict', 'but for what has an id of hers');
select tests.act_on('ana', 'phone');
select is(tests.everything(), (select content from of_ana), 'nothing of hers is touched');
select tests.act_as_anon();
select tests.throws_error($$select public.upload_workouts('[]')$$, '42501', 'nobody uploads without signing in');

-- Places ---------------------------------------------------------------------------------------------------------------

select tests.act_on('ana', 'watch');
select is(tests.upload(tests.live(tests.a_set('watch', 22, 70, 0.015))), array[1, 2, 0, 0], 'two devices took one place');
select is(
  (select max(set_index) from public.workout_sets where workout_id = tests.ref('live')),
  (select set_index from public.workout_sets where id = tests.ref('watch')), 'the set stays, the place gives way'
);
select is(tests.upload(tests.live(tests.a_set('watch', 22, 70, 0.015))), array[0, 3, 0, 0], 'again, it is there already');
select is(
  tests.upload(jsonb_build_object('id', tests.ref('live'), 'exercises', tests.an_exercise('second', 'pull-up', '[]'))),
  array[1, 1, 0, 0], 'two exercises at one place'
);
select is((select position from public.workout_exercises where id = tests.ref('second')), 1::smallint, 'stand one after the other');
select is(
  tests.upload(jsonb_build_object('id', tests.ref('live'), 'exercises', jsonb_build_array(
    jsonb_build_object('id', tests.ref('live'), 'version', 1, 'position', 1),
    jsonb_build_object('id', tests.ref('second'), 'version', 1, 'position', 0, 'notes', 'first')
  ))), array[2, 1, 0, 0], 'and change places'
);

-- Planned, begun, paused, over -----------------------------------------------------------------------------------------

select is(
  tests.upload(
    jsonb_build_object('id', tests.ref('plan'), 'name', 'plan', 'status', 'planned', 'planned_for', current_date, 'timezone', 'UTC',
    'exercises', tests.an_exercise('plan', 'barbell-bench-press', jsonb_build_array(
      jsonb_build_object('id', tests.ref('plan 0'), 'set_index', 0, 'planned_weight_kg', 80, 'planned_reps_min', 5, 'notes', 'slow')
    )))
  ), array[3, 0, 0, 0], 'a plan is made offline'
);
select tests.act_on('ana', 'phone');
select is(
  tests.upload(tests.a_workout('plan', 0.5, tests.an_exercise('plan', 'barbell-bench-press', jsonb_build_array(
    tests.a_set('plan 0', 0, 82.5, 0.5, '{"notes": "fast"}')
  )))), array[2, 1, 0, 0], 'and done offline by another device'
);
select results_eq(
  $$select status::text, set_count, (select (planned_weight_kg, weight_kg, notes)::text from public.workout_sets where id = tests.ref('plan 0'))
    from public.workouts where id = tests.ref('plan')$$,
  $$values ('completed', 1, '(80,82.5,fast)')$$, 'what was done stands beside what was planned'
);
select results_eq(
  $$select reason, value from public.workout_conflicts where row_id = tests.ref('plan 0')$$,
  $$values ('overwritten', '{"notes": "slow"}'::jsonb)$$, 'and what it replaced is kept'
);
select is(
  (select tests.upload(tests.a_workout('plan', 0.5, '[]', '{"status": "cancelled"}'))), array[0, 0, 1, 0],
  'of two ends the first one counts'
);
select public.pause_workout(tests.ref('live'));
select is(
  tests.upload((
    select jsonb_build_object(
      'id', id, 'ended_at', started_at + interval '28 minutes', 'pauses', jsonb_build_array(
        jsonb_build_object('from', paused_at, 'to', paused_at + interval '1 second')
      ))
    from public.workouts where id = tests.ref('live')
  )), array[1, 0, 0, 0], 'a workout that was paused when the phone went offline'
);
select results_eq(
  $$select status::text, active_seconds between 1670 and 1680, paused_at, (select max(upper(p) - lower(p)) from unnest(pauses) as p)
    from public.workouts where id = tests.ref('live')$$,
  $$values ('completed', true, null::timestamptz, interval '1 second')$$, 'the phone knows when it went on'
);
select is(tests.upload(tests.live(tests.a_set('forgotten', 30, 60, 0.015))), array[1, 2, 0, 0], 'a set of a workout that is over');
select is((select sum(value::integer) from jsonb_each(public.recompute_my_stats())), 0::bigint,
  'all that is derived is still right');

select * from finish();
rollback;
