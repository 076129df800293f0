-- The golden table of load, volume and one-rep maxima.
begin;
\ir support/acting.psql
select plan(102);

-- Load -----------------------------------------------------------------------------------------------------------------

create temporary table loads (
  label text, tracking_type public.tracking_type, weight_entry public.weight_entry, weight_kg numeric,
  fraction numeric, bodyweight_kg numeric, load_kg numeric
);
insert into loads values
  ('a barbell weighs what was entered', 'weight_reps', 'total', 100, null, 80, 100),
  ('dumbbells weigh both hands', 'weight_reps', 'per_hand', 30, null, 80, 60),
  ('a kettlebell is one implement', 'weight_reps', 'single_implement', 24, null, 80, 24),
  ('a stack weighs what was entered', 'weight_reps', 'stack', 55, null, 80, 55),
  ('a pull-up moves the whole body', 'bodyweight_reps', 'added', null, 1, 80, 80),
  ('a weighted pull-up adds', 'bodyweight_reps', 'added', 20, 1, 80, 100),
  ('a push-up moves 64 percent', 'bodyweight_reps', 'added', null, 0.64, 80, 51.2),
  ('without a body weight the external part counts', 'bodyweight_reps', 'added', 20, 1, null, 20),
  ('assistance is taken off', 'assisted_reps', 'assist', 30, 1, 80, 50),
  ('more assistance than weight leaves nothing', 'assisted_reps', 'assist', 90, 1, 80, 0),
  ('repetitions with a share of body weight', 'reps_only', 'none', null, 1, 80, 80),
  ('repetitions without one weigh nothing', 'reps_only', 'none', null, null, 80, null),
  ('two farmer''s handles', 'weight_distance', 'per_hand', 40, null, 80, 80),
  ('a run weighs nothing', 'cardio', 'none', null, null, 80, null);

select is(private.load_kg(tracking_type, weight_entry, weight_kg, fraction, bodyweight_kg), load_kg, label)
from loads;

-- Ebben et al. 2011 for push-ups, segment masses after Winter for others; of 100 kg.
create temporary table shares (slug text, load_kg numeric);
insert into shares values
  ('pull-up', 100), ('chin-up', 100), ('muscle-up', 100), ('parallel-bar-dip', 100), ('push-up', 64), ('knee-push-up', 49),
  ('incline-push-up', 55), ('decline-push-up', 70), ('bodyweight-squat', 88), ('forward-lunge', 88),
  ('single-leg-calf-raise', 97), ('45-degree-back-extension', 68), ('sit-up', 68), ('inverted-row', 60), ('pike-push-up', 60),
  ('handstand-push-up', 95);

select is(
  (select private.load_kg(tracking_type, weight_entry, null, bodyweight_fraction, 100) from public.exercises where exercises.slug = shares.slug),
  shares.load_kg, shares.slug || ' moves its share of the body'
)
from shares;
select is(
  (
    select array_agg(private.load_kg('bodyweight_reps', 'added', 10, fraction, 80) order by fraction)
    from unnest('{0.41,0.49,0.55,0.60,0.64,0.68,0.69,0.70,0.74,0.75,0.88,0.95,0.97,1.00}'::numeric[]) as fraction
  ),
  '{42.8,49.2,54,58,61.2,64.4,65.2,66,69.2,70,80.4,86,87.6,90}',
  'what is added comes on top, whatever the share'
);
select is(
  (
    select count(private.e1rm_load_kg('bodyweight_reps', 'working', 10, fraction, 80))
    from unnest('{0.41,0.49,0.55,0.60,0.64,0.68,0.69,0.70,0.74,0.75,0.88,0.95,0.97}'::numeric[]) as fraction
  ),
  0::bigint, 'and none but the whole body tells of a maximum'
);

-- Volume ---------------------------------------------------------------------------------------------------------------

select is(private.logged_volume_kg('weight_reps', 100, 5), 500::numeric, 'logged volume is weight times repetitions');
select is(private.logged_volume_kg('bodyweight_reps', 20, 8), 160::numeric, 'of a weighted pull-up what was added');
select is(private.logged_volume_kg('bodyweight_reps', null, 8), 0::numeric, 'of a plain pull-up nothing');
select is(private.logged_volume_kg('assisted_reps', 30, 8), 0::numeric, 'assistance is no volume');
select is(private.logged_volume_kg('weight_duration', 30, null), 0::numeric, 'a held weight has none');
select is(private.effective_volume_kg(60, 10, false, null), 600::numeric, 'effective volume is load times repetitions');
select is(private.effective_volume_kg(24, 10, true, null), 480::numeric, 'a set for both sides counts both');
select is(private.effective_volume_kg(24, 10, true, 'left'), 240::numeric, 'a set for one side counts once');
select is(private.effective_volume_kg(60, 10, false, 'left'), 300::numeric, 'a hand of two dumbbells is half of them');
select is(private.effective_volume_kg(null, 10, false, null), 0::numeric, 'nothing moved is no volume');

-- Formulas, at 100 kg --------------------------------------------------------------------------------------------------

create temporary table formulas (reps integer, epley numeric, brzycki numeric, consensus numeric);
-- The last column is the median of Epley, Brzycki, Lombardi, Mayhew, Wathan and O'Conner.
insert into formulas values
  (1, 100.00, 100.00, 100.00),
  (2, 106.67, 102.86, 105.91),
  (3, 110.00, 105.88, 109.49),
  (5, 116.67, 112.50, 116.62),
  (8, 126.67, 124.14, 125.21),
  (10, 133.33, 133.33, 132.13),
  (12, 140.00, 144.00, 137.70);

select is(round(private.rep_formula_kg(100, reps, 'epley'), 2), epley, format('Epley at %s', reps)) from formulas;
select is(round(private.rep_formula_kg(100, reps, 'brzycki'), 2), brzycki, format('Brzycki at %s', reps)) from formulas;
select ok(
  abs(private.rep_formula_kg(100, reps, 'consensus') - consensus) <= 0.01,
  format('the consensus at %s is within a hundredth', reps)
)
from formulas;
select is(private.rep_formula_kg(100, 37, 'brzycki'), null, 'no formula at Brzycki''s pole');
select is(private.rep_formula_kg(100, 0, 'epley'), null, 'no repetition, no estimate');

-- Each formula by itself, as published: also the raw single, which none of them is asked for.
create temporary table estimates (reps integer, kg numeric[]);
insert into estimates values
  (1, '{103.33,100.00,100.00,108.86,101.30,102.50}'),
  (2, '{106.67,102.86,107.18,111.44,105.15,105.00}'),
  (3, '{110.00,105.88,111.61,113.99,108.98,107.50}'),
  (5, '{116.67,112.50,117.46,119.01,116.58,112.50}'),
  (8, '{126.67,124.14,123.11,126.29,127.67,120.00}'),
  (10, '{133.33,133.33,125.89,130.93,134.75,125.00}'),
  (12, '{140.00,144.00,128.21,135.40,141.50,130.00}'),
  (15, '{150.00,163.64,131.10,141.72,150.91,137.50}');

select is(
  (select array_agg(round(estimate.kg, 2) order by estimate.place)
    from unnest(private.rep_estimates_kg(100, reps)) with ordinality as estimate (kg, place)),
  kg, format('Epley, Brzycki, Lombardi, Mayhew, Wathan and O''Conner at %s', reps)
)
from estimates;

-- RPE table ------------------------------------------------------------------------------------------------------------

select is(private.rpe_percentage(1, 10), 100.0, 'a single at RPE 10 is the maximum');
select is(private.rpe_percentage(2, 10), 95.5, 'pct(2, 10)');
select is(private.rpe_percentage(5, 8), 81.1, 'pct(5, 8)');
select is(private.rpe_percentage(12, 10), 68.0, 'pct(12, 10)');
select is(private.rpe_percentage(12, 6), 57.4, 'pct(12, 6)');
select is(private.rpe_percentage(1, 9.5), 97.8, 'half steps');
select is(private.rpe_percentage(13, 10), null, 'no extrapolation in repetitions');
select is(private.rpe_percentage(5, 5.5), null, 'no extrapolation in RPE');
-- The curve from 1 to 16 repetitions to failure in halves.
select is(
  (
    select array_agg(private.rpe_percentage(at.reps, at.reps + 10 - at.n) order by at.n)
    from (select n, least(trunc(n), 12)::integer as reps from generate_series(1.0, 16.0, 0.5) as n) as at
  ),
  '{100,97.8,95.5,93.9,92.2,90.7,89.2,87.8,86.3,85.0,83.7,82.4,81.1,79.9,78.6,77.4,76.2,75.1,73.9,72.3,70.7,69.4,68.0,66.7,'
    '65.3,64.0,62.6,61.3,59.9,58.6,57.4}',
  'all 31 of them'
);
select is(
  (
    select count(*)
    from generate_series(1, 11) as reps
    cross join generate_series(7, 10, 0.5) as rpe
    where private.rpe_percentage(reps, rpe - 1) <> private.rpe_percentage(reps + 1, rpe)
  ),
  0::bigint,
  'one repetition more is one RPE less, everywhere in the table'
);

-- One-rep maximum ------------------------------------------------------------------------------------------------------

select is(private.e1rm(100, 1, null), row(100, 'single', 'high')::private.e1rm_estimate, 'a single is the maximum');
select is(private.e1rm(100, 1, 10), row(100, 'single', 'high')::private.e1rm_estimate, 'so is one at RPE 10');
select is((private.e1rm(100, 1, 9)).kg, 104.712, 'one at RPE 9 leaves something');
select is(private.e1rm(110, 5, 9), row(131.422, 'rpe_table', 'high')::private.e1rm_estimate, '110 x 5 @ 9');
select is((private.e1rm(100, 5, 5)).method, 'epley'::public.e1rm_method, 'an RPE below 6 says little');
select is((private.e1rm(100, 10, null)).confidence, 'medium'::public.confidence, 'ten repetitions: medium');
select is((private.e1rm(100, 11, null)).confidence, 'low'::public.confidence, 'eleven: low');
select is(private.e1rm(100, 13, null), null, 'thirteen: none');
select is(private.e1rm(100, 5, null, 'brzycki'), row(112.5, 'brzycki', 'high')::private.e1rm_estimate, 'by Brzycki');
select is(private.e1rm(0, 5, null), null, 'nothing lifted, no maximum');
select is(private.e1rm(100, 0, null), null, 'a failed single is no maximum');

-- From which load ------------------------------------------------------------------------------------------------------

select is(private.e1rm_load_kg('weight_reps', 'working', 30, null, 80), 30::numeric, 'dumbbells: a hand, as entered');
select is(private.e1rm_load_kg('bodyweight_reps', 'working', 20, 1, 80), 100::numeric, 'pull-ups: the whole system');
select is(private.e1rm_load_kg('bodyweight_reps', 'working', 20, 1, null), null, 'unknown without a body weight');
select is(private.e1rm_load_kg('assisted_reps', 'working', 30, 1, 80), 50::numeric, 'assisted: what is left');
select is(private.e1rm_load_kg('bodyweight_reps', 'working', 20, 0.64, 80), null, 'push-ups: none');
select is(private.e1rm_load_kg('weight_reps', 'warmup', 30, null, 80), null, 'warm-ups: none');
select is(private.e1rm_load_kg('weight_reps', 'cluster', 30, null, 80), null, 'clusters: none');
select is(private.e1rm_load_kg('weight_duration', 'working', 30, null, 80), null, 'holds: none');

select * from finish();
rollback;
