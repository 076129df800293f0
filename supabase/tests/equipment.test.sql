-- Equipment: what can be made of it, which plates make it, and whose it is.
begin;
\ir support/acting.psql
select plan(50);

select tests.create_user('ana');
select tests.create_user('ben');

-- What solve_load answers for an inventory that is written as 'kind weight unit count, …'.
create function tests.solve(p_target_kg numeric, p_loading text, p_inventory text, p_never_above boolean default false)
returns jsonb
language sql
stable
as $$
  select private.solve_load(p_target_kg, p_never_above, p_loading::private.loading, (
    select jsonb_agg(jsonb_build_object('kind', part[1], 'weight', part[2]::numeric, 'unit', part[3], 'count', part[4]::integer))
    from regexp_split_to_table(p_inventory, ', ') as piece
    cross join lateral string_to_array(piece, ' ') as part
  ));
$$;

create function tests.loadable(p_target_kg numeric, p_loading text, p_inventory text, p_never_above boolean default false)
returns numeric
language sql
stable
as $$
  select (tests.solve(p_target_kg, p_loading, p_inventory, p_never_above) ->> 'loadable_kg')::numeric;
$$;

-- The answer on one line: '20 kg: 1 x 25 kg, 1 x 15 kg; rest 1.25'.
create function tests.told(p_plan jsonb)
returns text
language sql
stable
as $$
  select format('%s %s: %s; rest %s',
    coalesce(p_plan #>> '{implement,weight}', 'no'), coalesce(p_plan #>> '{implement,unit}', 'bar'),
    coalesce((
      select string_agg(format('%s x %s %s', plate ->> 'count', plate ->> 'weight', plate ->> 'unit'), ', ' order by position)
      from jsonb_array_elements(p_plan -> 'plates_per_side') with ordinality as list (plate, position)
    ), 'none'),
    coalesce(p_plan ->> 'remainder_kg', 'unknown'));
$$;

-- The caller's answer for an exercise of the library.
create function tests.plan_for(p_slug text, p_weight_kg numeric, p_never_above boolean default false)
returns text
language sql
stable
as $$
  select tests.told(public.plate_plan(exercises.id, p_weight_kg, p_never_above))
  from public.exercises
  where exercises.slug = p_slug;
$$;
create function tests.home()
returns text
language sql
immutable
as $$
  select 'barbell 20 kg 1, plate 20 kg 2, plate 10 kg 2, plate 1.25 kg 2';
$$;

create function tests.pounds()
returns text
language sql
immutable
as $$
  select 'barbell 45 lb 1, plate 45 lb 4, plate 2.5 lb 2';
$$;
grant execute on all functions in schema tests to public;

-- Nearest, never above, halves up --------------------------------------------------------------------------------------

select is(tests.loadable(target, '(bar,barbell)', tests.home()), load, format('%s kg is nearest to %s', load, target))
from (values (81.24, 80), (81.25, 82.5), (81.26, 82.5), (82.5, 82.5), (1500, 82.5), (50, 42.5), (51.25, 60))
  as vector (target, load);
select is(tests.loadable(target, '(bar,barbell)', tests.home(), true), load, format('%s kg is not above %s', load, target))
from (values (81.26, 80), (82.499, 80), (82.5, 82.5), (1500, 82.5), (59.9, 42.5)) as vector (target, load);
select is(tests.solve(12, '(bar,barbell)', tests.home()) ->> 'remainder_kg', '-8', 'the empty bar is the least');
select is(tests.loadable(12, '(bar,barbell)', tests.home(), true), 20::numeric, 'also where it is above');
select is(tests.loadable(62.5, '(bar,barbell)', 'barbell 20 kg 1, plate 20 kg 3, plate 1.25 kg 1'), 60::numeric,
  'a plate without its pair is not used');
select is(tests.loadable(1500, '(bar,barbell)', 'barbell 20 kg 1, plate 50 kg 100'), 1420::numeric,
  'no load is above 1500 kg');

-- Exact: the heaviest first finds 15 alone here, and leaves the 10s that make 20.
select is(
  tests.told(tests.solve(60, '(bar,barbell)', 'barbell 20 kg 1, plate 15 kg 2, plate 10 kg 4')),
  '20 kg: 2 x 10 kg; rest 0', 'what only the lighter plates make is found');
select is(
  tests.told(tests.solve(80, '(bar,barbell)', 'barbell 20 kg 1, plate 20 kg 2, plate 15 kg 4, plate 10 kg 2')),
  '20 kg: 1 x 20 kg, 1 x 10 kg; rest 0', 'of several ways the one with the heaviest plate');
select is(
  tests.told(tests.solve(80, '(bar,barbell)', 'barbell 20 kg 1, plate 25 kg 2, plate 15 kg 4, plate 2.5 kg 2')),
  '20 kg: 2 x 15 kg; rest 0', 'as far as the others make the rest');
select is(
  tests.told(tests.solve(40, '(bar,barbell)', 'barbell 15 kg 1, barbell 20 kg 1, plate 10 kg 2, plate 2.5 kg 2')),
  '20 kg: 1 x 10 kg; rest 0', 'on the heaviest bar that allows it');
select is(
  tests.told(tests.solve(35, '(bar,barbell)', 'barbell 15 kg 1, barbell 20 kg 1, plate 10 kg 2')),
  '15 kg: 1 x 10 kg; rest 0', 'on a lighter bar where only that one does');

-- Pounds ---------------------------------------------------------------------------------------------------------------

select is(tests.told(tests.solve(102.058, '(bar,barbell)', tests.pounds())), '45 lb: 2 x 45 lb; rest 0', '225 lb, to the gram');
select is(tests.told(tests.solve(102.058, '(bar,barbell)', tests.pounds(), true)), '45 lb: 2 x 45 lb; rest 0',
  'which a weight that was cut to the gram does not forbid');
select is(tests.told(tests.solve(102.057, '(bar,barbell)', tests.pounds(), true)), '45 lb: 1 x 45 lb, 1 x 2.5 lb; rest 38.554',
  'but one gram less does');
select is(tests.told(tests.solve(102.05828325, '(bar,barbell)', tests.pounds(), true)), '45 lb: 2 x 45 lb; rest 0', 'nor the exact weight');
select is(tests.loadable(102.058, '(bar,barbell)', tests.pounds()), 102.058, 'which is answered in kilograms to the gram');
select is(
  tests.told(tests.solve(42.268, '(bar,barbell)', 'barbell 20 kg 1, plate 10 kg 2, plate 2.5 lb 2')),
  '20 kg: 1 x 10 kg, 1 x 2.5 lb; rest 0', 'kilograms and pounds on one bar');

-- Twelve plates and twelve bars, the most that can be told, of both units: the answer comes within a statement of 2 s
-- (it takes 0.03 s), where trying every sum would take minutes.
set local statement_timeout = '2s';
select is(
  (tests.solve(1234.567, '(bar,barbell)', (
    select string_agg(format('barbell %s %s 1, plate %s %s 100', 10.25 + number * 3.75, unit, number * 1.25 - 1, other), ', ')
    from generate_series(1, 12) as number
    cross join lateral (values (case when number % 2 = 0 then 'kg' else 'lb' end, case when number <= 6 then 'kg' else 'lb' end))
      as units (unit, other)
  )) ->> 'remainder_kg')::numeric, 0::numeric, 'the most that can be told is solved in time');
reset statement_timeout;

-- Other manners --------------------------------------------------------------------------------------------------------

select is(tests.told(tests.solve(21, '(two,dumbbell)', 'dumbbell 20 kg 2, dumbbell 21 kg 1')), '20 kg: none; rest 1',
  'one in each hand takes two of them');
select is(tests.told(tests.solve(21, '(one,dumbbell)', 'dumbbell 20 kg 2, dumbbell 21 kg 1')), '21 kg: none; rest 0',
  'one takes one');
select is(tests.told(tests.solve(13, '(stack,stack)', 'stack 5 kg 4')), '15 kg: none; rest -2', 'a stack goes in steps');
select is(tests.loadable(200, '(stack,stack)', 'stack 5 kg 4'), 20::numeric, 'as many as it has');
select is(tests.told(tests.solve(0, '(stack,stack)', 'stack 5 kg 4')), '5 kg: none; rest -5', 'from one');
select is(tests.told(tests.solve(15, '(loose,plate)', 'plate 10 kg 1, plate 5 kg 1')), 'no bar: 1 x 10 kg, 1 x 5 kg; rest 0',
  'added weight takes single plates');
select is(tests.told(tests.solve(15, '(pairs,plate)', 'plate 10 kg 2, plate 5 kg 1')), 'no bar: 1 x 10 kg; rest -5',
  'a machine with two sides takes pairs alone');
select is(tests.told(tests.solve(60, '(bar,barbell)', 'plate 10 kg 2')), 'no bar: none; rest unknown', 'no bar, no load');
select is_empty(
  $$
    select exercises.slug
    from public.exercises
    where exercises.slug is not null
      and exercises.weight_entry <> 'none'
      and private.loading_of(exercises.weight_entry, exercises.equipment) is null
      and not exercises.equipment && '{medicine_ball,sandbag,strongman_implement,resistance_band}'
  $$, 'how it is loaded is known of all in the library that takes plates, dumbbells or a stack');
select results_eq(
  $$
    select exercises.slug, (private.loading_of(exercises.weight_entry, exercises.equipment)).manner
    from public.exercises
    where exercises.slug in ('barbell-bench-press', 'dumbbell-bench-press', 'leg-press', 'pull-up')
    order by exercises.slug
  $$,
  $$
    values ('barbell-bench-press', 'bar'::private.load_manner), ('dumbbell-bench-press', 'two'), ('leg-press', 'pairs'),
      ('pull-up', 'loose')
  $$, 'and rightly of these');

-- Whose it is ----------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select is(tests.plan_for('barbell-bench-press', 101.2), '20 kg: 1 x 25 kg, 1 x 15 kg; rest 1.2',
  'who has told nothing has what a gym has');
update public.preferences set units = 'imperial';
select is(tests.plan_for('barbell-bench-press', 102.058), '45 lb: 2 x 45 lb; rest 0', 'in pounds for who thinks in pounds');
update public.preferences set units = 'metric';
insert into public.equipment_pieces (kind, weight, count) values ('plate', 20, 2), ('plate', 5, 3);
select is(tests.plan_for('barbell-bench-press', 101.2), '20 kg: 1 x 20 kg, 1 x 5 kg; rest 31.2', 'of a kind that is told, that alone counts');
select is(tests.plan_for('dumbbell-bench-press', 23.75, true), '22.5 kg: none; rest 1.25', 'of the others the usual');
insert into public.equipment_pieces (kind, weight, count) values ('barbell', 20, 0);
select is(tests.plan_for('barbell-bench-press', 100), 'no bar: none; rest unknown', 'none is told as 0');

select tests.act_as('ben');
select is_empty('select from public.equipment_pieces', 'another sees none of it');
select is(tests.plan_for('barbell-bench-press', 100), '20 kg: 1 x 25 kg, 1 x 15 kg; rest 0', 'nor uses it');
select tests.is_allowed(
  $$insert into public.equipment_pieces (kind, weight) select 'plate', weight from generate_series(1, 12) as weight$$,
  'twelve different plates are told');
select tests.throws_error(
  $$insert into public.equipment_pieces (kind, weight) select 'plate', weight from generate_series(1, 13) as weight$$,
  'too_many_pieces', 'thirteen are not');
select tests.is_allowed(
  $$insert into public.equipment_pieces (kind, weight) select 'dumbbell', weight from generate_series(1, 60) as weight$$,
  'of dumbbells sixty are');
insert into public.equipment_pieces (kind, weight) values ('plate', 20);
select tests.throws_error($$insert into public.equipment_pieces (kind, weight) values ('plate', 20)$$, '23505',
  'a piece is told once');
select tests.throws_error($$insert into public.equipment_pieces (kind, weight) values ('plate', 0.1)$$, '23514',
  'in quarters of its unit');

select * from finish();
rollback;
