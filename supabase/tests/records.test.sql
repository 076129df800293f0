-- The ledger: what becomes a record, what it replaces, and what happens to it when the past changes.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(44);

select tests.create_user('ana');
select tests.create_user('ben');

-- The records that stand or stood, oldest first: value, what it beat, whether something beat it since.
create function tests.ledger(p_kind public.record_kind default 'max_weight')
returns table (value numeric, previous_value numeric, stands boolean)
language sql
stable
as $$
  select personal_records.value, personal_records.previous_value, personal_records.superseded_at is null
  from public.personal_records
  where personal_records.kind = p_kind
    and personal_records.revoked_at is null
  order by personal_records.achieved_at, personal_records.value;
$$;
grant execute on function tests.ledger(public.record_kind) to public;

-- What is one ----------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select tests.start('monday', 'barbell-bench-press', 30);
select is((tests.lift('monday', 1, 60, 8, 'warmup')).is_record, false, 'a warm-up is lifted');
select is_empty($$select * from tests.ledger()$$, 'and is no record');
select is((tests.lift('monday', 5, 100, 5)).is_record, false, 'the first ever is not celebrated');
select results_eq($$select * from tests.ledger()$$, $$values (100::numeric, null::numeric, true)$$,
  'but is what the next is held against');
select is((tests.lift('monday', 10, 100, 3)).is_record, false, 'a tie is no record');
select is((tests.lift('monday', 15, 100.01, 1)).is_record, false, 'nor are ten grams more');
select is((tests.lift('monday', 20, 95, 3)).is_record, false, 'nor is less');
select is((tests.lift('monday', 25, 120, 0)).is_record, false, 'nor a failed single');
select is((tests.lift('monday', 30, 102.5, 1)).is_record, true, 'more is one');
select results_eq(
  $$select * from tests.ledger()$$,
  $$values (100::numeric, null::numeric, false), (102.5, 100, true)$$, 'and beats the one before'
);
select results_eq(
  $$
    select improvement, improvement_percent, exercise_name, workout_id, set_id, is_baseline
    from public.personal_records
    where kind = 'max_weight' and superseded_at is null
  $$,
  $$values (2.5, 2.50, 'Barbell Bench Press', tests.ref('monday'), tests.ref('monday at 30'), false)$$,
  'by how much, with what, and where'
);
select results_eq(
  $$
    select old.superseded_at, old.superseded_by
    from public.personal_records as old
    where old.kind = 'max_weight' and old.is_baseline
  $$,
  $$select achieved_at, id from public.personal_records where kind = 'max_weight' and not is_baseline$$,
  'the one before knows by which'
);
select is((select records_set from public.workouts), 2, 'the workout counts what was celebrated: weight, and one repetition');
select results_eq(
  $$select value from tests.ledger('best_e1rm')$$, $$values (116.667)$$, 'the best estimate is a record of its own'
);
select is((tests.lift('monday', 35, 99, 11)).e1rm_kg, 135.3, 'eleven repetitions are more by the formula');
select results_eq(
  $$select value from tests.ledger('best_e1rm')$$, $$values (116.667)$$, 'but too vague an estimate for a record'
);
select is((tests.lift('monday', 40, 100, 5, 'working', 8)).is_record, true, 'reserve makes the same set a better one');
select results_eq(
  $$select value, previous_value from tests.ledger('best_e1rm')$$,
  $$values (116.667, null::numeric), (123.305, 116.667)$$, 'by the RPE table'
);
select tests.finish('monday');

-- The past changes -----------------------------------------------------------------------------------------------------

select tests.start('friday', 'barbell-bench-press', 20);
select tests.lift('friday', 5, 110, 1);
select tests.lift('friday', 10, 115, 1);
select tests.finish('friday');
select results_eq(
  $$select * from tests.ledger()$$,
  $$values (100::numeric, null::numeric, false), (102.5, 100, false), (110, 102.5, false), (115, 110, true)$$,
  'records follow each other'
);
select tests.start('forgotten', 'barbell-bench-press', 25);
select is((tests.lift('forgotten', 5, 112.5, 1)).is_record, true, 'a workout entered late may hold one');
select results_eq(
  $$select * from tests.ledger()$$,
  $$values (100::numeric, null::numeric, false), (102.5, 100, false), (112.5, 102.5, false), (115, 112.5, true)$$,
  'those after it are judged anew'
);
select results_eq(
  $$select value, revoked_because from public.personal_records where kind = 'max_weight' and revoked_at is not null$$,
  $$values (110::numeric, 'outdone'::public.revocation_reason)$$, 'what is none any more is kept, with the reason'
);
select is((select is_record from public.workout_sets where id = tests.ref('friday at 5')), false, 'its set knows');
select lives_ok(
  $$update public.workout_sets set weight_kg = 105 where id = tests.ref('forgotten at 5')$$, 'it was a slip'
);
select results_eq(
  $$select * from tests.ledger()$$,
  $$values (100::numeric, null::numeric, false), (102.5, 100, false), (105, 102.5, false), (110, 105, false),
    (115, 110, true)$$,
  'a corrected set is judged anew'
);
select is((select is_record from public.workout_sets where id = tests.ref('friday at 5')), true, 'so are those after it');
select lives_ok($$delete from public.workouts where id = tests.ref('friday')$$, 'a workout is deleted');
select results_eq(
  $$select * from tests.ledger()$$,
  $$values (100::numeric, null::numeric, false), (102.5, 100, false), (105, 102.5, true)$$,
  'its records go, and the one before stands again'
);
select results_eq(
  $$select distinct workout_id, set_id, revoked_because from public.personal_records
    where value = 115 and revoked_at is not null$$,
  $$values (null::uuid, null::uuid, 'set_deleted'::public.revocation_reason)$$, 'the ledger keeps that there was one'
);
select lives_ok($$select public.cancel_workout(tests.ref('forgotten'))$$, 'a workout is cancelled');
select results_eq(
  $$select * from tests.ledger()$$,
  $$values (100::numeric, null::numeric, false), (102.5, 100, true)$$, 'what does not count holds no record'
);
select is((select count(*) from public.workout_sets where workout_id = tests.ref('forgotten')), 1::bigint,
  'its sets stay');

-- Body weight ----------------------------------------------------------------------------------------------------------

select tests.start('pulls', 'pull-up', 10);
select tests.lift('pulls', 5, 20, 5);
select is_empty($$select * from tests.ledger('best_e1rm') where value < 100$$, 'no estimate without a body weight');
select lives_ok($$update public.workouts set bodyweight_kg = 60 where id = tests.ref('pulls')$$, 'it becomes known');
select results_eq($$select value from tests.ledger('best_e1rm') where value < 100$$, $$values (93.333)$$,
  'then the estimate is of the whole system');
select tests.finish('pulls');

-- Whose it is ----------------------------------------------------------------------------------------------------------

select isnt_empty($$table public.personal_records$$, 'the athlete reads the ledger');
select tests.throws_error(statement, '42501', 'nobody writes it: ' || statement)
from (
  values
    ('insert into public.personal_records (value) values (1)'), ('update public.personal_records set value = 1'),
    ('delete from public.personal_records')
) as attempt (statement);
select tests.act_as('ben');
select is_empty($$table public.personal_records$$, 'a stranger reads nothing');
select tests.start('ben', 'barbell-bench-press', 1);
select is((tests.lift('ben', 5, 50, 5)).is_record, false, 'and has a ledger of their own');
select results_eq($$select value from tests.ledger()$$, $$values (50::numeric)$$, 'with a first ever of their own');

-- What is none any more ------------------------------------------------------------------------------------------------

select tests.stop_acting();
select tests.create_user('dora');
select tests.act_as('dora');
select tests.start('dora', 'barbell-bench-press', 2);
select tests.lift('dora', 5, 100, 5), tests.lift('dora', 10, 110, 5);
update public.workout_sets set weight_kg = 105 where id = tests.ref('dora at 10');
select tests.stop_acting();
update public.personal_records
set revoked_at = now() - interval '31 days'
where user_id = tests.id('dora') and kind = 'max_weight' and revoked_at is not null;
select tests.act_as('dora');
select results_eq(
  $$select value from public.personal_records where kind = 'max_weight' and revoked_at is not null$$,
  $$values (110::numeric)$$, 'a record that is none is kept'
);
update public.workout_sets set weight_kg = 107 where id = tests.ref('dora at 10');
select results_eq(
  $$select value from public.personal_records where kind = 'max_weight' and revoked_at is not null$$,
  $$values (105::numeric)$$, 'for thirty days, until the next'
);

select * from finish();
rollback;
