-- Sides: whoever begins to log left and right apart, or stops to, has done the same and beaten nothing.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(22);

select tests.create_user('ana');

create function tests.one_side(p_workout text, p_minute integer, p_side public.set_side, p_kg numeric, p_reps integer)
returns void
language sql
as $$
  select public.complete_set(
    id => tests.ref(format('%s at %s', p_workout, p_minute)), workout_exercise_id => tests.ref(p_workout), side => p_side,
    weight_kg => p_kg, reps => p_reps, completed_at => workouts.started_at + p_minute * interval '1 minute'
  )
  from public.workouts
  where workouts.id = tests.ref(p_workout);
$$;
-- Sets, repetitions and volume by the workout, by its exercise and by the day: all three have to say the same.
create function tests.totals(p_workout text)
returns numeric[]
language sql
stable
as $$
  select case when count(distinct said) = 1 then min(said) end
  from (
    select array[set_count, rep_count, volume_kg, effective_volume_kg] as said
    from public.workouts where id = tests.ref(p_workout)
    union all
    select array[set_count, rep_count, volume_kg, effective_volume_kg]
    from public.workout_exercises where id = tests.ref(p_workout)
    union all
    select array[days.set_count, days.rep_count, days.volume_kg, days.effective_volume_kg]
    from public.exercise_stats as days
    join public.workouts on workouts.local_date = days.day
    where workouts.id = tests.ref(p_workout)
  ) as each;
$$;
create function tests.achieved(p_workout text)
returns bigint
language sql
stable
as $$
  select count(*) from public.personal_records
  where workout_id = tests.ref(p_workout) and revoked_at is null;
$$;
grant execute on all functions in schema tests to public;

select is(private.side_share(null), 1::numeric, 'a set without a side is whole');
select is(private.side_share(side), 0.5, side || ' is half of one') from unnest(enum_range(null::public.set_side)) as side;

select tests.act_as('ana');
select tests.start('both', 'kettlebell-snatch', 30);
select tests.lift('both', 5, 24, 10), tests.lift('both', 10, 24, 8);
select is(tests.totals('both'), '{2,18,432,864}', 'logged once for both sides');
select tests.finish('both');

select tests.start('apart', 'kettlebell-snatch', 20);
select tests.one_side('apart', 5, 'left', 24, 10);
select is(tests.totals('apart'), '{1,5,120,240}', 'one side alone is half a set, rounded up');
select tests.one_side('apart', 6, 'right', 24, 10);
select is(tests.totals('apart'), '{1,10,240,480}', 'left and right are one set');
select tests.one_side('apart', 10, 'left', 24, 8), tests.one_side('apart', 11, 'right', 24, 8);
select is(tests.totals('apart'), tests.totals('both'), 'logged apart it is the same');
select is(tests.achieved('apart'), 0::bigint, 'which beats nothing');
select tests.finish('apart');
select is((select records_set from public.workouts where id = tests.ref('apart')), 0, 'nor does the workout');

select tests.start('together', 'kettlebell-snatch', 10);
select tests.lift('together', 5, 24, 10), tests.lift('together', 10, 24, 8);
select is(tests.achieved('together'), 0::bigint, 'back again neither');
select tests.finish('together');

-- One repetition more on one side: the better side holds what a set may hold, and the workout has the half of it.
select tests.start('uneven', 'kettlebell-snatch', 5);
select tests.one_side('uneven', 5, 'left', 24, 11), tests.one_side('uneven', 6, 'right', 24, 10);
select results_eq(
  $$select kind::text, value from public.personal_records
    where workout_id = tests.ref('uneven') and revoked_at is null and kind <> 'rep_max' order by kind::text$$,
  $$values ('best_set_volume', 264::numeric), ('max_reps_at_weight', 11)$$, 'the better side is a record'
);
select is(tests.totals('uneven'), '{1,11,252,504}', 'the workout has what both come to');
select tests.lift('uneven', 10, 24, 8);
select results_eq(
  $$select kind::text, value from public.personal_records
    where workout_id = tests.ref('uneven') and revoked_at is null and kind in ('best_session_volume', 'max_session_reps') order by kind::text$$,
  $$values ('best_session_volume', 444::numeric), ('max_session_reps', 19)$$, 'which is more than before'
);

-- What was logged for both was for one.
update public.workout_sets set side = 'left' where id = tests.ref('uneven at 10');
select is(tests.totals('uneven'), '{2,15,348,696}', 'a set that turns out to be of one side is half');
select is(
  (select count(*) from public.personal_records
    where workout_id = tests.ref('uneven') and revoked_at is null and kind in ('best_session_volume', 'max_session_reps')),
  0::bigint, 'and its workout no record'
);
select is((select sum(value::integer) from jsonb_each(public.recompute_my_stats())), 0::bigint, 'a recompute finds nothing');
select tests.finish('uneven');

-- One hand of dumbbells that are meant for both, and time.
select tests.start('hands', 'dumbbell-bench-press', 3);
select tests.lift('hands', 5, 30, 10);
select is(tests.totals('hands'), '{1,10,300,600}', 'both hands at once');
delete from public.workout_sets where id = tests.ref('hands at 5');
select tests.one_side('hands', 6, 'left', 30, 10);
select is(
  (select effective_volume_kg from public.workout_sets where id = tests.ref('hands at 6')), 300::numeric, 'one hand alone'
);
select tests.one_side('hands', 7, 'right', 30, 10);
select is(tests.totals('hands'), '{1,10,300,600}', 'one after the other');
select tests.finish('hands');

select tests.start('plank', 'side-plank', 2);
select public.complete_set(
  workout_exercise_id => tests.ref('plank'), side => side, duration_seconds => 30,
  completed_at => workouts.started_at + interval '5 minutes'
)
from public.workouts, unnest(enum_range(null::public.set_side)) as side
where workouts.id = tests.ref('plank');
select results_eq(
  $$select set_count, duration_seconds from public.exercise_stats where exercise_id = tests.exercise('side-plank')$$,
  $$values (1, 30::numeric)$$, 'time is per side, too'
);
select is(
  (select value from public.personal_records where kind = 'longest_duration'), 30::numeric, 'so is the longest'
);
select is((select sum(value::integer) from jsonb_each(public.recompute_my_stats())), 0::bigint, 'a recompute still finds nothing');

select * from finish();
rollback;
