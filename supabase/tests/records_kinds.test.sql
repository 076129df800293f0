-- The kinds of records, each with its exact predicate; which sets may hold which; and what becomes of them.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(70);

select tests.create_user('ana');

-- What stands of a kind, in order of circumstances.
create function tests.stands(p_kind public.record_kind, p_slug text)
returns table (at_reps integer, at_weight_kg numeric, value numeric, previous_value numeric)
language sql
stable
as $$
  select record.at_reps, record.at_weight_kg, record.value, record.previous_value
  from public.personal_records as record
  where record.kind = p_kind
    and record.exercise_id = tests.exercise(p_slug)
    and record.superseded_at is null
    and record.revoked_at is null
  order by record.at_reps, record.at_weight_kg;
$$;

create function tests.best(p_kind public.record_kind, p_slug text)
returns numeric
language sql
stable
as $$
  select max(value) from tests.stands(p_kind, p_slug);
$$;

-- A set of any tracking type, so many minutes after its workout began.
create function tests.log(p_workout text, p_minute integer, p_set jsonb)
returns public.workout_sets
language sql
as $$
  select jsonb_populate_record(null::public.workout_sets, public.complete_set(
    id => tests.ref(format('%s at %s', p_workout, p_minute)),
    workout_exercise_id => tests.ref(p_workout),
    set_type => coalesce(p_set ->> 'type', 'working')::public.set_type,
    weight_kg => (p_set ->> 'kg')::numeric,
    reps => (p_set ->> 'reps')::integer,
    duration_seconds => (p_set ->> 's')::numeric,
    distance_m => (p_set ->> 'm')::numeric,
    completed_at => workouts.started_at + p_minute * interval '1 minute'
  ))
  from public.workouts
  where workouts.id = tests.ref(p_workout);
$$;
grant execute on all functions in schema tests to public;

select tests.act_as('ana');

-- Weight and repetitions -----------------------------------------------------------------------------------------------

select tests.start('a', 'barbell-bench-press', 30);
select tests.lift('a', 1, 60, 12, 'warmup');
select is_empty($$table public.personal_records$$, 'a warm-up puts forward nothing');
select tests.lift('a', 5, 100, 3);
select results_eq(
  $$select at_reps, value from tests.stands('rep_max', 'barbell-bench-press')$$,
  $$values (1, 100::numeric), (2, 100), (3, 100)$$, 'three repetitions are a maximum of one, two and three'
);
select results_eq(
  $$select at_weight_kg, value, previous_value from tests.stands('max_reps_at_weight', 'barbell-bench-press')$$,
  $$values (100.00, 3::numeric, null::numeric)$$, 'and the most at that weight'
);
select tests.lift('a', 10, 90, 5);
select results_eq(
  $$select at_reps, value, previous_value from tests.stands('rep_max', 'barbell-bench-press')$$,
  $$values (1, 100::numeric, null::numeric), (2, 100, null), (3, 100, null), (4, 90, null), (5, 90, null)$$,
  'less weight is a maximum of more repetitions'
);
select results_eq(
  $$select at_weight_kg, value, previous_value from tests.stands('max_reps_at_weight', 'barbell-bench-press')$$,
  $$values (90.00, 5::numeric, 3::numeric), (100, 3, null)$$, 'what more weight was lifted for counts for less, too'
);
select tests.lift('a', 15, 90.004, 5);
select is((select count(*) from tests.stands('max_reps_at_weight', 'barbell-bench-press')), 2::bigint,
  'a weight that differs by grams is the same');
select tests.lift('a', 20, 105, 5);
select results_eq(
  $$select at_weight_kg, value from tests.stands('max_reps_at_weight', 'barbell-bench-press')$$,
  $$values (105.00, 5::numeric)$$, 'one that is as good at more weight leaves none of the others'
);
select results_eq(
  $$select at_reps, value, previous_value from tests.stands('rep_max', 'barbell-bench-press')$$,
  $$values (1, 105::numeric, 100::numeric), (2, 105, 100), (3, 105, 100), (4, 105, 90), (5, 105, 90)$$,
  'the table of rep maxima never rises'
);
select tests.lift('a', 25, 60, 15);
select is((select max(at_reps) from tests.stands('rep_max', 'barbell-bench-press')), 12, 'it ends at twelve');
select is(tests.best('best_set_volume', 'barbell-bench-press'), 900::numeric, 'volume of a set');
select is(tests.best('best_session_volume', 'barbell-bench-press'), 2625.020, 'volume of the workout, warm-ups aside');
select is(tests.best('max_session_reps', 'barbell-bench-press'), 33::numeric, 'repetitions of the workout');
select is(
  (select count(*) from public.personal_records where kind in ('best_session_volume', 'max_session_reps')), 2::bigint,
  'a workout grows in place'
);
select is(tests.best('best_relative', 'barbell-bench-press'), null, 'no multiple of an unknown body weight');
update public.workouts set bodyweight_kg = 80;
select is(tests.best('best_relative', 'barbell-bench-press'), round(122.5 / 80, 3), 'nor of one that is known any longer');
select tests.finish('a');

-- The next workout beats it.
select tests.start('b', 'barbell-bench-press', 20);
select tests.lift('b', 5, 100, 10);
select is(tests.best('best_session_volume', 'barbell-bench-press'), 2625.020, 'a workout has to beat it as a whole');
select tests.lift('b', 10, 100, 10), tests.lift('b', 15, 100, 7);
select results_eq(
  $$select value, previous_value from tests.stands('best_session_volume', 'barbell-bench-press')$$,
  $$values (2700::numeric, 2625.020)$$, 'then it does'
);
select is((select set_id from public.personal_records where kind = 'best_session_volume' and superseded_at is null),
  tests.ref('b at 15'), 'with its last set');
delete from public.workout_sets where id = tests.ref('b at 15');
select results_eq(
  $$select value, previous_value from tests.stands('best_session_volume', 'barbell-bench-press')$$,
  $$values (2625.020, null::numeric)$$, 'until that is deleted'
);
select is(
  (select revoked_because from public.personal_records where kind = 'best_session_volume' and revoked_at is not null),
  'set_deleted', 'which the ledger remembers'
);

-- Which sets -----------------------------------------------------------------------------------------------------------

select tests.lift('b', 20, 95, 20, 'drop');
select is(tests.best('best_set_volume', 'barbell-bench-press'), 1000::numeric, 'a drop set is no match in volume');
select is((select value from tests.stands('max_reps_at_weight', 'barbell-bench-press') order by at_weight_kg limit 1), 20::numeric,
  'but in repetitions');
select is(tests.best('max_session_reps', 'barbell-bench-press'), 40::numeric, 'its repetitions count');
select tests.lift('b', 25, 130, 6, 'cluster');
select is(tests.best('max_weight', 'barbell-bench-press'), 130::numeric, 'a cluster is lifted');
select is(tests.best('best_e1rm', 'barbell-bench-press'), 133.333, 'but tells nothing of one in one go');
select results_eq(
  $$select at_reps, value from tests.stands('rep_max', 'barbell-bench-press') where at_reps in (1, 2, 6)$$,
  $$values (1, 130::numeric), (2, 105), (6, 100)$$, 'six singles are a maximum of one, not of six'
);
select is_empty(
  $$select from tests.stands('max_reps_at_weight', 'barbell-bench-press') where at_weight_kg = 130$$,
  'nor six repetitions at that weight'
);
select results_eq(
  $$select tests.best('max_session_reps', 'barbell-bench-press'), tests.best('best_session_volume', 'barbell-bench-press')$$,
  $$values (46::numeric, 2780::numeric)$$, 'but the workout has them'
);
select tests.lift('b', 30, 140, 2, 'rest_pause');
select is(tests.best('best_e1rm', 'barbell-bench-press'), 149.333, 'the first part of a rest-pause set does');
select tests.lift('b', 32, 145, 3, 'rest_pause');
select is(tests.best('max_weight', 'barbell-bench-press'), 145::numeric, 'taken for a set of its own, what follows counts');
update public.workout_sets set parent_set_id = tests.ref('b at 30') where id = tests.ref('b at 32');
select results_eq(
  $$select tests.best('max_weight', 'barbell-bench-press'), tests.best('best_e1rm', 'barbell-bench-press')$$,
  $$values (140::numeric, 149.333)$$, 'what goes on with it after a breath does not'
);
select is((select e1rm_kg from public.workout_sets where id = tests.ref('b at 32')), null, 'nor is it estimated');
select is(tests.best('max_session_reps', 'barbell-bench-press'), 48::numeric, 'nor do its repetitions');
select tests.lift('b', 35, 200, 0, 'failure');
select is(tests.best('max_weight', 'barbell-bench-press'), 140::numeric, 'a failed single does not count');
select tests.finish('b');

-- Body weight ----------------------------------------------------------------------------------------------------------

select tests.start('c', 'pull-up', 15);
update public.workouts set bodyweight_kg = 80 where id = tests.ref('c');
select tests.log('c', 5, '{"reps": 12}'), tests.log('c', 10, '{"reps": 8, "kg": 10}'), tests.log('c', 15, '{"reps": 14, "kg": 2.5}');
select is(tests.best('max_reps', 'pull-up'), 12::numeric, 'repetitions without added weight');
select is(tests.best('max_weight', 'pull-up'), 10::numeric, 'the weight that was added');
select is(tests.best('best_e1rm', 'pull-up'), 114::numeric, 'the maximum of the whole system');
select is(tests.best('best_set_volume', 'pull-up'), 80::numeric, 'volume of what was added');
select is(tests.best('max_session_reps', 'pull-up'), 34::numeric, 'all repetitions');
select tests.lift('c', 20, 5, 1, 'drop');
update public.workout_sets set reps = 3 where id = tests.ref('c at 20');
select is(tests.best('max_session_reps', 'pull-up'), 37::numeric, 'even those of a set that holds nothing by itself');
select tests.log('c', 25, '{"reps": 15, "type": "cluster"}');
select is(tests.best('max_reps', 'pull-up'), 12::numeric, 'nor are a cluster''s in one go');
select tests.log('c', 30, '{"reps": 15}');
select is(tests.best('max_reps', 'pull-up'), 15::numeric, 'as those of a set are');
select is_empty($$select from tests.stands('rep_max', 'pull-up')$$, 'rep maxima are of weights');
select is_empty($$select from tests.stands('best_relative', 'pull-up')$$, 'so are multiples of body weight');
select tests.finish('c');

select tests.start('d', 'assisted-pull-up-machine', 14);
select tests.log('d', 5, '{"reps": 8, "kg": 30}'), tests.log('d', 10, '{"reps": 6, "kg": 20}'), tests.log('d', 15, '{"reps": 7, "kg": 25}');
select results_eq(
  $$select at_weight_kg, value, previous_value from tests.stands('max_reps', 'assisted-pull-up-machine')$$,
  $$values (20.00, 6::numeric, null::numeric), (25, 7, 6), (30, 8, null)$$, 'repetitions with at most so much help'
);
select results_eq(
  $$select value, previous_value from tests.stands('least_assist', 'assisted-pull-up-machine')$$,
  $$values (20::numeric, 30::numeric)$$, 'less help is better'
);
select is(
  (select improvement from public.personal_records where kind = 'least_assist' and superseded_at is null), 10::numeric,
  'and an improvement'
);
select tests.log('d', 20, '{"reps": 0, "kg": 5}');
select is(tests.best('least_assist', 'assisted-pull-up-machine'), 20::numeric, 'with at least one repetition');
select tests.log('d', 25, '{"reps": 8, "kg": 10}');
select results_eq(
  $$select at_weight_kg, value, previous_value from tests.stands('max_reps', 'assisted-pull-up-machine')$$,
  $$values (10.00, 8::numeric, null::numeric)$$, 'as many with less help leave none of the others'
);
select tests.finish('d');

-- Time and distance ----------------------------------------------------------------------------------------------------

select tests.start('e', 'battle-rope-waves', 13);
select tests.log('e', 5, '{"s": 60}'), tests.log('e', 10, '{"s": 45}');
select is(tests.best('longest_duration', 'battle-rope-waves'), 60::numeric, 'longest');
select is_empty($$select from tests.stands('max_reps', 'battle-rope-waves')$$, 'and nothing else');
select tests.finish('e');
select tests.start('f', 'plate-pinch-hold', 12);
select tests.log('f', 5, '{"s": 30, "kg": 20}'), tests.log('f', 10, '{"s": 20, "kg": 25}');
select is(tests.best('longest_duration', 'plate-pinch-hold'), 30::numeric, 'held longest');
select is(tests.best('max_weight', 'plate-pinch-hold'), 25::numeric, 'held heaviest');
select is_empty($$select from tests.stands('best_e1rm', 'plate-pinch-hold')$$, 'a hold is no repetition');
select tests.finish('f');
select tests.start('g', 'farmers-walk', 11);
select tests.log('g', 5, '{"m": 40, "kg": 32}'), tests.log('g', 10, '{"m": 30, "kg": 40, "s": 20}');
select is(tests.best('longest_distance', 'farmers-walk'), 40::numeric, 'carried furthest');
select is(tests.best('max_weight', 'farmers-walk'), 40::numeric, 'carried heaviest');
select is_empty($$select from tests.stands('best_pace', 'farmers-walk')$$, 'a carry is no race');
select tests.finish('g');
select tests.start('h', 'brisk-walk', 10);
select tests.log('h', 5, '{"s": 600}');
select is_empty($$select from tests.stands('best_pace', 'brisk-walk')$$, 'no pace without a distance');
select tests.log('h', 15, '{"m": 1000, "s": 600}'), tests.log('h', 30, '{"m": 800, "s": 440}'), tests.log('h', 50, '{"m": 1200, "s": 720}');
select results_eq(
  $$select value, previous_value from tests.stands('best_pace', 'brisk-walk')$$,
  $$values (550.00, 600.00)$$, 'less time per kilometre is better'
);
select is(tests.best('longest_distance', 'brisk-walk'), 1200::numeric, 'furthest');
select is_empty($$select from tests.stands('longest_duration', 'brisk-walk')$$, 'how long it took is no record');
select tests.finish('h');

-- Why one is none ------------------------------------------------------------------------------------------------------

select tests.start('i', 'barbell-back-squat', 5);
select tests.lift('i', 5, 100, 1), tests.lift('i', 10, 120, 1), tests.lift('i', 15, 130, 1), tests.lift('i', 20, 140, 1);
update public.workout_sets set weight_kg = 125 where id = tests.ref('i at 15');
update public.workout_sets set set_type = 'warmup' where id = tests.ref('i at 20');
delete from public.workout_sets where id = tests.ref('i at 10');
select tests.stop_acting();
select results_eq(
  $$select value, revoked_because from public.personal_records where kind = 'max_weight' and revoked_at is not null
      and exercise_id = tests.exercise('barbell-back-squat') order by value$$,
  $$values (120::numeric, 'set_deleted'::public.revocation_reason), (130, 'set_changed'), (140, 'not_counted')$$, 'the ledger says why'
);
select results_eq(
  $$select value, previous_value from tests.stands('max_weight', 'barbell-back-squat')$$,
  $$values (125::numeric, 100::numeric)$$, 'what stays one keeps its place, against what was best before'
);
select private.move_workout_exercises(array[tests.ref('i')], tests.exercise('front-squat'));
select is(
  (select distinct revoked_because from public.personal_records
   where exercise_id = tests.exercise('barbell-back-squat') and revoked_at is not null and value = 125),
  'exercise_changed', 'or belongs elsewhere'
);
select tests.act_as('ana');
select is(tests.best('max_weight', 'front-squat'), 125::numeric, 'where it is one');
select is(
  (select sum(rows::integer) from jsonb_each_text(public.recompute_my_stats()) as repaired (name, rows)), 0::bigint,
  'and nothing had to be repaired'
);

-- In the transaction that made it --------------------------------------------------------------------------------------

delete from public.workouts where id = tests.ref('i');
set constraints all immediate;
select pass('a workout goes in the transaction that made its records');
select is_empty($$select from tests.stands('max_weight', 'front-squat')$$, 'with all of them');
set constraints all deferred;

-- The formula ----------------------------------------------------------------------------------------------------------

update public.preferences set e1rm_formula = 'brzycki';
select is(tests.best('best_e1rm', 'barbell-bench-press'), 144::numeric, 'another formula is another maximum');
select is(
  (select sum(rows::integer) from jsonb_each_text(public.recompute_my_stats()) as repaired (name, rows)), 0::bigint,
  'all through'
);

select * from finish();
rollback;
