-- Strength: trends, standards, and the answer that has all of it.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(35);

-- The slope ------------------------------------------------------------------------------------------------------------

create function tests.days(variadic p_days integer[])
returns date[]
language sql
as $$
  select array_agg(date '2024-01-01' + day.day order by day.place) from unnest(p_days) with ordinality as day (day, place);
$$;

create function tests.trend(p_maxima numeric[], p_has_record boolean default false, p_adherence numeric default 100)
returns private.strength_trend
language sql
as $$
  select private.read_trend(
    array(select date '2024-01-01' + 7 * n from generate_series(0, cardinality(p_maxima) - 1) as n), p_maxima, 6,
    p_has_record, p_adherence
  );
$$;

select is(private.theil_sen_slope(tests.days(0, 1, 2), '{100,101,102}'), 1.0, 'a line has its slope');
select is(private.theil_sen_slope(tests.days(0, 2, 4, 6, 8), '{100,102,104,106,300}'), 1.0, 'one wild day does not tilt it');
select is(private.theil_sen_slope(tests.days(0, 1, 3), '{100,104,103}'), 1.0, 'the median of 4, 1 and -0.5');
select is(private.theil_sen_slope(tests.days(0), '{100}'), null, 'a point has none');

select is((tests.trend('{100,101,102}')).finding, 'insufficient_data', 'three exposures tell nothing');
select is((tests.trend('{100,101,102}')).direction, null, 'nor where it goes');
select is((tests.trend('{100,100,100.5,100}')).finding, 'plateau', 'four alike are a plateau');
select is((tests.trend('{100,100,100.5,100}')).direction, 'maintaining', 'which maintains');
select is((tests.trend('{100,100,100.5,100}', p_adherence => 74)).finding, 'inconsistent', 'unless too little was trained');
select is((tests.trend('{100,100,100.5,100}', p_adherence => 75)).finding, 'plateau', 'three quarters are enough');
select is((tests.trend('{100,100,100.5,100}', true)).finding, null, 'a record is no plateau');
select is((tests.trend('{100,100,100.5,100}', true)).direction, 'improving', 'it improves');
select is((tests.trend('{100,103,100,100}')).finding, null, 'nor is a day 3 % above the rest');
select is((tests.trend('{100,101,102,103}')).direction, 'improving', '1 % a week improves');
select is((tests.trend('{100,101,102,103}')).percent_per_week, 0.99, 'of the median');
select is((tests.trend('{100,101,102,103}')).change_percent, 2.97, 'and over the three weeks');
select is((tests.trend('{103,102,101,100}')).direction, 'declining', 'or declines');
select is((tests.trend('{103,102,101,100}')).finding, 'regression', 'which is a finding');
select is((tests.trend('{100,99.6,99.2,98.8}')).finding, null, '0.4 % less a week is neither');

-- Standards ------------------------------------------------------------------------------------------------------------

select is(private.strength_standards('barbell-bench-press', 'male'), '{0.75,1.1,1.5,1.9}', 'bench press of men');
select is(private.strength_standards('sumo-deadlift', 'female'), '{0.9,1.3,1.75,2.2}', 'deadlift of women');
select is(private.strength_standards('barbell-back-squat', 'other'), null, 'none for who is neither');
select is(private.strength_standards('dumbbell-bench-press', 'male'), null, 'none of another lift');
select is(
  (select count(*) from unnest(array[
    'barbell-back-squat', 'low-bar-back-squat', 'barbell-bench-press', 'conventional-deadlift', 'sumo-deadlift', 'barbell-overhead-press'
  ]) as slug where exists (select from public.exercises where exercises.slug = slug.slug)),
  6::bigint, 'the library has all lifts with a standard'
);

-- The answer -----------------------------------------------------------------------------------------------------------

select tests.create_user('ana');
select tests.act_as('ana');
update public.personal_details set gender = 'female', date_of_birth = '1990-01-01';
update public.preferences set weekly_goal = 1;
select tests.start('a', 'barbell-bench-press', 30);
update public.workouts set bodyweight_kg = 60 where id = tests.ref('a');
select tests.lift('a', 5, 50, 1), tests.finish('a');
select tests.start('b', 'barbell-bench-press', 20);
update public.workouts set bodyweight_kg = 60 where id = tests.ref('b');
select tests.lift('b', 5, 54, 1), tests.finish('b');
select results_eq(
  $$select (day ->> 'day')::date, (day ->> 'best_e1rm_kg')::numeric
    from jsonb_array_elements(public.strength_progress(tests.exercise('barbell-bench-press')) -> 'days') as day$$,
  $$select local_date, volume_kg from public.workouts order by local_date$$, 'each day of an exercise'
);
select is(
  public.strength_progress(tests.exercise('barbell-bench-press')) -> 'standard',
  '{"ratio": 0.9, "tier": "advanced", "next_ratio": 1.2}', 'where it stands'
);
select is(
  jsonb_array_length(public.strength_progress(
    tests.exercise('barbell-bench-press'), current_date - 25, current_date
  ) -> 'days'),
  1, 'of a span'
);
select is(
  public.strength_progress(tests.exercise('barbell-bench-press')) #>> '{trend,exposures}', '2', 'the trend of what there is'
);
select is(
  public.strength_progress(tests.exercise('barbell-bench-press')) -> 'consistency_percent', '16.7', 'two weeks of twelve'
);
update public.personal_details set date_of_birth = null;
select is(
  public.strength_progress(tests.exercise('barbell-bench-press')) -> 'standard', 'null', 'no standard for who may be a minor'
);
update public.personal_details set date_of_birth = current_date - interval '17 years';
select is(
  public.strength_progress(tests.exercise('barbell-bench-press')) -> 'standard', 'null', 'nor for who is one'
);
select tests.throws_error($$select public.strength_progress(gen_random_uuid())$$, 'exercise_not_found', 'an exercise that is none');
select tests.throws_error(
  $$select public.strength_progress(tests.exercise('barbell-bench-press'), '2024-02-01', '2024-01-01')$$,
  'invalid_argument', 'a span that ends before it begins'
);
select tests.throws_error(
  $$select public.strength_progress(tests.exercise('barbell-bench-press'), '-infinity', 'infinity')$$,
  'invalid_argument', 'an endless one'
);
select tests.act_as_anon();
select tests.throws_error(
  $$select public.strength_progress(tests.exercise('barbell-bench-press'))$$, '42501', 'nobody without signing in'
);

select * from finish();
rollback;
