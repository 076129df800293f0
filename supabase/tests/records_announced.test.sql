-- What is celebrated: a record is announced once, of a set that was done just now, while its workout is on.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(17);

select tests.create_user('ana');

-- Others may train at the same time: only what concerns ana is looked at.
create function tests.celebrated()
returns table (set_id uuid, kind text, value numeric)
language sql
security definer
as $$
  select (messages.payload ->> 'set_id')::uuid, record ->> 'kind', (record ->> 'value')::numeric
  from realtime.messages
  cross join lateral jsonb_array_elements(messages.payload -> 'records') as record
  where messages.event = 'pr:achieved'
    and messages.topic in (
      'user:' || tests.id('ana'), 'workout:' || tests.ref('base'), 'workout:' || tests.ref('edge'),
      'workout:' || tests.ref('live'), 'workout:' || tests.ref('next')
    );
$$;
create function tests.times(p_kind text, p_value numeric default null)
returns bigint
language sql
as $$
  select count(*) from tests.celebrated() as said where said.kind = p_kind and said.value = coalesce(p_value, said.value);
$$;
grant execute on all functions in schema tests to public;

select tests.act_as('ana');
select tests.start('base', 'barbell-bench-press', 5);
select tests.lift('base', 5, 100, 5), tests.lift('base', 10, 100, 5);
select tests.finish('base');
select is_empty($$select * from tests.celebrated()$$, 'what is entered late is not celebrated');

-- 48 hours and ten minutes ago: what was done in the first ten is too old.
select tests.start('edge', 'barbell-bench-press', 2 + 10 / 1440.0);
select tests.lift('edge', 9, 102.5, 1);
select is((select value from public.personal_records where kind = 'max_weight' and superseded_at is null), 102.5, 'a record');
select is(tests.times('max_weight'), 0::bigint, 'of 48 hours and a minute ago is written without a word');
select tests.lift('edge', 11, 103, 1);
select is(tests.times('max_weight', 103), 1::bigint, 'one of a minute less is celebrated');
select tests.finish('edge');

select tests.start('live', 'barbell-bench-press', 0.5);
select tests.lift('live', 5, 105, 5);
select is(tests.times('max_weight', 105), 1::bigint, 'a set is celebrated');
select is(
  (select count(*) from tests.celebrated() as said where said.set_id = tests.ref('live at 5')),
  (select count(*) from public.personal_records
    where set_id = tests.ref('live at 5') and not is_baseline and revoked_at is null),
  'with all that it achieved'
);
update public.workout_sets set weight_kg = 95 where id = tests.ref('live at 5');
update public.workout_sets set weight_kg = 105 where id = tests.ref('live at 5');
select is((select value from public.personal_records
  where kind = 'max_weight' and superseded_at is null and revoked_at is null), 105::numeric, 'corrected there and back it is a record');
select is(tests.times('max_weight', 105), 1::bigint, 'that is not celebrated again');
delete from public.workout_sets where id = tests.ref('live at 5');
select tests.lift('live', 6, 105, 5);
select is((select set_id from public.personal_records
  where kind = 'max_weight' and superseded_at is null and revoked_at is null), tests.ref('live at 6'), 'deleted and logged anew it is one');
select is(tests.times('max_weight', 105), 1::bigint, 'not celebrated again either');
select tests.lift('live', 7, 107.5, 1);
select is(tests.times('max_weight', 107.5), 1::bigint, 'the next one is');

select tests.lift('live', 10, 100, 5);
select is(tests.times('best_session_volume'), 1::bigint, 'the volume of a workout is celebrated');
select tests.lift('live', 15, 100, 5);
delete from public.workout_sets where id in (tests.ref('live at 10'), tests.ref('live at 15'));
select tests.lift('live', 20, 100, 8), tests.lift('live', 25, 100, 8);
select is(
  (select value from public.personal_records
    where kind = 'best_session_volume' and superseded_at is null and revoked_at is null),
  2232.5, 'it grows and comes again'
);
select is(tests.times('best_session_volume'), 1::bigint, 'but is celebrated once a workout');

select tests.finish('live');
update public.workout_sets set weight_kg = 130 where id = tests.ref('live at 7');
select is((select value from public.personal_records
  where kind = 'max_weight' and superseded_at is null and revoked_at is null), 130::numeric, 'a workout that is over is corrected');
select is(tests.times('max_weight', 130), 0::bigint, 'without a word');
select tests.start('next', 'barbell-bench-press', 0.1);
select tests.lift('next', 5, 131, 1);
select is(tests.times('max_weight', 131), 1::bigint, 'the next workout has its own');

select * from finish();
rollback;
